// The fixture of the tests of `dynamodown item`: an embedded store, or one
// on DynamoDB Local.

#ifndef DYNAMODOWN_TESTS_CLI_ITEM_FIXTURE_H_
#define DYNAMODOWN_TESTS_CLI_ITEM_FIXTURE_H_

#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "cli_fixture.h"

namespace dynamodown {

inline std::vector<std::string> LinesOf(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

/// A timestamp of another writer, whose records the tests put in place by hand.
inline std::string TimestampOf(const std::string& clock) {
  return clock + "-188c-786ae2e1f629";
}

class ItemTest : public CliFixture,
                 public testing::WithParamInterface<std::string> {
 protected:
  void SetUp() override {
    if (GetParam() == "dynamodb") {
      const std::string endpoint = DynamoDbLocal();
      ASSERT_NE(endpoint, "");
      environment_["AWS_ENDPOINT_URL_DYNAMODB"] = endpoint;
      store_ = NewTable("item") + "/users";
    } else {
      store_ = "leveldb:" + (directory_.path() / "db").string();
    }
    EXPECT_EQ(Output({"create", store_}), "");
  }
  void TearDown() override {
    if (GetParam() == "dynamodb") Cli({"destroy", store_, "--drop-table"});
  }

  Arguments ItemArguments(const std::string& verb, const Arguments& more) {
    Arguments arguments = {"item", verb, store_};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
  }
  std::string Item(const std::string& verb, const Arguments& more,
                   const std::string& input = "") {
    return Output(ItemArguments(verb, more), input);
  }
  /// Runs an operation, which must print nothing.
  void Write(const std::string& verb, const Arguments& more,
             const std::string& input = "") {
    EXPECT_EQ(Item(verb, more, input), "") << verb;
  }
  std::string ItemError(int status, const std::string& verb,
                        const Arguments& more, const std::string& input = "") {
    return Error(status, ItemArguments(verb, more), input);
  }
  nlohmann::json Whole(const std::string& name) {
    return nlohmann::json::parse(Item("get", {name, "--json"}));
  }
  /// Puts a record as another program would.
  void PutRecord(const std::string& key, const std::string& value) {
    EXPECT_EQ(Output({"put", store_, key, value, "--force"}), "");
  }
  /// Puts the operations in the document.
  void PutDocument() {
    PutRecord("chilts/" + TimestampOf("013d58c7276e-0000") + "/putItem",
              R"({"nick":"chilts","email":"me@example.com"})");
    PutRecord("chilts/" + TimestampOf("013d58c7276e-0001") + "/delAttrs",
              R"(["email"])");
    PutRecord("chilts/" + TimestampOf("013d58c7276e-0002") + "/putAttrs",
              R"({"name":"Andy Chilton"})");
  }

  TemporaryDirectory directory_;
  std::string store_;
};

}  // namespace dynamodown

#endif  // DYNAMODOWN_TESTS_CLI_ITEM_FIXTURE_H_
