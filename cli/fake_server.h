// `dynamodown fake-server`: the double of DynamoDB on loopback.

#ifndef DYNAMODOWN_CLI_FAKE_SERVER_H_
#define DYNAMODOWN_CLI_FAKE_SERVER_H_

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace cli {

struct FakeServerOptions {
  int port = 8000;                         ///< 0: one that is free
  std::optional<std::string> certificate;  ///< PEM file; none: HTTP
  std::optional<std::string> key;     ///< PEM file; none: the certificate's
  std::optional<std::string> faults;  ///< a plan's file, or "default"
  uint64_t seed = 1;
  std::chrono::milliseconds transaction_step{0};
  bool throttles_by_load = false;
  bool json = false;
};

/// Serves until SIGINT or SIGTERM, and returns the exit status.
int ServeFake(const FakeServerOptions& options);

}  // namespace cli

#endif  // DYNAMODOWN_CLI_FAKE_SERVER_H_
