#include "parse/line_reader.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

namespace cli {
namespace {

using Outcome = LineReader::Outcome;

/// A source of `bytes`, at most `piece` of them at a time.
ByteSource InPieces(std::string bytes, size_t piece) {
  return [bytes = std::move(bytes), piece, at = size_t{0}](
             char* buffer, size_t n) mutable -> ssize_t {
    const size_t got = std::min({n, piece, bytes.size() - at});
    std::memcpy(buffer, bytes.data() + at, got);
    at += got;
    return static_cast<ssize_t>(got);
  };
}

TEST(LineReaderTest, LinesAreTheSameForReadsOfAnySize) {
  const std::string big(700'000, 'x');
  const std::string input = "one\n\ntwo\r\n" + big + "\n" +
                            std::string("\0\xff", 2) + "\nlast, without end";
  const std::vector<std::string> lines = {
      "one", "", "two\r", big, std::string("\0\xff", 2), "last, without end"};
  for (const size_t piece : {size_t{1}, size_t{2}, size_t{7}, size_t{4096},
                             size_t{262144}, SIZE_MAX}) {
    LineReader reader(InPieces(input, piece));
    std::string all;
    for (size_t i = 0; i < lines.size(); ++i) {
      ASSERT_EQ(reader.Next(), Outcome::kLine) << piece;
      EXPECT_TRUE(reader.line() == lines[i]) << i << ", " << piece;
      EXPECT_EQ(reader.number(), i + 1);
      all += reader.raw();
      EXPECT_EQ(reader.end(), all.size());
    }
    EXPECT_TRUE(all == input);
    EXPECT_EQ(reader.Next(), Outcome::kEnd);
    EXPECT_EQ(reader.Next(), Outcome::kEnd);
  }
}

TEST(LineReaderTest, NoEmptyLineFollowsTheLastLineEnd) {
  LineReader reader(InPieces("a\n", 1));
  EXPECT_EQ(reader.Next(), Outcome::kLine);
  EXPECT_EQ(reader.Next(), Outcome::kEnd);
  LineReader empty(InPieces("", 1));
  EXPECT_EQ(empty.Next(), Outcome::kEnd);
}

TEST(LineReaderTest, ALineOverTheLimitIsNumberedAndNotReadToItsEnd) {
  for (const size_t piece : {size_t{1}, size_t{100}}) {
    LineReader fits(InPieces("1234\n12345\n", piece), 5);
    EXPECT_EQ(fits.Next(), Outcome::kLine);
    EXPECT_EQ(fits.Next(), Outcome::kLine);
    EXPECT_EQ(fits.Next(), Outcome::kEnd);
    LineReader over(InPieces("1234\n123456\n1\n", piece), 5);
    EXPECT_EQ(over.Next(), Outcome::kLine);
    EXPECT_EQ(over.Next(), Outcome::kTooLong);
    EXPECT_EQ(over.number(), 2u);
    LineReader unended(InPieces("123456", piece), 5);
    EXPECT_EQ(unended.Next(), Outcome::kTooLong);
  }
  size_t read = 0;
  LineReader endless(
      [&read](char* buffer, size_t n) {
        std::memset(buffer, 'x', n);
        read += n;
        return static_cast<ssize_t>(n);
      },
      1'000'000);
  EXPECT_EQ(endless.Next(), Outcome::kTooLong);
  EXPECT_LT(read, 4'000'000u);
}

TEST(LineReaderTest, AReadErrorIsReported) {
  int calls = 0;
  LineReader reader([&calls](char* buffer, size_t) -> ssize_t {
    if (calls++ == 0) {
      std::memcpy(buffer, "a\nb", 3);
      return 3;
    }
    errno = EIO;
    return -1;
  });
  EXPECT_EQ(reader.Next(), Outcome::kLine);
  EXPECT_EQ(reader.Next(), Outcome::kFailed);
  EXPECT_EQ(errno, EIO);
  EXPECT_EQ(reader.number(), 2u);
}

}  // namespace
}  // namespace cli
