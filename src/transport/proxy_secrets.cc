#include "transport/proxy_secrets.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "base/crypto.h"

namespace dynamodown {
namespace {

std::string WithoutPercentEncoding(std::string_view text) {
  std::string decoded;
  for (size_t i = 0; i < text.size(); ++i) {
    unsigned byte = 0;
    const char* const digits = text.data() + i + 1;
    if (text[i] == '%' && i + 2 < text.size() &&
        std::from_chars(digits, digits + 2, byte, 16).ptr == digits + 2) {
      decoded.push_back(static_cast<char>(byte));
      i += 2;
    } else {
      decoded.push_back(text[i]);
    }
  }
  return decoded;
}

void AppendForms(const std::string& user, const std::string& password,
                 std::vector<std::string>* secrets) {
  const std::string both = user + ":" + password;
  std::string base64;
  AppendBase64(both, &base64);
  secrets->push_back(base64);
  secrets->push_back(both);
  secrets->push_back(password.empty() ? user : password);
}

}  // namespace

void AppendProxySecrets(std::string_view url,
                        std::vector<std::string>* secrets) {
  const size_t scheme_end = url.find("://");
  if (scheme_end != std::string_view::npos) url.remove_prefix(scheme_end + 3);
  url = url.substr(0, url.find_first_of("/?#"));
  // Which "@" ends the password depends on libcurl's version.
  for (size_t end = 0; (end = url.find('@', end)) != std::string_view::npos;
       ++end) {
    const std::string_view login = url.substr(0, end);
    const size_t colon = std::min(login.find(':'), login.size());
    const std::string user(login.substr(0, colon));
    const std::string password(login.substr(std::min(colon + 1, login.size())));
    AppendForms(user, password, secrets);
    AppendForms(WithoutPercentEncoding(user), WithoutPercentEncoding(password),
                secrets);
  }
}

std::vector<std::string> ProxySecretsOf(const EnvironmentVariables& variables) {
  std::vector<std::string> secrets;
  // libcurl's names (curl.se, "Environment variables").
  for (const char* name :
       {"http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"}) {
    const std::optional<std::string> url = variables(name);
    if (url) AppendProxySecrets(*url, &secrets);
  }
  return secrets;
}

}  // namespace dynamodown
