#include "parse/location.h"

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <string_view>
#include <system_error>

namespace cli {
namespace {

constexpr std::string_view kEmbedded = "leveldb:";
constexpr std::string_view kUrl = "dynamodb://";
constexpr std::string_view kArn = "arn:";

}  // namespace

bool IsEmbedded(const std::string& location) {
  return location.starts_with(kEmbedded);
}

std::string EmbeddedAt(const std::string& path) {
  return std::string(kEmbedded) + path;
}

std::string PathOf(const std::string& location) {
  return IsEmbedded(location) ? location.substr(kEmbedded.size()) : location;
}

std::string CanonicalLocation(const std::string& location) {
  if (!IsEmbedded(location)) return location;
  std::error_code error;
  std::filesystem::path whole =
      std::filesystem::weakly_canonical(
          std::filesystem::absolute(PathOf(location), error), error)
          .lexically_normal();
  if (error) return location;
  // "stores/kim/" and "stores/kim" are the same directory.
  return EmbeddedAt(whole.has_filename() ? whole : whole.parent_path());
}

std::string TableOf(const std::string& location) {
  // Before an '@' there may be a secret. The library refuses such a location.
  if (location.find('@') != location.npos) return location;
  if (IsEmbedded(location)) return location;
  const bool is_url = location.starts_with(kUrl);
  size_t begin = is_url ? kUrl.size() : 0;
  // The '/' of "arn:...:table/TABLE" is no hash key's.
  if (std::string_view(location).substr(begin).starts_with(kArn)) {
    begin = std::min(location.find('/', begin), location.size() - 1) + 1;
  }
  const size_t slash = location.find('/', begin);
  const size_t settings = is_url ? location.find('?', begin) : location.npos;
  if (slash >= settings) return location;
  return location.substr(0, slash) +
         (settings == location.npos ? "" : location.substr(settings));
}

bool NamesOnlyTable(const std::string& location) {
  return !IsEmbedded(location) && TableOf(location) == location;
}

}  // namespace cli
