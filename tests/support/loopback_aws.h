// The parts of AWS that credentials involve, on one port of the loopback:
// instance metadata (IMDSv2), a container's credentials, STS, the portal of IAM
// Identity Center, and a DynamoDB that verifies every signature.
//
// Each credential that it issues is new and has its own secret, so a request
// shows whose credentials signed it.

#ifndef DYNAMODOWN_TESTS_SUPPORT_LOOPBACK_AWS_H_
#define DYNAMODOWN_TESTS_SUPPORT_LOOPBACK_AWS_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "fake/fake_dynamo.h"
#include "fake/http/signature.h"

namespace httplib {
class Server;
struct Request;
struct Response;
}  // namespace httplib

namespace dynamodown_test {

/// Occurs in every secret, and nowhere else.
inline constexpr char kSecretMark[] = "TOPSECRET";

struct IssuedCredentials {
  std::string id;      ///< "AKIDsts1"
  std::string secret;  ///< Contains kSecretMark, as the token does.
  std::string token;
  int64_t expires = INT64_MAX;  ///< Unix seconds.
};

/// **Thread-safety**: all calls from any thread.
class LoopbackAws {
 public:
  explicit LoopbackAws(std::function<int64_t()> unix_seconds);
  ~LoopbackAws();
  LoopbackAws(const LoopbackAws&) = delete;
  LoopbackAws& operator=(const LoopbackAws&) = delete;

  std::string url() const;  ///< "http://127.0.0.1:PORT"

  /// Issues new credentials that the services know. They expire in an hour or
  /// never. `from` is a part of their id.
  IssuedCredentials Issue(const std::string& from, bool expires);
  /// How often a service has issued credentials: "imds", "container", "sts",
  /// "web" or "sso".
  int issued(const std::string& service) const;
  /// Makes the services, except DynamoDB, answer with this status. 0: normal
  /// answers.
  void set_failing(int status);

  /// Ids, in order, of the credentials that signed DynamoDB's requests, and of
  /// those that signed STS's AssumeRole.
  std::vector<std::string> signers() const;
  std::vector<std::string> assumers() const;
  /// The requests to the services (except DynamoDB): "METHOD path", and for STS
  /// the form.
  std::vector<std::string> asked() const;

  /// The tokens that the services require.
  std::string container_token() const;
  std::string web_token() const;
  std::string sso_token() const;

 private:
  using Request = httplib::Request;
  using Response = httplib::Response;

  void Serve();
  void OnMetadata(const Request& request, Response* response);
  void OnContainer(const Request& request, Response* response);
  void OnPortal(const Request& request, Response* response);
  void OnPost(const Request& request, Response* response);
  void OnSts(const Request& request, Response* response);
  void OnDynamoDb(const Request& request, Response* response);
  bool Fail(const Request& request, Response* response);
  IssuedCredentials HandOut(const std::string& service);
  /// Returns why a service refuses a request; nothing if it accepts it.
  std::optional<dynamodown::fake::SignatureRefusal> Refusal(
      const dynamodown::fake::Signatures& service,
      const Request& request) const;

  const std::function<int64_t()> unix_seconds_;
  dynamodown::FakeDynamo dynamo_;
  // It has an unused account, so that it verifies from the first request on.
  dynamodown::fake::Signatures dynamodb_{"dynamodb", "", {{"AKIDNOBODY"}}};
  dynamodown::fake::Signatures sts_{"sts", "", {{"AKIDNOBODY"}}};
  std::unique_ptr<httplib::Server> server_;
  int port_ = 0;
  struct Thread;
  std::unique_ptr<Thread> thread_;

  mutable std::mutex mutex_;  // Guards everything below.
  size_t credentials_ = 0;    // The number issued.
  std::map<std::string, int> issued_;
  std::vector<std::string> signers_;
  std::vector<std::string> assumers_;
  std::vector<std::string> asked_;
  int failing_ = 0;
};

}  // namespace dynamodown_test

#endif  // DYNAMODOWN_TESTS_SUPPORT_LOOPBACK_AWS_H_
