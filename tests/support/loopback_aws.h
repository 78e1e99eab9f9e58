// The parts of AWS that credentials have to do with, on one port of the
// loopback: instance metadata (IMDSv2), a container's credentials, STS, the
// portal of IAM Identity Center, and a DynamoDB that believes nobody whose
// signature it has not verified.
//
// Each credential that it hands out is a new one, with a secret of its own, so
// that a request tells by whose credentials it was signed.

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
#include "fake/signature.h"

namespace httplib {
class Server;
struct Request;
struct Response;
}  // namespace httplib

namespace dynamodown_test {

/// Stands in every secret, and nowhere else.
inline constexpr char kSecretMark[] = "TOPSECRET";

struct IssuedCredentials {
  std::string id;      ///< "AKIDsts1"
  std::string secret;  ///< Has kSecretMark in it, as the token.
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

  /// New credentials, known to the services, that expire in an hour or never.
  /// `from` is a part of their id.
  IssuedCredentials Issue(const std::string& from, bool expires);
  /// How often a service has handed out credentials: "imds", "container",
  /// "sts", "web" or "sso".
  int issued(const std::string& service) const;
  /// The services, but for DynamoDB, then answer with this status; 0 ends it.
  void set_failing(int status);

  /// Ids of the credentials that DynamoDB's requests were signed with, in
  /// order, and of those that STS's AssumeRole was.
  std::vector<std::string> signers() const;
  std::vector<std::string> assumers() const;
  /// What requests to the services (but DynamoDB) asked for: "METHOD path",
  /// and for STS the form.
  std::vector<std::string> asked() const;

  /// What the services insist on.
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
  /// Why a service does not believe a request; nothing: it does.
  std::optional<dynamodown::fake::SignatureRefusal> Refusal(
      const dynamodown::fake::Signatures& service,
      const Request& request) const;

  const std::function<int64_t()> unix_seconds_;
  dynamodown::FakeDynamo dynamo_;
  // With nobody's account, so that they verify from the first request on.
  dynamodown::fake::Signatures dynamodb_{"dynamodb", "", {{"AKIDNOBODY"}}};
  dynamodown::fake::Signatures sts_{"sts", "", {{"AKIDNOBODY"}}};
  std::unique_ptr<httplib::Server> server_;
  int port_ = 0;
  struct Thread;
  std::unique_ptr<Thread> thread_;

  mutable std::mutex mutex_;  // Guards what follows.
  size_t credentials_ = 0;    // How many were issued.
  std::map<std::string, int> issued_;
  std::vector<std::string> signers_;
  std::vector<std::string> assumers_;
  std::vector<std::string> asked_;
  int failing_ = 0;
};

}  // namespace dynamodown_test

#endif  // DYNAMODOWN_TESTS_SUPPORT_LOOPBACK_AWS_H_
