#include <fmt/format.h>

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
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

/// How far counting got. **Thread-safety**: safe.
class Position {
 public:
  /// Counts the key that was reached last, and goes on to `key`.
  void GoTo(const leveldb::Slice& key) {
    const std::lock_guard<std::mutex> lock(mutex_);
    count_ += key_ ? 1 : 0;
    key_.emplace(key.data(), key.size());
  }
  /// Returns the number of keys before `*key`. Before the first key, `*key` is
  /// null.
  uint64_t Read(std::optional<std::string>* key) const {
    const std::lock_guard<std::mutex> lock(mutex_);
    *key = key_;
    return count_;
  }

 private:
  mutable std::mutex mutex_;
  uint64_t count_ = 0;
  std::optional<std::string> key_;
};

/// After a signal: says how far counting got, and how to count the rest.
void FailInterrupted(const CountOptions& options, const Position& position,
                     Clock::time_point started) {
  std::optional<std::string> next;
  const uint64_t count = position.Read(&next);
  PrintSummary(options.common, {"counted", "key", count}, started);
  std::string text = "stopped: counted " + CountText(count, "key");
  if (next) {
    text += " before " + EncodeForLine(options.encoding, *next) +
            AdviceOnTheRest("count", options.encoding, *next);
  }
  Fail(text);
}

int Count(const CountOptions& options) {
  const auto started = Clock::now();
  Position position;
  Progress progress(!options.common.verbose && !options.common.quiet,
                    "counting", "key");
  InterruptWatch watch([&] { PrintTotals(options.common); });
  StopReport report(&watch, [&] {
    progress.Hide();
    FailInterrupted(options, position, started);
  });
  Session session(options.common);
  const leveldb::Status status = session.Open();
  if (!status.ok()) return Fail(status, options.common.location);
  dynamodown::Bounds bounds = options.bounds;
  bounds.keys_only = true;
  bounds.expected = UINT64_MAX;  // All keys, so even the first page is full.
  const std::unique_ptr<leveldb::Iterator> it(
      session.db()->NewIterator(dynamodown::ReadOptions(), bounds));
  uint64_t count = 0;
  for (it->SeekToFirst(); it->Valid(); it->Next()) {
    position.GoTo(it->key());
    if (IsInterrupted()) break;
    if (++count % kProgressKeys == 0) progress.Show({count});
  }
  progress.Clear();
  if (!it->status().ok()) {
    if (ErrorIsTerminal()) {
      PrintConsumed(options.common, {"counted", "key", count}, started);
    }
    return Fail(it->status(), options.common.location);
  }
  if (it->Valid()) {
    report.Print();
    return kExitFailure;
  }
  Output output;
  output.Write(options.json ? fmt::format("{{\"count\":{}{}}}\n", count,
                                          UnitsJson(options.common))
                            : fmt::format("{}\n", count));
  const int exit_status = Finish(&output);
  if (exit_status == kExitOk && ErrorIsTerminal()) {
    PrintSummary(options.common, {"counted", "key", count}, started);
  }
  return exit_status;
}

}  // namespace

CommandSpec CountCommand() {
  const auto count = std::make_shared<CountOptions>();
  StoreCommandBuilder command("count", kDescription, kFooter, &count->common);
  command.AddBounds(&count->bounds);
  command.AddEncoding("Bounds are", &count->encoding);
  command.AddJson("Print a JSON object with the count and the cost",
                  &count->json);
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
