#include "sim/history.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <utility>

namespace dynamodown::sim {
namespace {

constexpr int64_t kForever = std::numeric_limits<int64_t>::max();

std::string Text(const Sight& sight) {
  const std::string value =
      sight.value == kNothing ? "nothing" : "v" + std::to_string(sight.value);
  return sight.kind == Sight::Kind::kIs ? value : "not " + value;
}

std::string Text(Ending ending) {
  switch (ending) {
    case Ending::kAcknowledged:
      return "acknowledged";
    case Ending::kRefused:
      return "refused";
    case Ending::kUnknown:
      break;
  }
  return "unknown";
}

}  // namespace

std::string KeyText(const std::string& key) {
  std::string text = "\"";
  for (const char c : key.substr(0, 40)) {
    char byte[5];
    if (c >= ' ' && c <= '~') {
      text += c;
    } else {
      std::snprintf(byte, sizeof byte, "\\x%02x", static_cast<uint8_t>(c));
      text += byte;
    }
  }
  return text + "\"";
}

History::History(SimScheduler* scheduler, const Settings& settings,
                 Violation violation)
    : scheduler_(scheduler),
      settings_(settings),
      violation_(std::move(violation)),
      times_(1),
      values_(1) {}

/// Some values are letters, others bytes that are not UTF-8, so that both forms
/// of an item occur.
std::string History::TextOf(ValueId id) const {
  std::string text = "v" + std::to_string(id) + ":";
  const size_t bytes = values_[static_cast<size_t>(id)].bytes;
  if (text.size() < bytes) {
    text.resize(bytes, id % 4 == 1 ? '\xff' : static_cast<char>('a' + id % 26));
  }
  return text;
}

std::string History::NewValue(const std::string& key, size_t bytes,
                              ValueId* id) {
  *id = static_cast<ValueId>(values_.size());
  values_.push_back({key, bytes});
  return TextOf(*id);
}

ValueId History::ValueOf(const std::string& key,
                         const std::string& text) const {
  const size_t colon = text.find(':');
  if (text.size() > 1 && text[0] == 'v' && colon != std::string::npos) {
    const ValueId id = std::atoll(text.c_str() + 1);
    if (id > 0 && id < static_cast<ValueId>(values_.size()) &&
        values_[static_cast<size_t>(id)].key == key && TextOf(id) == text) {
      return id;
    }
  }
  violation_("every value read was written",
             "key " + KeyText(key) + " holds " + std::to_string(text.size()) +
                 " bytes that nobody wrote there: " + KeyText(text));
  return kNothing;
}

ValueId History::SetOf(ValueId value) const {
  const auto at = sets_.find(value);
  return at == sets_.end() ? value : at->second;
}

int64_t History::Now() {
  times_.push_back(scheduler_->Now());
  return static_cast<int64_t>(times_.size()) - 1;
}

CallEntry* History::Begin(const std::string& client, const std::string& text) {
  CallEntry& entry = entries_.emplace_back();
  entry.number = entries_.size();
  entry.client = client;
  entry.text = text;
  entry.call = Now();
  scheduler_->Trace("#" + std::to_string(entry.number) + " " + text);
  return &entry;
}

void History::End(CallEntry* entry, Ending ending, const std::string& outcome) {
  entry->end = Now();
  entry->ending = ending;
  entry->outcome = outcome;
  scheduler_->Trace("#" + std::to_string(entry->number) + " ends, " +
                    Text(ending) + ": " + outcome);
}

void History::Wrote(const std::string& name, ValueId value,
                    const CallEntry* entry, const Effects& effects,
                    std::optional<Sight> condition) {
  Register& one = registers_[name];
  if (entry->ending == Ending::kRefused) {
    if (value != kNothing) one.refused.insert(value);
    return;
  }
  RegisterWrite write;
  write.value = value;
  write.call = entry->call;
  write.end = entry->end;
  write.acknowledged = entry->ending == Ending::kAcknowledged;
  write.effects_max = effects.max;
  write.effects_end = effects.late ? kForever : entry->end;
  write.condition = condition;
  one.writes.push_back({write, entry, effects.late});

  Known& known = known_[name];
  known.written = entry->end;
  if (write.acknowledged) {
    known.possible.clear();
    std::erase_if(known.late, [&](const auto& late) {
      return late.second < TimeOf(entry->call);
    });
  }
  if (effects.max > 0) known.possible.insert(value);
  if (effects.late) known.late[value] = TimeOf(entry->end) + settings_.late;
}

void History::Saw(const std::string& name, Sight sight, int64_t since,
                  int64_t until, const CallEntry* entry) {
  registers_[name].reads.push_back(
      {{sight, since, until, std::nullopt}, entry});
  Expect(name, sight, since, entry);
}

void History::Denied(const std::string& name, Sight condition,
                     const CallEntry* entry) {
  using Kind = Sight::Kind;
  const Sight sight = {condition.kind == Kind::kIs ? Kind::kIsNot : Kind::kIs,
                       condition.value};
  registers_[name].reads.push_back(
      {{sight, entry->call, entry->end, std::nullopt}, entry, true});
  if (entry->ending == Ending::kRefused) {
    Expect(name, sight, entry->call, entry);
  }
}

void History::SawLately(const std::string& name, Sight sight, int64_t until,
                        const CallEntry* entry) {
  registers_[name].reads.push_back(
      {{sight, StaleBegin(entry->call), until, std::nullopt},
       entry,
       false,
       true});
}

/// Checks a read against the map of a single client. It needs no search and no
/// time windows, so it can expose a mistake of the checker.
void History::Expect(const std::string& name, const Sight& sight, int64_t since,
                     const CallEntry* entry) {
  if (!settings_.one_client) return;
  Known& known = known_[name];
  // The read may have come before a write of the meantime.
  if (known.written > since && entry->ending != Ending::kRefused) return;
  std::set<ValueId> left;
  // A late write that has expired may have taken effect unseen.
  for (const auto& [value, until] : known.late) known.possible.insert(value);
  std::erase_if(known.late,
                [&](const auto& late) { return late.second < TimeOf(since); });
  for (const ValueId value : known.possible) {
    if (sight.Holds(value)) left.insert(value);
  }
  if (left.empty()) {
    std::string possible;
    for (const ValueId value : known.possible) {
      possible += (possible.empty() ? "" : " or ") +
                  Text(Sight{Sight::Kind::kIs, value});
    }
    violation_("one client reads what it wrote",
               "#" + std::to_string(entry->number) + " " + entry->text +
                   "\nsaw " + Text(sight) + " of " + KeyText(name) +
                   " and must see " + possible + "\n" +
                   Describe(registers_[name], "here", entry));
  }
  known.possible = std::move(left);
}

int64_t History::LateEnd(int64_t end) const {
  const auto after = std::upper_bound(times_.begin(), times_.end(),
                                      TimeOf(end) + settings_.late);
  return after == times_.end() ? kForever : after - times_.begin();
}

/// The first moment at or after the oldest time that the read can see. No event
/// is recorded between the two.
int64_t History::StaleBegin(int64_t call) const {
  return std::lower_bound(times_.begin(), times_.end(),
                          TimeOf(call) - settings_.stale) -
         times_.begin();
}

void History::Check() const {
  for (const auto& [name, one] : registers_) CheckOne(name, one);
}

void History::CheckOne(const std::string& name, const Register& one) const {
  std::vector<RegisterWrite> writes;
  for (const Write& write : one.writes) {
    writes.push_back(write.write);
    if (write.late) writes.back().effects_end = LateEnd(write.write.end);
  }
  const std::vector<Read>& seen = one.reads;
  std::vector<RegisterRead> reads;
  for (const Read& read : seen) {
    reads.push_back(read.read);
    for (size_t i = 0; read.before_own_write && i < one.writes.size(); ++i) {
      if (one.writes[i].entry == read.entry) reads.back().before_write = i;
    }
  }
  const std::optional<Impossible> impossible = CheckRegister(writes, reads);
  if (!impossible) return;
  const CallEntry* const entry = impossible->is_read
                                     ? seen[impossible->index].entry
                                     : one.writes[impossible->index].entry;
  std::string what = impossible->gave_up
                         ? "The checker found too many ways to explain it.\n"
                         : "";
  bool eventual = false;
  if (impossible->is_read) {
    const Read& read = seen[impossible->index];
    eventual = read.eventual;
    what +=
        "a read of " + KeyText(name) +
        " cannot be explained: " + Text(read.read.sight) +
        (one.refused.count(read.read.sight.value) > 0 ? ", which was refused\n"
                                                      : "\n");
  } else {
    what += "a write of " + KeyText(name) +
            " was acknowledged, but cannot have taken effect once\n";
  }
  violation_(eventual ? "an eventual read sees what was there lately"
                      : "each key's history is linearizable",
             what + "at #" + std::to_string(entry->number) + " " + entry->text +
                 "\n" + Describe(one, "HERE", entry));
}

std::string History::Describe(const Register& one, const std::string& mark,
                              const CallEntry* marked) const {
  std::multimap<int64_t, std::string> lines;
  const auto add = [&](int64_t from, int64_t to, const CallEntry* entry,
                       const std::string& what) {
    lines.emplace(from, "  [" + std::to_string(from) + ", " +
                            std::to_string(to) + "] " + entry->client + " #" +
                            std::to_string(entry->number) + " " + what +
                            (entry == marked ? "  <-- " + mark : ""));
  };
  for (const Write& write : one.writes) {
    const RegisterWrite& w = write.write;
    add(w.call, w.end, write.entry,
        "writes " + Text(Sight{Sight::Kind::kIs, w.value}) +
            (w.condition ? " if " + Text(*w.condition) : "") + ", " +
            Text(write.entry->ending) + ", up to " +
            std::to_string(w.effects_max) + " effects" +
            (write.late ? ", until " + std::to_string(LateEnd(w.end)) : ""));
  }
  for (const Read& read : one.reads) {
    add(read.read.call, read.read.end, read.entry,
        (read.eventual ? "sees, eventually, " : "sees ") +
            Text(read.read.sight));
  }
  std::string text = "its history (v: values; [moments]):\n";
  // If the history is long, show only the part that ends shortly after the
  // mark.
  constexpr size_t kLinesMax = 60;
  std::vector<std::string> ordered;
  size_t marked_at = 0;
  for (auto& [from, line] : lines) {
    if (line.ends_with("<-- " + mark)) marked_at = ordered.size();
    ordered.push_back(line);
  }
  const size_t end = std::min(ordered.size(), marked_at + 6);
  for (size_t i = end > kLinesMax ? end - kLinesMax : 0; i < end; ++i) {
    text += ordered[i] + "\n";
  }
  return text;
}

}  // namespace dynamodown::sim
