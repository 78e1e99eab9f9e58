#include "items/sync_format.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "dyno/flake.h"
#include "io/summary.h"
#include "items/item_format.h"
#include "parse/encoding.h"
#include "parse/location.h"

namespace cli {
namespace {

using dyno::MemberStatus;
using dyno::SyncSide;
using dyno::WriterStatus;

constexpr size_t kConflictsShown = 10;
constexpr int kLabelWidth = 11;

const char* BoolText(bool value) { return value ? "true" : "false"; }

template <typename List, typename Text>
std::string JsonArray(const List& list, const Text& text) {
  std::string array;
  for (const auto& each : list) {
    array += (array.empty() ? "" : ",") + text(each);
  }
  return "[" + array + "]";
}

/// The time in a timestamp. Empty if `timestamp` is not a timestamp.
std::string TimeOf(const std::string& timestamp) {
  dyno::Flake flake;
  return dyno::Flake::Parse(timestamp, &flake) ? flake.ToTime() : "";
}

/// The timestamp and its time. Both members are "" if `timestamp` is empty.
std::string TimeMembers(const std::string& name, const std::string& timestamp) {
  return JsonMember(name, timestamp) + "," +
         JsonMember(name + "_time", TimeOf(timestamp));
}

std::optional<uint64_t> MillisecondsOf(const std::string& timestamp) {
  dyno::Flake flake;
  if (!dyno::Flake::Parse(timestamp, &flake)) return std::nullopt;
  return flake.milliseconds;
}

// ---------------------------------------------------------------------- sync

/// An embedded store has no requests, units and dollars.
std::string ConsumedJson(const SyncedStore& store) {
  if (IsEmbedded(store.location)) return "";
  return fmt::format(",\"requests\":{}", store.consumed.requests) +
         UnitsJson(store.consumed);
}

std::string SideJson(const SyncedStore& store, const SyncSide& side) {
  return "{" + JsonMember("location", store.location) +
         fmt::format(
             ",\"items\":{},\"operations\":{},\"deletes\":{},\"ranges\":{},"
             "\"writes\":{},\"bytes_read\":{},\"bytes_written\":{},"
             "\"held_back\":{}",
             side.items, side.operations, side.deletes, side.ranges,
             side.writes, side.bytes_read, side.bytes_written, side.deferred) +
         ConsumedJson(store) + "}";
}

std::string SideText(const SyncedStore& store, const SyncSide& side) {
  std::string text = store.location + " got ";
  if (side.operations == 0) {
    text += "nothing";
  } else {
    text += CountText(side.operations, "operation") + " in " +
            CountText(side.items, "item");
  }
  if (side.deletes > 0) {
    text += fmt::format(", and {} {} folded away",
                        CountText(side.deletes, "record"),
                        side.deletes == 1 ? "was" : "were");
  }
  text += fmt::format("; {} and {}, {} bytes read and {} written",
                      CountText(side.ranges, "range read"),
                      CountText(side.writes, "write"), side.bytes_read,
                      side.bytes_written);
  if (!IsEmbedded(store.location)) {
    const dynamodown::Stats& stats = store.consumed;
    text += fmt::format(", in {}, {} read and {}",
                        CountText(stats.requests, "request"), stats.read_units,
                        UnitText(stats.write_units, "write unit")) +
            PriceText(stats.read_units, stats.write_units);
  }
  return text + '\n';
}

std::string HeldBackText(const SyncedStore& to, const SyncedStore& from,
                         const SyncSide& side) {
  if (side.deferred == 0) return "";
  return fmt::format("{} stayed in {}: too far ahead of the clock of {}\n",
                     CountText(side.deferred, "operation"), from.location,
                     to.location);
}

// -------------------------------------------------------------------- status

std::string MemberJson(const MemberStatus& member) {
  return "{" + JsonMember("replica", member.replica) + "," +
         TimeMembers("known", member.known) +
         fmt::format(",\"self\":{},\"met\":{},\"forgotten\":{}}}",
                     BoolText(member.is_self), BoolText(member.met),
                     BoolText(member.forgotten));
}

std::string WriterJson(const WriterStatus& writer) {
  return "{" + JsonMember("slot", SlotText(writer.slot)) +
         fmt::format(",\"open\":{},", BoolText(writer.open)) +
         TimeMembers("promise", writer.promise) + "," +
         TimeMembers("reserved", writer.reserved) + "}";
}

std::string LateItemJson(const LateItem& item) {
  return "{" + JsonMember("name", item.name) + ",\"late\":" +
         JsonArray(item.late, [](const auto& each) { return LateJson(each); }) +
         "}";
}

/// A part of the status text. The label is in front of the part's first line.
std::string Section(std::string_view label,
                    const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) {
    text += fmt::format("{:<{}}{}\n", label, kLabelWidth, line);
    label = "";
  }
  return text;
}

std::string When(const std::string& timestamp) {
  return timestamp.empty() ? "nothing" : TimeOf(timestamp) + "  " + timestamp;
}

std::string MemberText(const MemberStatus& member) {
  std::string text = member.replica + "  " + When(member.known);
  if (member.is_self) return text + "  this store";
  if (member.forgotten) return text + "  forgotten";
  return member.met ? text : text + "  heard of, not met";
}

std::string StableText(const ItemStatusReport& report) {
  const std::string& watermark = report.status.watermark;
  const auto at = MillisecondsOf(watermark);
  if (!at) return "nothing";
  std::string text = "up to " + When(watermark);
  if (*at < report.now_ms) {
    text += ", " + DurationText(report.now_ms - *at) + " ago";
  }
  return text;
}

std::vector<std::string> HeldBackLines(const dyno::StoreStatus& status) {
  std::vector<std::string> lines;
  const std::optional<uint64_t> ms = HeldBackMs(status);
  for (const MemberStatus& member : status.members) {
    const auto& held_by = status.held_by;
    if (std::count(held_by.begin(), held_by.end(), member.replica) == 0) {
      continue;
    }
    std::string line =
        "by " + member.replica + (member.is_self ? " (this store)" : "");
    if (member.known.empty()) {
      line += member.is_self ? ": no sync has computed its stable time yet"
                             : ": nothing is known of it";
    } else if (ms && *ms > 0) {
      line += ", " + DurationText(*ms) + " behind the others";
    }
    lines.push_back(line);
  }
  return lines;
}

std::vector<std::string> OpenWriterLines(const ItemStatusReport& report) {
  std::vector<std::string> lines;
  for (const WriterStatus& writer : report.status.writers) {
    if (!writer.open) continue;
    std::string line = SlotText(writer.slot) + "  open, ";
    line += writer.promise.empty()
                ? "no minimum timestamp yet"
                : "writes nothing at or below " + When(writer.promise);
    // Before a living program reaches the end of its reserved time, it reserves
    // more time or closes its slot.
    const auto reserved = MillisecondsOf(writer.reserved);
    if (reserved && *reserved < report.now_ms) {
      line += "; wrote nothing for " + DurationText(report.now_ms - *reserved) +
              ": has its program ended?";
    }
    lines.push_back(line);
  }
  return lines;
}

std::vector<std::string> LateLines(const std::vector<LateItem>& items) {
  std::vector<std::string> lines;
  for (const LateItem& item : items) {
    for (const dyno::LateRecord& record : item.late) {
      lines.push_back(EncodeForLine(Encoding::kText, item.name) + "  " +
                      EncodeForLine(Encoding::kText, record.key));
    }
  }
  if (lines.empty()) lines.push_back("nothing");
  return lines;
}

}  // namespace

std::string SyncJson(const SyncedStore& a, const SyncedStore& b,
                     const dyno::SyncResult& result) {
  return "{\"a\":" + SideJson(a, result.a) + ",\"b\":" + SideJson(b, result.b) +
         fmt::format(",\"first_meeting\":{},\"items\":{},\"twins\":",
                     BoolText(result.first_meeting), result.items) +
         JsonArray(result.conflicts,
                   [](const std::string& key) {
                     return "{" + JsonMember("key", key) + "}";
                   }) +
         "}\n";
}

std::string SyncText(const SyncedStore& a, const SyncedStore& b,
                     const dyno::SyncResult& result) {
  std::string text =
      fmt::format("items compared: {}{}\n", result.items,
                  result.first_meeting ? ", all that there are" : "") +
      SideText(a, result.a) + SideText(b, result.b) +
      HeldBackText(a, b, result.a) + HeldBackText(b, a, result.b);
  for (size_t i = 0; i < std::min(result.conflicts.size(), kConflictsShown);
       ++i) {
    text += "both had " + EncodeForLine(Encoding::kText, result.conflicts[i]) +
            " with different values; the greater value stays\n";
  }
  if (result.conflicts.size() > kConflictsShown) {
    text += fmt::format("and {} more of this kind\n",
                        result.conflicts.size() - kConflictsShown);
  }
  return text;
}

std::optional<uint64_t> HeldBackMs(const dyno::StoreStatus& status) {
  const std::optional<uint64_t> at = MillisecondsOf(status.watermark);
  if (!at) return std::nullopt;
  std::optional<uint64_t> least;
  for (const MemberStatus& member : status.members) {
    const auto& held_by = status.held_by;
    const bool holds =
        std::count(held_by.begin(), held_by.end(), member.replica) > 0;
    const std::optional<uint64_t> known = MillisecondsOf(member.known);
    if (member.forgotten || holds || !known) continue;
    least = std::min(least.value_or(*known), *known);
  }
  if (!least) return std::nullopt;
  return *least - std::min(*least, *at);
}

std::string StatusJson(const ItemStatusReport& report) {
  const dyno::StoreStatus& status = report.status;
  const std::optional<uint64_t> held_back_ms = HeldBackMs(status);
  const auto quoted = [](const std::string& text) { return JsonString(text); };
  std::string json =
      "{" + JsonMember("location", report.location) + "," +
      JsonMember("replica", status.replica) +
      fmt::format(",\"replicated\":{},\"shared\":{},",
                  BoolText(status.replicated), BoolText(status.shared)) +
      TimeMembers("watermark", status.watermark) +
      ",\"held_by\":" + JsonArray(status.held_by, quoted) +
      ",\"held_back_ms\":" +
      (held_back_ms ? fmt::format("{}", *held_back_ms) : "null") +
      ",\"members\":" + JsonArray(status.members, MemberJson) +
      ",\"writers\":" + JsonArray(status.writers, WriterJson) +
      ",\"unmet\":" + JsonArray(status.unmet, quoted) +
      fmt::format(",\"log_entries\":{}", status.log_entries);
  if (report.late) {
    json += ",\"late\":" + JsonArray(*report.late, LateItemJson);
  }
  return json + "}\n";
}

std::string StatusText(const ItemStatusReport& report) {
  const dyno::StoreStatus& status = report.status;
  std::string store = report.location;
  if (status.replica.empty()) {
    return Section("store",
                   {store + ": no replica yet; the first write makes one"});
  }
  store += ", replica " + status.replica +
           (status.shared ? ", many writers" : ", embedded");
  if (!status.replicated) store += ", not replicated";
  std::string text = Section("store", {store});
  if (status.replicated) {
    std::vector<std::string> members;
    for (const MemberStatus& member : status.members) {
      members.push_back(MemberText(member));
    }
    text += Section("stable", {StableText(report)}) +
            Section("held back", HeldBackLines(status)) +
            Section("known", members);
  }
  if (status.shared) text += Section("writers", OpenWriterLines(report));
  text += Section("to meet", status.unmet);
  if (status.replicated) {
    const uint64_t n = status.log_entries;
    text += Section("log", {fmt::format("{} entr{}", n, n == 1 ? "y" : "ies")});
  }
  if (report.late) text += Section("late", LateLines(*report.late));
  return text;
}

std::string DurationText(uint64_t milliseconds) {
  if (milliseconds < 1000) return fmt::format("{} ms", milliseconds);
  const uint64_t seconds = milliseconds / 1000;
  const uint64_t minutes = seconds / 60;
  const uint64_t hours = minutes / 60;
  if (minutes == 0) return fmt::format("{} s", seconds);
  if (hours == 0) return fmt::format("{} min {} s", minutes, seconds % 60);
  if (hours < 24) return fmt::format("{} h {} min", hours, minutes % 60);
  return fmt::format("{} d {} h", hours / 24, hours % 24);
}

std::string SlotText(uint16_t slot) { return fmt::format("{:04x}", slot); }

std::optional<uint16_t> ParseSlot(std::string_view text) {
  uint16_t slot = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, slot, 16);
  const bool is_slot = error == std::errc() && stop == end && slot != 0 &&
                       slot != 0xffff && text.size() <= 4;
  if (!is_slot) return std::nullopt;
  return slot;
}

}  // namespace cli
