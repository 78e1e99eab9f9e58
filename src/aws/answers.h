// Parses credentials that services and programs return as JSON.
//
// The JSON texts come from other programs and hold secrets. Errors say what is
// wrong, and never quote a text. A function that takes a text by pointer parses
// it with JsonParser::Parse, which may change the text's capacity. The error of
// a Result is always kCorruption.
//
// A time is a text that ParseTime (base/clock.h) reads, or Unix time in seconds
// or milliseconds, as a number or a string of digits. An Expiration in the past
// is no error: the service decides whether it still accepts the credentials.

#ifndef DYNAMODOWN_AWS_ANSWERS_H_
#define DYNAMODOWN_AWS_ANSWERS_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "aws/refreshing.h"
#include "base/result.h"

namespace dynamodown {

/// Parses the answer of a container's agent or of instance metadata:
///     {"AccessKeyId", "SecretAccessKey", "Token", "Expiration"}
/// Instance metadata also sends "Code". If "Code" is present, it must be
/// "Success". Token and Expiration are optional. An empty Expiration counts as
/// none.
Result<FetchedCredentials> ReadMetadataAnswer(std::string* body);

/// Parses the output of a credential_process: {"Version": 1, "AccessKeyId",
/// "SecretAccessKey", "SessionToken", "Expiration"}. SessionToken and
/// Expiration are optional.
Result<FetchedCredentials> ReadProcessOutput(std::string* output);

/// Parses the answer of the portal of IAM Identity Center: {"roleCredentials":
/// {"accessKeyId", "secretAccessKey", "sessionToken", "expiration"}}.
Result<FetchedCredentials> ReadPortalAnswer(std::string* body);

/// The content of the file that `aws sso login` writes: {"accessToken",
/// "expiresAt"}.
struct LoginToken {
  std::string access_token;
  int64_t expires = 0;  ///< Unix seconds.
};
Result<LoginToken> ReadLoginToken(std::string* file);

/// The code and the message of an error that a service sends as JSON. The code
/// is the member "__type", "code" or "Code", without its namespace. The message
/// is the member "message" or "Message". A missing code or message is empty.
struct JsonRefusal {
  std::string code;
  std::string message;
};
JsonRefusal ReadJsonRefusal(std::string* body);

/// Returns `fetched` if it has an access key id and a secret access key, and if
/// the id and the session token can be sent in a header.
Result<FetchedCredentials> Checked(FetchedCredentials fetched);

/// Returns true if `text` can be a header's value: visible ASCII.
bool IsHeaderValue(std::string_view text);

}  // namespace dynamodown

#endif  // DYNAMODOWN_AWS_ANSWERS_H_
