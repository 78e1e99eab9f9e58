// Conditional writes on a leveldb::DB, which has none of its own.

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

/// Checks conditions and writes while no other write is in progress.
///
/// **Thread-safety**: all calls from any thread, as long as every other write
/// of the database happens under a lock from ShareWriting.
///
/// **Ownership**: `db` must outlive it.
class ConditionalWriter {
 public:
  explicit ConditionalWriter(leveldb::DB* db) : db_(db) {}

  /// Hold this lock during any write other than WriteIf.
  [[nodiscard]] std::shared_lock<std::shared_mutex> ShareWriting();

  struct Result {
    leveldb::Status status;
    /// The index of the first condition that does not hold. If there is one,
    /// `status` is OK and nothing was written.
    std::optional<size_t> failed_condition;
    /// Whether LevelDB was asked to write. If not, nothing was written.
    bool began_to_write = false;
  };

  /// Applies `updates` if every condition holds.
  ///
  /// A `Condition` has a key, a value and a Kind of kAbsent, kPresent or
  /// kEquals, like dynamodown::Condition and dyno::Condition.
  ///
  /// **Errors**: LevelDB's own.
  /// **Cost**: one Get for each condition, and a Write.
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
  /// Every write passes it, and a WriteIf holds it until it has `writing_`: so
  /// a stream of other writes cannot keep a WriteIf waiting forever.
  std::mutex turnstile_;
  std::shared_mutex writing_;  // Exclusive for WriteIf, shared for others.
};

}  // namespace dynamodown

#endif  // DYNAMODOWN_LEVELDB_UTIL_CONDITIONAL_WRITER_H_
