#include "io/piece_size.h"

#include <algorithm>
#include <limits>

namespace cli {
namespace {

// If each piece is a multiple of a BatchWriteItem's size, the pieces need no
// more requests than the whole load.
constexpr size_t kBatchRecords = 25;
constexpr size_t kRecordsMax = 2000;
constexpr double kSecondsWanted = 0.5;
constexpr double kSecondsQuick = kSecondsWanted / 4;
constexpr size_t kGrowth = 4;

// 12 BatchWriteItem, as many as the library sends at once. A partition takes
// 1,000 units a second (docs.aws.amazon.com, "Best practices for designing and
// using partition keys effectively").
constexpr double kUnitsMax = 300;

constexpr size_t kUnitBytes = 1024;
constexpr size_t kOverheadBytes = 40;  // names of attributes, the hash key

}  // namespace

PieceSize::PieceSize(bool is_embedded, double units_per_second)
    : units_(is_embedded ? std::numeric_limits<double>::infinity() : kUnitsMax),
      records_(kBatchRecords) {
  if (units_per_second > 0) {
    units_ = std::min(units_, units_per_second * kSecondsWanted);
  }
}

void PieceSize::Took(size_t records, std::chrono::duration<double> time) {
  if (time.count() < kSecondsQuick && records >= records_) {
    records_ = std::min(records_ * kGrowth, kRecordsMax);
  } else if (time.count() > 2 * kSecondsWanted) {
    records_ = std::max<size_t>(records / 2, 1);
  }
  if (records_ > kBatchRecords) records_ -= records_ % kBatchRecords;
}

double UnitsOf(size_t bytes) {
  return static_cast<double>((bytes + kOverheadBytes) / kUnitBytes + 1);
}

}  // namespace cli
