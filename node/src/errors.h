// Errors as the script sees them. Call these on the script's thread.

#ifndef DYNAMODOWN_NODE_ERRORS_H_
#define DYNAMODOWN_NODE_ERRORS_H_

#include <string>

#include "leveldb/status.h"
#include "napi.h"

namespace face {

/// An Error with one of the codes in README.md, "Errors".
Napi::Error ToError(Napi::Env env, const leveldb::Status& status);
Napi::Error ToError(Napi::Env env, const char* code,
                    const std::string& message);
/// The error of a call before open() or after close().
Napi::Error NotOpen(Napi::Env env);
/// The error of an aborted call, as AbortSignal's standard defines it.
Napi::Error ToAbortError(Napi::Env env);

/// A promise that is rejected with `error`.
Napi::Value Rejected(Napi::Env env, const Napi::Error& error);
/// A promise that is rejected with the pending exception.
Napi::Value RejectedPending(Napi::Env env);
/// A promise that is fulfilled with undefined.
Napi::Value Resolved(Napi::Env env);

}  // namespace face

#endif  // DYNAMODOWN_NODE_ERRORS_H_
