// Keys and values on the command line and in its output: as text,
// hexadecimal, base64 or JSON.
//
// Thread-safety: pure functions. Errors: a decoder returns nothing for invalid
// input.

#ifndef DYNAMODOWN_CLI_PARSE_ENCODING_H_
#define DYNAMODOWN_CLI_PARSE_ENCODING_H_

#include <optional>
#include <string>
#include <string_view>

namespace cli {

enum class Encoding { kText, kHex, kBase64 };

/// Decodes an argument: hexadecimal in lower or upper case, base64 with the
/// standard alphabet and padding (RFC 4648, section 4), text as it is.
std::optional<std::string> Decode(Encoding encoding, std::string_view argument);

/// The reverse of Decode; hexadecimal in lower case.
std::string Encode(Encoding encoding, std::string_view bytes);

/// Like Encode, but the result cannot end a line or a column, or disturb a
/// terminal. In text, each backslash and each byte that is no part of a
/// printable character (dynamodown/printable.h) becomes \xNN.
std::string EncodeForLine(Encoding encoding, std::string_view bytes);

/// Text for a terminal: dynamodown::EscapeUnprintable, but tabs and newlines
/// stay as they are. The result cannot be decoded.
std::string EscapeControls(std::string_view bytes);

/// Whether `bytes` is UTF-8 as in RFC 3629: without overlong forms, surrogates
/// and code points above U+10FFFF.
bool IsUtf8(std::string_view bytes);

/// A JSON string, quotes included. `utf8` must be UTF-8. Characters that could
/// disturb a terminal are escaped as \uNNNN.
std::string JsonString(std::string_view utf8);

/// `"name":"bytes"`, or `"name_b64":"..."` for bytes that are not UTF-8.
std::string JsonMember(std::string_view name, std::string_view bytes);

}  // namespace cli

#endif  // DYNAMODOWN_CLI_PARSE_ENCODING_H_
