// Get, MultiGet, iterators and sizes.

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "wire/cases.h"

namespace dynamodown_test {

using dynamodown::Bounds;
using dynamodown::Consistency;
using dynamodown::Database;
using dynamodown::ReadOptions;
using std::string_literals::operator""s;

namespace {

void Get(CaseRun* run, const std::string& key,
         const ReadOptions& options = {}) {
  std::string value = "(unchanged)";
  run->Say("get", run->db()->Get(options, key, &value));
  run->Say("value: " + Quoted(value));
  run->SayStats();
}

void OpenAndGet(CaseRun* run, const std::string& key) {
  run->Open();
  Get(run, key);
}

void MultiGet(CaseRun* run, const std::vector<std::string>& keys,
              const ReadOptions& options = {}) {
  std::vector<leveldb::Slice> slices(keys.begin(), keys.end());
  std::vector<std::string> values;
  std::vector<leveldb::Status> statuses;
  run->Say("multiget",
           run->db()->MultiGet(options, slices, &values, &statuses));
  for (size_t i = 0; i < keys.size(); ++i) {
    run->Say(Quoted(keys[i]) + ": " + statuses[i].ToString() + " " +
             Quoted(values[i]));
  }
  run->SayStats();
}

/// Iterates from the first entry to the last, or in reverse.
void Walk(CaseRun* run, const Bounds& bounds, const ReadOptions& options = {},
          bool forward = true) {
  const std::unique_ptr<leveldb::Iterator> iterator(
      run->db()->NewIterator(options, bounds));
  forward ? iterator->SeekToFirst() : iterator->SeekToLast();
  while (iterator->Valid()) {
    run->Say(Quoted(iterator->key().ToString()) + " = " +
             Quoted(iterator->value().ToString()));
    forward ? iterator->Next() : iterator->Prev();
  }
  run->Say("iterator", iterator->status());
  run->SayStats();
}

std::function<void(CaseRun*)> WalkOf(Bounds bounds, bool forward = true) {
  return [bounds = std::move(bounds), forward](CaseRun* run) {
    run->Open();
    Walk(run, bounds, {}, forward);
  };
}

std::function<void(CaseRun*)> GetOf(std::string key) {
  return [key = std::move(key)](CaseRun* run) { OpenAndGet(run, key); };
}

ReadOptions Eventual() {
  ReadOptions options;
  options.consistency = Consistency::kEventual;
  return options;
}

void ApproximateSize(CaseRun* run) {
  run->Open();
  uint64_t bytes = 0;
  bool exact = false;
  run->Say("size", run->db()->ApproximateSize({"a", "c"}, &bytes, &exact));
  run->Say("bytes: " + std::to_string(bytes) + (exact ? ", exact" : ""));
  run->SayStats();
}

std::vector<Case> GetCases() {
  return {
      {"get", GetOf("name")},
      {"get-missing", GetOf("nobody")},
      {"get-eventual",
       [](CaseRun* run) {
         run->options.consistency = Consistency::kEventual;
         run->Open();
         Get(run, "name");
       }},
      {"get-eventual-this-time",
       [](CaseRun* run) {
         run->Open();
         Get(run, "name", Eventual());
       }},
      {"get-value-b", GetOf("photo")},
      {"get-value-empty", GetOf("empty")},
      {"get-value-null", GetOf("null")},
      {"get-value-number", GetOf("number")},
      {"get-value-unusual", GetOf("text")},
      {"get-value-escaped", GetOf("escaped")},
      {"get-value-map", GetOf("map")},
      {"get-value-missing", GetOf("valueless")},
      {"get-key-empty", GetOf("")},
      {"get-key-zeros", GetOf("\0\0"s)},
      {"get-key-bytes", GetOf("\x01\xff\"\\\x80"s)},
      {"get-key-that-cannot-be", GetOf(std::string(1025, 'k'))},
      {"get-key-s",
       [](CaseRun* run) {
         run->SetNames({"hkey", "S", "rkey", "S"});
         run->Open();
         Get(run, kUnusual);
       }},
      {"get-other-names",
       [](CaseRun* run) {
         run->SetNames({"table name \"1\"", "B", "name", "S"});
         run->options.table.value_attribute = "r\u00e9serv\u00e9 #:value";
         run->Open("wire_Other.Table-2/\xd0\xaf/kim");
         Get(run, "key");
       }},
      {"get-endpoint",
       [](CaseRun* run) {
         run->Open(
             "dynamodb://wire-people/kim?region=us-west-2&"
             "endpoint=http://127.0.0.1:8000");
         Get(run, "name");
       }},
      {"get-session-token",
       [](CaseRun* run) {
         run->environment["AWS_SESSION_TOKEN"] = "FwoGZXIvYXdzEJr//+/=EXAMPLE";
         run->Open();
         Get(run, "name");
       }},
      {"get-members-unknown", GetOf("name")},
      {"get-capacity-none", GetOf("name")},
      {"get-capacity-indexes", GetOf("name")},
      {"get-answer-without-crc", GetOf("name")},
      {"get-answer-spaced", GetOf("name")},
      {"get-answer-damaged", GetOf("name")},
      {"get-answer-cut", GetOf("name")},
      {"get-repeated-after-timeout", GetOf("name")},
  };
}

std::vector<Case> MultiGetCases() {
  const std::vector<std::string> keys = {"a", "b", "\xff", "a"};
  const auto of = [](std::vector<std::string> some) {
    return [some = std::move(some)](CaseRun* run) {
      run->Open();
      MultiGet(run, some);
    };
  };
  return {
      {"multiget", of(keys)},
      {"multiget-eventual",
       [keys](CaseRun* run) {
         run->Open();
         MultiGet(run, keys, Eventual());
       }},
      {"multiget-keys-s",
       [](CaseRun* run) {
         run->SetNames({"hkey", "S", "rkey", "S"});
         run->Open();
         MultiGet(run, {kUnusual, "b", "\xff"});
       }},
      {"multiget-unprocessed", of({"a", "b", "c"})},
      {"multiget-nothing-processed", of({"a", "b"})},
      {"multiget-alien-unprocessed", of({"a", "b"})},
      {"multiget-alien-response", of({"a", "b"})},
  };
}

std::vector<Case> RangeCases() {
  Bounds between;
  between.gte = "b";
  between.lt = "d";
  Bounds from;
  from.gt = "b";
  Bounds until;
  until.lte = "b";
  Bounds prefix;
  prefix.prefix = "user:";
  Bounds keys_only;
  keys_only.keys_only = true;
  Bounds expected;
  expected.expected = 5;
  Bounds empty;
  empty.gt = "b";
  empty.lt = "b";
  return {
      {"iterate", WalkOf({})},
      {"iterate-backwards", WalkOf({}, false)},
      {"iterate-between", WalkOf(between)},
      {"iterate-between-backwards", WalkOf(between, false)},
      {"iterate-from", WalkOf(from)},
      {"iterate-until", WalkOf(until)},
      {"iterate-prefix", WalkOf(prefix)},
      {"iterate-prefix-s",
       [prefix](CaseRun* run) {
         run->SetNames({"hkey", "S", "rkey", "S"});
         run->Open();
         Bounds last;
         last.prefix = "\xf4\x8f\xbf\xbf";  // Nothing is above it.
         Walk(run, prefix);
         Walk(run, last);
       }},
      {"iterate-eventual",
       [](CaseRun* run) {
         run->Open();
         Walk(run, {}, Eventual());
       }},
      {"iterate-keys-only", WalkOf(keys_only)},
      {"iterate-expected", WalkOf(expected)},
      {"iterate-empty-range", WalkOf(empty)},
      {"iterate-empty-pages", WalkOf({})},
      {"iterate-unreadable-item", WalkOf({})},
      {"iterate-hash-b",
       [](CaseRun* run) {
         run->SetNames({"hkey", "B", "rkey", "B"});
         run->Open("wire-people/\xff\x00"s + "kim");
         Walk(run, {});
       }},
      {"size", ApproximateSize},
      {"size-of-more-than-a-page", ApproximateSize},
  };
}

}  // namespace

std::vector<Case> ReadCases() {
  std::vector<Case> cases = GetCases();
  for (auto* more : {MultiGetCases, RangeCases}) {
    for (Case& one : more()) cases.push_back(std::move(one));
  }
  return cases;
}

}  // namespace dynamodown_test
