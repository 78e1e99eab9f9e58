// The properties of expressions that the comparison with DynamoDB Local cannot
// show: exact limits, and the results of evaluation.

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "fake/expressions/condition.h"
#include "fake/expressions/projection.h"
#include "fake/expressions/reserved_words.h"
#include "fake/expressions/substitutions.h"
#include "fake/expressions/update.h"
#include "fake/values/value.h"

namespace dynamodown::fake {
namespace {

Json S(const std::string& text) { return {{"S", text}}; }
Json N(const std::string& text) { return {{"N", text}}; }

/// {h: a, n: 5, l: [x, {k: y}], m: {p: 1}, ss: {a, b}, t: true}
Json TheItem() {
  return {{"h", S("a")},
          {"n", N("5")},
          {"l", {{"L", {S("x"), {{"M", {{"k", S("y")}}}}}}}},
          {"m", {{"M", {{"p", N("1")}}}}},
          {"ss", {{"SS", {"a", "b"}}}},
          {"t", {{"BOOL", true}}}};
}

template <class Work>
std::string MessageOf(Work work) {
  try {
    return work();
  } catch (const Refusal& refusal) {
    return refusal.message;
  }
}

/// "true", "false", or the error.
std::string Judge(const std::string& condition, const Json& values = {},
                  const Json& names = {}) {
  Json request = {{"ConditionExpression", condition}};
  if (!values.empty()) request["ExpressionAttributeValues"] = values;
  if (!names.empty()) request["ExpressionAttributeNames"] = names;
  return MessageOf([&] {
    Substitutions substitutions(request, {"ConditionExpression"});
    const Condition parsed =
        ParseCondition(request, "ConditionExpression", &substitutions);
    substitutions.CheckAllUsed();
    const Item item = ItemOfJson(TheItem());
    return std::string(parsed.Holds(&item) ? "true" : "false");
  });
}

/// The updated item, or the error.
std::string Updated(const std::string& update, const Json& values = {}) {
  Json request = {{"UpdateExpression", update}};
  if (!values.empty()) request["ExpressionAttributeValues"] = values;
  return MessageOf([&] {
    Substitutions substitutions(request, {"UpdateExpression"});
    const Update parsed = ParseUpdate(request, &substitutions);
    substitutions.CheckAllUsed();
    return JsonOfItem(parsed.ApplyTo(ItemOfJson(TheItem()))).dump();
  });
}

std::string TheItemWith(const std::string& name, const Json& value) {
  Json item = TheItem();
  item[name] = value;
  return item.dump();
}

std::string Projected(const std::string& projection) {
  const Json request = {{"ProjectionExpression", projection}};
  return MessageOf([&] {
    Substitutions substitutions(request, {});
    return Project(ItemOfJson(TheItem()),
                   ParseProjection(request, &substitutions))
        .dump();
  });
}

TEST(ExpressionTest, NotBindsCloserThanAndAndCloserThanOr) {
  const Json five = {{":5", N("5")}, {":6", N("6")}};
  EXPECT_EQ(Judge("n = :5 OR n = :6 AND n = :6", five), "true");
  EXPECT_EQ(Judge("(n = :5 OR n = :6) AND n = :6", five), "false");
  EXPECT_EQ(Judge("NOT n = :5 OR n <> :6", five), "true");
  EXPECT_EQ(Judge("NOT (n = :5 OR n <> :6)", five), "false");
}

TEST(ExpressionTest, WhatIsNotThereIsUnequalAndInNoOrder) {
  const Json one = {{":v", N("1")}};
  EXPECT_EQ(Judge("x <> :v", one), "true");
  for (const char* condition :
       {"x = :v", "x < :v", "x >= :v", "x IN (:v)", "x BETWEEN :v AND :v",
        "contains(x, :v)", "size(x) >= :v"}) {
    EXPECT_EQ(Judge(condition, one), "false") << condition;
  }
}

TEST(ExpressionTest, PathsLeadIntoListsAndMaps) {
  EXPECT_EQ(Judge("l[1].k = :v", {{":v", S("y")}}), "true");
  EXPECT_EQ(Judge("attribute_exists(l[2])"), "false");
  EXPECT_EQ(Judge("#m.#p = :v", {{":v", N("1.0")}}, {{"#m", "m"}, {"#p", "p"}}),
            "true");
  // A point in an aliased name does not make a path.
  EXPECT_EQ(Judge("attribute_exists(#x)", {}, {{"#x", "m.p"}}), "false");
  EXPECT_EQ(Projected("l[1].k, m.p, l[0]"),
            R"({"l":{"L":[{"S":"x"},{"M":{"k":{"S":"y"}}}]},)"
            R"("m":{"M":{"p":{"N":"1"}}}})");
  EXPECT_EQ(Projected("m.q, l[7]"), "{}");
}

TEST(ExpressionTest, NumbersCompareByValueAndTextByBytes) {
  EXPECT_EQ(Judge("n < :v", {{":v", N("10")}}), "true");
  EXPECT_EQ(Judge("n < :v", {{":v", S("6")}}), "false");
  EXPECT_EQ(Judge("contains(ss, :v)", {{":v", S("b")}}), "true");
  EXPECT_EQ(Judge("size(ss) = :v", {{":v", N("2")}}), "true");
  EXPECT_EQ(Judge("ss = :v", {{":v", {{"SS", {"b", "a"}}}}}), "true");
}

TEST(ExpressionTest, LimitsAreTheServices) {
  const Json v = {{":v", N("5")}};
  const auto chain = [](int comparisons) {
    std::string text = "n=:v";
    for (int i = 1; i < comparisons; ++i) text += " OR n=:v";
    return text;
  };
  EXPECT_EQ(Judge(chain(150), v), "true");  // 299 operators.
  EXPECT_EQ(Judge(chain(151), v),
            "Invalid ConditionExpression: The expression contains too many "
            "operators; operator count: 301");
  const auto in = [](int operands) {
    std::string text = "n IN (:v";
    for (int i = 1; i < operands; ++i) text += ",:v";
    return text + ")";
  };
  EXPECT_EQ(Judge(in(100), v), "true");
  EXPECT_EQ(Judge(in(101), v),
            "Invalid ConditionExpression: The IN operator is provided with too "
            "many operands; number of operands: 101");
  EXPECT_EQ(Judge("n = :v" + std::string(4090, ' '), v), "true");
  EXPECT_EQ(Judge("n = :v" + std::string(4091, ' '), v),
            "Invalid ConditionExpression: Expression size has exceeded the "
            "maximum allowed size; expression size: 4097");
  const size_t values_max = 2 << 20;
  EXPECT_EQ(Judge("h <> :v", {{":v", S(std::string(values_max - 2, 'x'))}}),
            "true");
  EXPECT_EQ(Judge("h <> :v", {{":v", S(std::string(values_max - 1, 'x'))}}),
            "ExpressionAttributeValues exceeds max size");
}

TEST(ExpressionTest, DeepNestingDoesNotOverflow) {
  const std::string open(2000, '(');
  const std::string close(2000, ')');
  const std::string redundant = "The expression has redundant parentheses;";
  EXPECT_EQ(Judge(open + "n = :v" + close, {{":v", N("5")}}),
            "Invalid ConditionExpression: " + redundant);
  EXPECT_EQ(Updated("SET n = " + open + ":v" + close, {{":v", N("5")}}),
            "Invalid UpdateExpression: " + redundant);
  std::string nots = "attribute_exists(n)";
  for (int i = 0; i < 1000; ++i) nots = "NOT " + nots;
  EXPECT_EQ(Judge(nots),
            "Invalid ConditionExpression: The expression contains too many "
            "operators; operator count: 301");
  std::string functions = "n";
  for (int i = 0; i < 600; ++i) functions = "size(" + functions + ")";
  EXPECT_EQ(Judge(functions + " = :v", {{":v", N("5")}}),
            "Invalid ConditionExpression: The expression contains too many "
            "operators; operator count: 301");
}

TEST(ExpressionTest, ReservedWordsAreThoseOfEitherCase) {
  for (const char* word : {"ABORT", "zone", "Size", "convert", "timestamp"}) {
    EXPECT_TRUE(IsReservedWord(word)) << word;
  }
  for (const char* word : {"", "hkey", "rkey", "ABORTS", "aaa", "zzz"}) {
    EXPECT_FALSE(IsReservedWord(word)) << word;
  }
}

TEST(ExpressionTest, AnUpdateReadsTheItemAsItWas) {
  Json swapped = TheItem();
  std::swap(swapped["h"], swapped["n"]);
  EXPECT_EQ(Updated("SET h = n, n = h"), swapped.dump());
  EXPECT_EQ(Updated("SET n = n + :v", {{":v", N("1.5")}}),
            TheItemWith("n", N("6.5")));
  EXPECT_EQ(Updated("ADD ss :v DELETE x :v", {{":v", {{"SS", {"c", "a"}}}}}),
            TheItemWith("ss", {{"SS", {"a", "b", "c"}}}));
}

TEST(ExpressionTest, IndexesOfAnUpdateAreThoseOfTheItemAsItWas) {
  const Json k = {{"M", {{"k", S("y")}}}};
  EXPECT_EQ(Updated("REMOVE l[0] SET l[1] = :v", {{":v", S("new")}}),
            TheItemWith("l", {{"L", Json::array({S("new")})}}));
  EXPECT_EQ(
      Updated("SET l[9] = :b, l[7] = :a", {{":a", S("1")}, {":b", S("2")}}),
      TheItemWith("l", {{"L", {S("x"), k, S("1"), S("2")}}}));
}

TEST(ExpressionTest, TheLastElementOfASetTakesItAlong) {
  Json without = TheItem();
  without.erase("ss");
  EXPECT_EQ(Updated("DELETE ss :v", {{":v", {{"SS", {"a", "b", "z"}}}}}),
            without.dump());
}

TEST(ExpressionTest, UpdatedAreTheAttributesInWhichAPathLeadsSomewhere) {
  const Json request = {{"UpdateExpression", "SET m.q = :v REMOVE t"},
                        {"ExpressionAttributeValues", {{":v", N("2")}}}};
  Substitutions substitutions(request, {"UpdateExpression"});
  const Update update = ParseUpdate(request, &substitutions);
  const Item before = ItemOfJson(TheItem());
  EXPECT_EQ(JsonOfItem(update.Updated(before)).dump(),
            R"({"t":{"BOOL":true}})");
  EXPECT_EQ(JsonOfItem(update.Updated(update.ApplyTo(before))).dump(),
            R"({"m":{"M":{"p":{"N":"1"},"q":{"N":"2"}}}})");
}

}  // namespace
}  // namespace dynamodown::fake
