// Checks the table in docs/dyno.md that lists the effect of each operation on
// each type of attribute.

#include "dyno/item/operation.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "dyno/item/json.h"
#include "dyno/store.h"

namespace dyno {
namespace {

Json Parsed(const std::string& text) {
  auto value = ParseJson(text);
  EXPECT_TRUE(value.ok()) << text << ": " << (value.ok() ? "" : value.error());
  return value.ok() ? *std::move(value) : Json();
}

/// The item after the operation; "null" if there is no item.
std::string After(const std::string& item, Operation operation,
                  const std::string& change) {
  Json state = Parsed(item);
  const Json parsed = Parsed(change);
  EXPECT_TRUE(HasShape(operation, parsed)) << change;
  Apply(operation, parsed, &state);
  return ToText(state);
}

/// The attribute "a" after the operation; an empty text if the attribute is
/// missing. `before` is the attribute before the operation; empty if missing.
std::string AttributeAfter(const std::string& before, Operation operation,
                           const std::string& change) {
  const std::string item = before.empty() ? "{}" : "{\"a\":" + before + "}";
  const Json state = Parsed(After(item, operation, "{\"a\":" + change + "}"));
  return state.contains("a") ? ToText(state["a"]) : "";
}

struct Case {
  const char* before;
  const char* after;
};

void ExpectEach(Operation operation, const std::string& change,
                const std::vector<Case>& cases) {
  for (const Case& each : cases) {
    EXPECT_EQ(AttributeAfter(each.before, operation, change), each.after)
        << NameOf(operation) << " " << change << " to " << each.before;
  }
}

TEST(Operation, EachNameYieldsItsOperation) {
  for (int i = 0; i <= static_cast<int>(Operation::kSettle); ++i) {
    const auto operation = static_cast<Operation>(i);
    EXPECT_EQ(OperationNamed(NameOf(operation)), operation);
  }
  EXPECT_FALSE(OperationNamed("put").has_value());
  EXPECT_FALSE(OperationNamed("~base").has_value());
  EXPECT_FALSE(OperationNamed("").has_value());
}

TEST(Operation, PutAttrsReplacesAnyAttribute) {
  ExpectEach(Operation::kPutAttrs, "[1]",
             {{"", "[1]"},
              {"null", "[1]"},
              {"true", "[1]"},
              {"1", "[1]"},
              {R"("x")", "[1]"},
              {"[2]", "[1]"},
              {R"({"b":2})", "[1]"}});
}

TEST(Operation, IncAttrsAddsToNumbersAndReplacesOtherTypes) {
  ExpectEach(Operation::kIncAttrs, "2",
             {{"", "2"},
              {"null", "2"},
              {"true", "2"},
              {"40", "42"},
              {"0.5", "2.5"},
              {R"("40")", "2"},
              {"[40]", "2"},
              {R"({"b":2})", "2"}});
}

TEST(Operation, IntegersAreExactAndBecomeDoublesWhenTheyOverflow) {
  ExpectEach(Operation::kIncAttrs, "1",
             {{"9007199254740993", "9007199254740994"},
              {"9223372036854775807", "9223372036854775808"},
              {"18446744073709551614", "18446744073709551615"},
              {"18446744073709551615", "1.8446744073709552e+19"},
              {"-9223372036854775808", "-9223372036854775807"},
              {"-1", "0"}});
  ExpectEach(Operation::kIncAttrs, "-1",
             {{"-9223372036854775808", "-9.223372036854776e+18"},
              {"0", "-1"},
              {"18446744073709551615", "18446744073709551614"}});
  ExpectEach(Operation::kIncAttrs, "-9223372036854775808",
             {{"18446744073709551615", "9223372036854775807"},
              {"9223372036854775808", "0"}});
}

TEST(Operation, DoublesStayFinite) {
  ExpectEach(Operation::kIncAttrs, "1.7976931348623157e308",
             {{"1.7976931348623157e308", "1.7976931348623157e+308"}});
  ExpectEach(Operation::kIncAttrs, "-1.7976931348623157e308",
             {{"-1.7976931348623157e308", "-1.7976931348623157e+308"}});
}

TEST(Operation, AppendAttrsAppendsToTheTextOfAnything) {
  ExpectEach(Operation::kAppendAttrs, R"("b")",
             {{"", R"("b")"},
              {R"("a")", R"("ab")"},
              {"5", R"("5b")"},
              {"true", R"("trueb")"},
              {"null", R"("nullb")"},
              {"[1,2]", R"("[1,2]b")"},
              {R"({"x":1})", R"("{\"x\":1}b")"}});
}

TEST(Operation, AddToSetMakesASetOfAnything) {
  ExpectEach(Operation::kAddToSet, R"(["blue"])",
             {{"", R"({"blue":true})"},
              {"null", R"({"blue":true})"},
              {R"({"red":true})", R"({"red":true,"blue":true})"},
              {R"({"blue":false})", R"({"blue":true})"},
              {R"("red")", R"({"red":true,"blue":true})"},
              {"5", R"({"5":true,"blue":true})"},
              {"true", R"({"true":true,"blue":true})"},
              {R"(["red",5])", R"({"red":true,"5":true,"blue":true})"}});
  ExpectEach(Operation::kAddToSet, R"([5,"5",true])",
             {{"", R"({"5":true,"true":true})"}});
  ExpectEach(Operation::kAddToSet, "[]", {{"", "{}"}, {"1", R"({"1":true})"}});
}

TEST(Operation, DelFromSetMakesASetOfAnExistingAttribute) {
  ExpectEach(Operation::kDelFromSet, R"(["red",5])",
             {{"", ""},
              {"null", "{}"},
              {R"({"red":true,"blue":true})", R"({"blue":true})"},
              {R"({"5":true})", "{}"},
              {R"("red")", "{}"},
              {R"("blue")", R"({"blue":true})"},
              {"5", "{}"},
              {R"(["red","blue"])", R"({"blue":true})"}});
}

TEST(Operation, DelAttrsRemovesExistingAttributes) {
  EXPECT_EQ(After(R"({"a":1,"b":{"c":2},"d":3})", Operation::kDelAttrs,
                  R"(["b","nothing","a"])"),
            R"({"d":3})");
}

TEST(Operation, AMissingItemIsCreatedByOperationsThatAdd) {
  EXPECT_EQ(After("null", Operation::kPutItem, R"({"a":1})"), R"({"a":1})");
  EXPECT_EQ(After("null", Operation::kPutAttrs, R"({"a":1})"), R"({"a":1})");
  EXPECT_EQ(After("null", Operation::kIncAttrs, R"({"a":-1})"), R"({"a":-1})");
  EXPECT_EQ(After("null", Operation::kAppendAttrs, R"({"a":"x"})"),
            R"({"a":"x"})");
  EXPECT_EQ(After("null", Operation::kAddToSet, R"({"a":["x"]})"),
            R"({"a":{"x":true}})");
  EXPECT_EQ(After("null", Operation::kDelAttrs, R"(["a"])"), "null");
  EXPECT_EQ(After("null", Operation::kDelFromSet, R"({"a":["x"]})"), "null");
  EXPECT_EQ(After("null", Operation::kDelItem, "{}"), "null");
  EXPECT_EQ(After("null", Operation::kSettle, R"({"late":["x"]})"), "null");
}

TEST(Operation, PutItemAndDelItemReplaceTheWholeItem) {
  EXPECT_EQ(After(R"({"a":1})", Operation::kPutItem, R"({"b":2})"),
            R"({"b":2})");
  EXPECT_EQ(After(R"({"a":1})", Operation::kDelItem, "{}"), "null");
  EXPECT_EQ(After(R"({"a":1})", Operation::kSettle, R"({"late":[]})"),
            R"({"a":1})");
}

TEST(Operation, ChangesOfAnotherShapeAreRefused) {
  const std::vector<std::pair<Operation, std::vector<std::string>>> misshapen =
      {
          {Operation::kPutItem, {"[]", "1", "null", R"("x")"}},
          {Operation::kDelItem, {"[]", R"({"a":1})", "null"}},
          {Operation::kPutAttrs, {"[]", "null", "true"}},
          {Operation::kDelAttrs, {"{}", "[1]", R"(["a",null])", R"("a")"}},
          {Operation::kIncAttrs, {R"({"a":"1"})", R"({"a":null})", "[1]", "1"}},
          {Operation::kAppendAttrs, {R"({"a":1})", "[]", R"({"a":["x"]})"}},
          {Operation::kAddToSet,
           {R"({"a":"x"})", R"({"a":[null]})", R"({"a":[[1]]})", "[]"}},
          {Operation::kDelFromSet, {R"({"a":{"x":true}})", R"({"a":[{}]})"}},
          {Operation::kSettle,
           {"{}", R"({"late":"x"})", R"({"late":[1]})",
            R"({"late":[],"a":1})"}},
      };
  for (const auto& [operation, changes] : misshapen) {
    for (const std::string& change : changes) {
      EXPECT_FALSE(HasShape(operation, Parsed(change)))
          << NameOf(operation) << " " << change;
    }
  }
}

TEST(Json, ErrorsForInvalidJsonDoNotQuoteIt) {
  for (const std::string text :
       {"", "{", R"({"a":secret})", "{'a':1}", "{\"a\":1}x", "1e999",
        "{\"a\":\"\xff\"}", "nul", "[1,]"}) {
    const auto value = ParseJson(text);
    ASSERT_FALSE(value.ok()) << text;
    EXPECT_EQ(value.error().find("secret"), std::string::npos);
  }
}

TEST(Json, NestingHasALimit) {
  const auto nested = [](size_t depth) {
    return std::string(depth, '[') + std::string(depth, ']');
  };
  EXPECT_TRUE(ParseJson(nested(kJsonDepthMax)).ok());
  EXPECT_FALSE(ParseJson(nested(kJsonDepthMax + 1)).ok());
  EXPECT_FALSE(ParseJson(nested(10 * 1000 * 1000)).ok());
  // Brackets inside a string do not count.
  EXPECT_TRUE(ParseJson("\"\\\"" + std::string(1000, '[') + "\"").ok());
  EXPECT_TRUE(ParseJson("[" + std::string(1000, ' ') + "]").ok());
}

TEST(Json, AttributesKeepTheirOrderAndTheLastDuplicateCounts) {
  EXPECT_EQ(ToText(Parsed(R"( { "b" : 1 , "a" : 2 , "b" : 3 } )")),
            R"({"b":3,"a":2})");
}

}  // namespace
}  // namespace dyno
