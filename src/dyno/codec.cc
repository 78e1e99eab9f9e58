#include "dyno/codec.h"

#include <algorithm>
#include <optional>
#include <tuple>

#include "dyno/json.h"
#include "dyno/key.h"
#include "dyno/operation.h"

namespace dyno {
namespace {

constexpr int kFormat = 1;
constexpr size_t kHashBytes = 64;

std::string_view BodyOperation(const BaseRecord& base) {
  return NameOf(base.item.empty() ? Operation::kDelItem : Operation::kPutItem);
}

/// Neither is the item's text there, nor that it does not exist.
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

bool ParseFlake(const Json& text, Flake* flake) {
  return text.is_string() &&
         Flake::Parse(text.get_ref<const std::string&>(), flake);
}

/// The member of that name; null when there is none, or this is no object.
const Json& Member(const Json& object, const char* name) {
  static const Json kNull;
  if (!object.is_object()) return kNull;
  const auto found = object.find(name);
  return found == object.end() ? kNull : *found;
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

bool IsDeleted(const Json& fields) { return Member(fields, "deleted") == true; }

/// One of "also": with its item inside.
bool ParseOther(const Json& fields, BaseRecord* base) {
  if (!ParseFields(fields, base)) return false;
  if (IsDeleted(fields)) return true;
  const Json& item = Member(fields, "item");
  if (!item.is_object()) return false;
  base->item = ToText(item);
  return true;
}

/// Takes the operation with that timestamp and name out of `*records`.
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

Result<Json> ParseOwn(std::string_view key, std::string_view value) {
  auto parsed = ParseJson(value);
  if (!parsed.ok()) return Damaged(key, "is no JSON");
  return *std::move(parsed);
}

}  // namespace

leveldb::Status Damaged(std::string_view key, std::string_view what) {
  return leveldb::Status::Corruption("the record " + Printable(key) + " " +
                                     std::string(what));
}

std::string ReplicaText(uint64_t replica) {
  Flake flake;
  flake.replica = replica;
  return flake.ToString().substr(Flake::kBytes - 12);
}

bool ParseReplica(std::string_view text, uint64_t* replica) {
  Flake flake;
  if (text.size() != 12 ||
      !Flake::Parse("000000000000-0000-0000-" + std::string(text), &flake)) {
    return false;
  }
  *replica = flake.replica;
  return true;
}

// ------------------------------------------------------------------- bases

std::vector<StoredRecord> EncodeBases(std::string_view encoded_name,
                                      std::vector<const BaseRecord*> bases) {
  // The order is a function of the records, so that equal ones are stored
  // equal.
  std::sort(bases.begin(), bases.end(),
            [](const BaseRecord* a, const BaseRecord* b) {
              return std::tie(b->hash, b->seen, b->done) <
                     std::tie(a->hash, a->seen, a->done);
            });
  const BaseRecord& first = *bases.front();
  Json fields = FieldsOf(first);
  if (first.item.empty()) fields["deleted"] = true;
  for (size_t i = 1; i < bases.size(); ++i) {
    Json other = FieldsOf(*bases[i]);
    auto item = ParseJson(bases[i]->item);
    if (bases[i]->item.empty() || !item.ok()) {
      other["deleted"] = true;
    } else {
      other["item"] = *std::move(item);
    }
    fields["also"].push_back(std::move(other));
  }
  return {{MakeRecordKey(encoded_name, first.timestamp, BodyOperation(first)),
           first.item.empty() ? "{}" : first.item},
          {MakeRecordKey(encoded_name, first.timestamp, kBaseOperation),
           ToText(fields)}};
}

leveldb::Status RecordCollector::Add(std::string_view key,
                                     std::string_view value) {
  ++count_;
  const std::optional<RecordKey> parts = SplitRecordKey(key);
  if (!parts) return Damaged(key, "has a key that is none of dyno's");
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
  if (!fields.ok() || !ParseFields(*fields, &base)) {
    return Damaged(key, "is no base");
  }
  const bool is_deleted = IsDeleted(*fields);
  std::optional<std::string> body = TakeBody(
      timestamp, NameOf(is_deleted ? Operation::kDelItem : Operation::kPutItem),
      &records_);
  if (!body) return Damaged(key, "is a base whose item is missing");
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
    if (!ParseOther(other, &bases.back())) return Damaged(key, "is no base");
  }
  for (BaseRecord& each : bases) records_.bases.push_back(std::move(each));
  return leveldb::Status::OK();
}

void RecordCollector::Clear() {
  records_.operations.clear();
  records_.bases.clear();
  count_ = 0;
}

// -------------------------------------------------------- dyno's own records

Flake EndOf(uint64_t clock) {
  Flake end;
  end.milliseconds = clock >> 16;
  end.counter = static_cast<uint16_t>(clock & 0xffff);
  end.slot = 0xffff;
  end.replica = 0xffffffffffff;
  return end;
}

std::string EncodeStoreId(const StoreId& id) {
  Json fields = Json::object();
  fields["replica"] = ReplicaText(id.replica);
  fields["replicated"] = id.replicated;
  fields["format"] = kFormat;
  return ToText(fields);
}

Result<StoreId> DecodeStoreId(std::string_view value) {
  const Result<Json> fields = ParseOwn(kIdKey, value);
  if (!fields.ok()) return fields.error();
  const Json& format = Member(*fields, "format");
  if (format.is_number_integer() && format != kFormat) {
    return leveldb::Status::NotSupported(
        "the store has dyno's format " + ToText(format) +
        "; this version knows format " + std::to_string(kFormat));
  }
  StoreId id;
  const Json& replica = Member(*fields, "replica");
  const Json& replicated = Member(*fields, "replicated");
  if (!format.is_number_integer() || !replica.is_string() ||
      !ParseReplica(replica.get_ref<const std::string&>(), &id.replica) ||
      !replicated.is_boolean()) {
    return Damaged(kIdKey, "is no store's id");
  }
  id.replicated = replicated.get<bool>();
  return id;
}

std::string EncodeWriterPlace(const WriterPlace& place) {
  Json fields = Json::object();
  fields["open"] = place.open;
  fields["promise"] = place.promise.ToString();
  fields["reserved"] = place.reserved.ToString();
  return ToText(fields);
}

Result<WriterPlace> DecodeWriterPlace(std::string_view key,
                                      std::string_view value) {
  const Result<Json> fields = ParseOwn(key, value);
  if (!fields.ok()) return fields.error();
  WriterPlace place;
  const Json& open = Member(*fields, "open");
  if (!open.is_boolean() ||
      !ParseFlake(Member(*fields, "promise"), &place.promise) ||
      !ParseFlake(Member(*fields, "reserved"), &place.reserved)) {
    return Damaged(key, "is no writer's place");
  }
  place.open = open.get<bool>();
  return place;
}

Result<Flake> DecodeFloor(std::string_view value) {
  const Result<Json> text = ParseOwn(kFloorKey, value);
  if (!text.ok()) return text.error();
  Flake floor;
  if (!ParseFlake(*text, &floor)) return Damaged(kFloorKey, "is no timestamp");
  return floor;
}

}  // namespace dyno
