#ifndef DYNAMODOWN_NODE_ERRORS_H_
#define DYNAMODOWN_NODE_ERRORS_H_

#include <string>

#include "leveldb/status.h"
#include "napi.h"

namespace face {

// What failed, for the script. All of it belongs to the script's thread.

/// An Error with one of the codes of README.md, "Errors".
Napi::Error ToError(Napi::Env env, const leveldb::Status& status);
Napi::Error ToError(Napi::Env env, const char* code,
                    const std::string& message);
/// The error of calls that come before open() or after close().
Napi::Error NotOpen(Napi::Env env);
/// As the standard's AbortSignal has it.
Napi::Error ToAbortError(Napi::Env env);

/// A promise that is rejected with it.
Napi::Value Rejected(Napi::Env env, const Napi::Error& error);
/// The same with the exception that is pending.
Napi::Value RejectedPending(Napi::Env env);
/// One that is fulfilled, with undefined.
Napi::Value Resolved(Napi::Env env);

}  // namespace face

#endif  // DYNAMODOWN_NODE_ERRORS_H_
