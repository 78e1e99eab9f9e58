#ifndef DYNAMODOWN_NODE_CONVERT_H_
#define DYNAMODOWN_NODE_CONVERT_H_

#include <cstdint>
#include <string>

#include "dynamodown/db.h"
#include "dynamodown/options.h"
#include "leveldb/slice.h"
#include "napi.h"

namespace face {

// Between values of the script and ours. All of it belongs to the script's
// thread. What fails leaves an exception pending, as is said of each.

/// What bytes become. The numbers are lib/binding.js's.
enum class Encoding { kBuffer = 0, kUtf8 = 1, kView = 2 };

/// Flags of a call; lib/binding.js has the same. The lowest two bits are an
/// Encoding.
constexpr uint32_t kEncodingMask = 3;
constexpr uint32_t kNoFillCache = 4;
constexpr uint32_t kStrong = 8;
constexpr uint32_t kEventual = 16;
constexpr uint32_t kSync = 32;
constexpr uint32_t kAtomic = 64;
constexpr uint32_t kUnordered = 128;

Encoding EncodingOf(uint32_t flags);
dynamodown::ReadOptions ReadOptionsOf(uint32_t flags);
dynamodown::WriteOptions WriteOptionsOf(uint32_t flags);

/// A string's UTF-8, or the bytes of a Buffer or another typed array. False,
/// with a TypeError pending, for anything else.
bool ToBytes(Napi::Env env, Napi::Value value, std::string* bytes);

/// Empty, with an exception pending, for what is too large for JavaScript.
Napi::Value FromBytes(Napi::Env env, const leveldb::Slice& bytes,
                      Encoding encoding);

/// The settings of lib/settings.js: a flat object. False, with an exception
/// pending, for a value of the wrong type.
bool ToOptions(Napi::Env env, Napi::Object object,
               dynamodown::Options* options);

/// gt, gte, lt, lte: bytes of a string or typed array, where there are any. As
/// in all of Level, gt does not count beside gte, nor lt beside lte.
bool ToBounds(Napi::Env env, Napi::Object object, dynamodown::Bounds* bounds);

/// A member that may be missing: then `*value` stays. False, with a TypeError
/// pending, when it is of another type.
bool Member(Napi::Object object, const char* name, std::string* value);
bool Member(Napi::Object object, const char* name, bool* value);
bool Member(Napi::Object object, const char* name, double* value);

}  // namespace face

#endif  // DYNAMODOWN_NODE_CONVERT_H_
