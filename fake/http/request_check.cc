#include "fake/http/request_check.h"

namespace dynamodown::fake {
namespace {

constexpr size_t kBodyBytesMax = 16 << 20;
constexpr std::string_view kTargetPrefix = "DynamoDB_20120810.";

ErrorAnswer Refused(int status, std::string code, std::string message) {
  return {status, std::move(code), std::move(message), Json::object()};
}

}  // namespace

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
