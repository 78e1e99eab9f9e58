// The environment for tests of credentials: a machine with variables, files and
// a command, and two networks with scripted answers.
//
// Every secret in these tests contains "hush".

#ifndef DYNAMODOWN_AWS_AWS_TEST_ENVIRONMENT_H_
#define DYNAMODOWN_AWS_AWS_TEST_ENVIRONMENT_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "aws/client_test_environment.h"
#include "aws/credentials_environment.h"
#include "aws/refreshing.h"
#include "aws/settings.h"
#include "aws/settings_test_machine.h"
#include "base/random.h"

namespace dynamodown {

class AwsTestEnvironment : public TestMachine {
 public:
  using Reply = std::function<Result<void, NoAnswer>(HttpResponse*)>;

  AwsTestEnvironment()
      : clock(&scheduler),
        random(1),
        transport(Answerer()),
        local_transport(Answerer()) {
    variables["HOME"] = "/home/kim";
    settings.profile = "default";
    settings.region = {"eu-west-1", "a test"};
  }

  CredentialsEnvironment ForCredentials() {
    CredentialsEnvironment environment;
    environment.machine = machine();
    environment.machine.run_command =
        [this](const std::string& command, std::chrono::milliseconds timeout) {
          commands.emplace_back(command, timeout);
          return outcome;
        };
    environment.transport = &transport;
    environment.local_transport = &local_transport;
    environment.scheduler = &scheduler;
    environment.clock = &clock;
    environment.random = &random;
    return environment;
  }

  /// Adds an answer to the queue. Each request, on either network, takes the
  /// next answer from the queue. If the queue is empty, a request gets no
  /// answer.
  void Answer(int status, const std::string& body,
              const std::string& headers = "") {
    replies.push_back([=](HttpResponse* response) {
      response->status = status;
      response->headers = headers;
      response->body = body;
      return Result<void, NoAnswer>();
    });
  }
  void DoNotAnswer(NoAnswer::Reason reason) {
    replies.push_back([=](HttpResponse*) -> Result<void, NoAnswer> {
      return NoAnswer{reason, false, "nobody is there"};
    });
  }

  /// From now on the file exists but cannot be read.
  void Deny(const std::string& path) {
    Fail(path, Error{ErrorKind::kInvalidArgument,
                     "cannot read " + path + ": Permission denied"});
  }

  ProfileSection& Profile(const std::string& name) {
    return settings.profiles.profiles[name];
  }
  void Advance(std::chrono::seconds duration) { scheduler.Advance(duration); }

  Result<CommandOutcome> outcome = CommandOutcome();
  std::vector<std::pair<std::string, std::chrono::milliseconds>> commands;
  AwsSettings settings;
  TestScheduler scheduler;
  TestClock clock;
  Random random;
  std::deque<Reply> replies;
  RecordingTransport transport;
  RecordingTransport local_transport;

 private:
  RecordingTransport::Inner Answerer() {
    return [this](const HttpRequest&, std::chrono::milliseconds,
                  HttpResponse* response) -> Result<void, NoAnswer> {
      if (replies.empty()) {
        return NoAnswer{NoAnswer::Reason::kConnect, false, "nobody is there"};
      }
      const Reply reply = std::move(replies.front());
      replies.pop_front();
      return reply(response);
    };
  }
};

/// Expects the keys with N = 1 of the answers below ("AKIDhush1" and so on),
/// valid for an hour from TestClock::kStart.
inline void ExpectFirstKeys(const Result<FetchedCredentials>& fetched) {
  ASSERT_TRUE(fetched.ok()) << fetched.error().message;
  EXPECT_EQ(fetched->keys.access_key_id, "AKIDhush1");
  EXPECT_EQ(fetched->keys.secret_access_key, "hush-secret-1");
  EXPECT_EQ(fetched->keys.session_token, "hush-token-1");
  EXPECT_EQ(fetched->expires, TestClock::kStart + 3600);
}

/// Returns the error's message and remedy.
inline std::string TextOf(const Error& error) {
  return error.message + (error.remedy.empty() ? "" : "; ") + error.remedy;
}

/// Returns the message and the remedy of a fetch that must fail, and expects no
/// secret in the message.
inline std::string MessageOf(const Result<FetchedCredentials>& fetched) {
  EXPECT_FALSE(fetched.ok());
  if (fetched.ok()) return {};
  EXPECT_EQ(fetched.error().kind, ErrorKind::kCredentials);
  EXPECT_THAT(fetched.error().message,
              testing::Not(testing::HasSubstr("hush")));
  return TextOf(fetched.error());
}

/// Answers of services and programs, with the keys "AKIDhushN", "hush-secret-N"
/// and "hush-token-N", which are valid for `seconds` from TestClock::kStart.
inline std::string MetadataJson(const std::string& n, int64_t seconds) {
  return R"({"Code":"Success","Type":"AWS-HMAC","AccessKeyId":"AKIDhush)" + n +
         R"(","SecretAccessKey":"hush-secret-)" + n +
         R"(","Token":"hush-token-)" + n + R"(","Expiration":")" +
         FormatTime(TestClock::kStart + seconds) + "\"}";
}

inline std::string ProcessJson(const std::string& n, int64_t seconds) {
  return R"({"Version":1,"AccessKeyId":"AKIDhush)" + n +
         R"(","SecretAccessKey":"hush-secret-)" + n +
         R"(","SessionToken":"hush-token-)" + n + R"(","Expiration":")" +
         FormatTime(TestClock::kStart + seconds) + "\"}";
}

inline std::string PortalJson(const std::string& n, int64_t seconds) {
  return R"({"roleCredentials":{"accessKeyId":"AKIDhush)" + n +
         R"(","secretAccessKey":"hush-secret-)" + n +
         R"(","sessionToken":"hush-token-)" + n + R"(","expiration":)" +
         std::to_string((TestClock::kStart + seconds) * 1000) + "}}";
}

inline std::string StsXml(const std::string& action, const std::string& n,
                          int64_t seconds) {
  return "<" + action +
         "Response xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">\n  <" +
         action +
         "Result>\n    <AssumedRoleUser><Arn>arn</Arn></AssumedRoleUser>\n"
         "    <Credentials>\n      <AccessKeyId>AKIDhush" +
         n + "</AccessKeyId>\n      <SecretAccessKey>hush-secret-" + n +
         "</SecretAccessKey>\n      <SessionToken>hush-token-" + n +
         "</SessionToken>\n      <Expiration>" +
         FormatTime(TestClock::kStart + seconds) +
         "</Expiration>\n    </Credentials>\n  </" + action +
         "Result>\n  <ResponseMetadata><RequestId>id</RequestId>"
         "</ResponseMetadata>\n</" +
         action + "Response>\n";
}

inline std::string StsErrorXml(const std::string& code,
                               const std::string& message) {
  return "<ErrorResponse "
         "xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">\n"
         "  <Error><Type>Sender</Type><Code>" +
         code + "</Code><Message>" + message +
         "</Message></Error>\n  <RequestId>id</RequestId>\n</ErrorResponse>\n";
}

}  // namespace dynamodown

#endif  // DYNAMODOWN_AWS_AWS_TEST_ENVIRONMENT_H_
