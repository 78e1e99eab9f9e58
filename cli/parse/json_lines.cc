// nlohmann-json's SAX interface reports each token. So we notice duplicate
// members, and build no nested values. nlohmann-json's messages quote the
// input; ours give only the position.

#include "parse/json_lines.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <span>
#include <utility>

#include "dyno/store.h"
#include "parse/encoding.h"
#include "parse/foreign_input.h"

namespace cli {
namespace {

using nlohmann::json;

constexpr std::string_view kBase64Suffix = "_b64";
constexpr size_t kNameBytesShown = 32;

/// A member that an object may have, and where its content goes.
struct Member {
  std::string_view name;
  std::string* bytes = nullptr;  // for a string in "name" or "name_b64"
  uint64_t* number = nullptr;    // for a number in "name"
  bool required = true;
  bool is_there = false;
  bool is_base64 = false;
};

std::string Shown(std::string_view name) {
  const bool cut = name.size() > kNameBytesShown;
  return '"' + EncodeForLine(Encoding::kText, name.substr(0, kNameBytesShown)) +
         (cut ? "..." : "") + '"';
}

/// Fills the members of one object. The first complaint ends the parsing.
class ObjectHandler final : public nlohmann::json_sax<json> {
 public:
  explicit ObjectHandler(std::span<Member> members) : members_(members) {}

  const Complaint& complaint() const { return complaint_; }

  bool start_object(size_t) override {
    if (member_ != nullptr) return WrongType();
    begun_ = true;
    return true;
  }
  bool key(string_t& name) override { return Begin(name); }
  bool string(string_t& text) override {
    if (!begun_) return NoObject();
    if (member_->bytes == nullptr) return WrongType();
    if (member_->is_base64) {
      std::optional<std::string> bytes = Decode(Encoding::kBase64, text);
      if (!bytes) return Complain("member " + name_ + " is not base64");
      *member_->bytes = *std::move(bytes);
    } else {
      *member_->bytes = std::move(text);
    }
    return true;
  }
  bool number_unsigned(number_unsigned_t number) override {
    if (!begun_) return NoObject();
    if (member_->number == nullptr) return WrongType();
    *member_->number = number;
    return true;
  }
  bool end_object() override {
    for (const Member& member : members_) {
      if (member.required && !member.is_there) {
        return Complain("there is no member " + Shown(member.name));
      }
    }
    ended_ = true;
    return true;
  }

  bool null() override { return WrongType(); }
  bool boolean(bool) override { return WrongType(); }
  bool number_integer(number_integer_t) override { return WrongType(); }
  bool number_float(number_float_t, const string_t&) override {
    return WrongType();
  }
  bool binary(binary_t&) override { return WrongType(); }
  bool start_array(size_t) override { return WrongType(); }
  bool end_array() override { return WrongType(); }

  bool parse_error(size_t position, const std::string&,
                   const json::exception&) override {
    return Complain(ended_ ? fmt::format("something follows the object, at "
                                         "byte {}",
                                         position)
                           : fmt::format("not JSON, at byte {}", position));
  }

 private:
  bool Complain(std::string what) {
    if (!complaint_) complaint_ = std::move(what);
    return false;
  }
  bool NoObject() { return Complain("not a JSON object"); }
  bool WrongType() {
    if (!begun_) return NoObject();
    return Complain(
        fmt::format("member {} is not a {}", name_,
                    member_->number != nullptr ? "whole number" : "string"));
  }

  bool Begin(std::string_view name) {
    for (Member& member : members_) {
      const bool is_base64 = member.bytes != nullptr &&
                             name.starts_with(member.name) &&
                             name.substr(member.name.size()) == kBase64Suffix;
      if (name != member.name && !is_base64) continue;
      if (member.is_there) {
        return Complain(member.is_base64 == is_base64
                            ? "member " + Shown(name) + " is there twice"
                            : fmt::format("members \"{0}\" and \"{0}_b64\" "
                                          "are both there",
                                          member.name));
      }
      member.is_there = true;
      member.is_base64 = is_base64;
      member_ = &member;
      name_ = Shown(name);
      return true;
    }
    return Complain("there is an unknown member " + Shown(name) +
                    (name == "type" ? ", as in the lines of 'batch'" : ""));
  }

  const std::span<Member> members_;
  Complaint complaint_;
  bool begun_ = false, ended_ = false;
  Member* member_ = nullptr;  // the current member
  std::string name_;          // the current member's name, as shown
};

Complaint ParseObject(std::string_view line, std::span<Member> members) {
  line = WithoutMark(line);
  // The parser takes a byte 00 for the end of the input.
  const bool has_zero = line.find('\0') != std::string_view::npos;
  ObjectHandler handler(members);
  if (!has_zero && json::sax_parse(line.begin(), line.end(), &handler)) {
    return std::nullopt;
  }
  if (Complaint foreign = NameForeignInput(line)) return foreign;
  if (has_zero) return "not JSON: a byte 00";
  if (!IsUtf8(line)) return "not UTF-8";
  return handler.complaint();
}

/// Checks a value in an item. It accepts what nlohmann-json accepts, except for
/// deep nesting. dyno uses the same parser, and so accepts the same values.
class ItemValueHandler final : public nlohmann::json_sax<json> {
 public:
  const Complaint& complaint() const { return complaint_; }
  bool is_object() const { return is_object_; }

  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(number_integer_t) override { return true; }
  bool number_unsigned(number_unsigned_t) override { return true; }
  bool number_float(number_float_t, const string_t&) override { return true; }
  bool string(string_t&) override { return true; }
  bool binary(binary_t&) override { return true; }
  bool key(string_t&) override { return true; }
  bool start_object(size_t) override {
    if (depth_ == 0) is_object_ = true;
    return Begin();
  }
  bool start_array(size_t) override { return Begin(); }
  bool end_object() override { return End(); }
  bool end_array() override { return End(); }
  bool parse_error(size_t byte, const std::string&,
                   const nlohmann::detail::exception& error) override {
    complaint_ = dynamic_cast<const json::out_of_range*>(&error) != nullptr
                     ? "has a number that is greater than any double"
                     : fmt::format("is not valid JSON, at byte {}", byte);
    return false;
  }

 private:
  bool Begin() {
    if (++depth_ <= dyno::kJsonDepthMax) return true;
    complaint_ =
        fmt::format("is nested more deeply than {}", dyno::kJsonDepthMax);
    return false;
  }
  bool End() {
    --depth_;
    return true;
  }

  size_t depth_ = 0;
  bool is_object_ = false;
  Complaint complaint_;
};

Complaint CheckItem(std::string_view text, bool* is_object) {
  ItemValueHandler handler;
  const bool is_json = json::sax_parse(text.begin(), text.end(), &handler);
  if (is_object != nullptr) *is_object = handler.is_object();
  if (is_json) return std::nullopt;
  if (const Complaint foreign = NameForeignInput(text)) return "is " + *foreign;
  return handler.complaint();
}

}  // namespace

bool IsBlank(std::string_view line) {
  return WithoutMark(line).find_first_not_of(" \t\r") == std::string_view::npos;
}

bool IsJson(std::string_view text) { return json::accept(text); }

bool HasTrueMember(std::string_view text, const std::string& name) {
  const json object = json::parse(text, nullptr, false);
  if (!object.is_object()) return false;
  const auto member = object.find(name);
  return member != object.end() && *member == true;
}

Complaint CheckItemValue(std::string_view text) {
  return CheckItem(text, nullptr);
}

Complaint CheckItemObject(std::string_view text) {
  bool is_object = false;
  Complaint complaint = CheckItem(text, &is_object);
  if (complaint || is_object) return complaint;
  return "is no object";
}

Complaint ParseRecord(std::string_view line, Operation* record) {
  record->type = Operation::Type::kPut;
  Member members[] = {{"key", &record->key}, {"value", &record->value}};
  return ParseObject(line, members);
}

Complaint ParseOperation(std::string_view line, Operation* operation) {
  std::string type;
  Member members[] = {
      {"type", &type}, {"key", &operation->key}, {"value", &operation->value}};
  Member& value = members[2];
  value.required = false;
  Complaint complaint = ParseObject(line, members);
  if (complaint) return complaint;
  if (type != "put" && type != "del") {
    return "member \"type\" is neither \"put\" nor \"del\"";
  }
  operation->type =
      type == "put" ? Operation::Type::kPut : Operation::Type::kDel;
  if (operation->type == Operation::Type::kPut && !value.is_there) {
    return "there is no member \"value\", which a put needs";
  }
  if (operation->type == Operation::Type::kDel && value.is_there) {
    return "there is a member \"value\", which a del must not have";
  }
  return std::nullopt;
}

void AppendRecord(std::string_view key, std::string_view value,
                  std::string* lines) {
  *lines += '{';
  *lines += JsonMember("key", key);
  *lines += ',';
  *lines += JsonMember("value", value);
  *lines += "}\n";
}

Complaint ParseCheckpoint(std::string_view line, CheckpointFields* checkpoint) {
  Member members[] = {{"location", &checkpoint->location},
                      {"endpoint", &checkpoint->endpoint},
                      {"region", &checkpoint->region},
                      {"id", &checkpoint->id},
                      {"line", nullptr, &checkpoint->line},
                      {"bytes", nullptr, &checkpoint->bytes},
                      {"digest", &checkpoint->digest},
                      {"key", &checkpoint->key}};
  return ParseObject(line, members);
}

std::string FormatCheckpoint(const CheckpointFields& checkpoint) {
  return fmt::format("{{{},{},{},{},\"line\":{},\"bytes\":{},{},{}}}\n",
                     JsonMember("location", checkpoint.location),
                     JsonMember("endpoint", checkpoint.endpoint),
                     JsonMember("region", checkpoint.region),
                     JsonMember("id", checkpoint.id), checkpoint.line,
                     checkpoint.bytes, JsonMember("digest", checkpoint.digest),
                     JsonMember("key", checkpoint.key));
}

}  // namespace cli
