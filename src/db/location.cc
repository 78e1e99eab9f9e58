// Grammar:
//
//     location  = "leveldb:" path
//               | "dynamodb://" table [ "/" hash ] [ "?" setting *( "&" setting
//               ) ] | table [ "/" hash ]
//     setting   = ( "region" | "endpoint" ) "=" value
//
// Behind "dynamodb://" the table, the hash and values are percent-encoded;
// elsewhere every byte stands for itself. Only the first "/" separates.

#include "db/location.h"

#include <algorithm>
#include <string_view>

#include "store/item_codec.h"

namespace dynamodown {
namespace {

constexpr std::string_view kEmbedded = "leveldb:";
constexpr std::string_view kUrl = "dynamodb://";

Error Invalid(std::string message) {
  return Error{ErrorKind::kInvalidArgument, std::move(message)};
}

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

Result<std::string> PercentDecoded(std::string_view text) {
  std::string decoded;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      decoded.push_back(text[i]);
      continue;
    }
    const int high = i + 2 < text.size() ? HexDigit(text[i + 1]) : -1;
    const int low = i + 2 < text.size() ? HexDigit(text[i + 2]) : -1;
    if (high < 0 || low < 0) {
      return Invalid("location: a % must be followed by two hex digits");
    }
    decoded.push_back(static_cast<char>(high * 16 + low));
    i += 2;
  }
  return decoded;
}

/// docs.aws.amazon.com, "Naming rules": 3 to 255 of a-z A-Z 0-9 _ - .
Result<void> CheckTable(const std::string& table) {
  const bool characters_ok =
      std::all_of(table.begin(), table.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
               (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.';
      });
  if (!characters_ok || table.size() < 3 || table.size() > 255) {
    // "key:secret@table" is not repeated.
    const bool secret = table.find_first_of("@:") != std::string::npos;
    return Invalid("location: " + (secret ? "that" : Printable(table)) +
                   " cannot be a table's name, which has 3 to 255 of a-z, A-Z, "
                   "0-9, '_', '-' and '.'; a location is table/hash, "
                   "dynamodb://table/hash?region=..., or leveldb:PATH");
  }
  return {};
}

Result<void> SetFrom(std::string_view setting, Location* location) {
  const size_t equals = setting.find('=');
  const std::string_view name = setting.substr(0, equals);
  std::string* target = name == "region"     ? &location->region
                        : name == "endpoint" ? &location->endpoint
                                             : nullptr;
  if (target == nullptr) {
    return Invalid("location: there is no setting " + Printable(name) +
                   "; there are region and endpoint");
  }
  if (equals == std::string_view::npos || !target->empty()) {
    return Invalid("location: setting " + Printable(name) +
                   " must be given once, as " + std::string(name) + "=VALUE");
  }
  Result<std::string> value = PercentDecoded(setting.substr(equals + 1));
  if (!value.ok()) return std::move(value).error();
  if (value->empty()) {
    return Invalid("location: setting " + Printable(name) + " is empty");
  }
  *target = *std::move(value);
  return {};
}

}  // namespace

Result<Location> ParseLocation(const std::string& text) {
  Location location;
  std::string_view rest = text;
  if (rest.substr(0, kEmbedded.size()) == kEmbedded) {
    location.embedded = true;
    location.path = rest.substr(kEmbedded.size());
    if (location.path.empty()) {
      return Invalid("location: leveldb: must be followed by a directory");
    }
    return location;
  }

  const bool url = rest.substr(0, kUrl.size()) == kUrl;
  if (url) {
    rest.remove_prefix(kUrl.size());
    // Anywhere, since a secret may hold a '/' or a '?'.
    if (rest.find('@') != std::string_view::npos) {
      return Invalid(
          "location: credentials do not belong into a location, set them in "
          "the environment; an '@' in a name is written %40");
    }
    const size_t query = rest.find('?');
    if (query != std::string_view::npos) {
      std::string_view settings = rest.substr(query + 1);
      rest = rest.substr(0, query);
      while (!settings.empty()) {
        const size_t end = settings.find('&');
        Result<void> set = SetFrom(settings.substr(0, end), &location);
        if (!set.ok()) return std::move(set).error();
        settings.remove_prefix(end == std::string_view::npos ? settings.size()
                                                             : end + 1);
      }
    }
  }
  // In the short form every byte is the store's name; these are meant
  // otherwise.
  if (!url && (rest.find("?region=") != std::string_view::npos ||
               rest.find("?endpoint=") != std::string_view::npos)) {
    return Invalid(
        "location: settings need the long form, "
        "dynamodb://table/hash?region=...&endpoint=...");
  }
  const size_t slash = rest.find('/');
  std::string table(rest.substr(0, slash));
  std::string store;
  if (slash != std::string_view::npos) store = rest.substr(slash + 1);
  if (url) {
    Result<std::string> decoded_table = PercentDecoded(table);
    if (!decoded_table.ok()) return std::move(decoded_table).error();
    Result<std::string> decoded_store = PercentDecoded(store);
    if (!decoded_store.ok()) return std::move(decoded_store).error();
    table = *std::move(decoded_table);
    store = *std::move(decoded_store);
  }
  Result<void> table_ok = CheckTable(table);
  if (!table_ok.ok()) return std::move(table_ok).error();
  if (slash != std::string_view::npos && store.empty()) {
    return Invalid(
        "location: nothing follows the '/'; a location without one "
        "means the store '!'");
  }
  location.table = std::move(table);
  if (!store.empty()) location.store = std::move(store);
  return location;
}

}  // namespace dynamodown
