// Messages about mistyped locations: each says what is missing, and its advice
// works. The tests run on our DynamoDB fake.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "fake_fixture.h"

namespace dynamodown {
namespace {

using testing::ContainsRegex;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

using AdviceTest = FakeFixture;

TEST_F(AdviceTest, AForgottenHashKeyLeadsToTheListOfStores) {
  Output({"create", "shop/main"});
  for (const std::string location :
       {"shop", "dynamodb://shop?region=eu-west-1",
        "arn:aws:dynamodb:eu-west-1:123456789012:table/shop"}) {
    for (const Arguments& command :
         {Arguments{"get", location, "a"}, Arguments{"scan", location},
          Arguments{"put", location, "a", "1"}}) {
      EXPECT_THAT(Error(kFailure, command), HasSubstr("dynamodown list "));
    }
    EXPECT_THAT(Output({"list", location}), EndsWith("shop/main\n"));
  }
  EXPECT_THAT(Error(kFailure, {"get", "shop/other", "a"}),
              Not(HasSubstr("dynamodown list")));
}

TEST_F(AdviceTest, ListRefusesALocationThatNamesOneStore) {
  Output({"create", "shop/main"});
  const std::string arn = "arn:aws:dynamodb:eu-west-1:123456789012:table/shop";
  const std::vector<std::vector<std::string>> cases = {
      {"shop/main", "shop"},
      {"shop/main/a", "shop"},
      {"dynamodb://shop/main?region=eu-west-1",
       "'dynamodb://shop?region=eu-west-1'"},
      {arn + "/main", arn}};
  for (const auto& c : cases) {
    EXPECT_THAT(Error(kUsage, {"list", c[0]}),
                HasSubstr("run: dynamodown list " + c[1] + "; "));
  }
  // In the shell, list is about the table of the shell's store.
  EXPECT_EQ(Output({"shell", "shop/main"}, "list\n"), "shop/main\n");
}

TEST_F(AdviceTest, AStoreThatExistsIsNoMatterForTheDoctor) {
  const TemporaryDirectory directory;
  for (const std::string& store :
       {std::string("shop/main"),
        "leveldb:" + (directory.path() / "db").string()}) {
    Output({"create", store});
    const std::string error = Error(kFailure, {"create", store});
    EXPECT_THAT(error, HasSubstr("exists"));
    EXPECT_THAT(error, Not(HasSubstr("doctor")));
  }
}

TEST_F(AdviceTest, TheDoctorNamesTheStoreToCreate) {
  Output({"create", "shop/main"});
  for (const char* missing : {"shop/none", "none/main"}) {
    EXPECT_THAT(
        Cli({"doctor", missing}).out,
        ContainsRegex(std::string("-> .*create .*: dynamodown create ") +
                      missing + "\n"));
  }
}

TEST_F(AdviceTest, DiffSaysThatThereIsNoSuchFile) {
  Output({"create", "shop/main"});
  for (const std::string missing : {"nofile.dump", "dumps/nofile.dump"}) {
    for (const Arguments& command : {Arguments{"diff", "shop/main", missing},
                                     Arguments{"diff", missing, "shop/main"}}) {
      EXPECT_EQ(Error(kUsage, command),
                "dynamodown: there is no file and no store " + missing + "\n");
    }
  }
  environment_["AWS_ENDPOINT_URL"] = "http://127.0.0.1:1";
  const TemporaryDirectory directory;
  const std::string store = "leveldb:" + (directory.path() / "db").string();
  Output({"create", store});
  EXPECT_THAT(Error(kUsage, {"diff", store, "nofile.dump", "--timeout", "1"}),
              HasSubstr("there is no file nofile.dump; as a store: "));
}

// A path may have the words of any message, and the message begins with it.
TEST_F(AdviceTest, TheDoctorIsAdvisedWhateverThePathIs) {
  const TemporaryDirectory directory;
  for (const std::string name :
       {"plain", "location: a", "location: ", "a: exists", "location: exists",
        "Invalid argument: location: a"}) {
    std::filesystem::create_directory(directory.path() / name);
    std::ofstream(directory.path() / name / "file") << "another program's";
    Invocation invocation;
    invocation.program = "/bin/bash";
    invocation.arguments = {
        "-c", "cd '" + directory.path().string() +
                  "'; exec " DYNAMODOWN_CLI " scan 'leveldb:" + name + "'"};
    const Outcome outcome = RunProgram(invocation);
    EXPECT_EQ(outcome.status, kFailure);
    EXPECT_THAT(outcome.err, HasSubstr("; run: dynamodown doctor "));
  }
  for (const char* const wrong :
       {"", "a//b?c", "dynamodb://shop/main?region=", "leveldb:"}) {
    const std::string error = Error(kFailure, {"scan", wrong});
    EXPECT_THAT(error, HasSubstr("location: "));
    EXPECT_THAT(error, Not(HasSubstr("doctor")));
  }
}

// The commands that the doctor advises can be pasted, whatever the name is.
TEST_F(AdviceTest, TheDoctorsCommandsCanBePasted) {
  const TemporaryDirectory directory;
  const std::filesystem::path marker = directory.path() / "marker";
  for (const std::string name :
       {"it's", "a b", "$(touch marker)", "a\nb", "\x1b[2J", "q\"q", "a\\b",
        "\xe2\x80\xae", "\xff"}) {
    const std::string path = (directory.path() / name).string();
    const std::string store = "leveldb:" + path;
    SCOPED_TRACE(store);
    const std::string found = Cli({"doctor", store}).out;
    const std::string before = "create the store: ";
    const size_t begin = found.find(before);
    ASSERT_NE(begin, found.npos) << found;
    const size_t end = found.find('\n', begin);
    const std::string command =
        found.substr(begin + before.size(), end - begin - before.size());
    for (const char c : command) EXPECT_TRUE(c >= ' ') << found;
    Invocation pasted;
    pasted.program = "/bin/bash";
    pasted.arguments = {
        "-c", "cd '" + directory.path().string() +
                  "'; dynamodown() { " DYNAMODOWN_CLI " \"$@\"; }; " + command};
    EXPECT_EQ(RunProgram(pasted).status, kOk) << command;
    EXPECT_TRUE(std::filesystem::exists(path + "/CURRENT")) << command;
    EXPECT_FALSE(std::filesystem::exists(marker));
  }
}

}  // namespace
}  // namespace dynamodown
