// Parses any bytes as the answer of each source of credentials. The result is
// an error, or whole keys that can be sent.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>

#include "aws/answers.h"
#include "aws/ask.h"
#include "aws/sts.h"

namespace dynamodown {
namespace {

void Check(const Result<FetchedCredentials>& fetched) {
  if (!fetched.ok()) {
    if (fetched.error().message.empty()) abort();
    return;
  }
  const SigningCredentials& keys = fetched->keys;
  if (keys.access_key_id.empty() || keys.secret_access_key.empty()) abort();
  if (!IsHeaderValue(keys.access_key_id) ||
      !IsHeaderValue(keys.session_token)) {
    abort();
  }
}

void CheckRefusal(const std::string& code, const std::string& message) {
  constexpr char kSecret[] = "secret-of-16-bytes";
  HttpResponse response;
  response.status = 400;
  const ServiceError error =
      RefusalOf(response, code, message, {kSecret, "secret"});
  if (error.message.empty() || error.message.size() > 700) abort();
  for (const char c : error.message) {
    if (c < ' ' || c > '~') abort();
  }
  if (error.message.find(kSecret) != std::string::npos) abort();
}

void CheckUrl(const std::string& text) {
  const std::optional<Url> url = ReadUrl(text);
  if (!url) return;
  if (url->host.empty() || url->path.empty() || url->path[0] != '/') abort();
  if (url->authority.find_first_of("@/?#\\ ") != std::string::npos) abort();
  // A second reading gives the same result.
  const std::optional<Url> again = ReadUrl(url->origin() + url->path);
  if (!again || again->host != url->host || again->path != url->path) abort();
}

void Read(uint8_t choice, std::string text) {
  switch (choice % 8) {
    case 0:
      return Check(ReadStsAnswer("AssumeRole", text));
    case 1:
      return Check(ReadStsAnswer("AssumeRoleWithWebIdentity", text));
    case 2:
      return Check(ReadMetadataAnswer(&text));
    case 3:
      return Check(ReadProcessOutput(&text));
    case 4:
      return Check(ReadPortalAnswer(&text));
    case 5: {
      const Result<LoginToken> token = ReadLoginToken(&text);
      if (token.ok() && (token->access_token.empty() ||
                         !IsHeaderValue(token->access_token))) {
        abort();
      }
      return;
    }
    case 6: {
      const StsRefusal sts = ReadStsRefusal(text);
      CheckRefusal(sts.code, sts.message);
      const JsonRefusal json = ReadJsonRefusal(&text);
      return CheckRefusal(json.code, json.message);
    }
    default:
      return CheckUrl(text);
  }
}

}  // namespace
}  // namespace dynamodown

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  dynamodown::Read(
      data[0], std::string(reinterpret_cast<const char*>(data) + 1, size - 1));
  return 0;
}
