// AWS's published test suite for Signature Version 4, as far as this signer
// supports it: it normalises no paths and joins no repeated headers, since
// DynamoDB's requests need neither.
//
// Source: github.com/awslabs/aws-c-auth, tests/aws-signing-test-suite/v4, the
// "header" variants. All are signed for us-east-1 and the service "service", at
// 2015-08-30T12:36:00Z by AKIDEXAMPLE. Here a vector is a folder:
//
//     request     method and path, headers (a token among them is the
//                 credentials'), an empty line, body
//     signature   the published one

#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <sstream>
#include <string>
#include <vector>

#include "aws/sigv4.h"
#include "wire/golden.h"

namespace dynamodown_test {
namespace {

namespace fs = std::filesystem;

constexpr char kTime[] = "20150830T123600Z";

struct Vector {
  std::string method;
  std::string path;
  std::vector<std::pair<std::string, std::string>> query;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  std::string token;
};

Vector Parse(const std::string& text) {
  Vector vector;
  const size_t end = text.find("\n\n");
  std::istringstream head(text.substr(0, end + 1));
  std::string line;
  std::getline(head, line);
  const size_t blank = line.find(' ');
  vector.method = line.substr(0, blank);
  vector.path = line.substr(blank + 1);
  const size_t question = vector.path.find('?');
  if (question != std::string::npos) {
    std::istringstream query(vector.path.substr(question + 1));
    for (std::string pair; std::getline(query, pair, '&');) {
      const size_t equals = pair.find('=');
      vector.query.emplace_back(pair.substr(0, equals),
                                pair.substr(equals + 1));
    }
    vector.path.resize(question);
  }
  while (std::getline(head, line)) {
    const size_t colon = line.find(':');
    std::string name = line.substr(0, colon);
    std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) {
      return static_cast<char>(std::tolower(c));
    });
    vector.headers.emplace_back(name, line.substr(colon + 1));
    if (name == "x-amz-security-token") vector.token = line.substr(colon + 1);
  }
  vector.body = text.substr(end + 2);
  return vector;
}

std::string SignatureOf(const Vector& vector) {
  dynamodown::SignableRequest request;
  request.method = vector.method;
  request.path = vector.path;
  for (const auto& [name, value] : vector.query) {
    request.query.emplace_back(name, value);
  }
  for (const auto& [name, value] : vector.headers) {
    request.headers.emplace_back(name, value);
  }
  request.body = vector.body;
  const std::string header =
      dynamodown::Signer("us-east-1", "service")
          .Sign(request,
                std::make_shared<const dynamodown::SigningCredentials>(
                    dynamodown::SigningCredentials{
                        kGoldenAccessKey, kGoldenSecret, vector.token}),
                kTime);
  return header.substr(header.rfind('=') + 1);
}

TEST(PublishedVectors, AreSignedAsPublished) {
  size_t vectors = 0;
  for (const auto& folder : fs::directory_iterator(WIRE_SIGNATURES)) {
    const std::string path = folder.path();
    const Vector vector = Parse(ReadWhole(path + "/request"));
    EXPECT_EQ(SignatureOf(vector) + "\n", ReadWhole(path + "/signature"))
        << path;
    ++vectors;
  }
  EXPECT_EQ(vectors, 11u);
}

}  // namespace
}  // namespace dynamodown_test
