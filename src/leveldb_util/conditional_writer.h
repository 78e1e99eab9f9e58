// Adds conditional writes to a leveldb::DB.

#ifndef DYNAMODOWN_LEVELDB_UTIL_CONDITIONAL_WRITER_H_
#define DYNAMODOWN_LEVELDB_UTIL_CONDITIONAL_WRITER_H_

#include <cstddef>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <string>
#include <vector>

#include "leveldb/db.h"
#include "leveldb/options.h"
#include "leveldb/status.h"
#include "leveldb/write_batch.h"

namespace dynamodown {

/// Writes a batch if all conditions of the caller hold. No other write runs
/// between the check of the conditions and the write of the batch.
///
/// **Thread-safety**: all calls from any thread, as long as every other write
/// of the database happens under a lock from ShareWriting.
///
/// **Ownership**: `db` must outlive the ConditionalWriter.
class ConditionalWriter {
 public:
  explicit ConditionalWriter(leveldb::DB* db) : db_(db) {}

  /// Returns a lock. Hold the lock during every write other than WriteIf.
  [[nodiscard]] std::shared_lock<std::shared_mutex> ShareWriting();

  struct Result {
    leveldb::Status status;
    /// The index of the first condition that does not hold. If the index is
    /// set, `status` is OK and nothing was written.
    std::optional<size_t> failed_condition;
    /// Whether WriteIf called LevelDB's Write. If false, nothing was written.
    bool began_to_write = false;
  };

  /// Applies `updates` if every condition holds.
  ///
  /// A `Condition` has a key, a value and a Kind of kAbsent, kPresent or
  /// kEquals, like dynamodown::Condition and dyno::Condition.
  ///
  /// **Errors**: LevelDB's own.
  /// **Cost**: one Get for each condition, and one Write. If a condition does
  /// not hold, WriteIf makes no further call.
  template <class Condition>
  Result WriteIf(const leveldb::WriteOptions& options,
                 leveldb::WriteBatch* updates,
                 const std::vector<Condition>& conditions) {
    using Kind = typename Condition::Kind;
    const std::unique_lock<std::shared_mutex> lock = ExcludeWriting();
    for (size_t i = 0; i < conditions.size(); ++i) {
      const Condition& condition = conditions[i];
      std::string value;
      const leveldb::Status found =
          db_->Get(leveldb::ReadOptions(), condition.key, &value);
      if (!found.ok() && !found.IsNotFound()) return {found, std::nullopt};
      const bool holds = condition.kind == Kind::kAbsent ? found.IsNotFound()
                         : condition.kind == Kind::kPresent
                             ? found.ok()
                             : found.ok() && value == condition.value;
      if (!holds) return {leveldb::Status::OK(), i};
    }
    return {db_->Write(options, updates), std::nullopt, true};
  }

 private:
  std::unique_lock<std::shared_mutex> ExcludeWriting();

  leveldb::DB* const db_;
  /// Every write locks `turnstile_`, then `writing_`, and then unlocks
  /// `turnstile_`. While a WriteIf waits for `writing_`, it holds `turnstile_`,
  /// so a stream of other writes cannot keep the WriteIf waiting forever.
  std::mutex turnstile_;
  std::shared_mutex writing_;  // Exclusive to a WriteIf; other writes share it.
};

}  // namespace dynamodown

#endif  // DYNAMODOWN_LEVELDB_UTIL_CONDITIONAL_WRITER_H_
