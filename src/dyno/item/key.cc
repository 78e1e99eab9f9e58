#include "dyno/item/key.h"

#include <cstdio>

#include "base/printable.h"
#include "base/utf8.h"
#include "dyno/store.h"

namespace dyno {
namespace {

constexpr size_t kOperationBytesMax = 64;
constexpr size_t kPrintableMax = 200;

void AppendEscaped(char byte, std::string* out) {
  static constexpr char kDigits[] = "0123456789ABCDEF";
  const auto bits = static_cast<unsigned char>(byte);
  out->push_back('%');
  out->push_back(kDigits[bits >> 4]);
  out->push_back(kDigits[bits & 15]);
}

/// The value of the digit `c`; -1 if `c` is none of 0-9A-F.
int DigitOf(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

bool IsOperationName(std::string_view name) {
  if (name.empty() || name.size() > kOperationBytesMax) return false;
  for (const char c : name) {
    const bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (!is_letter && !(c >= '0' && c <= '9') && c != '_' && c != '~') {
      return false;
    }
  }
  return true;
}

}  // namespace

std::string EncodeName(std::string_view name) {
  std::string encoded;
  encoded.reserve(name.size());
  while (!name.empty()) {
    const size_t length = dynamodown::Utf8CharacterBytes(name);
    if (length == 0 || name.front() == '/' || name.front() == '%') {
      AppendEscaped(name.front(), &encoded);
      name.remove_prefix(1);
    } else {
      encoded.append(name.substr(0, length));
      name.remove_prefix(length);
    }
  }
  return encoded;
}

Result<std::string> CheckedName(std::string_view name) {
  if (name.empty()) {
    return leveldb::Status::InvalidArgument("an item's name is empty");
  }
  std::string encoded = EncodeName(name);
  if (encoded.size() > kNameBytesMax) {
    return leveldb::Status::InvalidArgument(
        "an item's name has " + std::to_string(encoded.size()) +
        " bytes when encoded; the limit is " + std::to_string(kNameBytesMax));
  }
  return encoded;
}

std::optional<std::string> DecodeName(std::string_view encoded) {
  std::string name;
  name.reserve(encoded.size());
  bool is_plain = true;
  for (size_t at = 0; at < encoded.size(); ++at) {
    const char c = encoded[at];
    is_plain = is_plain && c > 0 && c != '%' && c != '/';
    if (c != '%') {
      name.push_back(c);
      continue;
    }
    if (encoded.size() - at < 3) return std::nullopt;
    const int high = DigitOf(encoded[at + 1]);
    const int low = DigitOf(encoded[at + 2]);
    if (high < 0 || low < 0) return std::nullopt;
    name.push_back(static_cast<char>(high << 4 | low));
    at += 2;
  }
  if (name.empty()) return std::nullopt;
  if (!is_plain && EncodeName(name) != encoded) return std::nullopt;
  return name;
}

std::optional<RecordKey> SplitRecordKey(std::string_view key) {
  const size_t slash = key.find('/');
  if (slash == std::string_view::npos || slash == 0 ||
      key.size() < slash + Flake::kBytes + 3) {
    return std::nullopt;
  }
  RecordKey parts;
  parts.name = key.substr(0, slash);
  const std::string_view timestamp = key.substr(slash + 1, Flake::kBytes);
  const std::string_view rest = key.substr(slash + 1 + Flake::kBytes);
  if (rest.front() != '/' || !IsOperationName(rest.substr(1)) ||
      !Flake::Parse({timestamp.data(), timestamp.size()}, &parts.timestamp)) {
    return std::nullopt;
  }
  parts.operation = rest.substr(1);
  return parts;
}

std::optional<RecordKey> ParseRecordKey(std::string_view key) {
  std::optional<RecordKey> parts = SplitRecordKey(key);
  if (parts && !DecodeName(parts->name)) return std::nullopt;
  return parts;
}

std::string MakeRecordKey(std::string_view encoded_name, const Flake& timestamp,
                          std::string_view operation) {
  std::string key;
  key.reserve(encoded_name.size() + Flake::kBytes + operation.size() + 2);
  key.append(encoded_name).push_back('/');
  key.append(timestamp.ToString()).push_back('/');
  key.append(operation);
  return key;
}

std::string ItemBegin(std::string_view encoded_name) {
  return std::string(encoded_name) + "/";
}

std::string ItemEnd(std::string_view encoded_name) {
  static_assert('/' + 1 == '0');
  return std::string(encoded_name) + "0";
}

std::string SlotText(uint16_t slot) {
  char digits[5];
  snprintf(digits, sizeof digits, "%04x", slot);
  return digits;
}

bool ParseSlot(std::string_view text, uint16_t* slot) {
  Flake flake;
  if (text.size() != 4 ||
      !Flake::Parse("000000000000-0000-" + std::string(text) + "-000000000000",
                    &flake)) {
    return false;
  }
  *slot = flake.slot;
  return true;
}

std::string ReplicaText(uint64_t replica) {
  Flake flake;
  flake.replica = replica;
  return flake.ToString().substr(Flake::kBytes - 12);
}

bool ParseReplica(std::string_view text, uint64_t* replica) {
  Flake flake;
  if (text.size() != 12 ||
      !Flake::Parse("000000000000-0000-0000-" + std::string(text), &flake)) {
    return false;
  }
  *replica = flake.replica;
  return true;
}

std::string SlotKey(uint16_t slot) {
  return std::string(kSlotsBegin) + SlotText(slot);
}

std::optional<uint16_t> ParseSlotKey(std::string_view key) {
  uint16_t slot = 0;
  if (key.substr(0, kSlotsBegin.size()) != kSlotsBegin ||
      !ParseSlot(key.substr(kSlotsBegin.size()), &slot)) {
    return std::nullopt;
  }
  return slot;
}

std::string ChangePrefix(uint16_t slot) {
  return std::string(kChangesBegin) + SlotText(slot) + "/";
}

std::string ChangeKey(const Flake& timestamp) {
  return ChangePrefix(timestamp.slot) + timestamp.ToString();
}

std::optional<Flake> ParseChangeKey(std::string_view key) {
  Flake timestamp;
  if (key.size() < Flake::kBytes) return std::nullopt;
  const std::string_view end = key.substr(key.size() - Flake::kBytes);
  if (!Flake::Parse({end.data(), end.size()}, &timestamp) ||
      key != ChangeKey(timestamp)) {
    return std::nullopt;
  }
  return timestamp;
}

std::string KnownKey(uint64_t replica) {
  return std::string(kKnownBegin) + ReplicaText(replica);
}

std::string PeerKey(uint64_t replica) {
  return std::string(kPeersBegin) + ReplicaText(replica);
}

std::string FlattenKey(std::string_view encoded_name) {
  return "%dyno/f/" + std::string(encoded_name);
}

std::string Printable(std::string_view bytes) {
  return dynamodown::Printable(bytes, kPrintableMax);
}

leveldb::Status Damaged(std::string_view key, std::string_view what) {
  return leveldb::Status::Corruption("the record " + Printable(key) + " " +
                                     std::string(what));
}

}  // namespace dyno
