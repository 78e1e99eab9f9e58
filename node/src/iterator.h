// The script's object for an iterator, and its position in the store.

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

/// The position of one of the script's iterators.
///
/// Entries are fetched in trips: one task takes as many as were asked for.
/// Between trips the cursor stays on the last entry taken and does not move
/// past it, since the next entry may cost a request that nobody needs.
///
/// **Thread-safety**: belongs to a trip's thread during the trip, else to the
/// script's.
struct Cursor {
  explicit Cursor(std::shared_ptr<Core> of) : core(std::move(of)) {}
  Cursor(const Cursor&) = delete;
  Cursor& operator=(const Cursor&) = delete;
  ~Cursor() { core->cursors.erase(this); }

  /// Creates the iterator, without a request. An embedded store takes the
  /// implicit snapshot here.
  void Open();
  /// Moves to the first entry, or to the target of a seek.
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
  std::optional<std::string> target;  ///< A seek that no trip has made yet.
  bool has_begun = false;
  bool is_taken = false;  ///< The current entry was delivered.
  bool is_at_end = false;
  bool has_asked = false;  ///< A trip has begun.
  std::atomic<bool> is_aborted{false};

  Task* opening = nullptr;  ///< Waiting for earlier writes.
  Task* trip = nullptr;     ///< Under way.
  bool is_closed = false;
};

/// The script's object:
///
///     new Iterator(database, options, snapshot)
///     nextv(size)   promises [[key, value], ...], empty only at the end
///     ended()       whether the last nextv() met the end
///     seek(target)
///     abort()       fails the trip under way with LEVEL_ABORTED at once
///     close()       releases everything; a trip under way ends by itself
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
