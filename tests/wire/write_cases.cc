// Put, Delete, batches and conditional batches.

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "wire/cases.h"

namespace dynamodown_test {

using dynamodown::BatchMode;
using dynamodown::Condition;
using dynamodown::WriteOptions;
using std::string_literals::operator""s;

namespace {

/// Returns every byte once.
std::string AllBytes() {
  std::string bytes;
  for (int i = 0; i < 256; ++i) bytes.push_back(static_cast<char>(i));
  return bytes;
}

void Put(CaseRun* run, const std::string& key, const std::string& value) {
  run->Say("put", run->db()->Put(WriteOptions(), key, value));
  run->SayStats();
}

std::function<void(CaseRun*)> PutOf(std::string key, std::string value) {
  return [key = std::move(key), value = std::move(value)](CaseRun* run) {
    run->Open();
    Put(run, key, value);
  };
}

void Delete(CaseRun* run, const std::string& key) {
  run->Open();
  run->Say("delete", run->db()->Delete(WriteOptions(), key));
  run->SayStats();
}

void Write(CaseRun* run, leveldb::WriteBatch batch, BatchMode mode) {
  WriteOptions options;
  options.batch = mode;
  run->Say("write", run->db()->Write(options, &batch));
  run->SayStats();
}

/// Gives a token and, once that has expired, another.
class Renewing final : public dynamodown::CredentialsProvider {
 public:
  leveldb::Status Get(dynamodown::Credentials* credentials) override {
    *credentials = {kGoldenAccessKey, kGoldenSecret,
                    expired_ ? "token/2" : "token/1"};
    return leveldb::Status::OK();
  }
  void Expire() override { expired_ = true; }

 private:
  bool expired_ = false;
};

leveldb::WriteBatch Three() {
  leveldb::WriteBatch batch;
  batch.Put("name", "Kim");
  batch.Put("photo", "\xff\xd8");
  batch.Delete("address");
  return batch;
}

std::function<void(CaseRun*)> WriteOf(BatchMode mode) {
  return [mode](CaseRun* run) {
    run->Open();
    Write(run, Three(), mode);
  };
}

/// Writes to a table whose range key has type S.
std::function<void(CaseRun*)> WriteOfTextKeys(BatchMode mode) {
  return [mode](CaseRun* run) {
    run->SetNames({"hkey", "S", "rkey", "S"});
    run->Open();
    leveldb::WriteBatch batch;
    batch.Put(kUnusual, "v");
    batch.Delete("");
    Write(run, batch, mode);
  };
}

void WriteIf(CaseRun* run, leveldb::WriteBatch batch,
             const std::vector<Condition>& conditions) {
  std::string conflict = "(unchanged)";
  run->Say("write if",
           run->db()->WriteIf(WriteOptions(), &batch, conditions, &conflict));
  run->Say("conflict: " + Quoted(conflict));
  run->SayStats();
}

std::function<void(CaseRun*)> WriteIfOf(std::vector<Condition> conditions) {
  return [conditions = std::move(conditions)](CaseRun* run) {
    run->Open();
    WriteIf(run, Three(), conditions);
  };
}

std::vector<Condition> EveryKind() {
  return {Condition::Absent("name"),         Condition::Present("photo"),
          Condition::Equals("address", "1"), Condition::Equals("b", "\xff"),
          Condition::Equals("empty", ""),    Condition::Absent("absent"),
          Condition::Present("present")};
}

}  // namespace

std::vector<Case> WriteCases() {
  return {
      {"put", PutOf("name", "Yuri Irsenovich Kim")},
      {"put-value-b", PutOf("photo", "\xff\xd8\xff\xe0")},
      {"put-value-all-bytes", PutOf("bytes", AllBytes())},
      {"put-value-empty", PutOf("empty", "")},
      {"put-value-unusual", PutOf("text", kUnusual)},
      {"put-value-zero", PutOf("zero", "\0"s)},
      {"put-value-surrogate", PutOf("cesu", "\xed\xa0\x80")},
      {"put-key-empty", PutOf("", "v")},
      {"put-key-zeros", PutOf("\0\0"s, "v")},
      {"put-key-all-bytes", PutOf(AllBytes(), "v")},
      {"put-key-s",
       [](CaseRun* run) {
         run->SetNames({"hkey", "S", "rkey", "S"});
         run->Open();
         Put(run, kUnusual, "v");
       }},
      {"put-key-s-empty",
       [](CaseRun* run) {
         run->SetNames({"hkey", "S", "rkey", "S"});
         run->Open();
         Put(run, "", "v");
       }},
      {"put-hash-unusual",
       [](CaseRun* run) {
         run->Open("wire-people/"s + kUnusual);
         Put(run, "k", "v");
       }},
      {"put-other-names",
       [](CaseRun* run) {
         run->SetNames({"table name \"1\"", "B", "name", "S"});
         run->options.table.value_attribute = "r\u00e9serv\u00e9 #:value";
         run->Open("wire_Other.Table-2/\xd0\xaf/kim");
         Put(run, "key", "value");
       }},
      {"put-capacity-none", PutOf("k", "v")},
      {"put-repeated-after-timeout", PutOf("k", "v")},
      {"put-transaction-in-the-way", PutOf("k", "v")},
      {"put-with-a-renewed-token",
       [](CaseRun* run) {
         run->options.connection.credentials_provider =
             std::make_shared<Renewing>();
         run->Open();
         Put(run, "k", "v");
       }},
      {"delete", [](CaseRun* run) { Delete(run, "name"); }},
      {"delete-key-that-cannot-be",
       [](CaseRun* run) { Delete(run, std::string(1025, 'k')); }},

      {"batch", WriteOf(BatchMode::kAtomic)},
      {"batch-of-none",
       [](CaseRun* run) {
         run->Open();
         Write(run, {}, BatchMode::kAtomic);
       }},
      {"batch-of-one-key",
       [](CaseRun* run) {
         run->Open();
         leveldb::WriteBatch batch;
         batch.Put("k", "1");
         batch.Delete("k");
         batch.Put("k", "2");
         Write(run, batch, BatchMode::kAtomic);
       }},
      {"batch-keys-s", WriteOfTextKeys(BatchMode::kAtomic)},
      {"batch-repeated", WriteOf(BatchMode::kAtomic)},
      {"batch-cancelled-for-a-conflict", WriteOf(BatchMode::kAtomic)},
      {"batch-cancelled-for-throttling", WriteOf(BatchMode::kAtomic)},

      {"unordered", WriteOf(BatchMode::kUnordered)},
      {"unordered-keys-s", WriteOfTextKeys(BatchMode::kUnordered)},
      {"unordered-unprocessed", WriteOf(BatchMode::kUnordered)},
      {"unordered-alien-unprocessed", WriteOf(BatchMode::kUnordered)},

      {"write-if-every-kind", WriteIfOf(EveryKind())},
      {"write-if-nothing-is-written",
       [](CaseRun* run) {
         run->Open();
         WriteIf(run, {}, {Condition::Present("k")});
       }},
      {"write-if-conflict",
       WriteIfOf({Condition::Absent("name"), Condition::Present("photo")})},
  };
}

}  // namespace dynamodown_test
