// Lines of JSON: records of `scan --json` and `dump`, operations of `batch`,
// and the checkpoint of a load.
//
//     {"key":"name","value":"Yuri Irsenovich Kim"}
//     {"key_b64":"AP8=","value_b64":"yv4="}
//     {"type":"put","key":"name","value":"Yuri Irsenovich Kim"}
//     {"type":"del","key":"name"}
//
// The string of a member is the bytes themselves, if they are UTF-8. If "_b64"
// follows the member's name, the string is the bytes in base64. Each member
// appears once, in one of the two forms. Any other member is an error, because
// skipping it would lose data.
//
// A byte order mark before a line is skipped. If the input is not JSON in
// UTF-8, for example gzip data, the complaint says so: see foreign_input.h.
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

/// Whether `text` is JSON: a value of any type.
bool IsJson(std::string_view text);

/// Whether `text` is an object whose member `name` is true.
bool HasTrueMember(std::string_view text, const std::string& name);

/// Checks that `text` can be a value in an item. dyno makes the same check, but
/// CheckItemValue needs no open store. The complaint is the end of a sentence:
/// "is not valid JSON, at byte 8".
Complaint CheckItemValue(std::string_view text);
/// Makes the same check, and also checks that `text` is an object, because the
/// attributes of an item are one object.
Complaint CheckItemObject(std::string_view text);

/// Parses a line with "key" and "value". `*record` becomes a put.
Complaint ParseRecord(std::string_view line, Operation* record);

/// Parses a line with "type", "key" and, for a put, "value".
Complaint ParseOperation(std::string_view line, Operation* operation);

/// Appends to `*lines` a line that ParseRecord can parse, "\n" included.
void AppendRecord(std::string_view key, std::string_view value,
                  std::string* lines);

/// The progress of a load, and the store that the load writes to.
struct CheckpointFields {
  std::string location;  ///< As in StoreInfo, like the next three members.
  std::string endpoint;
  std::string region;
  std::string id;
  uint64_t line = 0;   ///< The number of the last loaded line.
  uint64_t bytes = 0;  ///< The number of input bytes up to that line's end.
  std::string digest;  ///< The digest of these bytes.
  std::string key;     ///< The last record's key.
};

/// All members are required. "line" and "bytes" are numbers, and the other
/// members are strings.
Complaint ParseCheckpoint(std::string_view line, CheckpointFields* checkpoint);
/// Returns a line that ParseCheckpoint can parse, "\n" included.
std::string FormatCheckpoint(const CheckpointFields& checkpoint);

}  // namespace cli

#endif  // DYNAMODOWN_CLI_PARSE_JSON_LINES_H_
