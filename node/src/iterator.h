#ifndef DYNAMODOWN_NODE_ITERATOR_H_
#define DYNAMODOWN_NODE_ITERATOR_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "convert.h"
#include "core.h"
#include "dynamodown/db.h"
#include "leveldb/iterator.h"
#include "napi.h"
#include "snapshot.h"

namespace face {

/// Where an iterator of the script's is.
///
/// Its entries come in trips: a task takes as many as were asked for. Between
/// trips it stands on the last entry taken, and not behind it: the next one may
/// cost a request that nobody needs.
///
/// **Thread-safety**: a trip's thread, while there is one; else the script's.
struct Cursor {
  explicit Cursor(std::shared_ptr<Core> of) : core(std::move(of)) {}
  Cursor(const Cursor&) = delete;
  Cursor& operator=(const Cursor&) = delete;
  ~Cursor() { core->cursors.erase(this); }

  /// Makes the iterator. Costs no request; on an embedded store this is when
  /// its implicit snapshot is taken.
  void Open();
  /// To the first entry, or to the target of a seek.
  void Begin();
  void Step();
  bool IsInRange(const leveldb::Slice& target) const;

  const std::shared_ptr<Core> core;
  std::shared_ptr<HeldSnapshot> held;  ///< Null for the implicit one.
  dynamodown::ReadOptions options;
  dynamodown::Bounds bounds;
  bool is_reverse = false;
  bool has_keys = true;
  bool has_values = true;
  Encoding key_encoding = Encoding::kBuffer;
  Encoding value_encoding = Encoding::kBuffer;
  size_t trip_bytes_max = 0;

  std::unique_ptr<leveldb::Iterator> iterator;
  std::optional<std::string> target;  ///< Of a seek that no trip has made yet.
  bool has_begun = false;
  bool is_taken = false;  ///< The entry that it stands on was delivered.
  bool is_at_end = false;
  bool has_asked = false;  ///< There was a trip.
  std::atomic<bool> is_aborted{false};

  Task* opening = nullptr;  ///< Waiting for earlier writes.
  Task* trip = nullptr;     ///< Under way.
  bool is_closed = false;
};

/// The script's object:
///
///     new Iterator(database, options, snapshot)
///     nextv(size)   promises [[key, value], ...], at least one unless at the
///                   end
///     ended()       whether the last nextv() met the end
///     seek(target)
///     abort()       the trip under way fails with LEVEL_ABORTED, now
///     close()       lets go; a trip under way ends by itself
class Iterator final : public Napi::ObjectWrap<Iterator> {
 public:
  static Napi::Function Define(Napi::Env env);
  explicit Iterator(const Napi::CallbackInfo& info);
  ~Iterator() override;

 private:
  Napi::Value NextV(const Napi::CallbackInfo& info);
  Napi::Value Ended(const Napi::CallbackInfo& info);
  Napi::Value Seek(const Napi::CallbackInfo& info);
  Napi::Value Abort(const Napi::CallbackInfo& info);
  Napi::Value Close(const Napi::CallbackInfo& info);

  std::shared_ptr<Cursor> cursor_;
};

}  // namespace face

#endif  // DYNAMODOWN_NODE_ITERATOR_H_
