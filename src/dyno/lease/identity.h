// The store's id record, as this process last read or wrote it.

#ifndef DYNO_LEASE_IDENTITY_H_
#define DYNO_LEASE_IDENTITY_H_

#include <cstdint>
#include <mutex>
#include <optional>

#include "dyno/backend.h"
#include "dyno/lease/environment.h"
#include "dyno/lease/slot_codec.h"
#include "dyno/store.h"

namespace dyno {

/// **Thread-safety**: all calls from any thread. No lock is held during a call
/// of the backend.
class Identity {
 public:
  Identity(const Options& options, Backend* backend,
           const Environment& environment)
      : options_(options), backend_(backend), environment_(environment) {}

  /// Nothing if the store has no id yet.
  std::optional<StoreId> id() const;
  /// The store must have an id.
  uint64_t replica() const;
  /// The store must have an id.
  bool announces_changes() const;
  void Set(const StoreId& id);

  /// Reads the id, if the store has one.
  leveldb::Status Load();
  /// Creates the id. If another writer was faster, reads the id that the other
  /// writer has created.
  leveldb::Status Create();

 private:
  const Options options_;
  Backend* const backend_;
  const Environment environment_;
  mutable std::mutex mutex_;
  std::optional<StoreId> id_;
};

}  // namespace dyno

#endif  // DYNO_LEASE_IDENTITY_H_
