#include <fmt/format.h>

#include <cstdint>
#include <memory>

#include "command_list.h"
#include "io/message.h"
#include "io/output.h"
#include "io/progress.h"
#include "io/session.h"
#include "parse/store_command_builder.h"

namespace cli {
namespace {

constexpr char kDescription[] = "Count keys and print the number.";
constexpr char kFooter[] =
    R"(Counting reads every item in the range, and costs as much as scanning it.

Examples:
  dynamodown count mytable/myhash
  dynamodown count mytable/myhash --prefix user: --eventual
)";

struct CountOptions {
  CommonOptions common;
  dynamodown::Bounds bounds;
  Encoding encoding = Encoding::kText;
  bool json = false;
};

int Count(const CountOptions& options) {
  Session session(options.common);
  const leveldb::Status status = session.Open();
  if (!status.ok()) return Fail(status, options.common.location);
  dynamodown::Bounds bounds = options.bounds;
  bounds.keys_only = true;
  bounds.expected = UINT64_MAX;  // All keys, so even the first page is full.
  const std::unique_ptr<leveldb::Iterator> it(
      session.db()->NewIterator(dynamodown::ReadOptions(), bounds));
  Progress progress(!options.common.verbose);
  uint64_t count = 0;
  for (it->SeekToFirst(); it->Valid(); it->Next()) progress.Show(++count);
  progress.Clear();
  if (!it->status().ok()) return Fail(it->status(), options.common.location);
  Output output;
  output.Write(fmt::format(
      fmt::runtime(options.json ? "{{\"count\":{}}}\n" : "{}\n"), count));
  return Finish(&output);
}

}  // namespace

CommandSpec CountCommand() {
  const auto count = std::make_shared<CountOptions>();
  StoreCommandBuilder command("count", kDescription, kFooter, &count->common);
  command.AddBounds(&count->bounds);
  command.AddEncoding("Bounds are", &count->encoding);
  command.AddJson("Print {\"count\":N}", &count->json);
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
