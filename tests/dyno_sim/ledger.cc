#include "dyno_sim/ledger.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "dyno/item/base_codec.h"
#include "dyno/item/json.h"
#include "dyno/item/key.h"
#include "dyno/item/replay.h"
#include "dyno/item/timestamps.h"
#include "dyno/sync/peer_codec.h"

namespace dyno::sim {
namespace {

/// "t7": 7; 0 for anything else.
uint64_t TokenIn(const std::string& text) {
  if (text.size() < 2 || text[0] != 't' ||
      text.find_first_not_of("0123456789", 1) != std::string::npos) {
    return 0;
  }
  return std::stoull(text.substr(1));
}

void AddToken(const std::string& text, int times, Tokens* tokens) {
  if (const uint64_t token = TokenIn(text)) (*tokens)[token] += times;
}

/// The tokens in an attribute's value: "t7;t8;", {"t7":true} or ["t7"].
void AddTokensOf(const Json& value, Tokens* tokens) {
  if (value.is_string()) {
    const std::string text = value.get<std::string>();
    size_t begin = 0;
    for (size_t end; (end = text.find(';', begin)) != std::string::npos;
         begin = end + 1) {
      AddToken(text.substr(begin, end - begin), 1, tokens);
    }
  } else if (value.is_object()) {
    for (const auto& [name, is_in] : value.items()) AddToken(name, 1, tokens);
  } else if (value.is_array()) {
    for (const Json& each : value) {
      if (each.is_string()) AddToken(each.get<std::string>(), 1, tokens);
    }
  }
}

bool IsIn(const Entry& entry, const Records& records) {
  Flake timestamp;
  if (!Flake::Parse(entry.timestamp, &timestamp)) return false;
  return std::any_of(records.operations.begin(), records.operations.end(),
                     [&](const OperationRecord& x) {
                       return x.timestamp == timestamp;
                     }) ||
         std::any_of(
             records.bases.begin(), records.bases.end(),
             [&](const BaseRecord& base) { return IsBelow(timestamp, base); });
}

}  // namespace

Tokens TokensOf(const std::string& json) {
  Tokens tokens;
  const auto parsed = ParseJson(json);
  if (!parsed.ok() || !parsed->is_object()) return tokens;
  for (const auto& [name, value] : parsed->items()) {
    if (TokenIn(name) != 0 && value.is_number_integer()) {
      AddToken(name, value.get<int>(), &tokens);
    } else {
      AddTokensOf(value, &tokens);
    }
  }
  return tokens;
}

Records RecordsOf(const RecordMap& records, const std::string& name) {
  const std::string encoded = EncodeName(name);
  RecordCollector collector;
  const auto end = records.lower_bound(ItemEnd(encoded));
  for (auto record = records.lower_bound(ItemBegin(encoded)); record != end;
       ++record) {
    // In the middle of a write an item may be inconsistent.
    static_cast<void>(collector.Add(record->first, record->second));
  }
  static_cast<void>(collector.Finish());
  return std::move(collector.records());
}

Entry* Ledger::Add(Entry entry) {
  const uint64_t token = entry.token;
  return &(entries_[token] = std::move(entry));
}

void Ledger::NoteLateDone(const std::string& name, const LateRecord& late,
                          bool is_reapplied) {
  NoteOther(name);
  const bool is_base = late.operation == kBaseOperation;
  const Tokens tokens = TokensOf(late.change);
  for (auto& [token, entry] : entries_) {
    if (entry.name != name) continue;
    const bool is_it = is_base ? tokens.count(token) > 0 || IsWild(name)
                               : !late.timestamp.empty() &&
                                     (entry.timestamp == late.timestamp ||
                                      tokens.count(token) > 0);
    if (!is_it) continue;
    if (is_reapplied) {
      ++entry.reapplied;
      NoteOther(name);
    } else {
      entry.is_settled = true;
    }
  }
}

std::vector<uint64_t> Ledger::AcknowledgedAt(const std::string& site,
                                             const std::string& name) const {
  std::vector<uint64_t> tokens;
  for (const auto& [token, entry] : entries_) {
    if (entry.is_acknowledged && entry.name == name && entry.site == site &&
        !entry.is_gone_there && entry.reapplied == 0) {
      tokens.push_back(token);
    }
  }
  return tokens;
}

std::string Ledger::Describe(const Entry& entry) const {
  return entry.name + "/" + entry.timestamp + "/" + entry.operation + " " +
         entry.change + " of " + entry.site +
         (entry.is_acknowledged ? "" : ", which was not acknowledged");
}

void Ledger::CheckTokens(const std::string& where, const Item& item,
                         const std::vector<uint64_t>& expected,
                         bool is_read) const {
  const Tokens applied = TokensOf(item.json);
  Tokens late;
  for (const LateRecord& each : item.late) {
    for (const auto& [token, times] : TokensOf(each.change)) {
      late[token] += times;
    }
  }
  for (const auto& [token, times] : applied) {
    const auto entry = entries_.find(token);
    if (entry == entries_.end() || entry->second.name != item.name) {
      violation_("items have what was asked for",
                 where + " has t" + std::to_string(token));
    } else if (times > 1 + entry->second.reapplied) {
      violation_("each operation is applied once",
                 where + " has " + std::to_string(times) + " times " +
                     Describe(entry->second) + ":\n" + item.json);
    }
  }
  for (const uint64_t token : expected) {
    const Entry& entry = entries_.at(token);
    if (entry.is_lost || entry.is_settled) continue;
    if (is_read && (entry.is_gone_there || entry.reapplied > 0)) continue;
    if (applied.count(token) > 0 || late.count(token) > 0) continue;
    violation_("what was acknowledged is applied, late or settled",
               where + " has not " + Describe(entry) + ":\n" + item.json);
  }
}

void Ledger::CheckRead(const std::string& site, const Item& item,
                       const std::vector<uint64_t>& before) const {
  if (IsWild(item.name)) return;
  CheckTokens("the item " + item.name + " read in " + site, item, before, true);
}

void Ledger::CheckKnown(const std::string& site, const RecordMap& records) {
  std::map<uint64_t, Flake> known;
  const auto known_of = [&](uint64_t replica) {
    const auto [at, is_new] = known.try_emplace(replica);
    const auto record = records.find(KnownKey(replica));
    if (is_new && record != records.end()) {
      const auto decoded = DecodeKnown(record->first, record->second);
      if (decoded.ok()) at->second = decoded->known;
    }
    return at->second;
  };
  for (auto& [token, entry] : entries_) {
    if (!entry.is_acknowledged || entry.is_lost || entry.is_settled ||
        entry.reapplied > 0 || entry.found_in.count(site) > 0 ||
        restored_.count(entry.site) > 0) {
      continue;
    }
    Flake timestamp;
    if (!Flake::Parse(entry.timestamp, &timestamp) ||
        known_of(timestamp.replica) < timestamp) {
      continue;
    }
    if (!IsIn(entry, RecordsOf(records, entry.name))) {
      violation_("a store has what it says that it knows",
                 site + " knows all up to " +
                     known_of(timestamp.replica).ToString() + ", and has not " +
                     Describe(entry));
    }
    entry.found_in.insert(site);
  }
}

void Ledger::NoteLoss(const std::string& site, const RecordMap& left,
                      const std::vector<const RecordMap*>& stores) {
  std::map<std::string, std::vector<Records>> items;
  for (auto& [token, entry] : entries_) {
    entry.found_in.erase(site);
    if (!entry.is_acknowledged || entry.is_lost) continue;
    if (entry.reapplied > 0) {  // Its copy may be lost.
      entry.is_lost = true;
      continue;
    }
    auto& copies = items[entry.name];
    if (copies.empty()) {
      for (const RecordMap* each : stores) {
        copies.push_back(RecordsOf(*each, entry.name));
      }
    }
    if (entry.site == site && !IsIn(entry, RecordsOf(left, entry.name))) {
      entry.is_gone_there = true;
    }
    entry.is_lost = std::none_of(
        copies.begin(), copies.end(),
        [&e = entry](const Records& records) { return IsIn(e, records); });
  }
}

void Ledger::CheckReplay(const std::string& where, const Item& item) const {
  const Tokens applied = TokensOf(item.json);
  Records records;
  for (const auto& [token, times] : applied) {
    const Entry& entry = entries_.at(token);
    Flake timestamp;
    if (!Flake::Parse(entry.timestamp, &timestamp)) return;
    records.operations.push_back(
        {MakeRecordKey(EncodeName(item.name), timestamp, entry.operation),
         entry.change, timestamp});
  }
  auto& operations = records.operations;
  std::sort(operations.begin(), operations.end(),
            [](const auto& a, const auto& b) { return a.key < b.key; });
  const View view = ViewOf(records);
  const Result<State> state = Replay(view, EndOfTime());
  if (!state.ok() || operations.empty()) return;
  if (ToText(state->item) == item.json && state->hash == item.hash) return;
  violation_("an item is what its operations make in the order of time",
             where + " is\n" + item.json + " " + item.hash +
                 "\nand should be\n" + ToText(state->item) + " " + state->hash);
}

void Ledger::CheckStore(const std::string& site, const Item& item,
                        const RecordMap& records) const {
  const std::string where = "the item " + item.name + " in " + site;
  const Records own = RecordsOf(records, item.name);
  uint64_t asked = 0;
  uint64_t required = 0;
  std::vector<uint64_t> expected;
  bool is_simple = others_.count(item.name) == 0 && item.late.empty();
  for (const auto& [token, entry] : entries_) {
    if (entry.name != item.name) continue;
    ++asked;
    if (!entry.is_acknowledged || entry.is_lost || entry.is_settled) continue;
    expected.push_back(token);
    if (entry.reapplied > 0) continue;
    ++required;
    if (!IsIn(entry, own)) {
      violation_("what was acknowledged is a record or below a base",
                 where + " has not " + Describe(entry));
    }
  }
  if (!IsWild(item.name)) CheckTokens(where, item, expected, false);
  if (is_simple && (item.changes < required || item.changes > asked)) {
    violation_("an item counts its changes",
               where + " has " + std::to_string(item.changes) + ", of " +
                   std::to_string(required) + " to " + std::to_string(asked));
  }
  if (IsWild(item.name)) return;
  if (is_simple) CheckReplay(where, item);
}

}  // namespace dyno::sim
