#include "items/item_store.h"

#include <fmt/format.h>

#include <cstddef>

#include "dynamodown/dyno.h"
#include "io/message.h"
#include "items/item_format.h"
#include "parse/encoding.h"
#include "parse/json_lines.h"

namespace cli {
namespace {

using leveldb::Status;

// The range of dyno's own keys: see docs/dyno.md.
constexpr char kOwnKeys[] = "%dyno/";
constexpr char kBehindOwnKeys[] = "%dyno0";  // '0' follows '/'.
constexpr char kIdKey[] = "%dyno/id";
constexpr size_t kKeyBytesShown = 100;

/// The store's first key that is not one of dyno's own, if there is one.
Status FirstKey(dynamodown::Database* db, std::optional<std::string>* key) {
  dynamodown::Bounds bounds;
  bounds.keys_only = true;
  bounds.expected = 1;
  const std::unique_ptr<leveldb::Iterator> it(
      db->NewIterator(dynamodown::ReadOptions(), bounds));
  it->SeekToFirst();
  if (it->Valid() && it->key().starts_with(kOwnKeys)) it->Seek(kBehindOwnKeys);
  if (it->Valid()) *key = it->key().ToString();
  return it->status();
}

/// Reads whether the store is replicated, from the record kIdKey. Requires that
/// the items were opened, because only that checks the record.
Status ReadReplicated(dynamodown::Database* db, bool* is_replicated) {
  std::string value;
  const Status status = db->Get(dynamodown::ReadOptions(), kIdKey, &value);
  if (!status.ok()) return status;
  *is_replicated = HasTrueMember(value, "replicated");
  return Status::OK();
}

}  // namespace

Status Items::OpenItems(bool replicated) {
  store_.reset();
  dyno::Options options;
  options.replicated = replicated;
  dyno::Store* store = nullptr;
  const Status status = dyno::Open(options, session_.db(), &store);
  store_.reset(store);
  return status;
}

Status Items::Open() {
  const Status status = session_.Open();
  return status.ok() ? OpenItems(false) : status;
}

Status Items::OpenToWrite(std::optional<std::string>* other) {
  Status status = Open();
  if (!status.ok() || !store_->replica().empty()) return status;
  std::optional<std::string> first;
  status = FirstKey(session_.db(), &first);
  if (status.ok() && first && !IsItemRecord(*first)) *other = first;
  return status;
}

Status Items::OpenToSync(std::optional<std::string>* other) {
  Status status = Open();
  if (!status.ok()) return status;
  if (!store_->replica().empty()) {
    return ReadReplicated(session_.db(), &is_replicated_);
  }
  std::optional<std::string> first;
  status = FirstKey(session_.db(), &first);
  if (!status.ok()) return status;
  if (first) {
    if (!IsItemRecord(*first)) *other = first;
    return Status::OK();
  }
  is_replicated_ = true;
  return OpenItems(true);
}

int RefuseOthers(const std::string& location, const std::string& key) {
  const bool is_cut = key.size() > kKeyBytesShown;
  return Fail(fmt::format(
      "{} has keys that are no items, the first is '{}'{}; items need a store "
      "without other keys: name another store, or make one with dynamodown "
      "create",
      location, Shown(key.substr(0, kKeyBytesShown)), is_cut ? "..." : ""));
}

int NoSuchItem(const std::string& name) {
  return NotFound("there is no item " + Shown(name));
}

std::string Shown(const std::string& name) {
  return EncodeForLine(Encoding::kText, name);
}

}  // namespace cli
