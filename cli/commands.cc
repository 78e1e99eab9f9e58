#include "commands.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "diagnosis.h"
#include "fake_server.h"
#include "format.h"
#include "item.h"
#include "leveldb/write_batch.h"
#include "message.h"
#include "output.h"
#include "progress.h"
#include "session.h"
#include "standard_input.h"
#include "transfer.h"

namespace cli {
namespace {

using dynamodown::Database;
using leveldb::Status;

std::string_view View(const leveldb::Slice& slice) {
  return {slice.data(), slice.size()};
}

// ------------------------------------------------------------- get, put, del

int Get(const CommandLine& line) {
  Session session(line);
  Status status = session.Open();
  if (!status.ok()) return Fail(status, line.location);
  const std::string& key = line.keys[0];
  std::string value;
  status = session.db()->Get(dynamodown::ReadOptions(), key, &value);
  if (status.IsNotFound()) {
    return NotFound("there is no key " + EncodeForLine(line.encoding, key));
  }
  if (!status.ok()) return Fail(status, line.location);

  Output output;
  if (line.json) {
    output.Write("{" + JsonMember("key", key) + "," +
                 JsonMember("value", value) + "}");
  } else {
    output.Write(Encode(line.encoding, value));
  }
  if (!line.raw) output.Write("\n");
  return Finish(&output);
}

int Put(const CommandLine& line) {
  std::string value = line.value.value_or("");
  if (!line.value) {
    if (Complaint c = ReadStandardInput(&value)) return Fail(*c);
  }
  Session session(line);
  Status status = session.Open();
  if (status.ok()) {
    status = session.db()->Put(dynamodown::WriteOptions(), line.keys[0], value);
  }
  return status.ok() ? kExitOk : Fail(status, line.location);
}

int Del(const CommandLine& line) {
  Session session(line);
  Status status = session.Open();
  if (status.ok()) {
    leveldb::WriteBatch batch;
    for (const std::string& key : line.keys) batch.Delete(key);
    dynamodown::WriteOptions options;
    options.batch = dynamodown::BatchMode::kUnordered;
    status = session.db()->Write(options, &batch);
  }
  return status.ok() ? kExitOk : Fail(status, line.location);
}

// --------------------------------------------------------------- scan, count

std::string Record(const CommandLine& line, const leveldb::Iterator& it) {
  const bool values = !line.bounds.keys_only;
  if (line.json) {
    std::string record = "{" + JsonMember("key", View(it.key()));
    if (values) record += "," + JsonMember("value", View(it.value()));
    return record + "}\n";
  }
  std::string record = EncodeForLine(line.encoding, View(it.key()));
  if (values) {
    record += '\t';
    record += EncodeForLine(line.encoding, View(it.value()));
  }
  return record + '\n';
}

int Scan(const CommandLine& line) {
  Session session(line);
  const Status status = session.Open();
  if (!status.ok()) return Fail(status, line.location);
  Output output;
  const uint64_t limit = line.limit.value_or(UINT64_MAX);
  if (limit == 0) return Finish(&output);

  dynamodown::Bounds bounds = line.bounds;
  bounds.expected = line.limit.value_or(0);
  const std::unique_ptr<leveldb::Iterator> it(
      session.db()->NewIterator(dynamodown::ReadOptions(), bounds));
  uint64_t printed = 0;
  line.reverse ? it->SeekToLast() : it->SeekToFirst();
  while (it->Valid() && output.Write(Record(line, *it))) {
    if (++printed == limit) break;  // one step more might cost a request
    line.reverse ? it->Prev() : it->Next();
  }
  const int exit_status = Finish(&output);  // before anybody reads of an error
  if (!it->status().ok()) return Fail(it->status(), line.location);
  return exit_status;
}

int Count(const CommandLine& line) {
  Session session(line);
  const Status status = session.Open();
  if (!status.ok()) return Fail(status, line.location);
  dynamodown::Bounds bounds = line.bounds;
  bounds.keys_only = true;
  bounds.expected = UINT64_MAX;  // All: full pages from the first one on.
  const std::unique_ptr<leveldb::Iterator> it(
      session.db()->NewIterator(dynamodown::ReadOptions(), bounds));
  Progress progress(!line.verbose);
  uint64_t count = 0;
  for (it->SeekToFirst(); it->Valid(); it->Next()) progress.Show(++count);
  progress.Clear();
  if (!it->status().ok()) return Fail(it->status(), line.location);
  Output output;
  output.Write(fmt::format(
      fmt::runtime(line.json ? "{{\"count\":{}}}\n" : "{}\n"), count));
  return Finish(&output);
}

// ------------------------------------------------------------ administration

int Create(const CommandLine& line) {
  // As dynamodown::Create does, but its statistics can be asked for.
  Session session(line);
  session.options().create_if_missing = true;
  session.options().error_if_exists = true;
  const Status status = session.Open();
  return status.ok() ? kExitOk : Fail(status, line.location);
}

int Destroy(const CommandLine& line) {
  Session session(line);
  const Status status = dynamodown::Destroy(session.options(), line.location,
                                            line.destroy, session.stats());
  return status.ok() ? kExitOk : Fail(status, line.location);
}

/// The names that the property "dynamodown.supports" lists.
std::vector<std::string> Supports(Database* db) {
  std::string property;
  std::vector<std::string> names;
  if (!db->GetProperty("dynamodown.supports", &property)) return names;
  constexpr std::string_view kBetween = " ,\n";
  for (size_t end = 0; end < property.size();) {
    const size_t begin = property.find_first_not_of(kBetween, end);
    if (begin == std::string::npos) break;
    end = std::min(property.find_first_of(kBetween, begin), property.size());
    names.push_back(property.substr(begin, end - begin));
  }
  return names;
}

int Info(const CommandLine& line) {
  Session session(line);
  const Status status = session.Open();
  if (!status.ok()) return Fail(status, line.location);
  const dynamodown::StoreInfo info = session.db()->GetInfo();
  const std::pair<const char*, std::string> facts[] = {
      {"location", info.location},
      {"engine", info.engine},
      {"endpoint", info.endpoint},
      {"region", info.region},
      {"hash_key", info.hash_key},
      {"hash_key_type", info.hash_key_type},
      {"range_key", info.range_key},
      {"range_key_type", info.range_key_type},
      {"value_attribute", info.value_attribute},
      {"id", info.id},
      {"created", info.created},
      {"mode", info.mode},
  };
  std::string json, text;
  for (const auto& [name, value] : facts) {
    if (value.empty()) continue;
    json += JsonMember(name, value) + ",";
    text +=
        fmt::format("{:16} {}\n", name, EncodeForLine(Encoding::kText, value));
  }
  std::string supports_json, supports_text;
  for (const std::string& name : Supports(session.db())) {
    supports_json += (supports_json.empty() ? "" : ",") + JsonString(name);
    supports_text += " " + name;
  }
  json += fmt::format("\"foreign\":{},\"supports\":[{}]", info.foreign,
                      supports_json);
  text += fmt::format("{:16} {}\n{:16}{}\n", "foreign",
                      info.foreign ? "yes" : "no", "supports", supports_text);
  Output output;
  output.Write(line.json ? "{" + json + "}\n" : text);
  return Finish(&output);
}

int List(const CommandLine& line) {
  Session session(line);
  std::vector<dynamodown::StoreSummary> stores;
  const Status status = dynamodown::ListStores(session.options(), line.location,
                                               &stores, session.stats());
  if (!status.ok()) return Fail(status, line.location);
  std::sort(stores.begin(), stores.end(), [](const auto& a, const auto& b) {
    return a.location < b.location;
  });
  Output output;
  for (const dynamodown::StoreSummary& store : stores) {
    if (line.json) {
      output.Write(fmt::format("{{{},\"foreign\":{},\"destroying\":{}}}\n",
                               JsonMember("location", store.location),
                               store.foreign, store.destroying));
    } else {
      output.Write(EncodeForLine(Encoding::kText, store.location));
      if (store.foreign) output.Write("\tforeign");
      if (store.destroying) output.Write("\tdestroying");
      output.Write("\n");
    }
  }
  return Finish(&output);
}

}  // namespace

int Run(const CommandLine& line) {
  switch (line.command) {
    case Command::kGet:
      return Get(line);
    case Command::kPut:
      return Put(line);
    case Command::kDel:
      return Del(line);
    case Command::kScan:
      return Scan(line);
    case Command::kCount:
      return Count(line);
    case Command::kCreate:
      return Create(line);
    case Command::kDestroy:
      return Destroy(line);
    case Command::kInfo:
      return Info(line);
    case Command::kList:
      return List(line);
    case Command::kIam:
      return Iam(line);
    case Command::kDoctor:
      return Doctor(line);
    case Command::kDump:
      return Dump(line);
    case Command::kLoad:
      return Load(line);
    case Command::kBatch:
      return Batch(line);
    case Command::kFakeServer:
      return ServeFake(line.fake_server);
    case Command::kItem:
      return Item(line);
  }
  return kExitFailure;
}

}  // namespace cli
