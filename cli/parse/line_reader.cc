#include "parse/line_reader.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace cli {
namespace {

constexpr size_t kBlockBytes = size_t{256} << 10;

}  // namespace

LineReader::LineReader(ByteSource source, size_t line_bytes_max)
    : source_(std::move(source)), line_bytes_max_(line_bytes_max) {}

LineReader::Outcome LineReader::Next() {
  if (!std::exchange(again_, false)) last_ = Advance();
  return last_;
}

LineReader::Outcome LineReader::Advance() {
  begin_ = next_;
  ++number_;
  size_t looked = begin_;  // no "\n" before it
  for (;;) {
    const void* found =
        std::memchr(buffer_.data() + looked, '\n', filled_ - looked);
    const size_t length =
        (found == nullptr
             ? filled_
             : static_cast<size_t>(static_cast<const char*>(found) -
                                   buffer_.data())) -
        begin_;
    if (length > line_bytes_max_) return Outcome::kTooLong;
    if (found != nullptr) {
      next_ = begin_ + length + 1;
      break;
    }
    looked = filled_ - begin_;  // Fill moves the line to the front.
    const Filled filled = Fill();
    if (filled == Filled::kFailed) return Outcome::kFailed;
    if (filled == Filled::kSome) continue;
    if (length == 0) return Outcome::kEnd;
    next_ = filled_;
    break;
  }
  end_ += next_ - begin_;
  return Outcome::kLine;
}

LineReader::Filled LineReader::Fill() {
  if (begin_ > 0) {
    filled_ -= begin_;
    std::memmove(buffer_.data(), buffer_.data() + begin_, filled_);
    begin_ = next_ = 0;
  }
  // The buffer is doubled, so that a long line is not copied many times.
  if (buffer_.size() - filled_ < kBlockBytes) {
    buffer_.resize(filled_ + std::max(kBlockBytes, filled_));
  }
  const ssize_t n = source_(buffer_.data() + filled_, buffer_.size() - filled_);
  if (n < 0) return Filled::kFailed;
  filled_ += static_cast<size_t>(n);
  return n == 0 ? Filled::kNothing : Filled::kSome;
}

std::string_view LineReader::line() const {
  std::string_view line = raw();
  if (line.ends_with('\n')) line.remove_suffix(1);
  return line;
}

std::string_view LineReader::raw() const {
  return {buffer_.data() + begin_, next_ - begin_};
}

}  // namespace cli
