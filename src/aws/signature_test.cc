// Compares our signatures with those of npm's @smithy/signature-v4, with which
// AWS's own JavaScript SDK signs.

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "aws/sigv4.h"
#include "base/clock.h"
#include "base/crypto.h"
#include "support/reference_program.h"

namespace dynamodown {
namespace {

using Json = nlohmann::json;
using Pairs = std::vector<std::pair<std::string, std::string>>;

constexpr int kRequests = 1'000;

struct Request {
  std::string method;
  std::string path;
  Pairs query;
  Pairs headers;
  std::string body;
  std::string region;
  std::string service;
  int64_t time = 0;
  std::shared_ptr<const SigningCredentials> credentials;
};

class RandomRequests {
 public:
  explicit RandomRequests(uint64_t seed) : random_(seed) {}

  Request Next() {
    Request request;
    request.method = OneOf({"GET", "POST", "PUT", "DELETE", "PATCH", "HEAD"});
    request.path = Path();
    for (size_t n = Below(5); n > 0; --n) {
      // A name may come more than once.
      const std::string name = "q" + Text(6);
      for (size_t m = 1 + Below(2); m > 0; --m) {
        request.query.emplace_back(name, Text(12));
      }
    }
    request.headers.emplace_back("host", Label() + ".amazonaws.com");
    std::set<std::string> names;
    for (size_t n = Below(5); n > 0; --n) names.insert("x-" + Label());
    if (Below(2) == 0) names.insert("content-type");
    for (const std::string& name : names) {
      request.headers.emplace_back(name, HeaderValue());
    }
    for (size_t n = Below(3) * Below(500); n > 0; --n) {
      request.body.push_back(static_cast<char>(Below(256)));
    }
    request.region = OneOf({"us-east-1", "eu-west-1", "cn-north-1", "local"});
    request.service = OneOf({"dynamodb", "sts", "iam"});
    // A signer keeps the key that it has derived, and replaces the key if the
    // day or the credentials change. With few days and few credentials, both
    // happen often.
    const uint64_t day = Below(4) == 0 ? Below(47'000) : 19'000 + Below(2);
    request.time = static_cast<int64_t>(day * 86'400 + Below(86'400));
    if (credentials_.empty() || Below(200) == 0) {
      credentials_.push_back(std::make_shared<const SigningCredentials>(
          SigningCredentials{"AKID" + Label(), Text(40) + "s",
                             Below(2) == 0 ? "" : "t/+=" + Label()}));
    }
    request.credentials = credentials_[Below(credentials_.size())];
    return request;
  }

 private:
  size_t Below(size_t n) { return random_() % n; }
  std::string OneOf(const std::vector<std::string>& choices) {
    return choices[Below(choices.size())];
  }
  std::string Label() {
    std::string label;
    for (size_t n = 1 + Below(10); n > 0; --n) {
      label.push_back("abcdefghijklmnopqrstuvwxyz0123456789-"[Below(36)]);
    }
    return label;
  }
  /// UTF-8 with every kind of character that needs escaping.
  std::string Text(size_t n_max) {
    std::string text;
    for (size_t n = Below(n_max + 1); n > 0; --n) {
      switch (Below(4)) {
        case 0:
          text.push_back(" !\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"[Below(33)]);
          break;
        case 1:
          text += OneOf({"é", "\u2028", "\U0001F600", "\x7f", "\x01"});
          break;
        default:
          text += Label()[0];
      }
    }
    return text;
  }
  /// The path as sent: percent-encoded, without empty segments, "." and "..".
  std::string Path() {
    static constexpr char kHex[] = "0123456789ABCDEF";
    std::string path;
    for (size_t n = Below(4); n > 0; --n) {
      path += "/s";
      for (size_t m = Below(8); m > 0; --m) {
        if (Below(2) == 0) {
          const size_t byte = Below(256);
          path.push_back('%');
          path.push_back(kHex[byte >> 4]);
          path.push_back(kHex[byte & 15]);
        } else {
          path.push_back("abcXYZ019-._~!$&'()*+,;=:@"[Below(26)]);
        }
      }
    }
    if (path.empty() || Below(4) == 0) path += "/";
    return path;
  }
  std::string HeaderValue() {
    std::string value;
    for (size_t n = 1 + Below(6); n > 0; --n) {
      for (size_t m = Below(4); m > 0; --m) value += Below(3) ? " " : "\t";
      value += OneOf({"a", "b;c=\"d  e\"", "é", "application/json", ",", "0"});
    }
    for (size_t m = Below(3); m > 0; --m) value += " ";
    return value;
  }

  std::mt19937_64 random_;
  std::vector<std::shared_ptr<const SigningCredentials>> credentials_;
};

std::string OurAuthorization(Signer* signer, const Request& request) {
  const std::string time = FormatBasicTime(request.time);
  SignableRequest signable;
  signable.method = request.method;
  signable.path = request.path;
  for (const auto& [name, value] : request.query) {
    signable.query.emplace_back(name, value);
  }
  for (const auto& [name, value] : request.headers) {
    signable.headers.emplace_back(name, value);
  }
  signable.headers.emplace_back("x-amz-date", time);
  if (!request.credentials->session_token.empty()) {
    signable.headers.emplace_back("x-amz-security-token",
                                  request.credentials->session_token);
  }
  signable.body = request.body;
  return signer->Sign(signable, request.credentials, time);
}

Json ForTheReference(const Request& request) {
  Json query = Json::object();
  for (const auto& [name, value] : request.query) query[name].push_back(value);
  Json headers = Json::object();
  for (const auto& [name, value] : request.headers) headers[name] = value;
  std::string body;
  AppendBase64(request.body, &body);
  Json line = {{"method", request.method},
               {"hostname", request.headers[0].second},
               {"path", request.path},
               {"query", query},
               {"headers", headers},
               {"body", body},
               {"accessKeyId", request.credentials->access_key_id},
               {"secretAccessKey", request.credentials->secret_access_key},
               {"region", request.region},
               {"service", request.service},
               {"date", FormatTime(request.time)}};
  if (!request.credentials->session_token.empty()) {
    line["sessionToken"] = request.credentials->session_token;
  }
  return line;
}

TEST(Signature, RandomRequestsAreSignedAsAwssOwnSdkSignsThem) {
  RandomRequests random(20150830);
  std::vector<Request> requests;
  std::vector<Json> lines;
  for (int i = 0; i < kRequests; ++i) {
    requests.push_back(random.Next());
    lines.push_back(ForTheReference(requests.back()));
  }
  const std::vector<Json> answers =
      dynamodown_test::AnswersOf(SIGN_PROGRAM, lines);
  ASSERT_EQ(answers.size(), requests.size());

  // One signer for each region and service, as in production, so that signers
  // can reuse the keys that they keep.
  std::map<std::pair<std::string, std::string>, std::unique_ptr<Signer>>
      signers;
  for (size_t i = 0; i < requests.size(); ++i) {
    const Request& request = requests[i];
    std::unique_ptr<Signer>& signer =
        signers[{request.region, request.service}];
    if (signer == nullptr) {
      signer = std::make_unique<Signer>(request.region, request.service);
    }
    ASSERT_EQ(OurAuthorization(signer.get(), request),
              answers[i]["authorization"])
        << "request " << i << ": " << lines[i].dump(2);
    EXPECT_EQ(FormatBasicTime(request.time), answers[i]["amzDate"]);
  }
}

}  // namespace
}  // namespace dynamodown
