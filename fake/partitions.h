// How much a table can serve: partitions, and the units that each has left.
// Decisions by the time that they are told, no I/O.
//
// The model, and where the Developer Guide says it:
// * A partition serves 3,000 read and 1,000 write units a second, and holds
//   10 GB ("Best practices for designing and using partition keys effectively",
//   "Partitions and data distribution"). It is split in two when it is full.
// * Unused capacity of the last 300 seconds is kept for bursts ("DynamoDB burst
//   and adaptive capacity"), but no burst goes above what a partition serves.
// * A provisioned table's capacity is its first partition's share; each that is
//   split leaves half of its share to either half. The service would lend a hot
//   one what the others leave (adaptive capacity); here it does not, so that a
//   hot key is found out.
// * A table on demand has no capacity of its own to burst from: its partitions'
//   limits are all there is.
//
// A request is served while anything is left, and then takes what it takes:
// what is left may be less than nothing, or a 1 MB page could never be read
// with one unit a second. How far that goes is not documented.

#ifndef DYNAMODOWN_FAKE_PARTITIONS_H_
#define DYNAMODOWN_FAKE_PARTITIONS_H_

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
  double read_units = 3000;   ///< A second.
  double write_units = 1000;  ///< A second.
  double burst_seconds = 300;
  size_t bytes_max = size_t{10} << 30;
};

/// What a provisioned table was promised, a second; 0: it is on demand.
struct Provisioned {
  double read_units = 0;
  double write_units = 0;
};

enum class Access { kRead, kWrite };

/// Where an item lies: by its hash key's digest, then the hash key, then the
/// range key.
using Place = std::pair<std::string, std::string>;
Place PlaceOf(std::string_view hash, std::string_view range);
/// The hash key of a place.
std::string_view HashOf(const Place& place);

/// Units that come at a rate and are kept up to a limit.
class Bucket {
 public:
  using TimePoint = Scheduler::TimePoint;

  /// One second's worth is there at first.
  Bucket(double per_second, double kept_seconds, TimePoint now)
      : rate_(per_second),
        max_(per_second * kept_seconds),
        left_(per_second),
        at_(now) {}

  /// What is left; it may be less than nothing.
  double Left(TimePoint now);
  void Take(double units, TimePoint now);
  /// Half of it, as one of two.
  void Halve(TimePoint now);

 private:
  double rate_;
  double max_;
  double left_;
  TimePoint at_;
};

/// The partitions of one table. Not for several threads at once.
class Partitions {
 public:
  using TimePoint = Scheduler::TimePoint;

  Partitions(const PartitionLimits& limits, const Provisioned& provisioned,
             TimePoint now);

  /// Whether a request for what lies at `place` is served now.
  bool Admits(const Place& place, Access access, TimePoint now);
  /// It was.
  void Take(const Place& place, Access access, double units, TimePoint now);

  /// From the first place to the second, which is not in it; no second: to the
  /// end.
  struct Range {
    Place begin;
    std::optional<Place> end;
    size_t bytes;
  };
  /// What lies at `place` has another size. A partition that is too large by
  /// that is returned, to be split: SplitAt.
  std::optional<Range> Resize(const Place& place, size_t before, size_t after);
  /// At a place that lies in a partition and does not begin it: `bytes` of it
  /// lie before. A place that begins one ends nothing: it is left alone, for
  /// one item that is larger than a partition.
  void SplitAt(const Place& place, size_t bytes, TimePoint now);

  size_t size() const { return partitions_.size(); }
  bool is_provisioned() const { return provisioned_; }

 private:
  struct Partition {
    size_t bytes = 0;
    bool splittable = true;
    // Of the partition itself, and of its share of the table's; both must have
    // something left.
    Bucket read_limit;
    Bucket write_limit;
    Bucket read_share;
    Bucket write_share;
  };
  using ByPlace = std::map<Place, Partition>;  // By where they begin.

  Partition& Find(const Place& place);

  const PartitionLimits limits_;
  const bool provisioned_;
  ByPlace partitions_;
};

}  // namespace dynamodown::fake

#endif  // DYNAMODOWN_FAKE_PARTITIONS_H_
