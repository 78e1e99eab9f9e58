#include "convert.h"

#include <charconv>
#include <cmath>
#include <cstring>
#include <utility>

#include "dynamodown/option_table.h"
#include "errors.h"

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
    // The call writes a zero after the last byte, where std::string has one.
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

/// Gets a member. Returns false, with a TypeError pending, if it exists and is
/// not of `type`.
bool HasType(Napi::Object object, const char* name, napi_valuetype type,
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
  if (!HasType(object, name, napi_string, "a string", &found)) return false;
  if (!IsMissing(found)) *value = found.As<Napi::String>().Utf8Value();
  return true;
}

bool Member(Napi::Object object, const char* name, bool* value) {
  Napi::Value found;
  if (!HasType(object, name, napi_boolean, "a boolean", &found)) return false;
  if (!IsMissing(found)) *value = found.As<Napi::Boolean>().Value();
  return true;
}

bool Member(Napi::Object object, const char* name, double* value) {
  Napi::Value found;
  if (!HasType(object, name, napi_number, "a number", &found)) return false;
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

constexpr double kWholeMax = 9007199254740991.0;  // 2^53 - 1

/// A whole number of at least 0.
bool Whole(Napi::Object object, const char* name, int64_t* value) {
  double number = static_cast<double>(*value);
  if (!Member(object, name, &number)) return false;
  if (number < 0 || number > kWholeMax || number != std::floor(number)) {
    Napi::RangeError::New(object.Env(), std::string("the option '") + name +
                                            "' must be a whole number")
        .ThrowAsJavaScriptException();
    return false;
  }
  *value = static_cast<int64_t>(number);
  return true;
}

/// Gets the option's member as text for SetOption. Returns false, with an
/// exception pending, if the member has another type.
bool ToText(Napi::Object object, const dynamodown::OptionInfo& option,
            std::string* text) {
  const char* const name = option.javascript.c_str();
  switch (option.type) {
    case dynamodown::OptionType::kBool: {
      bool value = false;
      if (!Member(object, name, &value)) return false;
      *text = value ? "true" : "false";
      return true;
    }
    case dynamodown::OptionType::kInteger:
    case dynamodown::OptionType::kDuration: {  // In milliseconds.
      int64_t value = 0;
      if (!Whole(object, name, &value)) return false;
      *text = std::to_string(value);
      return true;
    }
    case dynamodown::OptionType::kNumber: {
      double value = 0;
      if (!Member(object, name, &value)) return false;
      char digits[32];
      const auto end = std::to_chars(digits, digits + sizeof digits, value);
      text->assign(digits, end.ptr);
      return true;
    }
    case dynamodown::OptionType::kText:
    case dynamodown::OptionType::kChoice:
      break;
  }
  return Member(object, name, text);
}

}  // namespace

bool ToOptions(Napi::Env env, Napi::Object object,
               dynamodown::Options* options) {
  for (const dynamodown::OptionInfo& option : dynamodown::OptionTable()) {
    const Napi::Value member = object.Get(option.javascript);
    if (member.IsEmpty()) return false;
    if (IsMissing(member)) continue;
    std::string text;
    if (!ToText(object, option, &text)) return false;
    const leveldb::Status status =
        dynamodown::SetOption(options, option.name, text);
    if (status.ok()) continue;
    ToError(env, status).ThrowAsJavaScriptException();
    return false;
  }
  return true;
}

bool ToBounds(Napi::Env env, Napi::Object object, dynamodown::Bounds* bounds) {
  const auto take = [&](const char* name, std::optional<std::string>* bound) {
    const Napi::Value value = object.Get(name);
    if (value.IsEmpty()) return false;
    if (IsMissing(value)) return true;
    std::string bytes;
    if (!ToBytes(env, value, &bytes)) return false;
    *bound = std::move(bytes);
    return true;
  };
  if (!take("gt", &bounds->gt) || !take("gte", &bounds->gte) ||
      !take("lt", &bounds->lt) || !take("lte", &bounds->lte)) {
    return false;
  }
  // Level's rule if both are given.
  if (bounds->gte) bounds->gt.reset();
  if (bounds->lte) bounds->lt.reset();
  return true;
}

}  // namespace face
