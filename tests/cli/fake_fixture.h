// The fixture of the command line's tests on our fake of DynamoDB.

#ifndef DYNAMODOWN_TESTS_CLI_FAKE_FIXTURE_H_
#define DYNAMODOWN_TESTS_CLI_FAKE_FIXTURE_H_

#include <atomic>
#include <chrono>
#include <ctime>
#include <memory>
#include <string>
#include <thread>

#include "cli_fixture.h"
#include "fake/fake_dynamo.h"
#include "fake/server.h"

namespace dynamodown {

class FakeFixture : public CliFixture {
 protected:
  FakeFixture() : dynamo_([] { return std::time(nullptr); }) {
    auto server = FakeServer::Start({}, [this](const HttpRequest& request) {
      ++requests_;
      std::this_thread::sleep_for(std::chrono::milliseconds(delay_ms_));
      return dynamo_.Deliver(request);
    });
    EXPECT_TRUE(server.ok());
    server_ = *std::move(server);
    environment_["AWS_ENDPOINT_URL"] =
        "http://127.0.0.1:" + std::to_string(server_->port());
    environment_["AWS_REGION"] = "eu-west-1";
  }

  std::atomic<int> requests_ = 0;  ///< That began.
  std::atomic<int> delay_ms_ = 0;  ///< Of each answer.
  FakeDynamo dynamo_;
  std::unique_ptr<FakeServer> server_;
};

}  // namespace dynamodown

#endif  // DYNAMODOWN_TESTS_CLI_FAKE_FIXTURE_H_
