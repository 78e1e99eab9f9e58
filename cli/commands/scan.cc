#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "command_list.h"
#include "io/message.h"
#include "io/output.h"
#include "io/session.h"
#include "io/summary.h"
#include "io/terminal.h"
#include "parse/encoding.h"
#include "parse/location.h"
#include "parse/store_command_builder.h"

namespace cli {
namespace {

constexpr char kDescription[] = "Print keys and values in order.";
constexpr char kFooter[] =
    R"(Keys are ordered by their bytes. Each line is a record: the key, a tab,
the value. In text output, every byte that could break the line (a tab, a
newline, a backslash, any other control character, or invalid UTF-8) is printed
as \xNN. With --json each line is an object with "key" and "value". A key or a
value that is not UTF-8 is in base64, as "key_b64" or "value_b64".

If several bounds are given, all apply. --from is the lower bound and --to is
the upper bound, even with --reverse. On a terminal, a line with the cost
follows.

Examples:
  dynamodown scan mytable/myhash
  dynamodown scan mytable/myhash --from 2024-01 --to 2024-02
  dynamodown scan mytable/myhash --prefix user: --reverse --limit 1
  dynamodown scan mytable/myhash --keys-only --hex
)";

struct ScanOptions {
  CommonOptions common;
  dynamodown::Bounds bounds;
  bool reverse = false;
  std::optional<uint64_t> limit;
  Encoding encoding = Encoding::kText;
  bool json = false;
};

std::string_view View(const leveldb::Slice& slice) {
  return {slice.data(), slice.size()};
}

std::string Record(const ScanOptions& scan, const leveldb::Iterator& it) {
  const bool values = !scan.bounds.keys_only;
  if (scan.json) {
    std::string record = "{" + JsonMember("key", View(it.key()));
    if (values) record += "," + JsonMember("value", View(it.value()));
    return record + "}\n";
  }
  std::string record = EncodeForLine(scan.encoding, View(it.key()));
  if (values) {
    record += '\t';
    record += EncodeForLine(scan.encoding, View(it.value()));
  }
  return record + '\n';
}

int Scan(const ScanOptions& scan) {
  const auto started = Clock::now();
  Session session(scan.common);
  const leveldb::Status status = session.Open();
  if (!status.ok()) return Fail(status, scan.common.location);
  Output output;
  const uint64_t limit = scan.limit.value_or(UINT64_MAX);
  if (limit == 0) return Finish(&output);

  dynamodown::Bounds bounds = scan.bounds;
  bounds.expected = scan.limit.value_or(0);
  const std::unique_ptr<leveldb::Iterator> it(
      session.db()->NewIterator(dynamodown::ReadOptions(), bounds));
  uint64_t printed = 0;
  scan.reverse ? it->SeekToLast() : it->SeekToFirst();
  while (it->Valid() && output.Write(Record(scan, *it))) {
    if (++printed == limit) break;  // The next step might cost a request.
    scan.reverse ? it->Prev() : it->Next();
  }
  const int exit_status = Finish(&output);  // print all output before an error
  if (ErrorIsTerminal() && !IsEmbedded(scan.common.location)) {
    PrintSummary(scan.common, {"scanned", "key", printed}, started);
  }
  if (!it->status().ok()) return Fail(it->status(), scan.common.location);
  return exit_status;
}

}  // namespace

CommandSpec ScanCommand() {
  const auto scan = std::make_shared<ScanOptions>();
  StoreCommandBuilder command("scan", kDescription, kFooter, &scan->common);
  command.AddBounds(&scan->bounds);
  command.AddFlag("-r,--reverse", "Print from the last key to the first",
                  &scan->reverse);
  command.AddLimit(&scan->limit);
  command.AddFlag("--keys-only", "Print keys only", &scan->bounds.keys_only);
  command.AddEncoding("Keys, bounds and values are", &scan->encoding);
  command.AddJson("Print one JSON object per line", &scan->json);
  command.AddQuiet();
  command.AddEventual();
  command.AddReadRate();
  command.AddTable();
  command.AddConnection();
  command.AddCheck([options = scan.get()] {
    DecodeBounds(options->encoding, &options->bounds);
  });
  return command.Build([scan] { return Scan(*scan); });
}

}  // namespace cli
