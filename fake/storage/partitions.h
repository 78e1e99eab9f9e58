// A table's capacity: its partitions, and the units left in each. Pure: the
// caller passes the time.
//
// The model, with its sources in the Developer Guide:
// * A partition serves 3,000 read and 1,000 write units a second, and holds
//   10 GB ("Best practices for designing and using partition keys effectively",
//   "Partitions and data distribution"). A full partition is split in two.
// * Unused capacity of the last 300 seconds is kept for bursts ("DynamoDB burst
//   and adaptive capacity"), but no burst exceeds a partition's limits.
// * A provisioned table's first partition gets all of the table's capacity. A
//   split gives each half of the partition half of its share. DynamoDB would
//   lend a hot partition the unused capacity of the others (adaptive capacity).
//   The fake does not, so that a hot key shows.
// * An on-demand table has no capacity of its own to burst from; only its
//   partitions' limits apply.
//
// A partition serves a request if any units are left, even if the request takes
// more: the remainder can become negative. Otherwise a table with one unit a
// second could never read a 1 MB page. AWS does not document how far this goes.

#ifndef DYNAMODOWN_FAKE_STORAGE_PARTITIONS_H_
#define DYNAMODOWN_FAKE_STORAGE_PARTITIONS_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/scheduler.h"

namespace dynamodown::fake {

struct PartitionLimits {
  double read_units = 3000;   ///< Per second.
  double write_units = 1000;  ///< Per second.
  double burst_seconds = 300;
  size_t bytes_max = size_t{10} << 30;
};

/// Provisioned capacity per second; 0: the table is on demand.
struct Provisioned {
  double read_units = 0;
  double write_units = 0;
};

enum class Access { kRead, kWrite };

/// The sort key of an item. First: the digest of its hash key, followed by the
/// hash key. Second: the range key.
using Place = std::pair<std::string, std::string>;
Place PlaceOf(std::string_view hash, std::string_view range);
/// The hash key of a place.
std::string_view HashOf(const Place& place);

/// A token bucket: units arrive at a rate and are kept up to a limit.
class Bucket {
 public:
  using TimePoint = Scheduler::TimePoint;

  /// Starts with the units of one second.
  Bucket(double per_second, double kept_seconds, TimePoint now)
      : rate_(per_second),
        max_(per_second * kept_seconds),
        left_(per_second),
        at_(now) {}

  /// The units left; may be negative.
  double Left(TimePoint now);
  void Take(double units, TimePoint now);
  /// Halves rate, limit and remainder, for a split.
  void Halve(TimePoint now);

 private:
  double rate_;
  double max_;
  double left_;
  TimePoint at_;
};

/// The partitions of one table.
///
/// **Thread-safety**: none.
class Partitions {
 public:
  using TimePoint = Scheduler::TimePoint;

  Partitions(const PartitionLimits& limits, const Provisioned& provisioned,
             TimePoint now);

  /// Whether a request for the item at `place` is served now.
  bool Admits(const Place& place, Access access, TimePoint now);
  /// Takes the units of a request that was served.
  void Take(const Place& place, Access access, double units, TimePoint now);

  /// The places [begin, end); without `end`, up to the last place.
  struct Range {
    Place begin;
    std::optional<Place> end;
    size_t bytes;
  };
  /// Records that the item at `place` has a new size. If its partition is now
  /// too large, returns the partition; the caller splits it with SplitAt.
  std::optional<Range> Resize(const Place& place, size_t before, size_t after);
  /// Splits at `place` the partition that contains it. `bytes` of the partition
  /// lie below. If `place` is the partition's beginning, a single item exceeds
  /// the limit. The partition then stays whole, and Resize does not return it
  /// again until its size changes.
  void SplitAt(const Place& place, size_t bytes, TimePoint now);

  size_t size() const { return partitions_.size(); }
  bool is_provisioned() const { return provisioned_; }

 private:
  struct Partition {
    size_t bytes = 0;
    bool splittable = true;
    // The partition's own limit, and its share of the table's capacity. A
    // request needs units left in both.
    Bucket read_limit;
    Bucket write_limit;
    Bucket read_share;
    Bucket write_share;
  };
  using ByPlace = std::map<Place, Partition>;  // By their first place.

  Partition& Find(const Place& place);

  const PartitionLimits limits_;
  const bool provisioned_;
  ByPlace partitions_;
};

}  // namespace dynamodown::fake

#endif  // DYNAMODOWN_FAKE_STORAGE_PARTITIONS_H_
