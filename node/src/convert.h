// Conversions between JavaScript's values and the library's. Call them on the
// script's thread. Each says which exception it leaves pending.

#ifndef DYNAMODOWN_NODE_CONVERT_H_
#define DYNAMODOWN_NODE_CONVERT_H_

#include <cstdint>
#include <string>

#include "dynamodown/db.h"
#include "dynamodown/options.h"
#include "leveldb/slice.h"
#include "napi.h"

namespace face {

/// The JavaScript form of bytes. lib/binding.js uses the same numbers.
enum class Encoding { kBuffer = 0, kUtf8 = 1, kView = 2 };

/// Flags of a call. lib/binding.js uses the same numbers. The lowest two bits
/// are an Encoding.
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

/// Takes the UTF-8 of a string, or the bytes of a Buffer or other typed array.
/// Returns false, with a TypeError pending, for anything else.
bool ToBytes(Napi::Env env, Napi::Value value, std::string* bytes);

/// Returns an empty value, with an exception pending, if the bytes are too
/// large for JavaScript.
Napi::Value FromBytes(Napi::Env env, const leveldb::Slice& bytes,
                      Encoding encoding);

/// Sets the options of the library's table from `object`, whose members have
/// their JavaScript names. Other members are ignored. Returns false, with an
/// exception pending, for a value of the wrong type (TypeError, RangeError) or
/// one that the option does not allow (LEVEL_INVALID_ARGUMENT).
bool ToOptions(Napi::Env env, Napi::Object object,
               dynamodown::Options* options);

/// Takes the members gt, gte, lt and lte that exist: strings or typed arrays.
/// As everywhere in Level, gte overrides gt, and lte overrides lt.
bool ToBounds(Napi::Env env, Napi::Object object, dynamodown::Bounds* bounds);

/// Takes a member. A missing one leaves `*value` as it is. Returns false, with
/// a TypeError pending, for another type, and with a RangeError for a number
/// that is not finite.
bool Member(Napi::Object object, const char* name, std::string* value);
bool Member(Napi::Object object, const char* name, bool* value);
bool Member(Napi::Object object, const char* name, double* value);

}  // namespace face

#endif  // DYNAMODOWN_NODE_CONVERT_H_
