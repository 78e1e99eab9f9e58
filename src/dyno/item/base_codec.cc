#include "dyno/item/base_codec.h"

#include <algorithm>
#include <optional>
#include <set>
#include <tuple>
#include <utility>

#include "dyno/item/json.h"
#include "dyno/item/json_fields.h"
#include "dyno/item/key.h"
#include "dyno/item/operation.h"

namespace dyno {
namespace {

constexpr size_t kHashBytes = 64;
constexpr char kBodyMissing[] = "is a base whose item is missing";

std::string_view BodyOperation(const BaseRecord& base) {
  return NameOf(base.item.empty() ? Operation::kDelItem : Operation::kPutItem);
}

/// The members "n", "h", "seen" and "done" of a "~base".
Json FieldsOf(const BaseRecord& base) {
  Json seen = Json::object();
  for (const auto& [replica, timestamp] : base.seen) {
    seen[ReplicaText(replica)] = timestamp.ToString();
  }
  Json fields = Json::object();
  fields["n"] = base.changes;
  fields["h"] = base.hash;
  fields["seen"] = std::move(seen);
  fields["done"] = Json(base.done);
  return fields;
}

bool ParseFields(const Json& fields, BaseRecord* base) {
  const Json& changes = Member(fields, "n");
  const Json& hash = Member(fields, "h");
  const Json& seen = Member(fields, "seen");
  const Json& done = Member(fields, "done");
  if (!changes.is_number_unsigned() || !hash.is_string() ||
      hash.get_ref<const std::string&>().size() != kHashBytes ||
      !seen.is_object() || !done.is_array()) {
    return false;
  }
  base->changes = changes.get<uint64_t>();
  base->hash = hash.get<std::string>();
  for (const auto& [text, timestamp] : seen.items()) {
    uint64_t replica = 0;
    Flake flake;
    if (!ParseReplica(text, &replica) || !ParseFlake(timestamp, &flake)) {
      return false;
    }
    base->seen[replica] = flake;
  }
  for (const Json& key : done) {
    if (!key.is_string()) return false;
    base->done.insert(key.get<std::string>());
  }
  return true;
}

bool ParseFolds(const Json& fields, BaseRecord* base) {
  const Json& folds = Member(fields, "folds");
  if (folds.is_null()) return true;
  if (!folds.is_array()) return false;
  base->folds.emplace();
  for (const Json& end : folds) {
    if (!end.is_string()) return false;
    base->folds->push_back(end.get<std::string>());
  }
  return true;
}

bool IsDeleted(const Json& fields) { return Member(fields, "deleted") == true; }

/// Parses one base in "also". Such a base contains its item.
bool ParseOther(const Json& fields, BaseRecord* base) {
  if (!ParseFields(fields, base)) return false;
  if (IsDeleted(fields)) return true;
  const Json& item = Member(fields, "item");
  if (!item.is_object()) return false;
  base->item = ToText(item);
  return true;
}

/// The base's item as a member of a "~base"; null if the item does not exist.
Json ItemWithin(const BaseRecord& base) {
  auto item = ParseJson(base.item);
  if (base.item.empty() || !item.ok()) return nullptr;
  return *std::move(item);
}

/// Removes the operation with this timestamp and name from `*records`, and
/// returns the operation's value; nothing if there is no such operation.
std::optional<std::string> TakeBody(const Flake& timestamp,
                                    std::string_view operation,
                                    Records* records) {
  std::vector<OperationRecord>& operations = records->operations;
  for (size_t i = operations.size(); i > 0; --i) {
    OperationRecord& x = operations[i - 1];
    if (x.timestamp != timestamp) break;
    if (x.operation() != operation) continue;
    std::string value = std::move(x.value);
    operations.erase(operations.begin() + static_cast<ptrdiff_t>(i) - 1);
    return value;
  }
  return std::nullopt;
}

}  // namespace

std::string EndOfKey(std::string_view key) {
  return std::string(key.substr(key.find('/') + 1));
}

std::vector<StoredRecord> EncodeBases(std::string_view encoded_name,
                                      std::vector<const BaseRecord*> bases,
                                      const std::vector<std::string>* folds,
                                      bool is_whole) {
  // The order depends only on the content of the bases, so that equal bases are
  // stored as equal records.
  std::sort(bases.begin(), bases.end(),
            [](const BaseRecord* a, const BaseRecord* b) {
              return std::tie(b->hash, b->seen, b->done) <
                     std::tie(a->hash, a->seen, a->done);
            });
  const BaseRecord& first = *bases.front();
  Json fields = FieldsOf(first);
  if (first.item.empty()) fields["deleted"] = true;
  if (is_whole) fields["item"] = ItemWithin(first);
  for (size_t i = 1; i < bases.size(); ++i) {
    Json other = FieldsOf(*bases[i]);
    Json item = ItemWithin(*bases[i]);
    if (item.is_null()) {
      other["deleted"] = true;
    } else {
      other["item"] = std::move(item);
    }
    fields["also"].push_back(std::move(other));
  }
  if (folds != nullptr) fields["folds"] = Json(*folds);
  return {{MakeRecordKey(encoded_name, first.timestamp, BodyOperation(first)),
           first.item.empty() ? "{}" : first.item},
          {MakeRecordKey(encoded_name, first.timestamp, kBaseOperation),
           ToText(fields)}};
}

leveldb::Status RecordCollector::Add(std::string_view key,
                                     std::string_view value) {
  ++count_;
  const std::optional<RecordKey> parts = SplitRecordKey(key);
  if (!parts) return Damaged(key, "has a key of a form that dyno does not use");
  if (name_.empty()) name_ = parts->name;
  if (parts->operation == kBaseOperation) {
    return AddBases(key, parts->timestamp, value);
  }
  records_.operations.push_back(
      {std::string(key), std::string(value), parts->timestamp});
  return leveldb::Status::OK();
}

leveldb::Status RecordCollector::AddBases(std::string_view key,
                                          const Flake& timestamp,
                                          std::string_view value) {
  const auto fields = ParseJson(value);
  BaseRecord base;
  base.timestamp = timestamp;
  base.stored = value;
  if (!fields.ok() || !ParseFields(*fields, &base) ||
      !ParseFolds(*fields, &base)) {
    return Damaged(key, "is no base");
  }
  const bool is_deleted = IsDeleted(*fields);
  std::optional<std::string> body = TakeBody(
      timestamp, NameOf(is_deleted ? Operation::kDelItem : Operation::kPutItem),
      &records_);
  if (fields->contains("item")) {
    // The item's record may still belong to another base.
    const Json& item = (*fields)["item"];
    if (item.is_object() == is_deleted) return Damaged(key, "is no base");
    body = is_deleted ? std::string() : ToText(item);
  }
  if (!body) {  // The item is not written yet, or already deleted.
    bodiless_.push_back(std::move(base));
    bodiless_keys_.emplace_back(key);
    return leveldb::Status::OK();
  }
  if (!is_deleted) {
    const auto item = ParseJson(*body);
    if (!item.ok() || !item->is_object()) {
      return Damaged(std::string(key.substr(0, key.rfind('/') + 1)) +
                         std::string(NameOf(Operation::kPutItem)),
                     "is a base whose item is no object");
    }
    base.item = *std::move(body);
  }
  std::vector<BaseRecord> bases = {std::move(base)};
  for (const Json& other : Member(*fields, "also")) {
    bases.emplace_back().timestamp = timestamp;
    bases.back().stored = value;
    if (!ParseOther(other, &bases.back())) return Damaged(key, "is no base");
  }
  for (BaseRecord& each : bases) records_.bases.push_back(std::move(each));
  return leveldb::Status::OK();
}

bool RecordCollector::IsFolded(std::string_view end_of_key) const {
  const auto& bases = records_.bases;
  return std::any_of(bases.begin(), bases.end(), [&](const BaseRecord& base) {
    return base.folds && std::find(base.folds->begin(), base.folds->end(),
                                   end_of_key) != base.folds->end();
  });
}

/// Whether another base has folded `base`. In a replicated store it is not
/// enough that the other base names the key of `base`: after the fold, a store
/// that has seen more may have sent a different base with the same key. Such a
/// base does not count as folded.
bool RecordCollector::IsFolded(const BaseRecord& base,
                               std::string_view end_of_key) const {
  const auto& bases = records_.bases;
  return std::any_of(bases.begin(), bases.end(), [&](const BaseRecord& other) {
    return other.folds &&
           std::find(other.folds->begin(), other.folds->end(), end_of_key) !=
               other.folds->end() &&
           (other.seen.empty() || IsBelow(base, other));
  });
}

/// Whether each record that `base` folds is there, or has been replaced by
/// another base.
bool RecordCollector::IsUnfinished(const BaseRecord& base) const {
  std::set<std::string> there;
  for (const OperationRecord& x : records_.operations) there.insert(LateKey(x));
  for (const BaseRecord& other : records_.bases) {
    const std::string at = other.timestamp.ToString() + "/";
    there.insert(at + std::string(kBaseOperation));
    there.insert(at + std::string(BodyOperation(other)));
  }
  for (const BaseRecord& other : bodiless_) {
    there.insert(other.timestamp.ToString() + "/" +
                 std::string(kBaseOperation));
  }
  const auto& bases = records_.bases;
  return std::all_of(
      base.folds->begin(), base.folds->end(), [&](const std::string& end) {
        if (there.count(end) > 0 || IsFolded(end)) return true;
        const std::optional<RecordKey> parts = SplitRecordKey("x/" + end);
        return parts && std::any_of(bases.begin(), bases.end(),
                                    [&](const BaseRecord& other) {
                                      return IsBelow(parts->timestamp, other);
                                    });
      });
}

leveldb::Status RecordCollector::FinishOne(const BaseRecord& base,
                                           const std::string& key) {
  const auto& bases = records_.bases;
  const bool is_replaced =
      IsFolded(base, EndOfKey(key)) ||
      std::any_of(bases.begin(), bases.end(), [&](const BaseRecord& other) {
        return IsBelow(base, other);
      });
  if (is_replaced) {
    leftovers_.push_back({key, base.stored});
  } else if (base.folds && IsUnfinished(base)) {
    unfinished_.push_back({key, base.stored});
  } else {
    return Damaged(key, kBodyMissing);
  }
  return leveldb::Status::OK();
}

leveldb::Status RecordCollector::Finish() {
  const bool has_folds = std::any_of(
      records_.bases.begin(), records_.bases.end(),
      [](const BaseRecord& base) { return base.folds.has_value(); });
  if (!has_folds && bodiless_.empty()) return leveldb::Status::OK();
  leveldb::Status first;
  for (size_t i = 0; i < bodiless_.size(); ++i) {
    const leveldb::Status status = FinishOne(bodiless_[i], bodiless_keys_[i]);
    if (first.ok()) first = status;
  }
  SortOutFolded();
  return first;
}

/// Moves to the leftovers all records that a base has folded.
void RecordCollector::SortOutFolded() {
  std::set<std::string> folded;
  for (const BaseRecord& base : records_.bases) {
    if (base.folds) folded.insert(base.folds->begin(), base.folds->end());
  }
  Records kept;
  for (OperationRecord& x : records_.operations) {
    if (folded.count(LateKey(x)) > 0) {
      leftovers_.push_back({std::move(x.key), std::move(x.value)});
    } else {
      kept.operations.push_back(std::move(x));
    }
  }
  for (const BaseRecord& base : records_.bases) {
    const std::string at = base.timestamp.ToString() + "/";
    if (!IsFolded(base, at + std::string(kBaseOperation))) {
      kept.bases.push_back(base);
      continue;
    }
    const std::string begin = name_ + "/" + at;
    leftovers_.push_back({begin + std::string(kBaseOperation), base.stored});
    leftovers_.push_back({begin + std::string(BodyOperation(base)), base.item});
  }
  records_ = std::move(kept);
}

void RecordCollector::Clear() {
  name_.clear();
  records_.operations.clear();
  records_.bases.clear();
  bodiless_.clear();
  bodiless_keys_.clear();
  leftovers_.clear();
  unfinished_.clear();
  count_ = 0;
}

}  // namespace dyno
