#include <fmt/format.h>

#include <memory>
#include <optional>
#include <string>

#include "command_list.h"
#include "io/file.h"
#include "io/interrupt.h"
#include "io/message.h"
#include "io/session.h"
#include "io/summary.h"
#include "io/transfer.h"
#include "leveldb/write_batch.h"
#include "parse/json_lines.h"
#include "parse/line_reader.h"
#include "parse/store_command_builder.h"

namespace cli {
namespace {

using leveldb::Status;
using Outcome = LineReader::Outcome;

constexpr char kDescription[] = "Put and delete many keys at once.";
constexpr char kFooter[] =
    R"(Each line is {"type":"put","key":"...","value":"..."} or
{"type":"del","key":"..."}. A key or a value that is not UTF-8 is in base64, as
"key_b64" or "value_b64". If several lines have the same key, the last of these
lines counts.

The batch is atomic: all operations are written, or none. The limits are 100
keys and 4 MB on DynamoDB. At leveldb: locations they are 100,000 operations and
64 MB.

With --unordered, a batch may have any number of operations, but it is not
atomic. Such a batch ends at the first wrong line; all lines before the wrong
line are written.

Examples:
  dynamodown batch mytable/myhash my.operations
  echo '{"type":"del","key":"a"}' | dynamodown batch mytable/myhash
  dynamodown batch mytable/myhash my.operations --unordered --max-wcu 100
)";

constexpr LineKind kOperations = {ParseOperation, "applying", "applied",
                                  "operation"};

// An atomic batch is held in memory, so its size is limited.
constexpr size_t kAtomicOperationsMax = 100'000;
constexpr size_t kAtomicBytesMax = size_t{64} << 20;

struct BatchOptions {
  CommonOptions common;
  std::optional<std::string> input;  // none: standard input
  bool unordered = false;
};

/// Reads all operations of the input, and counts them in `*work`.
Complaint ReadBatch(const File& input, leveldb::WriteBatch* batch, Work* work) {
  LineReader reader(BytesOf(input.fd()));
  for (;;) {
    const Outcome outcome = reader.Next();
    if (outcome == Outcome::kEnd) return std::nullopt;
    if (outcome == Outcome::kFailed) return Cannot("read", input.name());
    if (outcome == Outcome::kLine && IsBlank(reader.line())) continue;
    Operation operation;
    const Complaint complaint = outcome == Outcome::kTooLong
                                    ? TooLong()
                                    : ParseOperation(reader.line(), &operation);
    if (complaint) {
      return fmt::format("line {}: {}", reader.number(), *complaint);
    }
    work->bytes += SizeOf(operation);
    if (++work->records > kAtomicOperationsMax ||
        work->bytes > kAtomicBytesMax) {
      return fmt::format(
          "line {}: an atomic batch has at most {} operations and {} MB; "
          "--unordered takes any number of operations, but is not atomic",
          reader.number(), kAtomicOperationsMax, kAtomicBytesMax >> 20);
    }
    AddTo(batch, operation);
  }
}

int WriteAtomically(const BatchOptions& options, const File& input) {
  const auto started = Clock::now();
  leveldb::WriteBatch batch;
  Work work = {"applied", "operation"};
  if (Complaint c = ReadBatch(input, &batch, &work)) {
    return Fail(*c + "; nothing was written");
  }
  Session session(options.common);
  Status status = session.OpenToWrite();
  if (status.ok()) {
    // This is kStoreDefault rather than kAtomic, because a setting in the
    // location overrides the command's options. If the location has the setting
    // for unordered batches, the batch is unordered.
    status = session.db()->Write(Durable(dynamodown::BatchMode::kStoreDefault),
                                 &batch);
  }
  if (!status.ok()) {
    PrintConsumed(options.common, {"failed"}, started);
    return Fail(status, options.common.location);
  }
  PrintSummary(options.common, work, started);
  return kExitOk;
}

int Batch(const BatchOptions& batch) {
  File input;
  if (Complaint c = OpenInput(batch.input, &input)) return Fail(*c);
  if (!batch.unordered) return WriteAtomically(batch, input);
  InterruptWatch watch([&] { PrintTotals(batch.common); });
  Session session(batch.common);
  const Status status = session.OpenToWrite();
  if (!status.ok()) return Fail(status, batch.common.location);
  LineReader reader(BytesOf(input.fd()));
  return Transfer(batch.common,
                  {kOperations, nullptr, batch.input.value_or(""), &watch},
                  input, &reader, Place(), &session);
}

}  // namespace

CommandSpec BatchCommand() {
  const auto batch = std::make_shared<BatchOptions>();
  StoreCommandBuilder command("batch", kDescription, kFooter, &batch->common);
  command.AddInput(&batch->input);
  command.AddFlag("--unordered",
                  "Write any number of operations, not atomically, at half "
                  "the price",
                  &batch->unordered);
  command.AddQuiet();
  command.AddWriteRate();
  command.AddForce();
  command.AddTable();
  command.AddConnection();
  return command.Build([batch] { return Batch(*batch); });
}

}  // namespace cli
