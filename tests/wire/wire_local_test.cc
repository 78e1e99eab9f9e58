// Sends the golden requests to Amazon's own emulator, which must accept them.

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>

#include "support/raw_dynamodb.h"
#include "support/servers.h"
#include "wire/accept.h"
#include "wire/cases.h"
#include "wire/golden.h"

namespace dynamodown_test {
namespace {

class LocalTest : public testing::TestWithParam<Case> {
 protected:
  const std::string endpoint_ = Endpoint("dynamodb-local");

  void Call(const std::string& operation, const std::string& body) {
    CallDynamoDb(endpoint_, operation, body);
  }
  void Drop(const std::string& table) {
    try {
      Call("DeleteTable", Json{{"TableName", table}}.dump());
    } catch (const std::runtime_error& error) {
      const std::string what = error.what();
      if (what.find("ResourceNotFoundException") == std::string::npos) throw;
    }
  }
};

INSTANTIATE_TEST_SUITE_P(, LocalTest, testing::ValuesIn(AllCases()),
                         [](const auto& tested) {
                           std::string name = tested.param.name;
                           for (char& c : name) {
                             if (c == '-') c = '_';
                           }
                           return name;
                         });

TEST_P(LocalTest, AcceptsItsRequests) {
  CaseRun run(GetParam().name,
              AnswersIn(std::string(WIRE_CASES) + "/" + GetParam().name));
  GetParam().call(&run);
  run.Finish();
  for (const SentRequest& sent : run.sent()) {
    if (sent.Operation().empty()) continue;  // The doctor's GET.
    SCOPED_TRACE(sent.Operation() + " " + sent.body);
    for (const std::string& table : TablesOf(sent)) Drop(table);
    MakeTablesOf(sent, run.names,
                 [this](const auto& operation, const auto& body) {
                   Call(operation, body);
                 });
    try {
      Call(sent.Operation(), sent.body);
    } catch (const std::runtime_error& error) {
      // "... failed: HTTP/1.1 400 ... \r\n\r\n{...}"
      const std::string what = error.what();
      const size_t body = what.find("\r\n\r\n");
      ASSERT_NE(body, std::string::npos) << what;
      EXPECT_TRUE(IsAccepted(400, what.substr(body + 4))) << what;
    }
    for (const std::string& table : TablesOf(sent)) Drop(table);
  }
}

}  // namespace
}  // namespace dynamodown_test
