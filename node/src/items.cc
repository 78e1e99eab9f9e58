#include "items.h"

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "convert.h"
#include "database.h"
#include "dynamodown/dyno.h"
#include "dyno/store.h"

namespace face {
namespace {

using leveldb::Status;

class OpenItemsTask final : public Task {
 public:
  OpenItemsTask(Napi::Env env, dyno::Options options)
      : Task(env), options_(std::move(options)) {}
  void Run() override {
    // Another Items may have opened it.
    if (core->items != nullptr) return;
    dyno::Store* opened = nullptr;
    status = dyno::Open(options_, core->db.get(), &opened);
    items_.reset(opened);
  }
  void Over(Napi::Env /*env*/) override {
    if (items_ != nullptr) core->items = std::move(items_);
  }

 private:
  const dyno::Options options_;
  std::unique_ptr<dyno::Store> items_;
};

/// What a call does, and what its promise is fulfilled with.
template <typename Answer>
class ItemsTask final : public Task {
 public:
  using Work = std::function<Status(dyno::Store*, Answer*)>;
  using Show = Napi::Value (*)(Napi::Env, const Answer&);

  ItemsTask(Napi::Env env, Work work, Show show)
      : Task(env), work_(std::move(work)), show_(show) {}
  void Run() override { status = work_(core->items.get(), &answer_); }
  Napi::Value Value(Napi::Env env) override { return show_(env, answer_); }

 private:
  const Work work_;
  const Show show_;
  Answer answer_{};
};

// ---------------------------------------------------------- how things look

void SetText(Napi::Object object, const char* name, const std::string& text) {
  object.Set(name, Napi::String::New(object.Env(), text));
}

void SetNumber(Napi::Object object, const char* name, uint64_t number) {
  object.Set(name,
             Napi::Number::New(object.Env(), static_cast<double>(number)));
}

Napi::Value ShowText(Napi::Env env, const std::string& text) {
  return Napi::String::New(env, text);
}

Napi::Value ShowNothing(Napi::Env env, const char& /*nothing*/) {
  return env.Undefined();
}

Napi::Value ShowTexts(Napi::Env env, const std::vector<std::string>& texts) {
  const auto array = Napi::Array::New(env, texts.size());
  for (size_t i = 0; i < texts.size(); ++i) {
    const Napi::HandleScope scope(env);
    array.Set(static_cast<uint32_t>(i), Napi::String::New(env, texts[i]));
  }
  return array;
}

Napi::Value ShowNumber(Napi::Env env, const uint64_t& number) {
  return Napi::Number::New(env, static_cast<double>(number));
}

/// A member that is text, or is missing when the text is empty.
void SetJson(Napi::Object object, bool exists, const std::string& json) {
  if (exists) SetText(object, "json", json);
}

Napi::Value ShowItem(Napi::Env env, const dyno::Item& item) {
  const auto object = Napi::Object::New(env);
  SetText(object, "name", item.name);
  SetJson(object, item.exists, item.json);
  SetText(object, "timestamp", item.timestamp);
  SetNumber(object, "changes", item.changes);
  SetText(object, "hash", item.hash);
  SetNumber(object, "records", item.records);
  const auto late = Napi::Array::New(env, item.late.size());
  for (size_t i = 0; i < item.late.size(); ++i) {
    const auto record = Napi::Object::New(env);
    SetText(record, "key", item.late[i].key);
    SetText(record, "timestamp", item.late[i].timestamp);
    SetText(record, "operation", item.late[i].operation);
    SetText(record, "change", item.late[i].change);
    late.Set(static_cast<uint32_t>(i), record);
  }
  object.Set("late", late);
  object.Set("unknown", ShowTexts(env, item.unknown));
  return object;
}

Napi::Value ShowItems(Napi::Env env, const std::vector<dyno::Item>& items) {
  const auto array = Napi::Array::New(env, items.size());
  for (size_t i = 0; i < items.size(); ++i) {
    const Napi::HandleScope scope(env);
    array.Set(static_cast<uint32_t>(i), ShowItem(env, items[i]));
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

Napi::Value ShowHistory(Napi::Env env,
                        const std::vector<dyno::HistoryEntry>& entries) {
  const auto array = Napi::Array::New(env, entries.size());
  for (size_t i = 0; i < entries.size(); ++i) {
    const Napi::HandleScope scope(env);
    const dyno::HistoryEntry& entry = entries[i];
    const auto object = Napi::Object::New(env);
    SetText(object, "kind", NameOf(entry.kind));
    SetText(object, "timestamp", entry.timestamp);
    SetText(object, "operation", entry.operation);
    SetText(object, "change", entry.change);
    SetJson(object, entry.exists, entry.json);
    SetNumber(object, "changes", entry.changes);
    SetText(object, "hash", entry.hash);
    array.Set(static_cast<uint32_t>(i), object);
  }
  return array;
}

Napi::Value ShowFlatten(Napi::Env env, const dyno::FlattenResult& result) {
  const auto object = Napi::Object::New(env);
  SetText(object, "timestamp", result.timestamp);
  SetNumber(object, "folded", result.folded);
  SetNumber(object, "steps", result.steps);
  return object;
}

// -------------------------------------------------------------- the writes

/// An operation whose argument is text, JSON or not.
using TextOperation = Status (dyno::Store::*)(const dyno::WriteOptions&,
                                              const std::string&,
                                              const std::string&, std::string*);
/// One whose argument is a list of names.
using ListOperation = Status (dyno::Store::*)(const dyno::WriteOptions&,
                                              const std::string&,
                                              const std::vector<std::string>&,
                                              std::string*);

constexpr struct {
  const char* name;
  TextOperation call;
} kTextOperations[] = {
    {"putItem", &dyno::Store::PutItem},
    {"putAttrs", &dyno::Store::PutAttrs},
    {"incAttrs", &dyno::Store::IncAttrs},
    {"appendAttrs", &dyno::Store::AppendAttrs},
    {"addToSet", &dyno::Store::AddToSet},
    {"delFromSet", &dyno::Store::DelFromSet},
    {"reapply", &dyno::Store::Reapply},
};

constexpr struct {
  const char* name;
  ListOperation call;
} kListOperations[] = {
    {"delAttrs", &dyno::Store::DelAttrs},
    {"settle", &dyno::Store::Settle},
};

using Writing = std::function<Status(dyno::Store*, std::string*)>;

/// Null, with an exception pending, for arguments of the wrong type.
Writing WritingOf(Napi::Env env, const std::string& operation,
                  const std::string& name, Napi::Value argument,
                  const dyno::WriteOptions& options) {
  for (const auto& known : kTextOperations) {
    if (operation != known.name) continue;
    std::string text;
    if (!ToBytes(env, argument, &text)) return nullptr;
    return [=](dyno::Store* store, std::string* timestamp) {
      return (store->*known.call)(options, name, text, timestamp);
    };
  }
  for (const auto& known : kListOperations) {
    if (operation != known.name) continue;
    const auto array = argument.As<Napi::Array>();
    std::vector<std::string> list(array.Length());
    for (uint32_t i = 0; i < list.size(); ++i) {
      if (!ToBytes(env, array.Get(i), &list[i])) return nullptr;
    }
    return [=](dyno::Store* store, std::string* timestamp) {
      return (store->*known.call)(options, name, list, timestamp);
    };
  }
  return [=](dyno::Store* store, std::string* timestamp) {
    return store->DelItem(options, name, timestamp);
  };
}

bool ToQueryOptions(Napi::Value value, dyno::QueryOptions* options) {
  const auto object = value.As<Napi::Object>();
  return Member(object, "from", &options->from) &&
         Member(object, "to", &options->to) &&
         Member(object, "attribute", &options->attribute) &&
         Member(object, "value", &options->value) &&
         Member(object, "deleted", &options->deleted);
}

Napi::Value RejectedPending(Napi::Env env) {
  return Rejected(env, env.GetAndClearPendingException());
}

}  // namespace

Napi::Function Items::Define(Napi::Env env) {
  return DefineClass(env, "Items",
                     {InstanceMethod<&Items::Open>("open"),
                      InstanceMethod<&Items::Write>("write"),
                      InstanceMethod<&Items::GetItem>("getItem"),
                      InstanceMethod<&Items::History>("history"),
                      InstanceMethod<&Items::Query>("query"),
                      InstanceMethod<&Items::Names>("names"),
                      InstanceMethod<&Items::Count>("count"),
                      InstanceMethod<&Items::Flatten>("flatten"),
                      InstanceMethod<&Items::FlattenAll>("flattenAll"),
                      InstanceMethod<&Items::NewTimestamp>("newTimestamp"),
                      InstanceMethod<&Items::Replica>("replica"),
                      InstanceMethod<&Items::Close>("close")});
}

Items::Items(const Napi::CallbackInfo& info)
    : Napi::ObjectWrap<Items>(info), core_(Database::OpenCore(info[0])) {
  if (core_ == nullptr) NotOpen(info.Env()).ThrowAsJavaScriptException();
}

Core* Items::Usable() const {
  return core_ != nullptr && core_->is_open() && core_->items != nullptr
             ? core_.get()
             : nullptr;
}

namespace {

/// Enters a call of items' and starts it.
template <typename Answer>
Napi::Value Begin(Napi::Env env, Core* core, const std::string* name,
                  bool is_write, typename ItemsTask<Answer>::Work work,
                  typename ItemsTask<Answer>::Show show) {
  if (core == nullptr) return Rejected(env, NotOpen(env));
  auto task = std::make_unique<ItemsTask<Answer>>(env, std::move(work), show);
  task->ledger = &core->items_ledger;
  if (name == nullptr && is_write) {
    core->items_ledger.Barrier(task.get());
  } else if (name == nullptr) {
    core->items_ledger.ReadAll(task.get());
  } else if (is_write) {
    core->items_ledger.Write(task.get(), {*name});
  } else {
    core->items_ledger.Read(task.get(), *name);
  }
  return core->Start(std::move(task));
}

}  // namespace

Napi::Value Items::Open(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  if (core_ == nullptr || !core_->is_open()) {
    return Rejected(env, NotOpen(env));
  }
  const auto object = info[0].As<Napi::Object>();
  dyno::Options options;
  if (!Member(object, "replicated", &options.replicated) ||
      !Member(object, "replica", &options.replica)) {
    return RejectedPending(env);
  }
  auto task = std::make_unique<OpenItemsTask>(env, std::move(options));
  task->ledger = &core_->items_ledger;
  core_->items_ledger.Barrier(task.get());
  return core_->Start(std::move(task));
}

Napi::Value Items::Write(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const auto given = info[3].As<Napi::Object>();
  std::string operation, name;
  dyno::WriteOptions options;
  if (!ToBytes(env, info[0], &operation) || !ToBytes(env, info[1], &name) ||
      !Member(given, "sync", &options.sync) ||
      !Member(given, "timestamp", &options.timestamp)) {
    return RejectedPending(env);
  }
  Writing writing = WritingOf(env, operation, name, info[2], options);
  if (writing == nullptr) return RejectedPending(env);
  return Begin<std::string>(env, Usable(), &name, true, std::move(writing),
                            &ShowText);
}

Napi::Value Items::GetItem(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  std::string name, as_of;
  if (!ToBytes(env, info[0], &name) ||
      (info[1].IsString() && !ToBytes(env, info[1], &as_of))) {
    return RejectedPending(env);
  }
  return Begin<dyno::Item>(
      env, Usable(), &name, false,
      [=](dyno::Store* store, dyno::Item* item) {
        return as_of.empty() ? store->GetItem(name, item)
                             : store->GetItemAsOf(name, as_of, item);
      },
      &ShowItem);
}

Napi::Value Items::History(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  std::string name;
  if (!ToBytes(env, info[0], &name)) return RejectedPending(env);
  return Begin<std::vector<dyno::HistoryEntry>>(
      env, Usable(), &name, false,
      [=](dyno::Store* store, std::vector<dyno::HistoryEntry>* entries) {
        return store->History(name, [&](const dyno::HistoryEntry& entry) {
          entries->push_back(entry);
          return true;
        });
      },
      &ShowHistory);
}

Napi::Value Items::Query(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  dyno::QueryOptions options;
  double limit = 0;
  if (!ToQueryOptions(info[0], &options) ||
      !Member(info[0].As<Napi::Object>(), "limit", &limit)) {
    return RejectedPending(env);
  }
  return Begin<std::vector<dyno::Item>>(
      env, Usable(), nullptr, false,
      [=](dyno::Store* store, std::vector<dyno::Item>* items) {
        return store->Query(options, [&](const dyno::Item& item) {
          items->push_back(item);
          return limit <= 0 || static_cast<double>(items->size()) < limit;
        });
      },
      &ShowItems);
}

Napi::Value Items::Names(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  dyno::QueryOptions options;
  if (!ToQueryOptions(info[0], &options)) return RejectedPending(env);
  return Begin<std::vector<std::string>>(
      env, Usable(), nullptr, false,
      [=](dyno::Store* store, std::vector<std::string>* names) {
        return store->Names(options, [&](const std::string& name) {
          names->push_back(name);
          return true;
        });
      },
      &ShowTexts);
}

Napi::Value Items::Count(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  dyno::QueryOptions options;
  if (!ToQueryOptions(info[0], &options)) return RejectedPending(env);
  return Begin<uint64_t>(
      env, Usable(), nullptr, false,
      [=](dyno::Store* store, uint64_t* count) {
        return store->Count(options, count);
      },
      &ShowNumber);
}

Napi::Value Items::Flatten(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const auto given = info[1].As<Napi::Object>();
  std::string name;
  dyno::FlattenOptions options;
  if (!ToBytes(env, info[0], &name) ||
      !Member(given, "timestamp", &options.timestamp) ||
      !Member(given, "hash", &options.hash)) {
    return RejectedPending(env);
  }
  return Begin<dyno::FlattenResult>(
      env, Usable(), &name, true,
      [=](dyno::Store* store, dyno::FlattenResult* result) {
        return store->Flatten(name, options, result);
      },
      &ShowFlatten);
}

Napi::Value Items::FlattenAll(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  std::string timestamp;
  if (info[0].IsString() && !ToBytes(env, info[0], &timestamp)) {
    return RejectedPending(env);
  }
  return Begin<dyno::FlattenResult>(
      env, Usable(), nullptr, true,
      [=](dyno::Store* store, dyno::FlattenResult* result) {
        return store->FlattenAll(timestamp, result);
      },
      &ShowFlatten);
}

Napi::Value Items::NewTimestamp(const Napi::CallbackInfo& info) {
  return Begin<std::string>(
      info.Env(), Usable(), nullptr, false,
      [](dyno::Store* store, std::string* timestamp) {
        return store->NewTimestamp(timestamp);
      },
      &ShowText);
}

Napi::Value Items::Replica(const Napi::CallbackInfo& info) {
  const Core* core = Usable();
  return Napi::String::New(
      info.Env(), core == nullptr ? std::string() : core->items->replica());
}

Napi::Value Items::Close(const Napi::CallbackInfo& info) {
  return Begin<char>(
      info.Env(), Usable(), nullptr, true,
      [](dyno::Store* store, char* /*nothing*/) { return store->Close(); },
      &ShowNothing);
}

}  // namespace face
