// Calls whose keys, items, batches or snapshots must be refused.

#include <string>
#include <vector>

#include "bad_input/cases.h"

namespace dynamodown_test {
namespace {

using dynamodown::BatchMode;
using dynamodown::Condition;
using dynamodown::ReadOptions;
using dynamodown::WriteOptions;
using leveldb::Status;
using enum Before;
using enum dynamodown::StatusKind;

/// Keys and items over the limits.
void AddTooLong(std::vector<Case>* all) {
  const std::string over(1025, 'k');
  const std::vector<std::string> too_long = {
      "a key of 1025 bytes cannot be stored: the limit is 1024",
      "use shorter keys"};
  all->push_back({"PutOfALongKey", kOpen,
                  [=](Scene* s) { return s->Put(over, "v"); }, kInvalidArgument,
                  too_long, 0});
  all->push_back({"PutOfALongKeyOfZeros",
                  kOpen,
                  [](Scene* s) { return s->Put(std::string(1024, '\0'), "v"); },
                  kInvalidArgument,
                  {"one less for a key of NUL bytes only"},
                  0});
  all->push_back(
      {"PutOfALongItem",
       kOpen,
       [](Scene* s) { return s->Put("key", std::string(409'600, 'v')); },
       kInvalidArgument,
       {"a value of 409600 bytes under key \"key\" makes an item of 409621 "
        "bytes, keys and attribute names included: the limit is 409600",
        "store at most 409579 bytes under this key"},
       0});
  for (const BatchMode mode : {BatchMode::kAtomic, BatchMode::kUnordered}) {
    const std::string named =
        mode == BatchMode::kAtomic ? "Atomic" : "Unordered";
    all->push_back({named + "BatchWithALongKey",
                    kOpen,
                    [=](Scene* s) { return s->Write(mode, 40, over); },
                    kInvalidArgument,
                    {"operation 39 of the batch: ", too_long[0], too_long[1],
                     "nothing was written"},
                    0});
    all->push_back({named + "BatchWithALongItem",
                    kOpen,
                    [=](Scene* s) { return s->Write(mode, 2, "b", 409'600); },
                    kInvalidArgument,
                    {"operation 0 of the batch: ", "the limit is 409600",
                     "nothing was written"},
                    0});
    all->push_back({named + "BatchThatIsNull",
                    kOpen,
                    [=](Scene* s) {
                      WriteOptions options;
                      options.batch = mode;
                      return s->db->Write(options, nullptr);
                    },
                    kInvalidArgument,
                    {"the write batch is null"},
                    0});
  }
  all->push_back(
      {"ConditionalBatchWithALongKey",
       kOpen,
       [=](Scene* s) { return s->WriteIf(2, over, {}); },
       kInvalidArgument,
       {"operation 1 of the batch: ", too_long[0], "nothing was written"},
       0});
}

/// Keys that a table of text keys cannot hold.
void AddNotText(std::vector<Case>* all) {
  const std::vector<std::string> not_text = {
      "a key that is not UTF-8 cannot be stored in this table, whose range key "
      "is of type S",
      "use a table whose range key is of type B"};
  all->push_back({"PutOfBytesOnAStringTable", kOpenOnString,
                  [](Scene* s) { return s->Put("\xff", "v"); },
                  kInvalidArgument, not_text, 0});
  all->push_back(
      {"BatchWithBytesOnAStringTable",
       kOpenOnString,
       [](Scene* s) { return s->Write(BatchMode::kUnordered, 2, "\xc3"); },
       kInvalidArgument,
       {"operation 1 of the batch: ", not_text[0], "nothing was written"},
       0});
  all->push_back({"ConditionalBatchWithBytesOnAStringTable",
                  kOpenOnString,
                  [](Scene* s) { return s->WriteIf(2, "\xc3", {}); },
                  kInvalidArgument,
                  {"operation 1 of the batch: ", not_text[0]},
                  0});
}

/// Batches that are too big, or contradict themselves.
void AddBatches(std::vector<Case>* all) {
  const std::string over(1025, 'k');
  all->push_back(
      {"AtomicBatchOf101Keys",
       kOpen,
       [](Scene* s) { return s->Write(BatchMode::kAtomic, 101, "k"); },
       kNotSupported,
       {"an atomic batch of 101 keys", "the limits are 100 keys",
        "write smaller batches, or set Options::batch = kUnordered, which is "
        "not atomic",
        "nothing was written"},
       0});
  all->push_back(
      {"AtomicBatchOver4MB",
       kOpen,
       [](Scene* s) { return s->Write(BatchMode::kAtomic, 11, "k", 400'000); },
       kNotSupported,
       {"an atomic batch of 11 keys and 4400", "4194304 bytes",
        "set Options::batch = kUnordered"},
       0});
  all->push_back({"ConditionalBatchOf101Keys",
                  kOpen,
                  [](Scene* s) {
                    return s->WriteIf(100, "k", {Condition::Absent("another")});
                  },
                  kNotSupported,
                  {"an atomic batch of 101 keys", "the limits are 100 keys",
                   "write smaller batches", "nothing was written"},
                  0});
  all->push_back({"TwoConditionsOnAKey",
                  kOpen,
                  [](Scene* s) {
                    return s->WriteIf(
                        1, "k",
                        {Condition::Absent("k"), Condition::Present("k")});
                  },
                  kInvalidArgument,
                  {"key \"k\" has more than one condition"},
                  0});
  all->push_back(
      {"ConditionThatCannotHold",
       kOpen,
       [=](Scene* s) { return s->WriteIf(1, "k", {Condition::Present(over)}); },
       kConflict,
       {"conflict: ", "does not hold; nothing was written"},
       0});
}

void AddSnapshots(std::vector<Case>* all) {
  all->push_back(
      {"GetWithASnapshot",
       kOpen,
       [](Scene* s) {
         ReadOptions options;
         options.snapshot = s->db->GetSnapshot();
         std::string value;
         return s->db->Get(options, "k", &value);
       },
       kNotSupported,
       {"DynamoDB has no snapshots: read without one, or copy the data first",
        "dynamodown.supports"},
       0});
  all->push_back({"MultiGetWithASnapshot",
                  kOpen,
                  [](Scene* s) {
                    ReadOptions options;
                    options.snapshot = s->db->GetSnapshot();
                    std::vector<std::string> values;
                    std::vector<Status> statuses;
                    return s->db->MultiGet(options, {"k"}, &values, &statuses);
                  },
                  kNotSupported,
                  {"DynamoDB has no snapshots"},
                  0});
}

}  // namespace

std::vector<Case> CallCases() {
  std::vector<Case> all;
  AddTooLong(&all);
  AddNotText(&all);
  AddBatches(&all);
  AddSnapshots(&all);
  return all;
}

}  // namespace dynamodown_test
