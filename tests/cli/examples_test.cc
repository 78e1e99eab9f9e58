// The examples print the output in the documents that they come from, on an
// embedded store and on DynamoDB Local, and report failures.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <regex>
#include <string>
#include <vector>

#include "program.h"

namespace dynamodown {
namespace {

constexpr char kSeedA[] =
    "dob = 16 February 1941\n"
    "name = Yuri Irsenovich Kim\n"
    "occupation = Clown\n"
    "spouse = Kim Young-sook\n"
    "Stream ended\n"
    "Stream closed\n";

constexpr char kSeedB[] =
    "{ key: 'dob', value: '16 February 1941' }\n"
    "{ key: 'name', value: 'Yuri Irsenovich Kim' }\n"
    "{ key: 'occupation', value: 'Clown' }\n"
    "{ key: 'spouse', value: 'Kim Young-sook' }\n"
    "Show's over folks!\n";

struct Example {
  const char* name;
  const char* program;
  const char* output;
};

void PrintTo(const Example& example, std::ostream* out) {
  *out << example.name;
}

Outcome RunOn(const std::string& program, const std::string& location) {
  Invocation invocation;
  invocation.program = program;
  invocation.arguments = {location};
  return RunProgram(invocation);
}

/// A table of this run's own.
std::string NewTable() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return "examples." + std::to_string(now.count());
}

class ExamplesTest : public testing::TestWithParam<Example> {
 protected:
  // Twice: the second time the store exists.
  void ExpectTheDocumentsOutput(const std::string& location) {
    for (int i = 0; i < 2; ++i) {
      const Outcome outcome = RunOn(GetParam().program, location);
      EXPECT_EQ(outcome.status, 0);
      EXPECT_EQ(outcome.out, GetParam().output);
      EXPECT_EQ(outcome.err, "");
    }
  }
};

TEST_P(ExamplesTest, RunsOnAnEmbeddedStore) {
  const TemporaryDirectory directory;
  ExpectTheDocumentsOutput("leveldb:" + (directory.path() / "db").string());
}

TEST_P(ExamplesTest, RunsOnDynamoDbLocal) {
  const std::string endpoint = DynamoDbLocal();
  ASSERT_NE(endpoint, "");
  const std::string table = NewTable();
  const std::string settings = "?region=us-east-1&endpoint=" + endpoint;
  ExpectTheDocumentsOutput("dynamodb://" + table + "/myhash" + settings);
  ExpectTheDocumentsOutput("dynamodb://" + table + settings);
}

TEST_P(ExamplesTest, FailsOnABadLocation) {
  const Outcome outcome = RunOn(GetParam().program, "/myhash");
  EXPECT_EQ(outcome.status, 1);
  EXPECT_EQ(outcome.out, "");
  EXPECT_NE(outcome.err, "");
}

INSTANTIATE_TEST_SUITE_P(Seeds, ExamplesTest,
                         testing::Values(Example{"SeedA", SEED_A, kSeedA},
                                         Example{"SeedB", SEED_B, kSeedB}),
                         [](const auto& example) {
                           return example.param.name;
                         });

// ----------------------------------------------------------------------- dyno

// Replaces each timestamp by its number, from 0, in the order of their first
// appearance.
std::string Numbered(const std::string& text) {
  const std::regex pattern("[0-9a-f]{12}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");
  std::map<std::string, size_t> numbers;
  std::string numbered;
  std::sregex_iterator match(text.begin(), text.end(), pattern);
  size_t end = 0;
  for (; match != std::sregex_iterator(); ++match) {
    const size_t begin = static_cast<size_t>(match->position());
    const size_t number =
        numbers.emplace(match->str(), numbers.size()).first->second;
    numbered += text.substr(end, begin - end) + "#" + std::to_string(number);
    end = begin + static_cast<size_t>(match->length());
  }
  return numbered + text.substr(end);
}

constexpr char kDynoItem[] = "{ nick: 'chilts', name: 'Andy Chilton' }\n";
constexpr char kDynoRecords[] =
    "chilts/#0/putItem = {\"nick\":\"chilts\",\"email\":\"me@example.com\"}\n"
    "chilts/#1/delAttrs = [\"email\"]\n"
    "chilts/#2/putAttrs = {\"name\":\"Andy Chilton\"}\n";
// The document folds at a timestamp that no operation has, and has an attribute
// twice. The record ~base tells of the item's past.
constexpr char kDynoFlattened[] =
    "There have been 3 changes to this item\n"
    "The last change occurred at #0\n"
    "Item:  { nick: 'chilts', name: 'Andy Chilton' }\n"
    "This item is now flattened\n"
    "chilts/#0/putItem = {\"nick\":\"chilts\",\"name\":\"Andy Chilton\"}\n"
    "chilts/#0/~base = {\"n\":3,\"h\":";

void ExpectDynosDocument(const std::string& location) {
  const Outcome written = RunOn(SEED_DYNO, location);
  EXPECT_EQ(written.status, 0) << written.err;
  EXPECT_EQ(written.err, "");
  EXPECT_EQ(Numbered(written.out), std::string(kDynoItem) + kDynoRecords);

  const Outcome flattened = RunOn(SEED_DYNO_FLATTEN, location);
  EXPECT_EQ(flattened.status, 0) << flattened.err;
  EXPECT_EQ(flattened.err, "");
  EXPECT_THAT(Numbered(flattened.out), testing::StartsWith(kDynoFlattened));
  const auto lines =
      std::count(flattened.out.begin(), flattened.out.end(), '\n');
  EXPECT_EQ(lines, 6) << flattened.out;

  // Folded at the last operation: #2 of what was written.
  const std::string last = written.out.substr(written.out.rfind("chilts/"));
  const std::string timestamp = last.substr(7, last.rfind('/') - 7);
  EXPECT_THAT(flattened.out,
              testing::HasSubstr("occurred at " + timestamp + "\n"));
}

TEST(DynoExamplesTest, PrintOnAnEmbeddedStoreWhatTheDocumentSays) {
  const TemporaryDirectory directory;
  ExpectDynosDocument("leveldb:" + (directory.path() / "db").string());
}

TEST(DynoExamplesTest, PrintOnDynamoDbLocalWhatTheDocumentSays) {
  const std::string endpoint = DynamoDbLocal();
  ASSERT_NE(endpoint, "");
  ExpectDynosDocument("dynamodb://" + NewTable() +
                      "/users?region=us-east-1&endpoint=" + endpoint);
}

TEST(DynoExamplesTest, FailOnABadLocation) {
  for (const char* program : {SEED_DYNO, SEED_DYNO_FLATTEN}) {
    const Outcome outcome = RunOn(program, "/users");
    EXPECT_EQ(outcome.status, 1);
    EXPECT_EQ(outcome.out, "");
    EXPECT_NE(outcome.err, "");
  }
}

// -------------------------------------------------------------------- offline

/// The output of the program, with two more arguments or none.
std::string Offline(const std::string& folder, const std::string& location,
                    std::vector<std::string> more = {}) {
  Invocation invocation;
  invocation.program = OFFLINE;
  invocation.arguments = {folder, location};
  invocation.arguments.insert(invocation.arguments.end(), more.begin(),
                              more.end());
  const Outcome outcome = RunProgram(invocation);
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_EQ(outcome.err, "");
  return outcome.out;
}

TEST(OfflineExampleTest, WhatWasNotedWithoutANetworkIsExchangedLater) {
  const TemporaryDirectory directory;
  const std::string mine = (directory.path() / "mine").string();
  const std::string yours = (directory.path() / "yours").string();
  const std::string endpoint = DynamoDbLocal();
  ASSERT_NE(endpoint, "");
  const std::string table =
      "dynamodb://" + NewTable() + "/notes?region=us-east-1";
  const std::string shared = table + "&endpoint=" + endpoint;
  const std::string unreachable = table + "&endpoint=http://127.0.0.1:1";

  const std::string alone =
      "offline: the notes are kept here until the next time\n";
  EXPECT_EQ(Offline(mine, unreachable, {"groceries", "milk \"fresh\""}),
            alone + R"(groceries: {"lines":{"milk \"fresh\"":true}})" + "\n");
  EXPECT_EQ(Offline(mine, shared),
            "exchanged: 1 sent, 0 received\n"
            R"(groceries: {"lines":{"milk \"fresh\"":true}})"
            "\n");
  EXPECT_EQ(Offline(yours, unreachable, {"groceries", "bread"}),
            alone + R"(groceries: {"lines":{"bread":true}})" + "\n");
  const std::string both =
      R"(groceries: {"lines":{"milk \"fresh\"":true,"bread":true}})"
      "\n";
  EXPECT_EQ(Offline(yours, shared), "exchanged: 1 sent, 1 received\n" + both);
  EXPECT_EQ(Offline(mine, shared), "exchanged: 0 sent, 1 received\n" + both);
  EXPECT_EQ(Offline(mine, shared), "exchanged: 0 sent, 0 received\n" + both);
}

TEST(OfflineExampleTest, WhatIsNoMatterOfTheNetworkFails) {
  const TemporaryDirectory directory;
  Invocation invocation;
  invocation.program = OFFLINE;
  invocation.arguments = {(directory.path() / "mine").string(), "/notes"};
  Outcome outcome = RunProgram(invocation);
  EXPECT_EQ(outcome.status, 1);
  EXPECT_NE(outcome.err, "");
  invocation.arguments.pop_back();
  EXPECT_EQ(RunProgram(invocation).status, 2);
}

}  // namespace
}  // namespace dynamodown
