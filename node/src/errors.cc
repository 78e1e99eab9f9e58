#include "errors.h"

#include "dynamodown/status.h"

namespace face {

using dynamodown::StatusKind;

namespace {

const char* CodeOf(const leveldb::Status& status) {
  switch (dynamodown::KindOf(status)) {
    case StatusKind::kOk:
      break;
    case StatusKind::kNotFound:
      return "LEVEL_NOT_FOUND";
    case StatusKind::kInvalidArgument:
      return "LEVEL_INVALID_ARGUMENT";
    case StatusKind::kNotSupported:
      return "LEVEL_NOT_SUPPORTED";
    case StatusKind::kCorruption:
      return "LEVEL_CORRUPTION";
    case StatusKind::kThrottled:
      return "LEVEL_THROTTLED";
    case StatusKind::kDenied:
      return "LEVEL_DENIED";
    case StatusKind::kCredentials:
      return "LEVEL_CREDENTIALS";
    case StatusKind::kUnavailable:
      return "LEVEL_UNAVAILABLE";
    case StatusKind::kTimeout:
      return "LEVEL_TIMEOUT";
    case StatusKind::kConflict:
      return "LEVEL_CONFLICT";
    case StatusKind::kRejected:
      return "LEVEL_REJECTED";
    case StatusKind::kDestroying:
      return "LEVEL_DESTROYING";
    case StatusKind::kForked:
      return "LEVEL_FORKED";
    case StatusKind::kIOError:
      break;
  }
  if (dynamodown::IsLockedStore(status)) return "LEVEL_LOCKED";
  return "LEVEL_IO_ERROR";
}

}  // namespace

Napi::Error ToError(Napi::Env env, const char* code,
                    const std::string& message) {
  Napi::Error error = Napi::Error::New(env, message);
  error.Set("code", Napi::String::New(env, code));
  return error;
}

Napi::Error NotOpen(Napi::Env env) {
  return ToError(env, "LEVEL_DATABASE_NOT_OPEN", "Database is not open");
}

Napi::Error ToAbortError(Napi::Env env) {
  Napi::Error error =
      ToError(env, "LEVEL_ABORTED", "Operation has been aborted");
  error.Set("name", Napi::String::New(env, "AbortError"));
  return error;
}

Napi::Error ToError(Napi::Env env, const leveldb::Status& status) {
  return ToError(env, CodeOf(status), status.ToString());
}

Napi::Value Rejected(Napi::Env env, const Napi::Error& error) {
  const Napi::Promise::Deferred deferred(env);
  deferred.Reject(error.Value());
  return deferred.Promise();
}

Napi::Value RejectedPending(Napi::Env env) {
  return Rejected(env, env.GetAndClearPendingException());
}

Napi::Value Resolved(Napi::Env env) {
  const Napi::Promise::Deferred deferred(env);
  deferred.Resolve(env.Undefined());
  return deferred.Promise();
}

}  // namespace face
