#include <fmt/format.h>

#include <cstdint>
#include <memory>
#include <string>

#include "command_list.h"
#include "io/command_line.h"
#include "io/interrupt.h"
#include "io/message.h"
#include "io/output.h"
#include "io/progress.h"
#include "io/session.h"
#include "io/summary.h"
#include "io/terminal.h"
#include "parse/encoding.h"
#include "parse/store_command_builder.h"

namespace cli {
namespace {

constexpr char kDescription[] = "Count keys and print the number.";
constexpr char kFooter[] =
    R"(Counting reads every item in the range, and costs as much as scanning it.
On a terminal, a line with the cost follows.

Examples:
  dynamodown count mytable/myhash
  dynamodown count mytable/myhash --prefix user: --eventual
)";

constexpr uint64_t kProgressKeys = 256;  // Between two updates.

struct CountOptions {
  CommonOptions common;
  dynamodown::Bounds bounds;
  Encoding encoding = Encoding::kText;
  bool json = false;
};

/// After a signal: says how far counting got, and how to count the rest.
int FailInterrupted(const CountOptions& options, uint64_t count,
                    const std::string& next) {
  return Fail("stopped: counted " + CountText(count, "key") + " before " +
              EncodeForLine(options.encoding, next) +
              AdviceOnTheRest("count", options.encoding, next));
}

int Count(const CountOptions& options) {
  WatchForInterrupt();
  const auto started = Clock::now();
  Session session(options.common);
  const leveldb::Status status = session.Open();
  if (!status.ok()) return Fail(status, options.common.location);
  dynamodown::Bounds bounds = options.bounds;
  bounds.keys_only = true;
  bounds.expected = UINT64_MAX;  // All keys, so even the first page is full.
  const std::unique_ptr<leveldb::Iterator> it(
      session.db()->NewIterator(dynamodown::ReadOptions(), bounds));
  Progress progress(!options.common.verbose && !options.common.quiet,
                    "counting", "key");
  uint64_t count = 0;
  for (it->SeekToFirst(); it->Valid() && !IsInterrupted(); it->Next()) {
    if (++count % kProgressKeys == 0) progress.Show({count});
  }
  progress.Clear();
  if (!it->status().ok()) return Fail(it->status(), options.common.location);
  const Work work = {"counted", "key", count};
  if (IsInterrupted() && it->Valid()) {
    PrintSummary(options.common, work, started);
    return FailInterrupted(options, count, it->key().ToString());
  }
  Output output;
  output.Write(fmt::format(
      fmt::runtime(options.json ? "{{\"count\":{}}}\n" : "{}\n"), count));
  const int exit_status = Finish(&output);
  if (exit_status == kExitOk && ErrorIsTerminal()) {
    PrintSummary(options.common, work, started);
  }
  return exit_status;
}

}  // namespace

CommandSpec CountCommand() {
  const auto count = std::make_shared<CountOptions>();
  StoreCommandBuilder command("count", kDescription, kFooter, &count->common);
  command.AddBounds(&count->bounds);
  command.AddEncoding("Bounds are", &count->encoding);
  command.AddJson("Print {\"count\":N}", &count->json);
  command.AddQuiet();
  command.AddEventual();
  command.AddReadRate();
  command.AddTable();
  command.AddConnection();
  command.AddCheck([options = count.get()] {
    DecodeBounds(options->encoding, &options->bounds);
  });
  return command.Build([count] { return Count(*count); });
}

}  // namespace cli
