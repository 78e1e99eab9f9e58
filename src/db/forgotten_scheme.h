// Recognizes the path of a directory in the place of a location, as LevelDB's
// own Open takes it.

#ifndef DYNAMODOWN_DB_FORGOTTEN_SCHEME_H_
#define DYNAMODOWN_DB_FORGOTTEN_SCHEME_H_

#include <string>

#include "base/result.h"
#include "db/open_environment.h"

namespace dynamodown {

/// If `location` means a table, but is also the path of a directory, returns
/// "there is a directory X; did you mean leveldb:X?". Otherwise returns an
/// empty text. A location "dynamodb://..." or an ARN is no path.
std::string ForgottenScheme(const OpenEnvironment& environment,
                            const std::string& location);

/// Returns `error`, to which the text of ForgottenScheme is appended, if there
/// is any.
Error WithForgottenScheme(const OpenEnvironment& environment,
                          const std::string& location, Error error);

}  // namespace dynamodown

#endif  // DYNAMODOWN_DB_FORGOTTEN_SCHEME_H_
