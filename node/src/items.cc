#include "items.h"

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "answers.h"
#include "convert.h"
#include "database.h"
#include "dynamodown/dyno.h"
#include "dyno/store.h"
#include "dyno/sync.h"
#include "errors.h"
#include "sync.h"

namespace face {
namespace {

using leveldb::Status;

class OpenItemsTask final : public Task {
 public:
  OpenItemsTask(Napi::Env env, dyno::Options options)
      : Task(env), options_(std::move(options)) {}
  void Run() override {
    // Another Items may have opened it already.
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

/// A call, and the conversion of its result for the promise.
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

// -------------------------------------------------------------- the writes

/// An operation whose argument is text, such as JSON.
using TextOperation = Status (dyno::Store::*)(const dyno::WriteOptions&,
                                              const std::string&,
                                              const std::string&, std::string*);
/// An operation whose argument is a list of names.
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

/// Returns null, with an exception pending, for an argument of the wrong type.
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
                      InstanceMethod<&Items::Sync>("sync"),
                      InstanceMethod<&Items::Status>("status"),
                      InstanceMethod<&Items::Administer>("administer"),
                      InstanceMethod<&Items::Forget>("forget"),
                      InstanceMethod<&Items::CloseWriter>("closeWriter"),
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

/// Enters a call in the items' ledger and starts it. Without a name it is about
/// all items.
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

/// Starts a call that comes after all earlier writes and before all later
/// calls.
Napi::Value BeginAlone(Napi::Env env, Core* core,
                       std::function<Status(dyno::Store*)> work) {
  return Begin<char>(
      env, core, nullptr, true,
      [work = std::move(work)](dyno::Store* store, char* /*nothing*/) {
        return work(store);
      },
      &ShowNothing);
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

Napi::Value Items::Sync(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  Core* const a = Usable();
  Core* const b = Unwrap(info[0].As<Napi::Object>())->Usable();
  if (a == nullptr || b == nullptr) return Rejected(env, NotOpen(env));
  const auto given = info[1].As<Napi::Object>();
  dyno::SyncOptions options;
  if (!Member(given, "full", &options.full)) return RejectedPending(env);
  return StartSync(env, a, b, std::move(options), given.Get("progress"));
}

Napi::Value Items::Status(const Napi::CallbackInfo& info) {
  return Begin<dyno::StoreStatus>(
      info.Env(), Usable(), nullptr, false,
      [](dyno::Store* store, dyno::StoreStatus* status) {
        return dyno::GetStatus(store, status);
      },
      &ShowStatus);
}

Napi::Value Items::Administer(const Napi::CallbackInfo& info) {
  constexpr struct {
    const char* name;
    leveldb::Status (*call)(dyno::Store*);
  } kCalls[] = {
      {"replicate", &dyno::Replicate},
      {"newReplica", &dyno::NewReplica},
      {"markRestored", &dyno::MarkRestored},
  };
  const Napi::Env env = info.Env();
  std::string name;
  if (!ToBytes(env, info[0], &name)) return RejectedPending(env);
  for (const auto& known : kCalls) {
    if (name != known.name) continue;
    return BeginAlone(env, Usable(), [call = known.call](dyno::Store* store) {
      return call(store);
    });
  }
  return env.Undefined();  // lib/dyno.js passes no other name.
}

Napi::Value Items::Forget(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  std::string replica;
  if (!ToBytes(env, info[0], &replica)) return RejectedPending(env);
  return BeginAlone(env, Usable(), [replica](dyno::Store* store) {
    return dyno::Forget(store, replica);
  });
}

Napi::Value Items::CloseWriter(const Napi::CallbackInfo& info) {
  const auto slot =
      static_cast<uint16_t>(info[0].As<Napi::Number>().Uint32Value());
  return BeginAlone(info.Env(), Usable(), [slot](dyno::Store* store) {
    return dyno::CloseWriter(store, slot);
  });
}

Napi::Value Items::Close(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  Core* const core = Usable();
  // The store has been closed, which gave the slot back.
  if (core == nullptr) return Resolved(env);
  return BeginAlone(env, core,
                    [](dyno::Store* store) { return store->Close(); });
}

}  // namespace face
