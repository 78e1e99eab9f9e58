#include "fake/http/http_answer.h"

#include <cstdio>
#include <cstdlib>
#include <utility>

#include "base/clock.h"
#include "base/crypto.h"

namespace dynamodown::fake {
namespace {

/// "Sun, 06 Nov 1994 08:49:37 GMT".
std::string HttpDate(int64_t unix_seconds) {
  static const char* const kDays[] = {"Thu", "Fri", "Sat", "Sun",
                                      "Mon", "Tue", "Wed"};
  static const char* const kMonths[] = {"Jan", "Feb", "Mar", "Apr",
                                        "May", "Jun", "Jul", "Aug",
                                        "Sep", "Oct", "Nov", "Dec"};
  const std::string text = FormatBasicTime(unix_seconds);
  const size_t month =
      static_cast<size_t>(std::atoi(text.substr(4, 2).c_str())) - 1;
  const int64_t day = (unix_seconds / 86400 % 7 + 7) % 7;
  return std::string(kDays[day]) + ", " + text.substr(6, 2) + " " +
         kMonths[month] + " " + text.substr(0, 4) + " " + text.substr(9, 2) +
         ":" + text.substr(11, 2) + ":" + text.substr(13, 2) + " GMT";
}

/// Prefixes an error code with the namespace that DynamoDB uses for it.
std::string QualifiedCode(const std::string& code) {
  if (code == "ValidationException") {
    return "com.amazon.coral.validate#" + code;
  }
  for (const char* common :
       {"SerializationException", "UnknownOperationException",
        "MissingAuthenticationTokenException", "InvalidSignatureException",
        "IncompleteSignatureException", "UnrecognizedClientException",
        "AccessDeniedException", "ThrottlingException"}) {
    if (code == common) return "com.amazon.coral.service#" + code;
  }
  return "com.amazonaws.dynamodb.v20120810#" + code;
}

}  // namespace

std::string ErrorAnswer::Body() const {
  if (!is_from_service()) return message;
  Json body = more;
  body["__type"] = QualifiedCode(code);
  body[code == "TransactionCanceledException" ? "Message" : "message"] =
      message;
  return body.dump();
}

HttpResponse MakeAnswer(int status, std::string body, bool from_service,
                        int64_t unix_seconds, uint64_t number) {
  HttpResponse response;
  response.status = status;
  response.headers =
      "Server: Server\r\nDate: " + HttpDate(unix_seconds) +
      "\r\nContent-Type: " +
      std::string(from_service ? kJsonContentType : "text/html") +
      "\r\nContent-Length: " + std::to_string(body.size()) +
      "\r\nConnection: keep-alive\r\n";
  if (from_service) {
    char id[53];
    std::snprintf(id, sizeof(id), "%052llu",
                  static_cast<unsigned long long>(number));
    response.headers += std::string("x-amzn-RequestId: ") + id +
                        "\r\nx-amz-crc32: " + std::to_string(Crc32(body)) +
                        "\r\n";
  }
  response.body = std::move(body);
  return response;
}

}  // namespace dynamodown::fake
