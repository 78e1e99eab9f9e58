#include "db/properties.h"

#include <array>
#include <charconv>
#include <utility>

namespace dynamodown {
namespace {

struct Counter {
  std::string_view name;
  double value;
};

std::array<Counter, 9> CountersOf(const Stats& s) {
  return {{
      {"requests", static_cast<double>(s.requests)},
      {"retries", static_cast<double>(s.retries)},
      {"ambiguous-retries", static_cast<double>(s.ambiguous_retries)},
      {"throttles", static_cast<double>(s.throttles)},
      {"unprocessed", static_cast<double>(s.unprocessed)},
      {"bytes-sent", static_cast<double>(s.bytes_sent)},
      {"bytes-received", static_cast<double>(s.bytes_received)},
      {"read-units", s.read_units},
      {"write-units", s.write_units},
  }};
}

/// Returns the number as text. The text is exact if the number has up to 15
/// digits. The values are integers or, for units, multiples of 0.5.
std::string Text(double value) {
  char text[32];
  const auto end = std::to_chars(text, text + sizeof text, value,
                                 std::chars_format::general, 15);
  return {text, end.ptr};
}

}  // namespace

bool StatsProperty(std::string_view property, const Stats& stats,
                   std::string* value) {
  constexpr std::string_view kPrefix = "dynamodown.";
  if (property.substr(0, kPrefix.size()) != kPrefix) return false;
  property.remove_prefix(kPrefix.size());
  for (const Counter& counter : CountersOf(stats)) {
    if (counter.name != property) continue;
    *value = Text(counter.value);
    return true;
  }
  if (stats.clock_error_ms < 0) return false;
  if (property == "clock-offset-ms") {
    *value = std::to_string(stats.clock_offset_ms);
  } else if (property == "clock-error-ms") {
    *value = std::to_string(stats.clock_error_ms);
  } else {
    return false;
  }
  return true;
}

std::string StatsText(const Stats& stats) {
  std::string text = "DynamoDOWN, since open\n";
  for (const Counter& counter : CountersOf(stats)) {
    text.append(counter.name).append(": ");
    text.append(Text(counter.value)).append("\n");
  }
  return text;
}

std::string SupportsText(const Supports& supports) {
  const std::pair<bool, const char*> capabilities[] = {
      {supports.snapshots, "snapshots"},
      {supports.atomic_batch, "atomic-batch"},
      {supports.unlimited_batch, "unlimited-batch"},
      {supports.unordered_batch, "unordered-batch"},
      {supports.write_if, "write-if"},
      {supports.many_processes, "many-processes"},
  };
  std::string text;
  for (const auto& [has, name] : capabilities) {
    if (has) text.append(text.empty() ? "" : " ").append(name);
  }
  return text;
}

}  // namespace dynamodown
