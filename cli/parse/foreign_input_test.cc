#include "parse/foreign_input.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "parse/json_lines.h"

namespace cli {
namespace {

using std::string_literals::operator""s;
using testing::AllOf;
using testing::HasSubstr;

/// `text` in code units of `bytes` bytes.
std::string Wide(const std::string& text, size_t bytes, bool big) {
  std::string wide;
  for (const char c : text) {
    const std::string zeros(bytes - 1, '\0');
    wide += big ? zeros + c : c + zeros;
  }
  return wide;
}

const std::string kRecord = R"({"key":"a","value":"b"})";

struct Case {
  std::string bytes;
  std::string name;
  std::string advice;
};

std::vector<Case> Cases() {
  const std::string put = R"({"key":"a","value":")", end = "\"}";
  return {
      {"\x1f\x8b\x08\0\0\0"s, "gzip data", "gzip -dc"},
      {"\x28\xb5\x2f\xfd\x04"s, "zstd data", "zstd -dc"},
      {"\xfd\x37zXZ\0\0"s, "xz data", "xz -dc"},
      {"BZh91AY"s, "bzip2 data", "bzip2 -dc"},
      {"PK\x03\x04\x14"s, "zip data", "unzip -p"},
      {"\x04\x22\x4d\x18"s, "lz4 data", "lz4 -dc"},
      {"\xff\xfe" + Wide(kRecord, 2, false), "UTF-16", "iconv -f UTF-16 "},
      {"\xfe\xff" + Wide(kRecord, 2, true), "UTF-16", "iconv -f UTF-16 "},
      {Wide(kRecord, 2, false), "UTF-16LE", "iconv -f UTF-16LE"},
      {Wide(kRecord, 2, true), "UTF-16BE", "iconv -f UTF-16BE"},
      {"\xff\xfe\0\0"s + Wide(kRecord, 4, false), "UTF-32", "iconv -f UTF-32 "},
      {"\0\0\xfe\xff"s + Wide(kRecord, 4, true), "UTF-32", "iconv -f UTF-32 "},
      {Wide(kRecord, 4, false), "UTF-32LE", "iconv -f UTF-32LE"},
      {Wide(kRecord, 4, true), "UTF-32BE", "iconv -f UTF-32BE"},
      {put + "\\ud83d" + end, "half of a surrogate pair, at byte 21", "base64"},
      {put + "\\ude00" + end, "half of a surrogate pair, at byte 21", "base64"},
      {put + "\\uDE00\\uD83D" + end, "half of a surrogate pair", "base64"},
      {put + "\\ud83d\\ud83d\\ude00" + end, "half of a surrogate", "base64"},
      {put + "\\ud83d\\n" + end, "half of a surrogate pair", "base64"},
      {put + "x\xed\xa0\xbd" + end, "half of a surrogate pair", "base64"},
      {R"({"\udc00":"a","value":"b"})", "half of a surrogate pair", "base64"},
  };
}

TEST(ForeignInputTest, EveryReaderOfJsonNamesIt) {
  for (const auto& [bytes, name, advice] : Cases()) {
    const auto named = AllOf(HasSubstr(name), HasSubstr(advice));
    Operation ignored;
    for (const Complaint& complaint :
         {ParseRecord(bytes, &ignored), ParseOperation(bytes, &ignored),
          CheckItemValue(bytes), CheckItemObject(bytes)}) {
      ASSERT_TRUE(complaint) << name;
      EXPECT_THAT(*complaint, named);
    }
  }
}

TEST(ForeignInputTest, JsonIsNotForeign) {
  const std::string put = R"({"key":"a","value":")", end = "\"}";
  for (const std::string& json :
       {kRecord, put + "\\ud83d\\ude00" + end, put + "\\\\ud83d" + end,
        put + "\\u0000\\\\\\ud83d\\ude00" + end, put + "\xed\x9f\xbf" + end,
        put + "PK BZh" + end, "\xef\xbb\xbf" + kRecord}) {
    Operation record;
    EXPECT_EQ(ParseRecord(json, &record), std::nullopt) << json;
    EXPECT_EQ(CheckItemObject(json), std::nullopt) << json;
    EXPECT_EQ(NameForeignInput(json), std::nullopt) << json;
  }
}

TEST(ForeignInputTest, AMarkIsSkippedOnce) {
  EXPECT_EQ(WithoutMark("\xef\xbb\xbf{}"), "{}");
  EXPECT_EQ(WithoutMark("\xef\xbb\xbf\xef\xbb\xbf{}"), "\xef\xbb\xbf{}");
  EXPECT_EQ(WithoutMark("\xef\xbb{}"), "\xef\xbb{}");
  EXPECT_TRUE(IsBlank("\xef\xbb\xbf \r"));
  EXPECT_FALSE(IsBlank("\xef\xbb"));
}

TEST(ForeignInputTest, OtherFaultsKeepTheirMessages) {
  Operation record;
  EXPECT_EQ(ParseRecord(R"({"key":"a","value":"\ud83d\ude00)", &record),
            "not JSON, at byte 33");
  EXPECT_EQ(NameForeignInput(""), std::nullopt);
  EXPECT_EQ(NameForeignInput("{"), std::nullopt);
  EXPECT_EQ(NameForeignInput("\\u12"), std::nullopt);
  EXPECT_EQ(NameForeignInput("\\"), std::nullopt);
}

}  // namespace
}  // namespace cli
