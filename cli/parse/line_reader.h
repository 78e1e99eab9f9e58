// The lines of a stream of bytes, in bounded memory.

#ifndef DYNAMODOWN_CLI_PARSE_LINE_READER_H_
#define DYNAMODOWN_CLI_PARSE_LINE_READER_H_

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace cli {

/// The longest line that is accepted. The line of a record from DynamoDB is
/// under 3 MB: a record has up to 400 KB, and JSON needs up to 6 bytes for each
/// of these bytes.
inline constexpr size_t kLineBytesMax = size_t{64} << 20;

/// Reads up to `n` bytes into `buffer`. Returns their number, 0 at the end, or
/// -1 with errno set.
using ByteSource = std::function<ssize_t(char* buffer, size_t n)>;

/// A line ends with "\n", or with the end of the stream.
/// **Thread-safety**: one thread. **Cost**: memory for the longest line, and
/// 256 KB more.
class LineReader {
 public:
  explicit LineReader(ByteSource source, size_t line_bytes_max = kLineBytesMax);

  enum class Outcome {
    kLine,
    kEnd,
    kTooLong,  ///< the line at number() is longer than line_bytes_max
    kFailed,   ///< the line at number() cannot be read; errno is set
  };
  /// Goes to the next line. If the outcome is not kLine, there is no line.
  Outcome Next();
  /// Makes the next call of Next() return the same line again.
  void Again() { again_ = true; }

  /// The line without its "\n". Valid until the next call of Next().
  std::string_view line() const;
  /// The line with its "\n", if it has one.
  std::string_view raw() const;
  /// The line's number, from 1.
  uint64_t number() const { return number_; }
  /// The number of bytes of the stream up to this line's end, "\n" included.
  uint64_t end() const { return end_; }

 private:
  enum class Filled { kSome, kNothing, kFailed };
  Filled Fill();
  Outcome Advance();

  bool again_ = false;
  Outcome last_ = Outcome::kEnd;
  const ByteSource source_;
  const size_t line_bytes_max_;
  std::string buffer_;  // [0, filled_) is read, the rest is room
  size_t filled_ = 0;
  size_t begin_ = 0;  // the beginning of this line
  size_t next_ = 0;   // the end of this line, "\n" included
  uint64_t number_ = 0;
  uint64_t end_ = 0;
};

}  // namespace cli

#endif  // DYNAMODOWN_CLI_PARSE_LINE_READER_H_
