#include "convert.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstring>
#include <limits>
#include <utility>

namespace face {

Encoding EncodingOf(uint32_t flags) {
  return static_cast<Encoding>(flags & kEncodingMask);
}

dynamodown::ReadOptions ReadOptionsOf(uint32_t flags) {
  dynamodown::ReadOptions options;
  options.fill_cache = (flags & kNoFillCache) == 0;
  if ((flags & kStrong) != 0) {
    options.consistency = dynamodown::Consistency::kStrong;
  } else if ((flags & kEventual) != 0) {
    options.consistency = dynamodown::Consistency::kEventual;
  }
  return options;
}

dynamodown::WriteOptions WriteOptionsOf(uint32_t flags) {
  dynamodown::WriteOptions options;
  options.sync = (flags & kSync) != 0;
  if ((flags & kAtomic) != 0) {
    options.batch = dynamodown::BatchMode::kAtomic;
  } else if ((flags & kUnordered) != 0) {
    options.batch = dynamodown::BatchMode::kUnordered;
  }
  return options;
}

bool ToBytes(Napi::Env env, Napi::Value value, std::string* bytes) {
  if (value.IsString()) {
    size_t length = 0;
    napi_get_value_string_utf8(env, value, nullptr, 0, &length);
    bytes->resize(length);
    // It writes a zero behind the last byte, where std::string has one too.
    napi_get_value_string_utf8(env, value, bytes->data(), length + 1, &length);
    return true;
  }
  if (value.IsTypedArray()) {
    const auto array = value.As<Napi::TypedArray>();
    void* data = nullptr;
    napi_get_typedarray_info(env, array, nullptr, nullptr, &data, nullptr,
                             nullptr);
    bytes->assign(static_cast<const char*>(data), array.ByteLength());
    return true;
  }
  Napi::TypeError::New(env, "keys and values are strings or typed arrays")
      .ThrowAsJavaScriptException();
  return false;
}

Napi::Value FromBytes(Napi::Env env, const leveldb::Slice& bytes,
                      Encoding encoding) {
  switch (encoding) {
    case Encoding::kUtf8:
      return Napi::String::New(env, bytes.data(), bytes.size());
    case Encoding::kView: {
      auto buffer = Napi::ArrayBuffer::New(env, bytes.size());
      if (env.IsExceptionPending()) return Napi::Value();
      if (!bytes.empty()) {
        std::memcpy(buffer.Data(), bytes.data(), bytes.size());
      }
      return Napi::Uint8Array::New(env, bytes.size(), buffer, 0);
    }
    case Encoding::kBuffer:
      break;
  }
  return Napi::Buffer<char>::Copy(env, bytes.data(), bytes.size());
}

namespace {

/// False, with a TypeError pending, if there is a value that is no `type`.
bool IsThere(Napi::Object object, const char* name, napi_valuetype type,
             const char* what, Napi::Value* value) {
  *value = object.Get(name);
  if (value->IsEmpty()) return false;
  if (value->IsUndefined() || value->IsNull()) return true;
  if (value->Type() == type) return true;
  Napi::TypeError::New(object.Env(),
                       std::string("the option '") + name + "' must be " + what)
      .ThrowAsJavaScriptException();
  return false;
}

bool IsMissing(Napi::Value value) {
  return value.IsUndefined() || value.IsNull();
}

}  // namespace

bool Member(Napi::Object object, const char* name, std::string* value) {
  Napi::Value found;
  if (!IsThere(object, name, napi_string, "a string", &found)) return false;
  if (!IsMissing(found)) *value = found.As<Napi::String>().Utf8Value();
  return true;
}

bool Member(Napi::Object object, const char* name, bool* value) {
  Napi::Value found;
  if (!IsThere(object, name, napi_boolean, "a boolean", &found)) return false;
  if (!IsMissing(found)) *value = found.As<Napi::Boolean>().Value();
  return true;
}

bool Member(Napi::Object object, const char* name, double* value) {
  Napi::Value found;
  if (!IsThere(object, name, napi_number, "a number", &found)) return false;
  if (IsMissing(found)) return true;
  const double number = found.As<Napi::Number>().DoubleValue();
  if (!std::isfinite(number)) {
    Napi::RangeError::New(object.Env(), std::string("the option '") + name +
                                            "' must be a finite number")
        .ThrowAsJavaScriptException();
    return false;
  }
  *value = number;
  return true;
}

namespace {

/// A whole number of at least 0 that the target can hold.
template <typename Number>
bool Count(Napi::Object object, const char* name, Number* value) {
  double number = -1;
  if (!Member(object, name, &number)) return false;
  if (number == -1 && IsMissing(object.Get(name))) return true;
  const double most =
      std::min(static_cast<double>(std::numeric_limits<Number>::max()),
               9007199254740991.0);  // 2^53 - 1
  if (number < 0 || number > most || number != std::floor(number)) {
    Napi::RangeError::New(object.Env(), std::string("the option '") + name +
                                            "' must be a whole number")
        .ThrowAsJavaScriptException();
    return false;
  }
  *value = static_cast<Number>(number);
  return true;
}

bool Milliseconds(Napi::Object object, const char* name,
                  std::chrono::milliseconds* value) {
  int64_t count = value->count();
  if (!Count(object, name, &count)) return false;
  *value = std::chrono::milliseconds(count);
  return true;
}

/// One of two words.
template <typename Choice>
bool Word(Napi::Object object, const char* name, const char* first_word,
          Choice first, const char* second_word, Choice second, Choice* value) {
  std::string word;
  if (!Member(object, name, &word)) return false;
  if (word.empty()) return true;
  if (word != first_word && word != second_word) {
    Napi::TypeError::New(object.Env(), std::string("the option '") + name +
                                           "' must be '" + first_word +
                                           "' or '" + second_word + "'")
        .ThrowAsJavaScriptException();
    return false;
  }
  *value = word == first_word ? first : second;
  return true;
}

}  // namespace

bool ToOptions(Napi::Env /*env*/, Napi::Object object,
               dynamodown::Options* options) {
  using dynamodown::BatchMode;
  using dynamodown::Consistency;
  using dynamodown::KeyType;
  auto& connection = options->connection;
  auto& table = options->table;
  auto& retry = options->retry;
  bool compress = options->compression != leveldb::kNoCompression;
  const bool ok =
      Member(object, "createIfMissing", &options->create_if_missing) &&
      Member(object, "errorIfExists", &options->error_if_exists) &&
      Member(object, "paranoidChecks", &options->paranoid_checks) &&
      Member(object, "compression", &compress) &&
      Count(object, "writeBufferSize", &options->write_buffer_size) &&
      Count(object, "blockSize", &options->block_size) &&
      Count(object, "maxOpenFiles", &options->max_open_files) &&
      Count(object, "blockRestartInterval", &options->block_restart_interval) &&
      Count(object, "maxFileSize", &options->max_file_size) &&
      Member(object, "profile", &connection.profile) &&
      Member(object, "region", &connection.region) &&
      Member(object, "endpoint", &connection.endpoint) &&
      Member(object, "useFipsEndpoint", &connection.use_fips_endpoint) &&
      Member(object, "useDualstackEndpoint",
             &connection.use_dualstack_endpoint) &&
      Member(object, "caBundle", &connection.ca_bundle) &&
      Milliseconds(object, "connectTimeout", &connection.connect_timeout) &&
      Milliseconds(object, "attemptTimeout", &connection.attempt_timeout) &&
      Count(object, "maxParallel", &connection.max_parallel) &&
      Word(object, "keyType", "binary", KeyType::kBinary, "string",
           KeyType::kString, &table.key_type) &&
      Word(object, "hashKeyType", "binary", KeyType::kBinary, "string",
           KeyType::kString, &table.hash_key_type) &&
      Member(object, "hashKey", &table.hash_key) &&
      Member(object, "rangeKey", &table.range_key) &&
      Member(object, "valueAttribute", &table.value_attribute) &&
      Count(object, "readCapacityUnits", &table.read_capacity_units) &&
      Count(object, "writeCapacityUnits", &table.write_capacity_units) &&
      Milliseconds(object, "createTimeout", &table.create_timeout) &&
      Member(object, "maxReadUnits", &options->rate.read_units) &&
      Member(object, "maxWriteUnits", &options->rate.write_units) &&
      Count(object, "maxAttempts", &retry.max_attempts) &&
      Milliseconds(object, "deadline", &retry.deadline) &&
      Word(object, "consistency", "strong", Consistency::kStrong, "eventual",
           Consistency::kEventual, &options->consistency) &&
      Word(object, "batch", "atomic", BatchMode::kAtomic, "unordered",
           BatchMode::kUnordered, &options->batch);
  if (!compress) options->compression = leveldb::kNoCompression;
  return ok;
}

bool ToBounds(Napi::Env env, Napi::Object object, dynamodown::Bounds* bounds) {
  const auto One = [&](const char* name, std::optional<std::string>* bound) {
    const Napi::Value value = object.Get(name);
    if (value.IsEmpty()) return false;
    if (IsMissing(value)) return true;
    std::string bytes;
    if (!ToBytes(env, value, &bytes)) return false;
    *bound = std::move(bytes);
    return true;
  };
  if (!One("gt", &bounds->gt) || !One("gte", &bounds->gte) ||
      !One("lt", &bounds->lt) || !One("lte", &bounds->lte)) {
    return false;
  }
  // Level's rule when both are there.
  if (bounds->gte) bounds->gt.reset();
  if (bounds->lte) bounds->lt.reset();
  return true;
}

}  // namespace face
