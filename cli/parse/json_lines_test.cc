#include "parse/json_lines.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace cli {
namespace {

using Type = Operation::Type;

// A text that the tests put in keys and values. No complaint may quote it.
constexpr char kMarker[] = "SECRET";

std::string Refused(Complaint (*parse)(std::string_view, Operation*),
                    std::string_view line) {
  Operation operation;
  const Complaint complaint = parse(line, &operation);
  EXPECT_TRUE(complaint.has_value()) << line;
  const std::string what = complaint.value_or("");
  EXPECT_EQ(what.find(kMarker), std::string::npos) << what;
  return what;
}

TEST(JsonLinesTest, ARecordIsReadInEachOfItsForms) {
  const struct {
    const char* line;
    std::string key, value;
  } cases[] = {
      {R"({"key":"a","value":"b"})", "a", "b"},
      {R"({"value":"b","key":"a"})", "a", "b"},
      {R"( { "key" : "a" , "value" : "b" } )", "a", "b"},
      {"\t{\"key\":\"a\",\"value\":\"b\"}\r", "a", "b"},
      {R"({"key":"","value":""})", "", ""},
      {R"({"key_b64":"","value_b64":""})", "", ""},
      {R"({"key_b64":"AP8=","value_b64":"//8="})", std::string("\0\xff", 2),
       "\xff\xff"},
      {R"({"key_b64":"YQ==","value":"b"})", "a", "b"},
      {R"({"k\u0065y":"a","value":"b"})", "a", "b"},
      {R"({"key":"\u0000\n\"\\\/","value":"\ud83d\ude00"})",
       std::string("\0\n\"\\/", 5), "\U0001f600"},
      {"{\"key\":\"gr\u00fc\u00df\",\"value\":\"\u007f\"}", "gr\u00fc\u00df",
       "\x7f"},
  };
  for (const auto& c : cases) {
    Operation record;
    record.type = Type::kDel;
    EXPECT_EQ(ParseRecord(c.line, &record), std::nullopt) << c.line;
    EXPECT_EQ(record.type, Type::kPut);
    EXPECT_EQ(record.key, c.key) << c.line;
    EXPECT_EQ(record.value, c.value) << c.line;
  }
}

/// A line that is refused, and why.
struct RefusedLine {
  std::string line;
  const char* complaint;
};

TEST(JsonLinesTest, ALineThatIsNoObjectGetsAComplaint) {
  using std::string_literals::operator""s;
  const RefusedLine cases[] = {
      {R"("SECRET")", "not a JSON object"},
      {R"(["SECRET"])", "not a JSON object"},
      {"17", "not a JSON object"},
      {"-17", "not a JSON object"},
      {"1.5", "not a JSON object"},
      {"null", "not a JSON object"},
      {"true", "not a JSON object"},
      {"SECRET", "not JSON, at byte 1"},
      {R"({"key":"SECRET","value":"SECRET)", "not JSON, at byte 32"},
      {R"({"key":"SECRET","value":"a",})", "not JSON, at byte 29"},
      {R"({"key":"SECRET" "value":"a"})", "not JSON, at byte 23"},
      {R"({'key':'SECRET'})", "not JSON, at byte 2"},
      {"{\"key\":\"SEC\tRET\",\"value\":\"a\"}", "not JSON, at byte 12"},
      {R"({"key":"a","value":"\xSECRET"})", "not JSON, at byte 22"},
      {R"({"key":"a","value":1e999})", "not JSON, at byte 24"},
      {R"({"key":"a","value":"SECRET"}SECRET)",
       "something follows the object, at byte 29"},
      {R"({"key":"a","value":"b"}{"key":"SECRET","value":"b"})",
       "something follows the object, at byte 24"},
      {R"({"key":"a","value":"b"},)",
       "something follows the object, at byte 24"},
      {R"({"key":"a","value":"b"} // SECRET)",
       "something follows the object, at byte 25"},
      {"{\"key\":\"a\",\"value\":\"b\"}\0"s, "not JSON: a byte 00"},
      {"{\"key\":\"a\",\"value\":\"b\"}\0SECRET"s, "not JSON: a byte 00"},
      {"{\"key\":\"SECRET\xff\",\"value\":\"b\"}", "not UTF-8"},
      {"{\"key\":\"a\",\"value\":\"\xc3\"}", "not UTF-8"},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(Refused(ParseRecord, c.line), c.complaint) << c.line;
  }
}

TEST(JsonLinesTest, ALineThatIsNoRecordGetsAComplaint) {
  const RefusedLine cases[] = {
      {"{}", "there is no member \"key\""},
      {R"({"value":"SECRET"})", "there is no member \"key\""},
      {R"({"key":"SECRET"})", "there is no member \"value\""},
      {R"({"key":"a","value":"SECRET","more":1})",
       "there is an unknown member \"more\""},
      {R"({"Key":"a","value":"SECRET"})", "there is an unknown member \"Key\""},
      {R"({"type":"put","key":"a","value":"b"})",
       "there is an unknown member \"type\", as in the lines of 'batch'"},
      {R"({"key_b64_b64":"","value":""})",
       "there is an unknown member \"key_b64_b64\""},
      {R"({"a\u0000very long name that goes on and SECRET":1})",
       "there is an unknown member \"a\\x00very long name that goes on "
       "an...\""},
      {R"({"key":"a","key":"SECRET","value":"b"})",
       "member \"key\" is there twice"},
      {R"({"key":"a","value_b64":"","value_b64":""})",
       "member \"value_b64\" is there twice"},
      {R"({"key":"a","key_b64":"YQ==","value":"b"})",
       "members \"key\" and \"key_b64\" are both there"},
      {R"({"key":"a","value_b64":"","value":"SECRET"})",
       "members \"value\" and \"value_b64\" are both there"},
      {R"({"key":1,"value":"b"})", "member \"key\" is not a string"},
      {R"({"key":-1,"value":"b"})", "member \"key\" is not a string"},
      {R"({"key":1.5,"value":"b"})", "member \"key\" is not a string"},
      {R"({"key":null,"value":"b"})", "member \"key\" is not a string"},
      {R"({"key":true,"value":"b"})", "member \"key\" is not a string"},
      {R"({"key":{"a":"SECRET"},"value":"b"})",
       "member \"key\" is not a string"},
      {R"({"key":["SECRET"],"value":"b"})", "member \"key\" is not a string"},
      {R"({"key":"a","value_b64":7})", "member \"value_b64\" is not a string"},
      {R"({"key_b64":"SECRET","value":"b"})",
       "member \"key_b64\" is not base64"},
      {R"({"key_b64":"YQ=","value":"b"})", "member \"key_b64\" is not base64"},
      {R"({"key_b64":"YR==","value":"b"})", "member \"key_b64\" is not base64"},
      {R"({"key_b64":"-_8=","value":"b"})", "member \"key_b64\" is not base64"},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(Refused(ParseRecord, c.line), c.complaint) << c.line;
  }
}

TEST(JsonLinesTest, DeepNestingIsRefusedAtOnce) {
  const std::string deep(1 << 20, '[');
  EXPECT_EQ(Refused(ParseRecord, deep), "not a JSON object");
  EXPECT_EQ(Refused(ParseRecord, "{\"key\":" + deep),
            "member \"key\" is not a string");
}

TEST(JsonLinesTest, AnOperationIsAPutOrADel) {
  Operation operation;
  EXPECT_EQ(ParseOperation(R"({"type":"put","key":"a","value_b64":"/w=="})",
                           &operation),
            std::nullopt);
  EXPECT_EQ(operation.type, Type::kPut);
  EXPECT_EQ(operation.key, "a");
  EXPECT_EQ(operation.value, "\xff");
  operation = Operation();
  EXPECT_EQ(ParseOperation(R"({"key_b64":"/w==","type":"del"})", &operation),
            std::nullopt);
  EXPECT_EQ(operation.type, Type::kDel);
  EXPECT_EQ(operation.key, "\xff");
}

TEST(JsonLinesTest, ALineThatIsNoOperationGetsAComplaint) {
  const char* cases[][2] = {
      {R"({"key":"a","value":"SECRET"})", "there is no member \"type\""},
      {R"({"type":"SECRET","key":"a"})",
       "member \"type\" is neither \"put\" nor \"del\""},
      {R"({"type":"PUT","key":"a","value":"b"})",
       "member \"type\" is neither \"put\" nor \"del\""},
      {R"({"type":1,"key":"a"})", "member \"type\" is not a string"},
      {R"({"type":"put","key":"SECRET"})",
       "there is no member \"value\", which a put needs"},
      {R"({"type":"del","key":"a","value":"SECRET"})",
       "there is a member \"value\", which a del must not have"},
      {R"({"type":"del"})", "there is no member \"key\""},
      {R"({"type":"del","type":"del","key":"a"})",
       "member \"type\" is there twice"},
  };
  for (const auto& [line, complaint] : cases) {
    EXPECT_EQ(Refused(ParseOperation, line), complaint) << line;
  }
}

TEST(JsonLinesTest, AppendedRecordsAreReadBack) {
  std::vector<std::string> all = {"",
                                  "text",
                                  "\"\\\n\r\t\x01\x7f",
                                  "\xff\xfe",
                                  std::string("\0", 1),
                                  "\U0010ffff",
                                  "\xc3"};
  for (const std::string& key : all) {
    for (const std::string& value : all) {
      std::string lines = "before\n";
      AppendRecord(key, value, &lines);
      ASSERT_TRUE(lines.starts_with("before\n") && lines.ends_with("}\n"));
      const std::string line = lines.substr(7, lines.size() - 8);
      EXPECT_EQ(line.find('\n'), std::string::npos);
      Operation record;
      EXPECT_EQ(ParseRecord(line, &record), std::nullopt) << line;
      EXPECT_EQ(record.key, key);
      EXPECT_EQ(record.value, value);
    }
  }
}

TEST(JsonLinesTest, ABlankLineHasOnlySpacesTabsAndReturns) {
  for (const char* blank : {"", " ", "\t \r"}) EXPECT_TRUE(IsBlank(blank));
  for (const char* line : {"{", " {}", "\v"}) EXPECT_FALSE(IsBlank(line));
  EXPECT_FALSE(IsBlank(std::string_view("\0", 1)));
}

TEST(JsonLinesTest, ACheckpointIsReadBack) {
  CheckpointFields fields;
  fields.location = "table/hash\xff";
  fields.endpoint = "http://127.0.0.1:8000";
  fields.region = "us-east-1";
  fields.id = "id";
  fields.line = UINT64_MAX;
  fields.bytes = 12;
  fields.digest = "0123456789abcdef";
  fields.key = std::string("\0\xff", 2);
  const std::string line = FormatCheckpoint(fields);
  ASSERT_TRUE(line.ends_with('\n'));
  CheckpointFields read;
  EXPECT_EQ(ParseCheckpoint(line, &read), std::nullopt);
  EXPECT_EQ(FormatCheckpoint(read), line);
  EXPECT_EQ(read.key, fields.key);
  EXPECT_EQ(read.line, fields.line);

  for (const char* number : {"-1", "1.0", "\"1\"", "18446744073709551616"}) {
    const std::string wrong =
        R"({"location":"l","endpoint":"e","region":"r","id":"i","line":)" +
        std::string(number) + R"(,"bytes":1,"digest":"d","key":"k"})";
    EXPECT_EQ(ParseCheckpoint(wrong, &read),
              "member \"line\" is not a whole number")
        << wrong;
  }
  EXPECT_EQ(ParseCheckpoint("{\"line\":1}", &read),
            "there is no member \"location\"");
}

TEST(JsonLinesTest, AValueOfAnItemIsJsonWithinLimits) {
  const auto deep = [](size_t depth) {
    return std::string(depth, '[') + std::string(depth, ']');
  };
  for (const std::string& value :
       {std::string("{}"), std::string(" [1, -2.5e3, null] "),
        std::string("\"[[\""), std::string("18446744073709551615"),
        std::string("123456789012345678901234567890"), deep(200)}) {
    EXPECT_EQ(CheckItemValue(value), std::nullopt) << value;
  }
  EXPECT_EQ(CheckItemValue(""), "is not valid JSON, at byte 1");
  EXPECT_EQ(CheckItemValue("{\"nick\""), "is not valid JSON, at byte 8");
  EXPECT_EQ(CheckItemValue("1 2"), "is not valid JSON, at byte 3");
  EXPECT_EQ(CheckItemValue("\"\xff\""), "is not valid JSON, at byte 2");
  EXPECT_EQ(CheckItemValue("[1e999]"),
            "has a number that is greater than any double");
  EXPECT_EQ(CheckItemValue(deep(201)), "is nested more deeply than 200");
}

TEST(JsonLinesTest, AttributesOfAnItemAreAnObject) {
  EXPECT_EQ(CheckItemObject(" {\"a\":[{}]} "), std::nullopt);
  for (const char* value : {"7", "[]", "[{}]", "\"{}\"", "null"}) {
    EXPECT_EQ(CheckItemObject(value), "is no object") << value;
  }
  EXPECT_EQ(CheckItemObject("{"), "is not valid JSON, at byte 2");
}

TEST(JsonLinesTest, AMemberThatIsTrueIsFound) {
  EXPECT_TRUE(HasTrueMember(R"({"a":1,"b":true})", "b"));
  for (const char* text :
       {R"({"b":false})", R"({"b":1})", R"({"a":true})", "[true]", "{", ""}) {
    EXPECT_FALSE(HasTrueMember(text, "b")) << text;
  }
}

}  // namespace
}  // namespace cli
