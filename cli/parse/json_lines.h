// Lines of JSON: records of `scan --json` and `dump`, operations of `batch`,
// and the checkpoint of a load.
//
//     {"key":"name","value":"Yuri Irsenovich Kim"}
//     {"key_b64":"AP8=","value_b64":"yv4="}
//     {"type":"put","key":"name","value":"Yuri Irsenovich Kim"}
//     {"type":"del","key":"name"}
// A member's bytes are its text in UTF-8 or, with "_b64" after the name,
// base64. Each member appears once, in one of the two forms. Any other member
// is an error, because skipping it would lose it.
//
// Thread-safety: pure functions.

#ifndef DYNAMODOWN_CLI_PARSE_JSON_LINES_H_
#define DYNAMODOWN_CLI_PARSE_JSON_LINES_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "parse/complaint.h"

namespace cli {

struct Operation {
  enum class Type { kPut, kDel };
  Type type = Type::kPut;
  std::string key;
  std::string value;  ///< of a put
};

/// Whether a line has nothing but spaces, tabs and "\r". Blank lines are
/// skipped.
bool IsBlank(std::string_view line);

/// Whether `text` is JSON, any value.
bool IsJson(std::string_view text);

/// Whether `text` is an object with a member of this name that is true.
bool HasTrueMember(std::string_view text, const std::string& name);

/// Checks that `text` can be a value in an item. dyno makes the same check;
/// this one needs no open store. The complaint is the end of a sentence: "is
/// not valid JSON, at byte 8".
Complaint CheckItemValue(std::string_view text);
/// The same for an item's attributes: a value that is an object.
Complaint CheckItemObject(std::string_view text);

/// "key" and "value": a put.
Complaint ParseRecord(std::string_view line, Operation* record);

/// "type", "key" and, for a put, "value".
Complaint ParseOperation(std::string_view line, Operation* operation);

/// The line that ParseRecord reads, "\n" included; appended to `*lines`.
void AppendRecord(std::string_view key, std::string_view value,
                  std::string* lines);

/// The progress of a load, and its store.
struct CheckpointFields {
  std::string location;  ///< As in StoreInfo, like the next three.
  std::string endpoint;
  std::string region;
  std::string id;
  uint64_t line = 0;   ///< The number of the last loaded line.
  uint64_t bytes = 0;  ///< The number of input bytes up to that line's end.
  std::string digest;  ///< The digest of these bytes.
  std::string key;     ///< The last record's key.
};

/// All members are required. "line" and "bytes" are numbers, the rest strings.
Complaint ParseCheckpoint(std::string_view line, CheckpointFields* checkpoint);
/// The line that ParseCheckpoint reads, "\n" included.
std::string FormatCheckpoint(const CheckpointFields& checkpoint);

}  // namespace cli

#endif  // DYNAMODOWN_CLI_PARSE_JSON_LINES_H_
