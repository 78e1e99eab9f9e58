// How much of a load to write at once.
//
// A piece should take about half a second: then the progress moves, the
// checkpoint is never much older than a second, and Ctrl-C stops soon. A rate
// cap says how many units half a second has. Apart from that, the size follows
// the time that the last piece took.

#ifndef DYNAMODOWN_CLI_IO_PIECE_SIZE_H_
#define DYNAMODOWN_CLI_IO_PIECE_SIZE_H_

#include <chrono>
#include <cstddef>

namespace cli {

/// **Thread-safety**: one thread.
class PieceSize {
 public:
  /// `units_per_second` is the rate cap; 0: none.
  explicit PieceSize(double units_per_second);

  /// The most records of the next piece, and the most write units, which one
  /// record may exceed.
  size_t records() const { return records_; }
  double units() const { return units_; }

  /// Records the time that a piece of `records` records took.
  void Took(size_t records, std::chrono::duration<double> time);

 private:
  const double units_;
  size_t records_;
};

/// The write units of a record, by its size.
double UnitsOf(size_t bytes);

}  // namespace cli

#endif  // DYNAMODOWN_CLI_IO_PIECE_SIZE_H_
