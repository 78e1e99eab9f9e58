#include "fake/storage/partitions.h"

#include <algorithm>
#include <iterator>

#include "base/crypto.h"

namespace dynamodown::fake {
namespace {

constexpr size_t kDigestBytes = std::tuple_size_v<Sha1Digest>;

}  // namespace

Place PlaceOf(std::string_view hash, std::string_view range) {
  std::string first(AsBytes(Sha1(hash)));
  first.append(hash);
  return {std::move(first), std::string(range)};
}

std::string_view HashOf(const Place& place) {
  return std::string_view(place.first).substr(kDigestBytes);
}

double Bucket::Left(TimePoint now) {
  const std::chrono::duration<double> passed = now - at_;
  if (passed.count() > 0) {
    left_ = std::min(max_, left_ + rate_ * passed.count());
    at_ = now;
  }
  return left_;
}

void Bucket::Take(double units, TimePoint now) {
  Left(now);
  left_ -= units;
}

void Bucket::Halve(TimePoint now) {
  Left(now);
  rate_ /= 2;
  max_ /= 2;
  left_ /= 2;
}

Partitions::Partitions(const PartitionLimits& limits,
                       const Provisioned& provisioned, TimePoint now)
    : limits_(limits), provisioned_(provisioned.read_units > 0) {
  // On demand, the share equals the limit, so that it never throttles.
  const double reads =
      provisioned_ ? provisioned.read_units : limits.read_units;
  const double writes =
      provisioned_ ? provisioned.write_units : limits.write_units;
  partitions_.emplace(Place(),
                      Partition{0, true, Bucket(limits.read_units, 1, now),
                                Bucket(limits.write_units, 1, now),
                                Bucket(reads, limits.burst_seconds, now),
                                Bucket(writes, limits.burst_seconds, now)});
}

Partitions::Partition& Partitions::Find(const Place& place) {
  return std::prev(partitions_.upper_bound(place))->second;
}

bool Partitions::Admits(const Place& place, Access access, TimePoint now) {
  Partition& partition = Find(place);
  const bool reads = access == Access::kRead;
  return (reads ? partition.read_limit : partition.write_limit).Left(now) > 0 &&
         (reads ? partition.read_share : partition.write_share).Left(now) > 0;
}

void Partitions::Take(const Place& place, Access access, double units,
                      TimePoint now) {
  Partition& partition = Find(place);
  const bool reads = access == Access::kRead;
  (reads ? partition.read_limit : partition.write_limit).Take(units, now);
  (reads ? partition.read_share : partition.write_share).Take(units, now);
}

std::optional<Partitions::Range> Partitions::Resize(const Place& place,
                                                    size_t before,
                                                    size_t after) {
  const auto found = std::prev(partitions_.upper_bound(place));
  Partition& partition = found->second;
  partition.bytes = partition.bytes - before + after;
  if (after != before) partition.splittable = true;
  if (partition.bytes <= limits_.bytes_max || !partition.splittable) {
    return std::nullopt;
  }
  Range range{found->first, std::nullopt, partition.bytes};
  const auto next = std::next(found);
  if (next != partitions_.end()) range.end = next->first;
  return range;
}

void Partitions::SplitAt(const Place& place, size_t bytes, TimePoint now) {
  const auto found = std::prev(partitions_.upper_bound(place));
  Partition& lower = found->second;
  if (found->first == place) {
    lower.splittable = false;
    return;
  }
  if (provisioned_) {
    lower.read_share.Halve(now);
    lower.write_share.Halve(now);
  }
  Partition upper = lower;
  lower.bytes = std::min(bytes, lower.bytes);
  upper.bytes -= lower.bytes;
  partitions_.emplace(place, upper);
}

}  // namespace dynamodown::fake
