#include "aws/answers.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include "base/clock.h"
#include "base/json.h"

namespace dynamodown {
namespace {

constexpr double kSecondsMax = 253'402'300'799;  // 9999-12-31T23:59:59Z

struct Names {
  std::string_view access_key_id = "AccessKeyId";
  std::string_view secret_access_key = "SecretAccessKey";
  std::string_view session_token = "SessionToken";
  std::string_view expiration = "Expiration";
};

Error Damaged(std::string message) {
  return Error{ErrorKind::kCorruption, std::move(message)};
}

/// Returns the string member `name`, or an empty string if the member is
/// missing or null. Some programs write null for a value that they do not have.
Result<std::string> Text(const JsonValue& object, std::string_view name) {
  const JsonValue value = object[name];
  if (value.missing()) return std::string();
  const auto text = value.string();
  if (!text) return Damaged(std::string(name) + " is not a string");
  return std::string(*text);
}

/// Unix time in milliseconds or, if that would be before March 1973, in
/// seconds.
std::optional<int64_t> TimeOf(double number) {
  constexpr double kMillisecondsMin = 1e11;
  const double seconds = number < kMillisecondsMin ? number : number / 1000;
  if (!(seconds >= 0 && seconds <= kSecondsMax)) return std::nullopt;
  return static_cast<int64_t>(seconds);
}

/// Parses a time in a form of ParseTime or TimeOf. Scripts also write TimeOf's
/// numbers as strings.
Result<int64_t> Time(const JsonValue& value, std::string_view name) {
  std::optional<int64_t> time;
  if (const auto number = value.number()) time = TimeOf(*number);
  if (const auto text = value.string()) {
    time = ParseTime(*text);
    uint64_t number = 0;
    const char* const end = text->data() + text->size();
    const auto read = std::from_chars(text->data(), end, number);
    if (!time && read.ec == std::errc() && read.ptr == end) {
      time = TimeOf(static_cast<double>(number));
    }
  }
  if (!time) return Damaged(std::string(name) + " is not a time");
  return *time;
}

Result<FetchedCredentials> ReadKeys(const JsonValue& object,
                                    const Names& names) {
  if (!object.is_object()) return Damaged("it holds no credentials");
  FetchedCredentials fetched;
  const std::pair<std::string_view, std::string*> parts[] = {
      {names.access_key_id, &fetched.keys.access_key_id},
      {names.secret_access_key, &fetched.keys.secret_access_key},
      {names.session_token, &fetched.keys.session_token}};
  for (const auto& [name, part] : parts) {
    Result<std::string> text = Text(object, name);
    if (!text.ok()) return std::move(text).error();
    *part = *std::move(text);
  }
  const JsonValue expiration = object[names.expiration];
  const auto text = expiration.string();
  if (!expiration.missing() && !(text && text->empty())) {
    const Result<int64_t> time = Time(expiration, names.expiration);
    if (!time.ok()) return time.error();
    fetched.expires = *time;
  }
  return Checked(std::move(fetched));
}

}  // namespace

Result<FetchedCredentials> ReadMetadataAnswer(std::string* body) {
  JsonParser parser;
  const Result<JsonValue> answer = parser.Parse(body);
  if (!answer.ok()) return answer.error();
  const auto code = (*answer)["Code"].string();
  if (code && *code != "Success") return Damaged("its Code is not Success");
  Names names;
  names.session_token = "Token";
  return ReadKeys(*answer, names);
}

Result<FetchedCredentials> ReadProcessOutput(std::string* output) {
  JsonParser parser;
  const Result<JsonValue> answer = parser.Parse(output);
  if (!answer.ok()) return answer.error();
  if ((*answer)["Version"].number() != 1.0) return Damaged("Version is not 1");
  return ReadKeys(*answer, Names());
}

Result<FetchedCredentials> ReadPortalAnswer(std::string* body) {
  JsonParser parser;
  const Result<JsonValue> answer = parser.Parse(body);
  if (!answer.ok()) return answer.error();
  return ReadKeys(
      (*answer)["roleCredentials"],
      {"accessKeyId", "secretAccessKey", "sessionToken", "expiration"});
}

Result<LoginToken> ReadLoginToken(std::string* file) {
  JsonParser parser;
  const Result<JsonValue> content = parser.Parse(file);
  if (!content.ok()) return content.error();
  Result<std::string> token = Text(*content, "accessToken");
  if (!token.ok()) return std::move(token).error();
  if (token->empty() || !IsHeaderValue(*token)) {
    return Damaged("it has no accessToken that can be sent in a header");
  }
  const Result<int64_t> expires = Time((*content)["expiresAt"], "expiresAt");
  if (!expires.ok()) return expires.error();
  return LoginToken{*std::move(token), *expires};
}

JsonRefusal ReadJsonRefusal(std::string* body) {
  JsonParser parser;
  const Result<JsonValue> answer = parser.Parse(body);
  if (!answer.ok()) return {};
  const auto first = [&answer](std::initializer_list<const char*> names) {
    for (const char* name : names) {
      if (const auto text = (*answer)[name].string()) return std::string(*text);
    }
    return std::string();
  };
  JsonRefusal refusal{first({"__type", "code", "Code"}),
                      first({"message", "Message"})};
  // Remove the namespace, as in
  // "com.amazonaws.switchboard.portal#UnauthorizedException".
  refusal.code.erase(0, refusal.code.rfind('#') + 1);
  return refusal;
}

Result<FetchedCredentials> Checked(FetchedCredentials fetched) {
  const SigningCredentials& keys = fetched.keys;
  if (keys.access_key_id.empty()) return Damaged("it has no access key id");
  if (keys.secret_access_key.empty()) {
    return Damaged("it has no secret access key");
  }
  if (!IsHeaderValue(keys.access_key_id) ||
      !IsHeaderValue(keys.session_token)) {
    return Damaged(
        "its access key id or session token cannot be sent in a header");
  }
  return fetched;
}

bool IsHeaderValue(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return c > ' ' && c <= '~'; });
}

}  // namespace dynamodown
