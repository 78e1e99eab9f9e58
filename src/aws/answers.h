// Reads the credentials that services and programs answer with as JSON.
//
// These are foreign bytes that hold secrets: an error says what is wrong with
// them and never quotes them.

#ifndef DYNAMODOWN_AWS_ANSWERS_H_
#define DYNAMODOWN_AWS_ANSWERS_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "aws/refreshing.h"
#include "base/result.h"

namespace dynamodown {

/// Of a container's agent and of instance metadata:
///     {"AccessKeyId", "SecretAccessKey", "Token", "Expiration"}
/// with "Code", which instance metadata sends and which is then "Success".
/// Here as below `*body` is read as JsonParser::Parse does, and the
/// **Errors** are of kCorruption.
Result<FetchedCredentials> ReadMetadataAnswer(std::string* body);

/// Of a credential_process: {"Version": 1, "AccessKeyId", "SecretAccessKey",
/// "SessionToken", "Expiration"}; the last two may be missing.
Result<FetchedCredentials> ReadProcessOutput(std::string* output);

/// Of the portal of IAM Identity Center: {"roleCredentials": {"accessKeyId",
/// "secretAccessKey", "sessionToken", "expiration": milliseconds}}.
Result<FetchedCredentials> ReadPortalAnswer(std::string* body);

/// What `aws sso login` leaves in a file: {"accessToken", "expiresAt"}.
struct LoginToken {
  std::string access_token;
  int64_t expires = 0;  ///< Unix seconds.
};
Result<LoginToken> ReadLoginToken(std::string* file);

/// A JSON error's code and message, of "__type" or "code" and of "message";
/// both empty when there are none.
struct JsonRefusal {
  std::string code;
  std::string message;
};
JsonRefusal ReadJsonRefusal(std::string* body);

/// Keys as they are, if they are both there and can be sent in a header.
Result<FetchedCredentials> Checked(FetchedCredentials fetched);

/// Whether `text` can be a header's value: visible ASCII.
bool IsHeaderValue(std::string_view text);

}  // namespace dynamodown

#endif  // DYNAMODOWN_AWS_ANSWERS_H_
