#include "dyno/lease/slot_codec.h"

#include "dyno/item/json_fields.h"
#include "dyno/item/key.h"

namespace dyno {
namespace {

constexpr int kFormat = 1;

}  // namespace

std::string EncodeStoreId(const StoreId& id) {
  Json fields = Json::object();
  fields["replica"] = ReplicaText(id.replica);
  fields["replicated"] = id.replicated;
  fields["format"] = kFormat;
  if (id.announces) fields["announces"] = true;
  for (const uint64_t replica : id.unmet) {
    fields["unmet"].push_back(ReplicaText(replica));
  }
  return ToText(fields);
}

Result<StoreId> DecodeStoreId(std::string_view value) {
  const Result<Json> fields = ParseRecord(kIdKey, value);
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
    return Damaged(kIdKey, "is no valid id of a store");
  }
  id.replicated = replicated.get<bool>();
  id.announces = Member(*fields, "announces") == true;
  for (const Json& each : Member(*fields, "unmet")) {
    uint64_t unmet = 0;
    if (!each.is_string() ||
        !ParseReplica(each.get_ref<const std::string&>(), &unmet)) {
      return Damaged(kIdKey, "is no valid id of a store");
    }
    id.unmet.insert(unmet);
  }
  return id;
}

std::string EncodeSlot(const SlotRecord& slot) {
  Json fields = Json::object();
  fields["open"] = slot.open;
  fields["promise"] = slot.promise.ToString();
  fields["reserved"] = slot.reserved.ToString();
  return ToText(fields);
}

Result<SlotRecord> DecodeSlot(std::string_view key, std::string_view value) {
  const Result<Json> fields = ParseRecord(key, value);
  if (!fields.ok()) return fields.error();
  SlotRecord slot;
  const Json& open = Member(*fields, "open");
  if (!open.is_boolean() ||
      !ParseFlake(Member(*fields, "promise"), &slot.promise) ||
      !ParseFlake(Member(*fields, "reserved"), &slot.reserved)) {
    return Damaged(key, "is no valid slot of a writer");
  }
  slot.open = open.get<bool>();
  return slot;
}

Result<Flake> DecodeMinimum(std::string_view value) {
  const Result<Json> text = ParseRecord(kMinimumKey, value);
  if (!text.ok()) return text.error();
  Flake minimum;
  if (!ParseFlake(*text, &minimum))
    return Damaged(kMinimumKey, "is no timestamp");
  return minimum;
}

std::string EncodeMinimum(const Flake& minimum) {
  return ToText(Json(minimum.ToString()));
}

}  // namespace dyno
