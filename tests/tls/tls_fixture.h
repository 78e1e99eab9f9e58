// The fixture of the TLS and proxy tests: certificates, a server that shows one
// of them, and DynamoDB Local behind it.

#ifndef DYNAMODOWN_TESTS_TLS_TLS_FIXTURE_H_
#define DYNAMODOWN_TESTS_TLS_TLS_FIXTURE_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "cli/program.h"
#include "dynamodown/db.h"
#include "support/temp_dir.h"
#include "tls/authority.h"
#include "tls/relay.h"
#include "tls/stunnel.h"

namespace dynamodown_test {

/// The port of the DynamoDB Local that the test's fixture started.
int DynamoDbPort();

class TlsFixture : public testing::Test {
 protected:
  using Database = std::unique_ptr<dynamodown::Database>;

  static void SetUpTestSuite();
  ~TlsFixture() override;

  /// Sets an environment variable until the test ends. Empty: unset.
  void SetVariable(const std::string& name, const std::string& value);

  /// Starts a server with that certificate. Decrypted bytes go to `behind_`.
  Stunnel Serve(const std::string& identity, const std::string& settings = "") {
    return Stunnel(folder_.path(), identity, behind_.port(), settings);
  }

  /// Opens the store at `location_` with `options_`.
  leveldb::Status TryOpen(const std::string& endpoint, Database* db);
  leveldb::Status TryOpen(const std::string& endpoint);
  /// The same; opening must succeed.
  Database Open(const std::string& endpoint);

  dynamodown::Outcome Cli(std::vector<std::string> arguments);

  const TempDir folder_;
  Authority authority_{folder_.path(), "authority"};
  Relay behind_{DynamoDbPort()};
  const std::string location_;
  dynamodown::Options options_;  ///< Initially trusts authority_ alone.
  std::map<std::string, std::string> cli_environment_;

  TlsFixture();

 private:
  std::vector<std::string> variables_;
};

/// "https://localhost:1234"
std::string Https(int port, const std::string& host = "localhost");

}  // namespace dynamodown_test

#endif  // DYNAMODOWN_TESTS_TLS_TLS_FIXTURE_H_
