#include "answers.h"

namespace face {
namespace {

void SetText(Napi::Object object, const char* name, const std::string& text) {
  object.Set(name, Napi::String::New(object.Env(), text));
}

void SetNumber(Napi::Object object, const char* name, uint64_t number) {
  object.Set(name,
             Napi::Number::New(object.Env(), static_cast<double>(number)));
}

void SetBoolean(Napi::Object object, const char* name, bool value) {
  object.Set(name, Napi::Boolean::New(object.Env(), value));
}

/// Sets the member "json" if the item exists.
void SetJson(Napi::Object object, bool exists, const std::string& json) {
  if (exists) SetText(object, "json", json);
}

/// An array of `show`'s result for each part.
template <typename Part, typename Show>
Napi::Array ShowEach(Napi::Env env, const std::vector<Part>& parts, Show show) {
  const auto array = Napi::Array::New(env, parts.size());
  for (size_t i = 0; i < parts.size(); ++i) {
    const Napi::HandleScope scope(env);
    array.Set(static_cast<uint32_t>(i), show(env, parts[i]));
  }
  return array;
}

const char* NameOf(dyno::HistoryEntry::Kind kind) {
  switch (kind) {
    case dyno::HistoryEntry::Kind::kBase:
      return "base";
    case dyno::HistoryEntry::Kind::kOperation:
      return "operation";
    case dyno::HistoryEntry::Kind::kUnknown:
      return "unknown";
    case dyno::HistoryEntry::Kind::kLate:
      return "late";
    case dyno::HistoryEntry::Kind::kSettled:
      break;
  }
  return "settled";
}

Napi::Value ShowLate(Napi::Env env, const dyno::LateRecord& late) {
  const auto object = Napi::Object::New(env);
  SetText(object, "key", late.key);
  SetText(object, "timestamp", late.timestamp);
  SetText(object, "operation", late.operation);
  SetText(object, "change", late.change);
  return object;
}

Napi::Value ShowEntry(Napi::Env env, const dyno::HistoryEntry& entry) {
  const auto object = Napi::Object::New(env);
  SetText(object, "kind", NameOf(entry.kind));
  SetText(object, "timestamp", entry.timestamp);
  SetText(object, "operation", entry.operation);
  SetText(object, "change", entry.change);
  SetJson(object, entry.exists, entry.json);
  SetNumber(object, "changes", entry.changes);
  SetText(object, "hash", entry.hash);
  return object;
}

Napi::Value ShowSide(Napi::Env env, const dyno::SyncSide& side) {
  const auto object = Napi::Object::New(env);
  SetNumber(object, "items", side.items);
  SetNumber(object, "operations", side.operations);
  SetNumber(object, "deletes", side.deletes);
  SetNumber(object, "ranges", side.ranges);
  SetNumber(object, "writes", side.writes);
  SetNumber(object, "bytesRead", side.bytes_read);
  SetNumber(object, "bytesWritten", side.bytes_written);
  SetNumber(object, "heldBack", side.deferred);
  return object;
}

Napi::Value ShowMember(Napi::Env env, const dyno::MemberStatus& member) {
  const auto object = Napi::Object::New(env);
  SetText(object, "replica", member.replica);
  SetText(object, "known", member.known);
  SetBoolean(object, "isSelf", member.is_self);
  SetBoolean(object, "forgotten", member.forgotten);
  SetBoolean(object, "met", member.met);
  return object;
}

Napi::Value ShowWriter(Napi::Env env, const dyno::WriterStatus& writer) {
  const auto object = Napi::Object::New(env);
  SetNumber(object, "slot", writer.slot);
  SetBoolean(object, "open", writer.open);
  SetText(object, "promise", writer.promise);
  SetText(object, "reserved", writer.reserved);
  return object;
}

}  // namespace

Napi::Value ShowText(Napi::Env env, const std::string& text) {
  return Napi::String::New(env, text);
}

Napi::Value ShowNothing(Napi::Env env, const char& /*nothing*/) {
  return env.Undefined();
}

Napi::Value ShowTexts(Napi::Env env, const std::vector<std::string>& texts) {
  return ShowEach(env, texts, &ShowText);
}

Napi::Value ShowNumber(Napi::Env env, const uint64_t& number) {
  return Napi::Number::New(env, static_cast<double>(number));
}

Napi::Value ShowItem(Napi::Env env, const dyno::Item& item) {
  const auto object = Napi::Object::New(env);
  SetText(object, "name", item.name);
  SetJson(object, item.exists, item.json);
  SetText(object, "timestamp", item.timestamp);
  SetNumber(object, "changes", item.changes);
  SetText(object, "hash", item.hash);
  SetNumber(object, "records", item.records);
  object.Set("late", ShowEach(env, item.late, &ShowLate));
  object.Set("unknown", ShowTexts(env, item.unknown));
  return object;
}

Napi::Value ShowItems(Napi::Env env, const std::vector<dyno::Item>& items) {
  return ShowEach(env, items, &ShowItem);
}

Napi::Value ShowHistory(Napi::Env env,
                        const std::vector<dyno::HistoryEntry>& entries) {
  return ShowEach(env, entries, &ShowEntry);
}

Napi::Value ShowFlatten(Napi::Env env, const dyno::FlattenResult& result) {
  const auto object = Napi::Object::New(env);
  SetText(object, "timestamp", result.timestamp);
  SetNumber(object, "folded", result.folded);
  SetNumber(object, "steps", result.steps);
  return object;
}

Napi::Value ShowProgress(Napi::Env env, const dyno::SyncProgress& progress) {
  const auto object = Napi::Object::New(env);
  SetBoolean(object, "firstMeeting", progress.first_meeting);
  SetNumber(object, "items", progress.items);
  SetNumber(object, "operations", progress.operations);
  SetText(object, "name", progress.name);
  return object;
}

Napi::Value ShowSync(Napi::Env env, const dyno::SyncResult& result) {
  const auto object = Napi::Object::New(env);
  object.Set("a", ShowSide(env, result.a));
  object.Set("b", ShowSide(env, result.b));
  SetBoolean(object, "firstMeeting", result.first_meeting);
  SetNumber(object, "items", result.items);
  object.Set("twins", ShowTexts(env, result.conflicts));
  return object;
}

Napi::Value ShowStatus(Napi::Env env, const dyno::StoreStatus& status) {
  const auto object = Napi::Object::New(env);
  SetText(object, "replica", status.replica);
  SetBoolean(object, "replicated", status.replicated);
  SetBoolean(object, "shared", status.shared);
  SetText(object, "watermark", status.watermark);
  object.Set("heldBy", ShowTexts(env, status.held_by));
  object.Set("members", ShowEach(env, status.members, &ShowMember));
  object.Set("writers", ShowEach(env, status.writers, &ShowWriter));
  object.Set("unmet", ShowTexts(env, status.unmet));
  SetNumber(object, "logEntries", status.log_entries);
  return object;
}

}  // namespace face
