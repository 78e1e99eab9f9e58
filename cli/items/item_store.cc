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
constexpr size_t kKeyBytesShown = 100;

/// Sets `*key` to the store's first key that is not one of dyno's own. Without
/// such a key, `*key` stays empty.
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

/// Reads from the record kItemsIdKey whether the store is replicated. Requires
/// that the items are open, because dyno::Open checks the record.
Status ReadReplicated(dynamodown::Database* db, bool* is_replicated) {
  std::string value;
  const Status status = db->Get(dynamodown::ReadOptions(), kItemsIdKey, &value);
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

Status Items::CheckFirstKey() {
  std::optional<std::string> first;
  const Status status = FirstKey(session_.db(), &first);
  is_empty_ = !first.has_value();
  if (!status.ok() || is_empty_ || IsItemRecord(*first)) return status;
  const bool is_cut = first->size() > kKeyBytesShown;
  return Status::InvalidArgument(fmt::format(
      "{} holds no items: its first key is '{}'{}, and items need a store "
      "without other keys; use another store, or make one with dynamodown "
      "create",
      location_, Shown(first->substr(0, kKeyBytesShown)), is_cut ? "..." : ""));
}

Status Items::Open() {
  Status status = session_.Open();
  if (status.ok()) status = OpenItems(false);
  if (!status.ok() || !store_->replica().empty()) return status;
  return CheckFirstKey();
}

Status Items::OpenToSync() {
  // So the database's statistics are those of this command.
  session_.DoNotUseKept();
  const Status status = Open();
  if (!status.ok()) return status;
  if (!store_->replica().empty()) {
    return ReadReplicated(session_.db(), &is_replicated_);
  }
  if (!is_empty_) return Status::OK();
  is_replicated_ = true;
  return OpenItems(true);
}

int NoSuchItem(const std::string& name) {
  return NotFound("there is no item " + Shown(name));
}

std::string Shown(const std::string& name) {
  return EncodeForLine(Encoding::kText, name);
}

}  // namespace cli
