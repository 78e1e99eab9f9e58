// Gets, MultiGets, reads of a group, and sizes.

#include "sim/workload.h"

#include <algorithm>

namespace dynamodown::sim {
namespace {

using leveldb::Status;

/// The number of keys in one BatchGetItem.
constexpr size_t kBatchGetMax = 100;

}  // namespace

void Workload::Get() {
  GetKey(OneIn(10) ? OneOf(environment_.keys->quiet) : AnyKey());
}

void Workload::GetKey(const std::string& key) {
  bool eventual;
  const ReadOptions options = AnyReadOptions(&eventual);
  const Call call =
      Begin(std::string(eventual ? "eventual " : "") + "Get " + KeyText(key));
  std::string text;
  Status status;
  {
    const TrafficScope scope(call.traffic);
    status = db_->Get(options, key, &text);
  }
  EndRead(call, status);
  if (!status.ok() && !status.IsNotFound()) return;
  const ValueId value =
      status.ok() ? environment_.history->ValueOf(key, text) : kNothing;
  if (eventual) {
    environment_.history->SawLately(key, Sight::Is(value), call.entry->end,
                                    call.entry);
    return;
  }
  last_seen_[key] = status.ok() ? text : "";
  environment_.history->Saw(key, Sight::Is(value), call.entry->call,
                            call.entry->end, call.entry);
}

void Workload::MultiGetFew() {
  std::vector<std::string> keys;
  for (uint64_t n = Below(20); n > 0; --n) {
    keys.push_back(OneOf(environment_.keys->all));
  }
  MultiGet(keys);
}

void Workload::MultiGetMany() {
  std::vector<std::string> keys = environment_.keys->all;
  std::shuffle(keys.begin(), keys.end(), random_);
  keys.resize(kBatchGetMax + 1 + Below(keys.size() - kBatchGetMax));
  keys.push_back(keys.front());
  MultiGet(keys);
}

void Workload::MultiGet(const std::vector<std::string>& keys) {
  bool eventual;
  const ReadOptions options = AnyReadOptions(&eventual);
  const Call call = Begin(std::string(eventual ? "eventual " : "") +
                          "MultiGet of " + std::to_string(keys.size()));
  std::vector<leveldb::Slice> slices(keys.begin(), keys.end());
  const std::string too_long(kKeyBytesMax + 1, 'c');
  slices.push_back(too_long);
  std::vector<std::string> values;
  std::vector<Status> statuses;
  Status status;
  {
    const TrafficScope scope(call.traffic);
    status = db_->MultiGet(options, slices, &values, &statuses);
  }
  EndRead(call, status);
  if (!statuses.back().IsNotFound()) {
    environment_.violation("a key that cannot be stored is not found",
                           statuses.back().ToString());
  }
  for (size_t i = 0; i < keys.size(); ++i) {
    if (!statuses[i].ok() && !statuses[i].IsNotFound()) {
      if (status.ok()) {
        environment_.violation("MultiGet is OK when every key is",
                               call.entry->text);
      }
      continue;
    }
    const ValueId value =
        statuses[i].ok() ? environment_.history->ValueOf(keys[i], values[i])
                         : kNothing;
    if (eventual) {
      environment_.history->SawLately(keys[i], Sight::Is(value),
                                      call.entry->end, call.entry);
    } else {
      environment_.history->Saw(keys[i], Sight::Is(value), call.entry->call,
                                call.entry->end, call.entry);
    }
  }
}

void Workload::GetMember(size_t group, const std::string& key) {
  const Call call = Begin("Get " + KeyText(key) + " of " + GroupName(group));
  std::string text;
  Status status;
  {
    const TrafficScope scope(call.traffic);
    status = db_->Get(ReadOptions(), key, &text);
  }
  EndRead(call, status);
  if (!status.ok() && !status.IsNotFound()) return;
  const ValueId value =
      status.ok() ? environment_.history->ValueOf(key, text) : kNothing;
  last_seen_[key] = status.ok() ? text : "";
  environment_.history->Saw(key, Sight::Is(value), call.entry->call,
                            call.entry->end, call.entry);
  environment_.history->Saw(GroupName(group),
                            Sight::Is(environment_.history->SetOf(value)),
                            call.entry->call, call.entry->end, call.entry);
}

void Workload::GetGroup() {
  const size_t group = Below(environment_.keys->groups.size());
  std::vector<std::string> keys = environment_.keys->groups[group];
  std::shuffle(keys.begin(), keys.end(), random_);
  for (const std::string& key : keys) {
    if (!dead()) GetMember(group, key);
  }
}

void Workload::Size() {
  const std::vector<std::string>& quiet = environment_.keys->quiet;
  const Call call = Begin("ApproximateSize of the quiet keys");
  uint64_t bytes = 0;
  bool exact = false;
  Status status;
  {
    const TrafficScope scope(call.traffic);
    status = db_->ApproximateSize(
        leveldb::Range(kQuietPrefix, quiet.back() + '\0'), &bytes, &exact);
  }
  EndRead(call, status);
  if (!status.ok() || !exact) return;
  const uint64_t expected = *environment_.quiet_bytes;
  if (bytes != expected) {
    environment_.violation(
        "an exact size is exact",
        std::to_string(bytes) + " for " + std::to_string(expected) + " bytes");
  }
  ++(*environment_.tally)["exact size"];
}

}  // namespace dynamodown::sim
