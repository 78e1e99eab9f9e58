#include "items/item_format.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>

#include "dyno/flake.h"
#include "parse/encoding.h"
#include "parse/json_lines.h"

namespace cli {
namespace {

using dyno::HistoryEntry;

constexpr char kIndent[] = "    ";
constexpr size_t kOperationBytesMax = 64;

bool IsUpperHex(std::string_view digits) {
  return digits.size() == 2 &&
         digits.find_first_not_of("0123456789ABCDEF") == std::string_view::npos;
}

/// Whether `name` can be the name in a record's key. If so, it is not empty, is
/// UTF-8, has no slash, and has only valid escapes.
bool IsEncodedName(std::string_view name) {
  for (size_t i = 0; i < name.size(); ++i) {
    if (name[i] == '/') return false;
    if (name[i] == '%' && !IsUpperHex(name.substr(i + 1, 2))) return false;
  }
  return !name.empty() && IsUtf8(name);
}

bool IsOperationName(std::string_view name) {
  return !name.empty() && name.size() <= kOperationBytesMax &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                  (c >= '0' && c <= '9') || c == '_' || c == '~';
         });
}

/// The time in a timestamp. Empty if `timestamp` is not a timestamp.
std::string TimeOf(const std::string& timestamp) {
  dyno::Flake flake;
  return dyno::Flake::Parse(timestamp, &flake) ? flake.ToTime() : "";
}

/// A change as a member of an object. A late change was never checked, so it
/// may be any text.
std::string ChangeMember(const std::string& change) {
  return IsJson(change) ? "\"change\":" + JsonForLine(change)
                        : JsonMember("damaged_change", change);
}

std::string ItemMember(bool exists, const std::string& json) {
  return "\"item\":" + (exists ? JsonForLine(json) : "null");
}

std::string TimeMembers(const std::string& timestamp) {
  return JsonMember("timestamp", timestamp) + "," +
         JsonMember("time", TimeOf(timestamp));
}

const char* KindName(HistoryEntry::Kind kind) {
  switch (kind) {
    case HistoryEntry::Kind::kBase:
      return "base";
    case HistoryEntry::Kind::kOperation:
      return "operation";
    case HistoryEntry::Kind::kUnknown:
      return "unknown";
    case HistoryEntry::Kind::kLate:
      return "late";
    case HistoryEntry::Kind::kSettled:
      break;
  }
  return "settled";
}

/// Whether the record changed the item. If so, the item after the change is
/// printed.
bool IsApplied(const HistoryEntry& entry) {
  return entry.kind == HistoryEntry::Kind::kBase ||
         entry.kind == HistoryEntry::Kind::kOperation;
}

std::string RecordText(const HistoryEntry& entry) {
  if (entry.kind == HistoryEntry::Kind::kBase) {
    return fmt::format("flattened, {} change{}", entry.changes,
                       entry.changes == 1 ? "" : "s");
  }
  std::string text = EncodeForLine(Encoding::kText, entry.operation) + ' ';
  text += IsJson(entry.change) ? JsonForLine(entry.change)
                               : EncodeForLine(Encoding::kText, entry.change);
  switch (entry.kind) {
    case HistoryEntry::Kind::kLate:
      return text + "  (late: not applied)";
    case HistoryEntry::Kind::kSettled:
      return text + "  (late, settled)";
    case HistoryEntry::Kind::kUnknown:
      return text + "  (unknown: skipped)";
    default:
      return text;
  }
}

}  // namespace

std::string JsonForLine(std::string_view json) {
  std::string line;
  line.reserve(json.size());
  for (size_t i = 0; i < json.size(); ++i) {
    const auto byte = static_cast<unsigned char>(json[i]);
    const auto next =
        static_cast<unsigned char>(i + 1 < json.size() ? json[i + 1] : 0);
    if (byte < 0x20) {
      // The byte is between tokens: JSON allows no such byte in a string.
      line += ' ';
    } else if (byte == 0x7f) {
      line += "\\u007f";
    } else if (byte == 0xc2 && next >= 0x80 && next < 0xa0) {
      line += fmt::format("\\u00{:02x}", next);
      ++i;
    } else {
      line += json[i];
    }
  }
  return line;
}

bool IsItemRecord(std::string_view key) {
  const size_t operation = key.rfind('/');
  if (operation == std::string_view::npos ||
      operation < dyno::Flake::kBytes + 1) {
    return false;
  }
  const size_t timestamp = operation - dyno::Flake::kBytes;
  dyno::Flake ignored;
  return key[timestamp - 1] == '/' &&
         IsEncodedName(key.substr(0, timestamp - 1)) &&
         dyno::Flake::Parse(
             leveldb::Slice(key.data() + timestamp, dyno::Flake::kBytes),
             &ignored) &&
         IsOperationName(key.substr(operation + 1));
}

std::string LateJson(const dyno::LateRecord& late) {
  return "{" + JsonMember("key", late.key) + "," + TimeMembers(late.timestamp) +
         "," + JsonMember("operation", late.operation) + "," +
         ChangeMember(late.change) + "}";
}

std::string ItemJson(const dyno::Item& item) {
  std::string late, unknown;
  for (const dyno::LateRecord& record : item.late) {
    late += (late.empty() ? "" : ",") + LateJson(record);
  }
  for (const std::string& key : item.unknown) {
    unknown += (unknown.empty() ? "" : ",") + JsonString(key);
  }
  return "{" + JsonMember("name", item.name) + "," +
         ItemMember(item.exists, item.json) + "," +
         TimeMembers(item.timestamp) +
         fmt::format(
             ",\"changes\":{},\"hash\":\"{}\",\"records\":{},"
             "\"late\":[{}],\"unknown\":[{}]}}",
             item.changes, item.hash, item.records, late, unknown);
}

std::string EntryJson(const HistoryEntry& entry) {
  std::string json = "{" + TimeMembers(entry.timestamp) + "," +
                     JsonMember("kind", KindName(entry.kind)) + "," +
                     JsonMember("operation", entry.operation) + "," +
                     ChangeMember(entry.change);
  if (IsApplied(entry) || entry.kind == HistoryEntry::Kind::kUnknown) {
    json += "," + ItemMember(entry.exists, entry.json) +
            fmt::format(",\"changes\":{},\"hash\":\"{}\"", entry.changes,
                        entry.hash);
  }
  return json + "}";
}

std::string EntryText(const HistoryEntry& entry) {
  std::string text = entry.timestamp + "  " + TimeOf(entry.timestamp) + "  " +
                     RecordText(entry) + '\n';
  if (!IsApplied(entry)) return text;
  text += kIndent;
  text += entry.exists ? JsonForLine(entry.json) : "no item";
  return text + '\n';
}

}  // namespace cli
