// The canonical request, whose hash is signed:
//
//     method \n path \n query \n (name:value \n)* \n name;name... \n hash(body)
//
// Headers and query parameters are sorted by name. The path, which is sent
// percent-encoded, is percent-encoded a second time.

#include "aws/sigv4.h"

#include <algorithm>

namespace dynamodown {
namespace {

void AppendEncoded(std::string_view text, bool keep_slash, std::string* out) {
  static constexpr char kHex[] = "0123456789ABCDEF";
  for (const char c : text) {
    const unsigned char byte = static_cast<unsigned char>(c);
    if ((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
        (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' ||
        c == '~' || (c == '/' && keep_slash)) {
      out->push_back(c);
    } else {
      out->push_back('%');
      out->push_back(kHex[byte >> 4]);
      out->push_back(kHex[byte & 15]);
    }
  }
}

void AppendQuery(const SignableRequest& request, std::string* out) {
  std::vector<std::pair<std::string, std::string>> encoded;
  for (const auto& [name, value] : request.query) {
    auto& pair = encoded.emplace_back();
    AppendEncoded(name, false, &pair.first);
    AppendEncoded(value, false, &pair.second);
  }
  std::sort(encoded.begin(), encoded.end());
  for (size_t i = 0; i < encoded.size(); ++i) {
    if (i > 0) out->push_back('&');
    out->append(encoded[i].first).append("=").append(encoded[i].second);
  }
}

void AppendFolded(std::string_view value, std::string* out) {
  bool space = false;
  const size_t start = out->size();
  for (const char c : value) {
    if (c == ' ' || c == '\t') {
      space = true;
      continue;
    }
    if (space && out->size() > start) out->push_back(' ');
    space = false;
    out->push_back(c);
  }
}

}  // namespace

void AppendPercentEncoded(std::string_view text, std::string* out) {
  AppendEncoded(text, false, out);
}

Signer::Signer(std::string region, std::string service)
    : region_(std::move(region)), service_(std::move(service)) {}

std::string Signer::Sign(
    const SignableRequest& request,
    const std::shared_ptr<const SigningCredentials>& credentials,
    std::string_view time) {
  const std::string_view date = time.substr(0, 8);

  auto headers = request.headers;
  std::sort(headers.begin(), headers.end());
  std::string signed_headers;
  for (const auto& [name, value] : headers) {
    if (!signed_headers.empty()) signed_headers.push_back(';');
    signed_headers.append(name);
  }

  std::string canonical;
  canonical.reserve(1024);
  canonical.append(request.method).push_back('\n');
  AppendEncoded(request.path.empty() ? "/" : request.path, true, &canonical);
  canonical.push_back('\n');
  AppendQuery(request, &canonical);
  canonical.push_back('\n');
  for (const auto& [name, value] : headers) {
    canonical.append(name).push_back(':');
    AppendFolded(value, &canonical);
    canonical.push_back('\n');
  }
  canonical.append("\n").append(signed_headers).append("\n");
  AppendHex(AsBytes(Sha256(request.body)), &canonical);

  std::string scope(date);
  scope.append("/").append(region_).append("/").append(service_);
  scope.append("/aws4_request");

  std::string to_sign = "AWS4-HMAC-SHA256\n";
  to_sign.append(time).append("\n").append(scope).append("\n");
  AppendHex(AsBytes(Sha256(canonical)), &to_sign);

  const Sha256Digest key = SigningKey(credentials, date);
  std::string authorization = "AWS4-HMAC-SHA256 Credential=";
  authorization.append(credentials->access_key_id).append("/").append(scope);
  authorization.append(", SignedHeaders=").append(signed_headers);
  authorization.append(", Signature=");
  AppendHex(AsBytes(HmacSha256(AsBytes(key), to_sign)), &authorization);
  return authorization;
}

Sha256Digest Signer::SigningKey(
    const std::shared_ptr<const SigningCredentials>& credentials,
    std::string_view date) {
  std::lock_guard<std::mutex> lock(mutex_);
  if (credentials_ != credentials || date_ != date) {
    Sha256Digest key =
        HmacSha256("AWS4" + credentials->secret_access_key, date);
    key = HmacSha256(AsBytes(key), region_);
    key = HmacSha256(AsBytes(key), service_);
    key_ = HmacSha256(AsBytes(key), "aws4_request");
    credentials_ = credentials;
    date_ = date;
  }
  return key_;
}

}  // namespace dynamodown
