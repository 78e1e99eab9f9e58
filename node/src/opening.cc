#include "opening.h"

#include <chrono>
#include <functional>
#include <optional>
#include <utility>

#include "convert.h"

namespace face {
namespace {

// Calls that one store runs at once, each on its own thread; further calls wait
// in line. On DynamoDB a call mostly waits, and by Little's law a dozen calls
// fill a partition. On an embedded store a call keeps a CPU core busy.
constexpr size_t kThreadsMax = 16;
constexpr size_t kEmbeddedThreadsMax = 4;

// classic-level's default.
constexpr size_t kCacheBytes = 8 * 1024 * 1024;
constexpr int kFilterBitsPerKey = 10;

class OpenTask final : public Task {
 public:
  OpenTask(Napi::Env env, dynamodown::Options options, std::string location)
      : Task(env),
        options_(std::move(options)),
        location_(std::move(location)) {}

  void Run() override {
    dynamodown::Database* opened = nullptr;
    status = dynamodown::Open(options_, location_, &opened);
    db_.reset(opened);
  }
  void Over(Napi::Env /*env*/) override {
    core->db = std::move(db_);
    if (!status.ok()) core->Retire();
  }

 private:
  const dynamodown::Options options_;
  const std::string location_;
  std::unique_ptr<dynamodown::Database> db_;
};

class DestroyTask final : public Task {
 public:
  DestroyTask(Napi::Env env, dynamodown::Options options, std::string location,
              dynamodown::DestroyOptions destroy)
      : Task(env),
        options_(std::move(options)),
        location_(std::move(location)),
        destroy_(destroy) {}

  void Run() override {
    status = dynamodown::Destroy(options_, location_, destroy_);
  }
  void Over(Napi::Env /*env*/) override { core->Retire(); }

 private:
  const dynamodown::Options options_;
  const std::string location_;
  const dynamodown::DestroyOptions destroy_;
};

/// Takes the credentials that lib/settings.js found. Returns false with an
/// exception pending.
bool Give(Napi::Object from, ScriptCredentials* to) {
  dynamodown::Credentials credentials;
  if (!Member(from, "accessKeyId", &credentials.access_key_id) ||
      !Member(from, "secretAccessKey", &credentials.secret_access_key) ||
      !Member(from, "sessionToken", &credentials.session_token)) {
    return false;
  }
  std::optional<ScriptCredentials::Time> until;
  const Napi::Value expires = from.Get("expires");
  if (expires.IsNumber()) {
    until = ScriptCredentials::Time(
        std::chrono::milliseconds(expires.As<Napi::Number>().Int64Value()));
  }
  to->Give(std::move(credentials), until);
  return true;
}

/// Returns how to ask for credentials: it calls `function` on the script's
/// thread with a callback that takes (null, credentials) or (message).
std::function<void()> AskWith(Environment* environment,
                              const std::shared_ptr<ScriptCredentials>& to,
                              Napi::Function function) {
  const auto kept =
      std::make_shared<Napi::FunctionReference>(Napi::Persistent(function));
  // Weak, because the credentials own this function.
  const std::weak_ptr<ScriptCredentials> weak = to;
  return [environment, kept, weak] {
    environment->Post([kept, weak](Napi::Env env) {
      const auto answer = [weak](const Napi::CallbackInfo& info) {
        const std::shared_ptr<ScriptCredentials> asked = weak.lock();
        if (asked == nullptr) return;
        if (info[0].IsString()) {
          asked->Fail(info[0].As<Napi::String>().Utf8Value());
        } else if (!Give(info[1].As<Napi::Object>(), asked.get())) {
          asked->Fail(info.Env().GetAndClearPendingException().Message());
        }
      };
      // lib/settings.js does not throw. If the environment is ending, End tells
      // the calls that wait.
      kept->Call({Napi::Function::New(env, answer)});
      if (env.IsExceptionPending()) env.GetAndClearPendingException();
    });
  };
}

}  // namespace

std::shared_ptr<Core> NewCore(Napi::Env env, const std::string& location,
                              Napi::Object settings, Napi::Value ask,
                              dynamodown::Options* options) {
  const bool is_embedded = location.rfind("leveldb:", 0) == 0;
  double threads =
      static_cast<double>(is_embedded ? kEmbeddedThreadsMax : kThreadsMax);
  double cache_bytes = static_cast<double>(kCacheBytes);
  bool is_grouping = true;
  if (!Member(settings, "grouping", &is_grouping) ||
      !Member(settings, "concurrency", &threads) ||
      !Member(settings, "cacheSize", &cache_bytes)) {
    return nullptr;
  }
  if (threads < 1 || threads > 1024 || cache_bytes < 0) {
    Napi::RangeError::New(env,
                          "the option 'concurrency' must be 1 to 1024, and "
                          "'cacheSize' not negative")
        .ThrowAsJavaScriptException();
    return nullptr;
  }
  const auto core = std::make_shared<Core>(Environment::Of(env),
                                           static_cast<size_t>(threads));
  core->is_embedded = is_embedded;
  core->is_grouping = is_grouping;
  if (is_embedded) {
    core->block_cache.reset(
        leveldb::NewLRUCache(static_cast<size_t>(cache_bytes)));
    core->filter_policy.reset(leveldb::NewBloomFilterPolicy(kFilterBitsPerKey));
    options->block_cache = core->block_cache.get();
    options->filter_policy = core->filter_policy.get();
  }
  if (settings.Get("accessKeyId").IsString()) {
    core->credentials = std::make_shared<ScriptCredentials>();
    options->connection.credentials_provider = core->credentials;
    if (!Give(settings, core->credentials.get())) return nullptr;
    if (ask.IsFunction()) {
      core->credentials->set_ask(AskWith(core->environment(), core->credentials,
                                         ask.As<Napi::Function>()));
    }
  }
  return core;
}

std::unique_ptr<Task> NewOpen(Napi::Env env, dynamodown::Options options,
                              std::string location) {
  return std::make_unique<OpenTask>(env, std::move(options),
                                    std::move(location));
}

std::unique_ptr<Task> NewDestroy(Napi::Env env, dynamodown::Options options,
                                 std::string location,
                                 dynamodown::DestroyOptions destroy) {
  return std::make_unique<DestroyTask>(env, std::move(options),
                                       std::move(location), destroy);
}

}  // namespace face
