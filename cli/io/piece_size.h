// How much of a load to write at once.
//
// A piece should take about half a second. Then the progress moves, the
// checkpoint is rarely older than a second, and the load stops soon after
// Ctrl-C. The time that a piece took decides how many records the next one has.
// With a rate cap, a piece has at most the units of half a second. On DynamoDB
// a piece never has more units than a partition takes in a third of a second.
// For quick pieces prove nothing: at first a partition takes more units, for
// which it makes the next piece wait. Records of a piece that does not end are
// not counted, and would be paid again.

#ifndef DYNAMODOWN_CLI_IO_PIECE_SIZE_H_
#define DYNAMODOWN_CLI_IO_PIECE_SIZE_H_

#include <chrono>
#include <cstddef>

namespace cli {

/// **Thread-safety**: one thread.
class PieceSize {
 public:
  /// `units_per_second` is the rate cap; 0 means no cap. An embedded store has
  /// no units.
  PieceSize(bool is_embedded, double units_per_second);

  /// The next piece may have this many records and write units. A piece of one
  /// record may have more units.
  size_t records() const { return records_; }
  double units() const { return units_; }

  /// Adapts records() to the time that a piece of `records` records took.
  void Took(size_t records, std::chrono::duration<double> time);

 private:
  double units_;
  size_t records_;
};

/// The write units of a record of this size.
double UnitsOf(size_t bytes);

}  // namespace cli

#endif  // DYNAMODOWN_CLI_IO_PIECE_SIZE_H_
