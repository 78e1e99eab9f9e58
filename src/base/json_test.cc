#include "base/json.h"
#include "base/utf8.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <nlohmann/json.hpp>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace dynamodown {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;

std::string Quoted(std::string_view text) {
  std::string out;
  AppendJsonString(text, &out);
  return out;
}

/// Returns the string in a JSON text. If the text is not JSON, returns
/// "no JSON". If it is JSON but not a string, returns "no string".
std::string Unquoted(std::string text) {
  JsonParser parser;
  const Result<JsonValue> value = parser.Parse(&text);
  if (!value.ok()) return "no JSON";
  return std::string(value->string().value_or("no string"));
}

bool IsJson(std::string text) {
  JsonParser parser;
  const Result<JsonValue> value = parser.Parse(&text);
  EXPECT_TRUE(value.ok() || value.error().kind == ErrorKind::kCorruption);
  return value.ok();
}

TEST(JsonString, EscapesControlCharactersQuotesAndBackslashes) {
  for (int c = 0; c < 0x20; ++c) {
    char escape[8];
    snprintf(escape, sizeof escape, "\\u%04x", c);
    const std::string text = "a" + std::string(1, static_cast<char>(c)) + "z";
    EXPECT_EQ(Quoted(text), "\"a" + std::string(escape) + "z\"");
    EXPECT_EQ(nlohmann::json::parse(Quoted(text)), text);
    EXPECT_EQ(Unquoted(Quoted(text)), text);
  }
  EXPECT_EQ(Quoted("say \"no\""), R"("say \"no\"")");
  EXPECT_EQ(Quoted(R"(c:\x)"), R"("c:\\x")");
}

TEST(JsonString, CopiesEverythingElseAsItIs) {
  // In JSON, DEL, LINE SEPARATOR, PARAGRAPH SEPARATOR and the characters above
  // U+FFFF need no escape.
  for (const std::string text : {"", "plain", "/", "\x7f", "\u2028", "\u2029",
                                 "\uFFFF", "\U0001F600", "\U0010FFFF", "é"}) {
    EXPECT_EQ(Quoted(text), "\"" + text + "\"");
    EXPECT_EQ(nlohmann::json::parse(Quoted(text)), text);
    EXPECT_EQ(Unquoted(Quoted(text)), text);
  }
}

TEST(JsonString, AppendsToWhatIsThere) {
  std::string out = "{";
  AppendJsonString("a\nb", &out);
  out += ":";
  EXPECT_EQ(out, "{\"a\\u000ab\":");
}

TEST(JsonString, RandomTextsComeBackAsTheyWere) {
  std::mt19937_64 random(1);
  for (int round = 0; round < 1'000; ++round) {
    std::string text;
    for (size_t n = random() % 40; n > 0; --n) {
      static const std::vector<std::string> kPieces = {std::string(1, '\0'),
                                                       "\x1f",
                                                       "\"",
                                                       "\\",
                                                       "\\u0041",
                                                       "\n",
                                                       "a",
                                                       "é",
                                                       "\u2028",
                                                       "\U0001F600"};
      text += kPieces[random() % kPieces.size()];
    }
    EXPECT_EQ(nlohmann::json::parse(Quoted(text)), text);
    EXPECT_EQ(Unquoted(Quoted(text)), text);
  }
}

TEST(JsonParser, UnderstandsEveryEscape) {
  EXPECT_EQ(Unquoted(R"("\"\\\/\b\f\n\r\t")"), "\"\\/\b\f\n\r\t");
  EXPECT_EQ(Unquoted(R"("\u0041\u00e9\u2028")"), "A\u00e9\u2028");
  EXPECT_EQ(Unquoted(R"("\u0000")"), std::string(1, '\0'));
  EXPECT_EQ(Unquoted(R"("\ud83d\ude00")"), "\U0001F600");
  EXPECT_EQ(Unquoted(R"("\uD83D\uDE00")"), "\U0001F600");
}

TEST(JsonParser, NeverMakesTextThatIsNoUtf8) {
  for (const std::string text :
       {R"("\ud83d")", R"("\ude00")", R"("\ud83dx")", R"("\ude00\ud83d")",
        R"("\ud83d\u0041")", R"("\ud83d\ud83d")", R"("a\udfffz")"}) {
    std::string copy = text;
    JsonParser parser;
    const Result<JsonValue> value = parser.Parse(&copy);
    EXPECT_TRUE(!value.ok() || IsUtf8(*value->string())) << text;
  }
}

TEST(JsonParser, RefusesGarbledTexts) {
  for (const std::string text : {"",
                                 " ",
                                 "nul",
                                 "truE",
                                 "{",
                                 "}",
                                 "[1,]",
                                 "{\"a\":}",
                                 "{\"a\" 1}",
                                 "{a:1}",
                                 "\"a",
                                 "\"\\x41\"",
                                 "\"\\u00g0\"",
                                 "\"\\ud8\"",
                                 "01",
                                 "1.",
                                 "-",
                                 "1e",
                                 "{}{}",
                                 "{} x",
                                 "[1 2]",
                                 "<html></html>",
                                 "\"a\nb\"",
                                 "\"\x01\"",
                                 "\"\xff\"",
                                 "\"\xc3\"",
                                 "\"\xed\xa0\x80\"",
                                 "\"\xc0\x80\""}) {
    EXPECT_FALSE(IsJson(text)) << text;
  }
  EXPECT_FALSE(IsJson(std::string("{}\0", 3)));
}

TEST(JsonParser, RefusesEveryTruncationOfAnAnswer) {
  const std::string whole =
      R"({"Item":{"k":{"B":"AAECAw=="},"v":{"S":"a\"\u00e9 "},)"
      R"("n":{"N":"1"}},"ConsumedCapacity":{"CapacityUnits":0.5},"x":[true]})";
  ASSERT_TRUE(IsJson(whole));
  for (size_t n = 0; n < whole.size(); ++n) {
    EXPECT_FALSE(IsJson(whole.substr(0, n))) << whole.substr(0, n);
  }
}

TEST(JsonParser, RandomDamageIsFoundOrHarmless) {
  const std::string whole =
      R"({"Items":[{"k":{"B":"AAECAw=="},"v":{"S":"a\"\u00e9"}}],"Count":1})";
  std::mt19937_64 random(2);
  JsonParser parser;
  for (int round = 0; round < 20'000; ++round) {
    std::string text = whole;
    text[random() % text.size()] = static_cast<char>(random());
    if (round % 3 == 0) text.erase(random() % text.size(), 1);
    const bool valid = nlohmann::json::accept(text);
    std::string copy = text;
    EXPECT_EQ(parser.Parse(&copy).ok(), valid) << text;
  }
}

TEST(JsonParser, AcceptsDeepNestingButNotEndlessNesting) {
  const auto nested = [](size_t depth) {
    return std::string(depth, '[') + std::string(depth, ']');
  };
  // DynamoDB's documents have at most 32 levels.
  EXPECT_TRUE(IsJson(nested(100)));
  EXPECT_FALSE(IsJson(nested(100'000)));
  EXPECT_FALSE(IsJson(std::string(100'000, '[')));
}

TEST(JsonParser, LeavesTheTextAsItWas) {
  std::string text = R"({"a":"\u0041"})";
  text.shrink_to_fit();
  const std::string before = text;
  JsonParser parser;
  ASSERT_TRUE(parser.Parse(&text).ok());
  EXPECT_EQ(text, before);
}

TEST(JsonParser, WorksAgainAfterAnError) {
  JsonParser parser;
  std::string bad = "{";
  EXPECT_FALSE(parser.Parse(&bad).ok());
  std::string good = R"({"a":"b"})";
  const Result<JsonValue> value = parser.Parse(&good);
  ASSERT_TRUE(value.ok());
  EXPECT_EQ((*value)["a"].string(), "b");
}

TEST(JsonParser, SaysWhatIsWrong) {
  std::string text = "{";
  JsonParser parser;
  EXPECT_THAT(parser.Parse(&text).error().message, HasSubstr("not JSON"));
}

class JsonValueTest : public testing::Test {
 protected:
  JsonValue Parse(std::string text) {
    text_ = std::move(text);
    const Result<JsonValue> value = parser_.Parse(&text_);
    EXPECT_TRUE(value.ok()) << text_;
    return value.ok() ? *value : JsonValue();
  }

  std::string text_;
  JsonParser parser_;
};

TEST_F(JsonValueTest, ADefaultValueIsMissingAndOfNoType) {
  const JsonValue value;
  EXPECT_TRUE(value.missing());
  EXPECT_FALSE(value.is_object());
  EXPECT_FALSE(value.is_array());
  EXPECT_FALSE(value.string());
  EXPECT_FALSE(value.boolean());
  EXPECT_FALSE(value.number());
  EXPECT_TRUE(value["a"].missing());
  EXPECT_FALSE(JsonCursor(value).Next());
}

TEST_F(JsonValueTest, HasOneTypeOnly) {
  const JsonValue value =
      Parse(R"({"s":"x","b":true,"n":1.5,"i":-7,"o":{},"a":[]})");
  EXPECT_EQ(value["s"].string(), "x");
  EXPECT_FALSE(value["s"].number());
  EXPECT_EQ(value["b"].boolean(), true);
  EXPECT_FALSE(value["b"].string());
  EXPECT_EQ(value["n"].number(), 1.5);
  EXPECT_EQ(value["i"].number(), -7);
  EXPECT_FALSE(value["i"].boolean());
  EXPECT_TRUE(value["o"].is_object());
  EXPECT_FALSE(value["o"].is_array());
  EXPECT_TRUE(value["a"].is_array());
  EXPECT_FALSE(value["a"].is_object());
}

TEST_F(JsonValueTest, AMemberThatIsNullIsMissingButIsVisited) {
  const JsonValue value = Parse(R"({"z":null})");
  EXPECT_TRUE(value["z"].missing());
  JsonCursor cursor(value);
  ASSERT_TRUE(cursor.Next());
  EXPECT_EQ(cursor.name(), "z");
  EXPECT_TRUE(cursor.value().is_null());
  EXPECT_FALSE(value.is_null());
  EXPECT_FALSE(JsonValue().is_null());
}

TEST_F(JsonValueTest, MembersOfWhatIsNoObjectAreMissing) {
  EXPECT_TRUE(Parse("[1]")["a"].missing());
  EXPECT_TRUE(Parse("\"a\"")["a"].missing());
  EXPECT_TRUE(Parse("{}")["a"]["b"]["c"].missing());
}

TEST_F(JsonValueTest, NamesAreComparedAfterUnescaping) {
  const JsonValue value = Parse(R"({"\u0061\n":1,"":2,"A\n":3})");
  EXPECT_EQ(value["a\n"].number(), 1);
  EXPECT_EQ(value[""].number(), 2);
}

TEST_F(JsonValueTest, IfMembersShareANameTheFirstIsFoundAndAllAreVisited) {
  const JsonValue value = Parse(R"({"a":1,"b":2,"a":3})");
  EXPECT_EQ(value["a"].number(), 1);
  std::vector<std::pair<std::string, double>> members;
  for (JsonCursor c(value); c.Next();) {
    members.emplace_back(c.name(), *c.value().number());
  }
  EXPECT_THAT(members, ElementsAre(Pair("a", 1), Pair("b", 2), Pair("a", 3)));
}

TEST_F(JsonValueTest, CursorWalksNestedContainersInOrder) {
  const JsonValue value = Parse(R"([{"x":[1,2]},[],{},[[3]],"s",4])");
  std::vector<std::string> seen;
  for (JsonCursor c(value); c.Next();) {
    EXPECT_EQ(c.name(), "");
    if (c.value().number()) {
      seen.push_back(std::to_string(static_cast<int>(*c.value().number())));
    } else if (c.value().string()) {
      seen.emplace_back(*c.value().string());
    } else {
      int n = 0;
      for (JsonCursor inner(c.value()); inner.Next();) ++n;
      seen.push_back((c.value().is_object() ? "o" : "a") + std::to_string(n));
    }
  }
  EXPECT_THAT(seen, ElementsAre("o1", "a0", "o0", "a1", "s", "4"));
}

TEST_F(JsonValueTest, CursorOfAScalarWalksNothing) {
  EXPECT_FALSE(JsonCursor(Parse("\"abc\"")).Next());
  EXPECT_FALSE(JsonCursor(Parse("17")).Next());
  EXPECT_FALSE(JsonCursor(Parse("null")).Next());
}

TEST(JsonParser, ALargeTextHasABoundedNumberOfValues) {
  const auto parses = [](std::string text) {
    JsonParser parser;
    return parser.Parse(&text).ok();
  };
  const auto of = [](const char* head, const char* part, size_t n,
                     const char* tail) {
    std::string text = head;
    for (size_t i = 0; i < n; ++i) text += part;
    return text + tail;
  };
  constexpr size_t kMost = JsonParser::kStructuralsMax;
  // "[", n - 1 times "," and "]" are n + 1 structural characters.
  EXPECT_TRUE(parses(of("[", "1 ,", kMost - 2, "1]")));
  EXPECT_FALSE(parses(of("[", "1 ,", kMost - 1, "1]")));
  EXPECT_FALSE(parses(of("[", "\"\",", kMost, "1]")));
  EXPECT_FALSE(parses(of("[", "[],", kMost, "1]")));
  // Strings may have any characters.
  for (const char* part : {",", "[", "{}:", "\\\"", "\\\\", "\\\\\\\","}) {
    EXPECT_TRUE(parses(of("[\"", part, 2 * kMost, "\"]"))) << part;
  }
  // A small text may have any number of values.
  EXPECT_TRUE(parses(of("[", "1,", kMost - 10, "1]")));
}

}  // namespace
}  // namespace dynamodown
