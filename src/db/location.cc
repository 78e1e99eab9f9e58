// Grammar:
//
//     location  = "leveldb:" path
//               | "dynamodb://" table [ "/" hash ]
//                 [ "?" option *( "&" option ) ]
//               | table [ "/" hash ]
//     option    = name "=" value
//     table     = name | "arn:" partition ":dynamodb:" region ":" account
//                        ":table/" name
//
// If the location begins with "dynamodb://", the table, the hash and the values
// are percent-encoded; otherwise every byte stands for itself. The first "/"
// separates the table from the hash; in an ARN, the second "/" does. An ARN
// sets the option region. An option's name must be the name of an option that a
// location may set, and may occur at most once.

#include "db/location.h"

#include <algorithm>
#include <utility>

#include "base/lowered.h"
#include "base/printable.h"

namespace dynamodown {
namespace {

constexpr std::string_view kEmbedded = "leveldb:";
constexpr std::string_view kUrl = "dynamodb://";
constexpr std::string_view kArn = "arn:";
constexpr size_t kAccountDigits = 12;

Error Invalid(std::string message) {
  return Error{ErrorKind::kInvalidArgument, "location: " + std::move(message)};
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
      return Invalid("a % must be followed by two hex digits");
    }
    decoded.push_back(static_cast<char>(high * 16 + low));
    i += 2;
  }
  return decoded;
}

bool IsLower(char c) { return c >= 'a' && c <= 'z'; }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }

/// Whether `text` is surely a path: no table's name is "", "." or "..".
bool IsPath(std::string_view text) {
  const std::string_view first = text.substr(0, text.find('/'));
  return !text.empty() &&
         (first.empty() || first == "." || first == ".." || first == "~");
}

Error PathWithoutScheme(std::string_view path) {
  // Before an '@' there may be a secret, and a secret may begin with a '/'. A
  // shell expands a '~' only at the beginning of a word.
  const bool is_shown =
      path.find('@') == std::string_view::npos && path.front() != '~';
  const std::string meant =
      is_shown ? Printable(std::string(kEmbedded).append(path), 1000)
               : "leveldb: and the whole path";
  return Invalid(
      "a path is not a location; for the embedded store in that "
      "directory, write " +
      meant);
}

constexpr char kForms[] =
    "a location is table/hash, dynamodb://table/hash?region=..., or "
    "leveldb:PATH";

/// RFC 3986, section 3.1, but in lower case.
bool IsScheme(std::string_view text) {
  return !text.empty() && IsLower(text.front()) &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return IsLower(c) || IsDigit(c) || c == '+' || c == '-' || c == '.';
         });
}

/// `path` begins with "//". In a URL, the first part would be a host's name,
/// but as a path it is a directory of the root.
Error UrlOfPath(std::string_view path) {
  const std::string_view rest =
      path.substr(std::min(path.find_first_not_of('/'), path.size()));
  if (rest.empty()) return Invalid("leveldb:// must be leveldb: and a path");
  const auto shown = [&](const char* begin) {
    return Printable(std::string(begin).append(rest), 1000);
  };
  return Invalid(
      "leveldb: is followed by a path, without \"//\"; did you mean " +
      (path.starts_with("///")
           ? shown("leveldb:/")
           : shown("leveldb:") + " or " + shown("leveldb:/")) +
      "?");
}

/// Returns the error for a location that begins with a scheme of others', with
/// a scheme that is almost one of ours, or with a Windows drive. Returns
/// nothing for other text, which may be a table's name.
std::optional<Error> WrongScheme(std::string_view text) {
  const size_t colon = text.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const std::string scheme = Lowered(text.substr(0, colon));
  const std::string_view rest = text.substr(colon + 1);
  if (scheme == "leveldb") {
    return Invalid("did you mean leveldb:PATH, with small letters?");
  }
  for (const char* almost : {"dynamodb", "dynamo", "ddb", "dynamodown"}) {
    if (scheme == almost) {
      return Invalid(
          "did you mean dynamodb://table/hash, with small letters and two "
          "slashes? A location is table/hash, "
          "dynamodb://table/hash?region=..., or leveldb:PATH");
    }
  }
  const bool is_drive = scheme.size() == 1 && !rest.empty() &&
                        (rest.front() == '\\' || rest.front() == '/');
  if (!is_drive && scheme != "file") {
    if (!rest.starts_with("//") || !IsScheme(scheme)) return std::nullopt;
    const bool is_http = scheme == "http" || scheme == "https";
    return Invalid("there is no location " + scheme + "://...; " +
                   (is_http ? "set an endpoint as the option endpoint or in "
                              "AWS_ENDPOINT_URL; "
                            : "") +
                   kForms);
  }
  return Invalid(
      "a path is not a location; for the embedded store in that directory, "
      "write leveldb: and the path");
}

/// docs.aws.amazon.com, "Naming rules": 3 to 255 characters of a-z, A-Z, 0-9,
/// '_', '-' and '.'.
bool IsTableName(std::string_view name) {
  return name.size() >= 3 && name.size() <= 255 &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return IsLower(c) || (c >= 'A' && c <= 'Z') || IsDigit(c) ||
                  c == '_' || c == '-' || c == '.';
         });
}

Result<void> CheckTable(const std::string& table) {
  if (table.starts_with(kArn)) {
    if (ParseTableArn(table)) return {};
    return Invalid(Printable(table) +
                   " is not the ARN of a table, which is like "
                   "arn:aws:dynamodb:eu-west-1:123456789012:table/mytable");
  }
  if (!IsTableName(table)) {
    // Do not repeat a secret, as in "key:secret@table".
    const bool secret = table.find_first_of("@:") != std::string::npos;
    return Invalid(
        (secret ? "that" : Printable(table)) +
        " cannot be a table's name, which has 3 to 255 characters from "
        "a-z, A-Z, 0-9, '_', '-' and '.'; " +
        kForms);
  }
  return {};
}

// ---- Options ----------------------------------------------------------------

/// Returns the row of an option. Fails if a location may not set the option.
Result<const OptionRow*> RowOf(std::string_view name) {
  const OptionRow* const row = FindOptionRow(name);
  if (row != nullptr && row->info.in_location) return row;
  if (row != nullptr) {
    return Invalid("option " + row->info.name +
                   " cannot be set in a location; set it where the store is "
                   "opened");
  }
  std::vector<std::string> known;
  for (const OptionRow& each : OptionRows()) {
    if (each.info.in_location) known.push_back(each.info.name);
  }
  return Invalid(NoSuchOption(name, known));
}

/// Adds the option of one "name=value" to `*location`.
Result<void> AddOption(std::string_view text, Location* location) {
  const size_t equals = text.find('=');
  const std::string_view name = text.substr(0, equals);
  const Result<const OptionRow*> row = RowOf(name);
  if (!row.ok()) return row.error();
  const std::string option = "option " + (*row)->info.name;
  if (equals == std::string_view::npos || location->Sets(name)) {
    return Invalid(option + " must be given once, as " + (*row)->info.name +
                   "=VALUE");
  }
  Result<std::string> value = PercentDecoded(text.substr(equals + 1));
  if (!value.ok()) return std::move(value).error();
  if (value->empty()) return Invalid(option + " is empty");
  Result<OptionValue> parsed = ParseOption(**row, *value);
  if (!parsed.ok()) return Invalid(option + " " + parsed.error().message);
  location->options.push_back({*row, *std::move(parsed)});
  return {};
}

/// Adds all options of "name=value&name=value" to `*location`.
Result<void> AddOptions(std::string_view text, Location* location) {
  while (!text.empty()) {
    const size_t end = text.find('&');
    Result<void> added = AddOption(text.substr(0, end), location);
    if (!added.ok()) return added;
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return {};
}

/// Returns whether `short_form`, a location without "dynamodb://", contains an
/// option. Every byte behind the first "/" of a short form is part of the
/// store's name, but "?region=..." is surely meant as an option.
bool HoldsOption(std::string_view short_form) {
  const size_t query = short_form.find('?');
  if (query == std::string_view::npos) return false;
  for (const std::string_view usual : {"?region=", "?endpoint="}) {
    if (short_form.find(usual) != std::string_view::npos) return true;
  }
  const std::string_view text = short_form.substr(query + 1);
  const size_t equals = text.find('=');
  if (equals == std::string_view::npos) return false;
  const OptionRow* const row = FindOptionRow(text.substr(0, equals));
  return row != nullptr && row->info.in_location;
}

// ---- Table and hash ---------------------------------------------------------

/// Returns the position of the "/" behind the table; npos if there is none.
size_t TableEnd(std::string_view text) {
  const size_t slash = text.find('/');
  const bool is_in_arn =
      text.starts_with(kArn) && text.substr(0, slash).ends_with(":table");
  return slash == std::string_view::npos || !is_in_arn
             ? slash
             : text.find('/', slash + 1);
}

/// Sets the option region from the table's ARN, if the table is an ARN. The ARN
/// of an index or a stream is refused.
Result<void> ApplyArn(Location* location) {
  const std::optional<TableArn> arn = ParseTableArn(location->table);
  if (!arn) return {};
  for (const std::string_view part : {"index/", "stream/"}) {
    if (location->store.starts_with(part)) {
      return Invalid("the ARN of a table's index or stream is no store");
    }
  }
  for (const LocationOption& option : location->options) {
    if (option.row->info.name != "region") continue;
    Options options;
    option.row->set(option.value, &options);
    if (options.connection.region == arn->region) return {};
    return Invalid("option region is " + options.connection.region +
                   ", but the table's ARN is in the region " + arn->region);
  }
  return AddOption("region=" + arn->region, location);
}

/// Sets the table and the store of `*location` from "table/hash".
Result<void> SetTableAndStore(std::string_view text, bool is_encoded,
                              Location* location) {
  const size_t slash = TableEnd(text);
  std::string table(text.substr(0, slash));
  std::string store;
  if (slash != std::string_view::npos) store = text.substr(slash + 1);
  if (is_encoded) {
    for (std::string* part : {&table, &store}) {
      Result<std::string> decoded = PercentDecoded(*part);
      if (!decoded.ok()) return std::move(decoded).error();
      *part = *std::move(decoded);
    }
  }
  Result<void> table_ok = CheckTable(table);
  if (!table_ok.ok()) return table_ok;
  if (slash != std::string_view::npos && store.empty()) {
    return Invalid(
        std::string("nothing follows the '/'; a location without a '/' means "
                    "the store '!'") +
        (is_encoded ? ""
                    : "; for the embedded store in a directory, write "
                      "leveldb: and the path"));
  }
  location->table = std::move(table);
  if (!store.empty()) location->store = std::move(store);
  return ApplyArn(location);
}

/// Parses `text`, the part of a location behind "dynamodb://".
Result<Location> ParseUrl(std::string_view text) {
  // Search the whole text, since the secret before an '@' may hold a '/' or a
  // '?'.
  if (text.find('@') != std::string_view::npos) {
    return Invalid(
        "credentials do not belong in a location; set them in the environment "
        "(in a name, write '@' as %40)");
  }
  Location location;
  const size_t query = text.find('?');
  if (query != std::string_view::npos) {
    Result<void> added = AddOptions(text.substr(query + 1), &location);
    if (!added.ok()) return std::move(added).error();
    text = text.substr(0, query);
  }
  Result<void> set = SetTableAndStore(text, true, &location);
  if (!set.ok()) return std::move(set).error();
  return location;
}

}  // namespace

std::optional<TableArn> ParseTableArn(std::string_view table) {
  std::string_view fields[6];
  for (std::string_view& field : fields) {
    const size_t end = &field == &fields[5] ? table.size() : table.find(':');
    if (end == std::string_view::npos) return std::nullopt;
    field = table.substr(0, end);
    table.remove_prefix(std::min(end + 1, table.size()));
  }
  const auto& [arn, partition, service, region, account, resource] = fields;
  const auto is_word = [](std::string_view word) {
    return !word.empty() && std::all_of(word.begin(), word.end(), [](char c) {
      return IsLower(c) || IsDigit(c) || c == '-';
    });
  };
  constexpr std::string_view kTable = "table/";
  const bool is_arn = arn == "arn" && partition.starts_with("aws") &&
                      is_word(partition) && service == "dynamodb" &&
                      is_word(region) && account.size() == kAccountDigits &&
                      std::all_of(account.begin(), account.end(), IsDigit) &&
                      resource.starts_with(kTable) &&
                      IsTableName(resource.substr(kTable.size()));
  if (!is_arn) return std::nullopt;
  return TableArn{std::string(region), std::string(account)};
}

bool Location::Sets(std::string_view name) const {
  return std::any_of(
      options.begin(), options.end(),
      [name](const LocationOption& o) { return o.row->info.name == name; });
}

Result<Location> ParseLocation(const std::string& text) {
  const std::string_view view = text;
  Location location;
  if (view.starts_with(kEmbedded)) {
    location.embedded = true;
    location.path = view.substr(kEmbedded.size());
    if (location.path.empty()) {
      return Invalid("leveldb: must be followed by a directory");
    }
    if (location.path.starts_with("//")) return UrlOfPath(location.path);
    return location;
  }
  if (view.starts_with(kUrl)) return ParseUrl(view.substr(kUrl.size()));
  if (IsPath(view)) return PathWithoutScheme(view);
  if (std::optional<Error> wrong = WrongScheme(view)) return *std::move(wrong);
  if (HoldsOption(view)) {
    return Invalid(
        "options need the long form, "
        "dynamodb://table/hash?region=...&endpoint=...");
  }
  Result<void> set = SetTableAndStore(view, false, &location);
  if (!set.ok()) return std::move(set).error();
  return location;
}

Result<Place> PlaceOf(const Options& options, const std::string& location) {
  Result<Location> parsed = ParseLocation(location);
  if (!parsed.ok()) return std::move(parsed).error();
  Place place{*std::move(parsed), options};
  for (const LocationOption& option : place.location.options) {
    option.row->set(option.value, &place.options);
  }
  return place;
}

}  // namespace dynamodown
