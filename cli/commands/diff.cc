#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "command_list.h"
#include "io/interrupt.h"
#include "io/message.h"
#include "io/output.h"
#include "io/progress.h"
#include "io/record_stream.h"
#include "io/summary.h"
#include "io/terminal.h"
#include "parse/encoding.h"
#include "parse/store_command_builder.h"

namespace cli {
namespace {

constexpr char kDescription[] = "Compare two stores, or a store and a dump.";
constexpr char kFooter[] =
    R"(Prints a line for each key that differs, in the order of the keys:

  < KEY   only LOCATION has the key
  > KEY   only OTHER has the key
  | KEY   both have the key, with different values

Without --hex and --base64, a key is printed as in 'scan'. With --json a line is
an object. The member "type" is "only_a" (LOCATION), "only_b" (OTHER) or
"different"; "key" is the key, and "a" and "b" are the values. A key or a value
that is not UTF-8 is in base64, as "key_b64", "a_b64" or "b_b64". With
--keys-only values are neither compared nor printed.

LOCATION and OTHER may also be dumps: "-" means standard input, and a path that
begins with / or ./ or ../, or the name of an existing file, means a file. For a
table of the same name as a file, write dynamodb://table/hash. The lines of a
dump must be in the order of their keys, as 'dump' writes them.

The options apply to both stores. If the stores need different options, write
these options into the locations. Comparing costs as much as scanning both
stores, but --quiet stops at the first difference. Both sides are read once, at
the same time, so memory does not grow with their size. If a key changes during
the comparison, the change may or may not be reported.

Exit status:
  0  no difference
  1  there are differences
  2  a failure or a wrong argument; the lines that were printed are right

Examples:
  dynamodown diff mytable/myhash mytable/copy
  dynamodown diff mytable/myhash my.dump --json
  dynamodown dump leveldb:db | dynamodown diff mytable/myhash - --quiet
  dynamodown diff mytable/users 'dynamodb://mytable/users?region=eu-west-1'
)";

constexpr int kExitDiffer = 1;
constexpr int kExitTrouble = 2;  // as in diff(1)

struct DiffOptions {
  CommonOptions common;
  std::string other;
  dynamodown::Bounds bounds;
  Encoding encoding = Encoding::kText;
  bool json = false;
};

/// A key, and the values of both sides. Null: the side does not have the key.
struct Difference {
  std::string_view key;
  const std::string_view* a = nullptr;
  const std::string_view* b = nullptr;
};

std::string LineOf(const DiffOptions& diff, const Difference& difference) {
  const bool only_a = difference.b == nullptr;
  const bool only_b = difference.a == nullptr;
  if (!diff.json) {
    return std::string(only_a   ? "< "
                       : only_b ? "> "
                                : "| ") +
           EncodeForLine(diff.encoding, difference.key) + '\n';
  }
  std::string line = "{\"type\":\"";
  line += only_a ? "only_a" : only_b ? "only_b" : "different";
  line += "\"," + JsonMember("key", difference.key);
  if (!diff.bounds.keys_only) {
    if (!only_b) line += "," + JsonMember("a", *difference.a);
    if (!only_a) line += "," + JsonMember("b", *difference.b);
  }
  return line + "}\n";
}

/// Merges two streams and prints their differences.
class Comparison {
 public:
  Comparison(const DiffOptions& diff, RecordStream* a, RecordStream* b)
      : diff_(diff),
        a_(a),
        b_(b),
        progress_(!diff.common.verbose && !diff.common.quiet, "comparing",
                  "key") {}

  /// Returns whether there are differences. If a stream has failed, the result
  /// is only about what was read.
  bool Run() {
    bool in_a = a_->Next(), in_b = b_->Next();
    while ((in_a || in_b) && !HasFailed() && goes_on_ && !IsInterrupted()) {
      const int order = !in_b ? -1 : !in_a ? 1 : a_->key().compare(b_->key());
      Compare(order);
      progress_.Show({++keys_});
      if (order <= 0) in_a = a_->Next();
      if (order >= 0) in_b = b_->Next();
    }
    progress_.Clear();
    return differ_;
  }

  /// Any thread may call HideProgress() and keys().
  void HideProgress() { progress_.Hide(); }
  bool HasFailed() const { return a_->complaint() || b_->complaint(); }
  uint64_t keys() const { return keys_; }
  Output* output() { return &output_; }

 private:
  /// `order` is below 0 if only `a_` has the key, above 0 if only `b_` has it.
  void Compare(int order) {
    const std::string_view a = order <= 0 ? Value(*a_) : std::string_view();
    const std::string_view b = order >= 0 ? Value(*b_) : std::string_view();
    if (order == 0 && a == b) return;
    differ_ = true;
    if (diff_.common.quiet) {
      goes_on_ = false;
      return;
    }
    const Difference difference = {order <= 0 ? a_->key() : b_->key(),
                                   order <= 0 ? &a : nullptr,
                                   order >= 0 ? &b : nullptr};
    goes_on_ = output_.Write(LineOf(diff_, difference));
  }

  /// The value, but nothing with --keys-only: a dump always has values.
  std::string_view Value(const RecordStream& records) const {
    return diff_.bounds.keys_only ? std::string_view() : records.value();
  }

  const DiffOptions& diff_;
  RecordStream* const a_;
  RecordStream* const b_;
  Progress progress_;
  Output output_;
  std::atomic<uint64_t> keys_ = 0;
  bool differ_ = false, goes_on_ = true;
};

int Trouble(const std::string& message) {
  Fail(message);
  return kExitTrouble;
}

int Diff(const DiffOptions& diff) {
  const auto started = Clock::now();
  InterruptWatch watch([&] { PrintTotals(diff.common); });
  std::unique_ptr<RecordStream> a, b;
  const CommonOptions& common = diff.common;
  if (Complaint c = OpenRecords(common.location, common, diff.bounds, &a)) {
    return Trouble(*c);
  }
  if (Complaint c = OpenRecords(diff.other, common, diff.bounds, &b)) {
    return Trouble(*c);
  }
  Comparison comparison(diff, a.get(), b.get());
  StopReport report(&watch, [&] {
    comparison.HideProgress();
    PrintSummary(common, {"compared", "key", comparison.keys()}, started);
    Fail("stopped: compared " + CountText(comparison.keys(), "key") +
         "; further keys may differ");
  });
  const bool differ = comparison.Run();
  if (Finish(comparison.output()) != kExitOk) return kExitTrouble;
  if (IsInterrupted()) {
    report.Print();
    return kExitTrouble;
  }
  if (ErrorIsTerminal()) {
    PrintSummary(common, {"compared", "key", comparison.keys()}, started);
  }
  for (const RecordStream* each : {a.get(), b.get()}) {
    if (each->complaint()) return Trouble(*each->complaint());
  }
  return differ ? kExitDiffer : kExitOk;
}

}  // namespace

CommandSpec DiffCommand() {
  const auto diff = std::make_shared<DiffOptions>();
  StoreCommandBuilder command("diff", kDescription, kFooter, &diff->common);
  command.AddArgument("OTHER", "The other store, or a dump", Into(&diff->other))
      .is_required = true;
  command.AddBounds(&diff->bounds);
  command.AddFlag("--keys-only", "Compare keys only", &diff->bounds.keys_only);
  command.AddEncoding("Keys and bounds are", &diff->encoding);
  command.AddJson("Print one JSON object per line", &diff->json);
  command.AddFlag("-q,--quiet",
                  "Print nothing, and stop at the first difference",
                  &diff->common.quiet);
  command.AddEventual();
  command.AddReadRate();
  command.AddTable();
  command.AddConnection();
  command.AddCheck([options = diff.get()] {
    DecodeBounds(options->encoding, &options->bounds);
    if (options->common.location == "-" && options->other == "-") {
      throw UsageError("only one side can be standard input");
    }
  });
  return command.Build([diff] { return Diff(*diff); });
}

}  // namespace cli
