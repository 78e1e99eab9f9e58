#include "support/loopback_aws.h"

#include <gtest/gtest.h>
#include <httplib.h>

#include <nlohmann/json.hpp>
#include <thread>
#include <utility>

#include "base/clock.h"

namespace dynamodown_test {
namespace {

using dynamodown::FormatTime;
using dynamodown::HttpRequest;
using dynamodown::HttpResponse;
using dynamodown::fake::AccessKeyIdOf;
using dynamodown::fake::SignatureRefusal;
using dynamodown::fake::Signatures;
using Json = nlohmann::json;

constexpr char kMetadataToken[] = "TOPSECRET-metadata-token";
constexpr char kRole[] = "the-instance-role";
constexpr int64_t kLifetime = 3600;
constexpr char kJson[] = "application/json";

void Refuse(int status, const std::string& body, httplib::Response* response) {
  response->status = status;
  response->set_content(body, kJson);
}

HttpRequest HttpRequestOf(const httplib::Request& request) {
  HttpRequest http{request.method, "http://127.0.0.1/", {}, request.body};
  for (const auto& [name, value] : request.headers) {
    http.headers.push_back({name, value});
  }
  return http;
}

}  // namespace

struct LoopbackAws::Thread {
  std::thread thread;
};

LoopbackAws::LoopbackAws(std::function<int64_t()> unix_seconds)
    : unix_seconds_(std::move(unix_seconds)),
      dynamo_(unix_seconds_),
      server_(std::make_unique<httplib::Server>()),
      thread_(std::make_unique<Thread>()) {
  server_->set_tcp_nodelay(true);
  Serve();
  port_ = server_->bind_to_any_port("127.0.0.1");
  EXPECT_GT(port_, 0) << "cannot listen on the loopback";
  thread_->thread = std::thread([this] { server_->listen_after_bind(); });
  // A stop() before the server runs would be lost.
  while (!server_->is_running()) std::this_thread::yield();
}

LoopbackAws::~LoopbackAws() {
  server_->stop();
  thread_->thread.join();
}

void LoopbackAws::Serve() {
  using Handler = void (LoopbackAws::*)(const Request&, Response*);
  const auto to = [this](Handler handler) {
    return [this, handler](const Request& request, Response& response) {
      (this->*handler)(request, &response);
    };
  };
  server_->Put("/latest/api/token", to(&LoopbackAws::OnMetadata));
  server_->Get("/latest/.*", to(&LoopbackAws::OnMetadata));
  server_->Get("/container", to(&LoopbackAws::OnContainer));
  server_->Get("/federation/credentials", to(&LoopbackAws::OnPortal));
  server_->Post("/", to(&LoopbackAws::OnPost));
}

std::string LoopbackAws::url() const {
  return "http://127.0.0.1:" + std::to_string(port_);
}

IssuedCredentials LoopbackAws::Issue(const std::string& from, bool expires) {
  std::lock_guard<std::mutex> lock(mutex_);
  const std::string n = std::to_string(++credentials_);
  IssuedCredentials issued;
  issued.id = "AKID" + from + n;
  issued.secret = std::string(kSecretMark) + "/secret+of/" + n;
  if (expires) {
    issued.token = std::string(kSecretMark) + "/token+of/" + n + "==";
    issued.expires = unix_seconds_() + kLifetime;
  }
  for (dynamodown::fake::Signatures* service : {&dynamodb_, &sts_}) {
    service->Add({issued.id, issued.secret, issued.token, issued.expires});
  }
  return issued;
}

IssuedCredentials LoopbackAws::HandOut(const std::string& service) {
  const IssuedCredentials issued = Issue(service, true);
  std::lock_guard<std::mutex> lock(mutex_);
  ++issued_[service];
  return issued;
}

int LoopbackAws::issued(const std::string& service) const {
  std::lock_guard<std::mutex> lock(mutex_);
  const auto at = issued_.find(service);
  return at == issued_.end() ? 0 : at->second;
}

void LoopbackAws::set_failing(int status) {
  std::lock_guard<std::mutex> lock(mutex_);
  failing_ = status;
}

std::vector<std::string> LoopbackAws::signers() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return signers_;
}
std::vector<std::string> LoopbackAws::assumers() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return assumers_;
}
std::vector<std::string> LoopbackAws::asked() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return asked_;
}

std::string LoopbackAws::container_token() const {
  return std::string(kSecretMark) + "-container-token";
}
std::string LoopbackAws::web_token() const {
  return std::string(kSecretMark) + "-web.identity.token";
}
std::string LoopbackAws::sso_token() const {
  return std::string(kSecretMark) + "-sso-token";
}

bool LoopbackAws::Fail(const Request& request, Response* response) {
  std::lock_guard<std::mutex> lock(mutex_);
  asked_.push_back(request.method + " " + request.target +
                   (request.body.empty() ? "" : " " + request.body));
  if (failing_ == 0) return false;
  // A careless service repeats its input.
  std::string sent = request.body;
  for (const auto& [name, value] : request.headers) sent += " " + value;
  const Json refusal = {{"message", "not understood: " + sent}};
  Refuse(failing_, refusal.dump(), response);
  return true;
}

void LoopbackAws::OnMetadata(const Request& request, Response* response) {
  if (Fail(request, response)) return;
  if (request.method == "PUT") {
    if (!request.has_header("X-aws-ec2-metadata-token-ttl-seconds")) {
      return Refuse(400, "", response);
    }
    return response->set_content(kMetadataToken, "text/plain");
  }
  if (request.get_header_value("X-aws-ec2-metadata-token") != kMetadataToken) {
    return Refuse(401, "", response);
  }
  const std::string base = "/latest/meta-data/iam/security-credentials/";
  if (request.path == base) return response->set_content(kRole, "text/plain");
  if (request.path != base + kRole) return Refuse(404, "", response);
  const IssuedCredentials issued = HandOut("imds");
  response->set_content(Json{{"Code", "Success"},
                             {"LastUpdated", FormatTime(unix_seconds_())},
                             {"Type", "AWS-HMAC"},
                             {"AccessKeyId", issued.id},
                             {"SecretAccessKey", issued.secret},
                             {"Token", issued.token},
                             {"Expiration", FormatTime(issued.expires)}}
                            .dump(),
                        "text/plain");
}

void LoopbackAws::OnContainer(const Request& request, Response* response) {
  if (Fail(request, response)) return;
  if (request.get_header_value("Authorization") != container_token()) {
    return Refuse(403, R"({"message":"no"})", response);
  }
  const IssuedCredentials issued = HandOut("container");
  response->set_content(Json{{"RoleArn", "arn:aws:iam::1:role/task"},
                             {"AccessKeyId", issued.id},
                             {"SecretAccessKey", issued.secret},
                             {"Token", issued.token},
                             {"Expiration", FormatTime(issued.expires)}}
                            .dump(),
                        kJson);
}

void LoopbackAws::OnPortal(const Request& request, Response* response) {
  if (Fail(request, response)) return;
  if (request.get_header_value("x-amz-sso_bearer_token") != sso_token() ||
      request.get_param_value("account_id") != "111122223333" ||
      request.get_param_value("role_name") != "Reader") {
    return Refuse(401, R"({"message":"Session token not found or invalid"})",
                  response);
  }
  const IssuedCredentials issued = HandOut("sso");
  const Json role = {{"accessKeyId", issued.id},
                     {"secretAccessKey", issued.secret},
                     {"sessionToken", issued.token},
                     {"expiration", issued.expires * 1000}};
  response->set_content(Json{{"roleCredentials", role}}.dump(), kJson);
}

void LoopbackAws::OnPost(const Request& request, Response* response) {
  if (request.has_header("X-Amz-Target")) {
    OnDynamoDb(request, response);
  } else {
    OnSts(request, response);
  }
}

void LoopbackAws::OnSts(const Request& request, Response* response) {
  if (Fail(request, response)) return;
  const std::string action = request.get_param_value("Action");
  const auto refuse = [&](const std::string& code) {
    response->status = 403;
    response->set_content(
        "<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">"
        "<Error><Type>Sender</Type><Code>" +
            code +
            "</Code><Message>Not allowed here</Message></Error>"
            "<RequestId>1</RequestId></ErrorResponse>",
        "text/xml");
  };
  const bool web = action == "AssumeRoleWithWebIdentity";
  if (web) {
    if (request.get_param_value("WebIdentityToken") != web_token()) {
      return refuse("InvalidIdentityToken");
    }
  } else {
    if (action != "AssumeRole" || Refusal(sts_, request).has_value()) {
      return refuse("AccessDenied");
    }
    std::lock_guard<std::mutex> lock(mutex_);
    assumers_.push_back(AccessKeyIdOf(HttpRequestOf(request)));
  }
  const IssuedCredentials issued = HandOut(web ? "web" : "sts");
  response->set_content(
      "<" + action +
          "Response xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><" +
          action + "Result><Credentials><AccessKeyId>" + issued.id +
          "</AccessKeyId><SecretAccessKey>" + issued.secret +
          "</SecretAccessKey><SessionToken>" + issued.token +
          "</SessionToken><Expiration>" + FormatTime(issued.expires) +
          "</Expiration></Credentials></" + action + "Result></" + action +
          "Response>",
      "text/xml");
}

void LoopbackAws::OnDynamoDb(const Request& request, Response* response) {
  const std::string target = request.get_header_value("X-Amz-Target");
  HttpResponse answer;
  if (const auto refusal = Refusal(dynamodb_, request)) {
    dynamo_.AnswerError(400, refusal->code, refusal->message, &answer);
  } else {
    {
      std::lock_guard<std::mutex> lock(mutex_);
      signers_.push_back(AccessKeyIdOf(HttpRequestOf(request)));
    }
    answer = dynamo_.Carry(target.substr(target.find('.') + 1), request.body);
  }
  response->status = answer.status;
  response->set_content(answer.body, "application/x-amz-json-1.0");
}

std::optional<SignatureRefusal> LoopbackAws::Refusal(
    const Signatures& service, const Request& request) const {
  const int64_t now = unix_seconds_();
  return service.Check(HttpRequestOf(request), now, now);
}

}  // namespace dynamodown_test
