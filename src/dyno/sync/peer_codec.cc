#include "dyno/sync/peer_codec.h"

#include "dyno/item/json_fields.h"
#include "dyno/item/key.h"

namespace dyno {
namespace {

Json EncodeSlots(const std::map<uint16_t, Flake>& slots) {
  Json fields = Json::object();
  for (const auto& [slot, timestamp] : slots) {
    fields[SlotText(slot)] = timestamp.ToString();
  }
  return fields;
}

bool ParseSlots(const Json& fields, std::map<uint16_t, Flake>* slots) {
  if (!fields.is_object()) return false;
  for (const auto& [text, timestamp] : fields.items()) {
    uint16_t slot = 0;
    Flake flake;
    if (!ParseSlot(text, &slot) || !ParseFlake(timestamp, &flake)) return false;
    (*slots)[slot] = flake;
  }
  return true;
}

}  // namespace

std::string EncodeKnown(const Known& known) {
  if (known.since == Flake()) return ToText(Json(known.known.ToString()));
  Json fields = Json::object();
  fields["known"] = known.known.ToString();
  fields["forgotten"] = known.forgotten;
  fields["since"] = known.since.ToString();
  return ToText(fields);
}

Result<Known> DecodeKnown(std::string_view key, std::string_view value) {
  const Result<Json> parsed = ParseRecord(key, value);
  if (!parsed.ok()) return parsed.error();
  Known known;
  if (ParseFlake(*parsed, &known.known)) return known;
  const Json& forgotten = Member(*parsed, "forgotten");
  if (!ParseFlake(Member(*parsed, "known"), &known.known) ||
      !ParseFlake(Member(*parsed, "since"), &known.since) ||
      !forgotten.is_boolean()) {
    return Damaged(key, "is no valid note about a replica");
  }
  known.forgotten = forgotten.get<bool>();
  return known;
}

std::string EncodePeer(const Peer& peer) {
  Json fields = Json::object();
  fields["cursor"] = EncodeSlots(peer.cursor);
  fields["acked"] = EncodeSlots(peer.acked);
  fields["met"] = peer.met;
  return ToText(fields);
}

Result<Peer> DecodePeer(std::string_view key, std::string_view value) {
  const Result<Json> fields = ParseRecord(key, value);
  if (!fields.ok()) return fields.error();
  Peer peer;
  const Json& met = Member(*fields, "met");
  if (!met.is_string() ||
      !ParseSlots(Member(*fields, "cursor"), &peer.cursor) ||
      !ParseSlots(Member(*fields, "acked"), &peer.acked)) {
    return Damaged(key, "is no valid note about another store");
  }
  peer.met = met.get<std::string>();
  return peer;
}

}  // namespace dyno
