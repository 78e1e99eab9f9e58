#include "db/forgotten_scheme.h"

#include <filesystem>
#include <system_error>
#include <utility>

#include "base/printable.h"

namespace dynamodown {
namespace {

constexpr size_t kShownBytesMax = 1000;

bool IsDirectory(const OpenEnvironment& environment, const std::string& path) {
  if (environment.is_directory) return environment.is_directory(path);
  std::error_code none;
  return std::filesystem::is_directory(path, none);
}

/// Whether the location may be a path. Messages about a path that begins with
/// '/', '.' or '~' give the right location already. Before an '@' there may be
/// a secret.
bool MayBePath(const std::string& location) {
  return location.find_first_not_of("/.~") == 0 &&
         location.find('@') == std::string::npos &&
         location.find("://") == std::string::npos &&
         !location.starts_with("leveldb:") && !location.starts_with("arn:");
}

}  // namespace

std::string ForgottenScheme(const OpenEnvironment& environment,
                            const std::string& location) {
  if (!MayBePath(location) || !IsDirectory(environment, location)) return "";
  return "there is a directory " + Printable(location, kShownBytesMax) +
         "; did you mean " + Printable("leveldb:" + location, kShownBytesMax) +
         "?";
}

Error WithForgottenScheme(const OpenEnvironment& environment,
                          const std::string& location, Error error) {
  const std::string hint = ForgottenScheme(environment, location);
  if (!hint.empty()) error.Append("; " + hint);
  return error;
}

}  // namespace dynamodown
