// The examples print what the documents that they come from say, on an embedded
// store and on DynamoDB Local, and say so when they cannot.

#include <gtest/gtest.h>

#include <chrono>
#include <string>

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

class ExamplesTest : public testing::TestWithParam<Example> {
 protected:
  Outcome RunOn(const std::string& location) {
    Invocation invocation;
    invocation.program = GetParam().program;
    invocation.arguments = {location};
    return RunProgram(invocation);
  }

  // Twice: the second time the store exists.
  void ExpectTheDocumentsOutput(const std::string& location) {
    for (int i = 0; i < 2; ++i) {
      const Outcome outcome = RunOn(location);
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
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  const std::string table = "examples." + std::to_string(now.count());
  const std::string settings = "?region=us-east-1&endpoint=" + endpoint;
  ExpectTheDocumentsOutput("dynamodb://" + table + "/myhash" + settings);
  ExpectTheDocumentsOutput("dynamodb://" + table + settings);
}

TEST_P(ExamplesTest, FailsOnABadLocation) {
  const Outcome outcome = RunOn("/myhash");
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

}  // namespace
}  // namespace dynamodown
