#include "tls/tls_fixture.h"

#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <utility>

#include "support/servers.h"

namespace dynamodown_test {
namespace {

// DynamoDB Local outlives this program, so names differ from run to run.
std::string NewLocation() {
  static std::atomic<int> number = 0;
  return "tls." + std::to_string(getpid()) + "." + std::to_string(++number) +
         "/store";
}

}  // namespace

int DynamoDbPort() {
  const std::string url = Endpoint("dynamodb-local");
  return std::stoi(url.substr(url.rfind(':') + 1));
}

std::string Https(int port, const std::string& host) {
  return "https://" + host + ":" + std::to_string(port);
}

TlsFixture::TlsFixture() : location_(NewLocation()) {
  options_.create_if_missing = true;
  options_.connection.ca_bundle = authority_.file();
  // A busy machine may need seconds to read the system's certificates.
  options_.connection.connect_timeout = std::chrono::seconds(30);
  options_.connection.attempt_timeout = std::chrono::seconds(60);
}

TlsFixture::~TlsFixture() {
  for (const std::string& name : variables_) unsetenv(name.c_str());
}

void TlsFixture::SetUpTestSuite() {
  UseLocalCredentials();
  for (const char* name :
       {"http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy",
        "ALL_PROXY", "no_proxy", "NO_PROXY"}) {
    unsetenv(name);
  }
}

void TlsFixture::SetVariable(const std::string& name,
                             const std::string& value) {
  variables_.push_back(name);
  setenv(name.c_str(), value.c_str(), 1);
}

leveldb::Status TlsFixture::TryOpen(const std::string& endpoint, Database* db) {
  options_.connection.endpoint = endpoint;
  dynamodown::Database* opened = nullptr;
  const leveldb::Status status = dynamodown::Open(options_, location_, &opened);
  db->reset(opened);
  return status;
}

leveldb::Status TlsFixture::TryOpen(const std::string& endpoint) {
  Database db;
  return TryOpen(endpoint, &db);
}

TlsFixture::Database TlsFixture::Open(const std::string& endpoint) {
  Database db;
  const leveldb::Status status = TryOpen(endpoint, &db);
  EXPECT_TRUE(status.ok()) << status.ToString();
  return db;
}

dynamodown::Outcome TlsFixture::Cli(std::vector<std::string> arguments) {
  dynamodown::Invocation invocation;
  invocation.program = DYNAMODOWN_CLI;
  invocation.arguments = std::move(arguments);
  invocation.environment = cli_environment_;
  return dynamodown::RunProgram(invocation);
}

}  // namespace dynamodown_test
