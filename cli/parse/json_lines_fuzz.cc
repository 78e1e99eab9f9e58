// Reads any bytes as lines. The first byte sets the size of the reads. For
// every size, the lines together must be all of the other bytes. If a line is a
// record, the record must stay the same when it is written and read again.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>

#include "parse/json_lines.h"
#include "parse/line_reader.h"

namespace {

void Require(bool holds) {
  if (!holds) abort();
}

void CheckRecord(std::string_view line) {
  cli::Operation record;
  const cli::Complaint complaint = cli::ParseRecord(line, &record);
  if (complaint) {
    Require(!complaint->empty());
    return;
  }
  Require(!cli::IsBlank(line));
  std::string written;
  cli::AppendRecord(record.key, record.value, &written);
  Require(written.find('\n') == written.size() - 1);
  cli::Operation again;
  Require(!cli::ParseRecord(written, &again));
  Require(again.key == record.key && again.value == record.value);
}

void CheckOthers(std::string_view line) {
  cli::Operation operation;
  const cli::Complaint complaint = cli::ParseOperation(line, &operation);
  Require(!complaint || !complaint->empty());
  cli::CheckpointFields fields, again;
  if (cli::ParseCheckpoint(line, &fields)) return;
  Require(!cli::ParseCheckpoint(cli::FormatCheckpoint(fields), &again));
  Require(again.line == fields.line && again.key == fields.key);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const size_t piece = data[0] + size_t{1};
  const std::string_view input(reinterpret_cast<const char*>(data) + 1,
                               size - 1);
  size_t at = 0;
  cli::LineReader reader([&](char* buffer, size_t n) {
    const size_t got = std::min({n, piece, input.size() - at});
    std::memcpy(buffer, input.data() + at, got);
    at += got;
    return static_cast<ssize_t>(got);
  });
  std::string all;
  while (reader.Next() == cli::LineReader::Outcome::kLine) {
    Require(reader.line().find('\n') == std::string_view::npos);
    all += reader.raw();
    Require(reader.end() == all.size());
    CheckRecord(reader.line());
    CheckOthers(reader.line());
  }
  Require(all == input);
  return 0;
}
