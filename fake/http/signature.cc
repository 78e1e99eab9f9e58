// The arithmetic is the client's own (aws/sigv4.h), whose tests compare it with
// AWS's published examples and its SDK. The checks, and how they refuse, are
// written independently.

#include "fake/http/signature.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "aws/sigv4.h"
#include "base/clock.h"
#include "base/crypto.h"

namespace dynamodown::fake {
namespace {

constexpr std::string_view kAlgorithm = "AWS4-HMAC-SHA256";
constexpr std::string_view kTerminator = "aws4_request";
/// Signers cached for an account. Clients choose the region, so it is bounded.
constexpr size_t kSignersMax = 16;

char Lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

std::string Lower(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](char c) { return Lower(c); });
  return lower;
}

std::vector<std::string> Split(std::string_view text, char between) {
  std::vector<std::string> parts(1);
  for (const char c : text) {
    if (c == between) {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  return parts;
}

/// Days from 1970-01-01 to a date in the proleptic Gregorian calendar, by
/// Howard Hinnant's "chrono-compatible low-level date algorithms".
int64_t DaysSince1970(int64_t year, int64_t month, int64_t day) {
  year -= month <= 2;
  const int64_t era = (year >= 0 ? year : year - 399) / 400;
  const int64_t year_of_era = year - era * 400;
  const int64_t day_of_year =
      (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  const int64_t day_of_era =
      year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * 146097 + day_of_era - 719468;
}

/// The parts of an Authorization header; missing ones are empty.
struct Authorization {
  bool is_sigv4 = false;
  std::string credential;
  std::string signed_headers;
  std::string signature;
};

Authorization ParseAuthorization(std::string_view text) {
  Authorization parsed;
  if (text.substr(0, kAlgorithm.size()) != kAlgorithm) return parsed;
  parsed.is_sigv4 = true;
  for (const std::string& part : Split(text.substr(kAlgorithm.size()), ',')) {
    const size_t begin = part.find_first_not_of(' ');
    const size_t equals = part.find('=');
    if (begin == std::string::npos || equals == std::string::npos) continue;
    const std::string name = part.substr(begin, equals - begin);
    const std::string value = part.substr(equals + 1);
    if (name == "Credential") parsed.credential = value;
    if (name == "SignedHeaders") parsed.signed_headers = value;
    if (name == "Signature") parsed.signature = value;
  }
  return parsed;
}

std::string_view SignedValue(const HttpRequest& request,
                             std::string_view name) {
  const std::string_view value = HeaderOf(request, name);
  return value.empty() && name == "host" ? HostOfUrl(request.url) : value;
}

/// Compares in constant time, so that timing reveals nothing.
bool Same(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  int differ = 0;
  for (size_t i = 0; i < a.size(); ++i) differ |= a[i] ^ b[i];
  return differ == 0;
}

SignatureRefusal Invalid(std::string message) {
  return {"InvalidSignatureException", std::move(message)};
}

SignatureRefusal Unrecognized() {
  return {"UnrecognizedClientException",
          "The security token included in the request is invalid."};
}

/// Refuses an Authorization header that lacks a part. Without `verifies`,
/// signature and signed headers may be missing.
std::optional<SignatureRefusal> CheckComplete(
    std::string_view header, const Authorization& authorization, bool has_date,
    bool verifies) {
  std::string missing;
  const auto require = [&missing](bool there, const char* what) {
    if (there) return;
    missing += std::string(missing.empty() ? "" : " ") +
               "Authorization header requires " + what;
  };
  require(!authorization.credential.empty(), "'Credential' parameter.");
  require(!verifies || !authorization.signature.empty(),
          "'Signature' parameter.");
  require(!verifies || !authorization.signed_headers.empty(),
          "'SignedHeaders' parameter.");
  require(has_date, "existence of either a 'X-Amz-Date' or a 'Date' header.");
  if (authorization.is_sigv4 && missing.empty()) return std::nullopt;
  std::string digest;
  AppendBase64(AsBytes(Sha256(header)), &digest);
  return SignatureRefusal{"IncompleteSignatureException",
                          missing +
                              " (Hashed with SHA-256 and encoded with Base64) "
                              "Authorization=" +
                              digest};
}

std::optional<SignatureRefusal> CheckTime(std::string_view date,
                                          int64_t signed_at, int64_t now) {
  if (std::llabs(now - signed_at) <= kSignatureSeconds) return std::nullopt;
  const bool early = signed_at > now;
  return Invalid(std::string(early ? "Signature not yet current: "
                                   : "Signature expired: ") +
                 std::string(date) +
                 (early ? " is still later than " : " is now earlier than ") +
                 FormatBasicTime(now + (early ? 1 : -1) * kSignatureSeconds) +
                 " (" + FormatBasicTime(now) +
                 (early ? " + 5 min.)" : " - 5 min.)"));
}

/// The scope is KEY/DATE/REGION/SERVICE/aws4_request.
std::optional<SignatureRefusal> CheckScope(
    const std::vector<std::string>& scope, std::string_view date,
    const std::string& region, const std::string& service) {
  if (scope.size() != 5) {
    return SignatureRefusal{
        "IncompleteSignatureException",
        "Credential must have exactly 5 slash-delimited elements, e.g. "
        "keyid/date/region/service/term"};
  }
  if (scope[2].empty() || (!region.empty() && scope[2] != region)) {
    return Invalid("Credential should be scoped to a valid region.");
  }
  if (scope[3] != service) {
    return Invalid("Credential should be scoped to correct service: '" +
                   service + "'.");
  }
  if (scope[4] != kTerminator) {
    return Invalid("Credential should be scoped with a valid terminator: '" +
                   std::string(kTerminator) + "'.");
  }
  if (scope[1] != date.substr(0, 8)) {
    return Invalid(
        "Date in Credential scope does not match YYYYMMDD from ISO-8601 "
        "version of date from HTTP: '" +
        scope[1] + "' != '" + std::string(date.substr(0, 8)) + "', from '" +
        std::string(date) + "'.");
  }
  return std::nullopt;
}

/// Headers that influence what the request does must be signed.
std::optional<SignatureRefusal> CheckSignedHeaders(
    const HttpRequest& request, const std::vector<std::string>& names) {
  const auto is_signed = [&](std::string_view name) {
    return std::find(names.begin(), names.end(), name) != names.end();
  };
  if (!is_signed("host")) {
    return Invalid(
        "'Host' or ':authority' must be a 'SignedHeader' in the AWS "
        "Authorization.");
  }
  for (const HttpHeader& header : request.headers) {
    const std::string name = Lower(header.name);
    if (name.rfind("x-amz-", 0) == 0 && !is_signed(name)) {
      return Invalid("'" + name +
                     "' must be a 'SignedHeader' in the AWS Authorization.");
    }
  }
  return std::nullopt;
}

SignableRequest SignableOf(const HttpRequest& request,
                           const std::vector<std::string>& signed_headers) {
  SignableRequest signable;
  signable.method = request.method;
  signable.path = "/";
  signable.body = request.body;
  for (const std::string& name : signed_headers) {
    signable.headers.emplace_back(name, SignedValue(request, name));
  }
  return signable;
}

}  // namespace

std::string_view HostOfUrl(std::string_view url) {
  const size_t scheme_end = url.find("://");
  if (scheme_end == std::string_view::npos) return {};
  const std::string_view own_port =
      url.substr(0, scheme_end) == "https" ? ":443" : ":80";
  url.remove_prefix(scheme_end + 3);
  std::string_view host = url.substr(0, url.find('/'));
  if (host.size() > own_port.size() &&
      host.substr(host.size() - own_port.size()) == own_port) {
    host.remove_suffix(own_port.size());
  }
  return host;
}

bool IsNamed(const HttpHeader& header, std::string_view name) {
  return std::ranges::equal(
      header.name, name, [](char a, char b) { return Lower(a) == Lower(b); });
}

std::string_view HeaderOf(const HttpRequest& request, std::string_view name) {
  for (const HttpHeader& header : request.headers) {
    if (IsNamed(header, name)) return header.value;
  }
  return {};
}

int64_t ParseBasicTime(std::string_view text) {
  if (text.size() != 16 || text[8] != 'T' || text[15] != 'Z') return -1;
  for (size_t i = 0; i < 15; ++i) {
    if (i != 8 && (text[i] < '0' || text[i] > '9')) return -1;
  }
  const auto number = [&](size_t at, size_t n) {
    return std::strtoll(std::string(text.substr(at, n)).c_str(), nullptr, 10);
  };
  return DaysSince1970(number(0, 4), number(4, 2), number(6, 2)) * 86400 +
         number(9, 2) * 3600 + number(11, 2) * 60 + number(13, 2);
}

std::string AccessKeyIdOf(const HttpRequest& request) {
  const std::string credential =
      ParseAuthorization(HeaderOf(request, "authorization")).credential;
  return credential.substr(0, credential.find('/'));
}

struct Signatures::Known {
  Known(std::shared_ptr<const SigningCredentials> signs, int64_t ends)
      : credentials(std::move(signs)), expires(ends) {}

  const std::shared_ptr<const SigningCredentials> credentials;
  int64_t expires;
  std::map<std::string, std::shared_ptr<Signer>> signers;  // By region.
};

Signatures::Signatures(std::string service, std::string region,
                       std::vector<Account> accounts)
    : service_(std::move(service)), region_(std::move(region)) {
  for (Account& account : accounts) Add(std::move(account));
}

Signatures::~Signatures() = default;

void Signatures::Add(Account account) {
  const std::string id = account.access_key_id;
  const auto credentials = std::make_shared<const SigningCredentials>(
      SigningCredentials{std::move(account.access_key_id),
                         std::move(account.secret_access_key),
                         std::move(account.session_token)});
  std::lock_guard<std::mutex> lock(mutex_);
  accounts_[id] = std::make_shared<Known>(credentials, account.expires);
}

/// The credentials and the signer for one request.
struct Signatures::Verifier {
  std::shared_ptr<const SigningCredentials> credentials;
  std::shared_ptr<Signer> signer;
  int64_t expires = 0;
};

/// Returns nothing if the access key is not known.
std::optional<Signatures::Verifier> Signatures::FindVerifier(
    const std::string& access_key_id, const std::string& region) const {
  std::lock_guard<std::mutex> lock(mutex_);
  const auto found = accounts_.find(access_key_id);
  if (found == accounts_.end()) return std::nullopt;
  Known& known = *found->second;
  if (known.signers.size() >= kSignersMax) known.signers.clear();
  std::shared_ptr<Signer>& kept = known.signers[region];
  if (kept == nullptr) kept = std::make_shared<Signer>(region, service_);
  return Verifier{known.credentials, kept, known.expires};
}

/// `*verifier` stays empty if signatures are not verified.
std::optional<SignatureRefusal> Signatures::CheckHead(
    const HttpRequest& head, int64_t signature_now, int64_t now,
    std::optional<Verifier>* verifier) const {
  const std::string_view header = HeaderOf(head, "authorization");
  if (header.empty()) {
    return SignatureRefusal{"MissingAuthenticationTokenException",
                            "Request is missing Authentication Token"};
  }
  bool verifies;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    verifies = !accounts_.empty();
  }
  const Authorization authorization = ParseAuthorization(header);
  const std::string_view date = HeaderOf(head, "x-amz-date");
  const int64_t signed_at = ParseBasicTime(date);
  if (auto refusal =
          CheckComplete(header, authorization, signed_at >= 0, verifies)) {
    return refusal;
  }
  if (auto refusal = CheckTime(date, signed_at, signature_now)) return refusal;
  if (!verifies) return std::nullopt;

  const std::vector<std::string> scope = Split(authorization.credential, '/');
  if (auto refusal = CheckScope(scope, date, region_, service_)) {
    return refusal;
  }
  std::optional<Verifier> found = FindVerifier(scope[0], scope[2]);
  if (!found.has_value() || HeaderOf(head, "x-amz-security-token") !=
                                found->credentials->session_token) {
    return Unrecognized();
  }
  if (found->expires <= now) {
    return SignatureRefusal{
        "ExpiredTokenException",
        "The security token included in the request is expired"};
  }
  *verifier = std::move(found);
  return CheckSignedHeaders(head, Split(authorization.signed_headers, ';'));
}

std::optional<SignatureRefusal> Signatures::CheckHead(const HttpRequest& head,
                                                      int64_t signature_now,
                                                      int64_t now) const {
  std::optional<Verifier> verifier;
  return CheckHead(head, signature_now, now, &verifier);
}

std::optional<SignatureRefusal> Signatures::Check(const HttpRequest& request,
                                                  int64_t signature_now,
                                                  int64_t now) const {
  std::optional<Verifier> verifier;
  if (auto refusal = CheckHead(request, signature_now, now, &verifier)) {
    return refusal;
  }
  if (!verifier.has_value()) return std::nullopt;
  const Authorization authorization =
      ParseAuthorization(HeaderOf(request, "authorization"));
  const std::string expected = verifier->signer->Sign(
      SignableOf(request, Split(authorization.signed_headers, ';')),
      verifier->credentials, HeaderOf(request, "x-amz-date"));
  if (Same(expected.substr(expected.rfind('=') + 1), authorization.signature)) {
    return std::nullopt;
  }
  return Invalid(
      "The request signature we calculated does not match the signature you "
      "provided. Check your AWS Secret Access Key and signing method. "
      "Consult the service documentation for details.");
}

void Signatures::Expire(const HttpRequest& request, int64_t now) {
  const std::string id = AccessKeyIdOf(request);
  std::lock_guard<std::mutex> lock(mutex_);
  const auto found = accounts_.find(id);
  if (found == accounts_.end() ||
      found->second->credentials->session_token.empty()) {
    return;
  }
  found->second->expires = std::min(found->second->expires, now);
}

}  // namespace dynamodown::fake
