#include "fake/http/request_check.h"

#include <algorithm>

#include "base/printable.h"

namespace dynamodown::fake {
namespace {

constexpr size_t kBodyBytesMax = 16 << 20;
constexpr std::string_view kTargetPrefix = "DynamoDB_20120810.";

ErrorAnswer Refused(int status, std::string code, std::string message) {
  return {status, std::move(code), std::move(message), Json::object()};
}

/// Returns the number of headers with the name `name`, ignoring case.
size_t CountOf(const HttpRequest& request, std::string_view name) {
  return static_cast<size_t>(std::ranges::count_if(
      request.headers,
      [&](const HttpHeader& header) { return IsNamed(header, name); }));
}

/// Returns the host of "localhost:8000" or "[::1]:8000", or an empty text if
/// `authority` has another form.
std::string_view HostIn(std::string_view authority) {
  const bool v6 = !authority.empty() && authority.front() == '[';
  const size_t end = v6 ? authority.find(']') : authority.find(':');
  if (v6 && end == std::string_view::npos) return {};
  const std::string_view host =
      v6 ? authority.substr(1, end - 1) : authority.substr(0, end);
  const std::string_view rest =
      authority.substr(std::min(v6 ? end + 1 : end, authority.size()));
  const bool is_port =
      rest.empty() ||
      (rest.front() == ':' &&
       rest.find_first_not_of("0123456789", 1) == std::string_view::npos);
  return is_port ? host : std::string_view();
}

bool IsLoopback(std::string_view authority) {
  const std::string_view host = HostIn(authority);
  // "127.0.0.1" and its shorter forms. No name has only digits and dots.
  if (host.substr(0, 4) == "127.") {
    return host.find_first_not_of("0123456789.") == std::string_view::npos;
  }
  // "::1" and its longer forms.
  if (host.size() >= 3 && host.back() == '1' &&
      host.find(':') != std::string_view::npos) {
    return host.find_first_not_of("0:") == host.size() - 1;
  }
  std::string name(host);
  for (char& c : name) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
  // RFC 6761, section 6.3: a name below "localhost" is this machine, too.
  return name == "localhost" || name == "localhost." ||
         name.ends_with(".localhost");
}

}  // namespace

std::optional<ErrorAnswer> CheckHead(const HttpRequest& head, bool is_large,
                                     const Signatures& signatures,
                                     int64_t signature_now, int64_t now) {
  const std::string_view host = HeaderOf(head, "Host");
  const size_t hosts = CountOf(head, "Host");
  // A call within the process may have a URL instead of the header.
  const bool in_url = hosts == 0 && !HostOfUrl(head.url).empty();
  if (!in_url && (hosts != 1 || !IsLoopback(host))) {
    return Refused(421, "MisdirectedRequestException",
                   "This server serves only this machine: the Host header must "
                   "be localhost, 127.0.0.1 or [::1], with any port, but it "
                   "is " +
                       (hosts > 1 ? "there twice" : Printable(host)));
  }
  if (!is_large) return std::nullopt;
  auto refusal = signatures.CheckHead(head, signature_now, now);
  if (!refusal.has_value()) return std::nullopt;
  return Refused(400, std::move(refusal->code), std::move(refusal->message));
}

std::optional<ErrorAnswer> CheckRequest(const HttpRequest& request,
                                        const Signatures& signatures,
                                        int64_t signature_now, int64_t now) {
  const size_t host = request.url.find("://");
  const size_t path = host == std::string_view::npos
                          ? std::string_view::npos
                          : request.url.find('/', host + 3);
  if (request.method != "POST" || host == std::string_view::npos ||
      (path != std::string_view::npos && request.url.substr(path) != "/")) {
    return Refused(404, "UnknownOperationException", "Only POST / is served");
  }
  if (HeaderOf(request, "Content-Type") != kJsonContentType ||
      HeaderOf(request, "X-Amz-Target").rfind(kTargetPrefix, 0) != 0) {
    return Refused(400, "UnknownOperationException",
                   "No such Content-Type or X-Amz-Target");
  }
  if (request.body.size() > kBodyBytesMax) {
    return Refused(413, "RequestEntityTooLarge", "More than 16 MB");
  }
  auto refusal = signatures.Check(request, signature_now, now);
  if (!refusal.has_value()) return std::nullopt;
  return Refused(400, std::move(refusal->code), std::move(refusal->message));
}

std::string OperationOf(const HttpRequest& request) {
  std::string_view target = HeaderOf(request, "X-Amz-Target");
  if (target.rfind(kTargetPrefix, 0) == 0) {
    target.remove_prefix(kTargetPrefix.size());
  }
  return std::string(target);
}

StoredRequest::StoredRequest(const HttpRequest& request)
    : method_(request.method), url_(request.url), body_(request.body) {
  for (const HttpHeader& header : request.headers) {
    headers_.emplace_back(header.name, header.value);
  }
}

HttpRequest StoredRequest::View() const {
  HttpRequest request{method_, url_, {}, body_};
  for (const auto& [name, value] : headers_) {
    request.headers.push_back({name, value});
  }
  return request;
}

}  // namespace dynamodown::fake
