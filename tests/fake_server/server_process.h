// `dynamodown fake-server` as a child process of a test.

#ifndef DYNAMODOWN_TESTS_FAKE_SERVER_SERVER_PROCESS_H_
#define DYNAMODOWN_TESTS_FAKE_SERVER_SERVER_PROCESS_H_

#include <signal.h>
#include <sys/types.h>

#include <chrono>
#include <map>
#include <string>
#include <vector>

namespace dynamodown_test {

/// Runs the server on a free port. The process ends with this object, and with
/// the test's process, however the latter ends. **Errors**: if the server does
/// not start, the test fails.
class ServerProcess {
 public:
  /// `environment` is the complete environment of the process.
  explicit ServerProcess(
      std::vector<std::string> arguments = {},
      const std::map<std::string, std::string>& environment = {});
  /// Ends the process if it still runs.
  ~ServerProcess();
  ServerProcess(const ServerProcess&) = delete;
  ServerProcess& operator=(const ServerProcess&) = delete;

  const std::string& line() const { return line_; }  ///< The line it printed.
  std::string url() const;  ///< For https, with "localhost".
  int port() const { return port_; }
  /// The time from the start of the process until its line arrived.
  std::chrono::microseconds start_time() const { return start_time_; }
  size_t ResidentBytes() const;

  /// Its exit status, or 128 + the signal that ended it.
  int End(int signal = SIGTERM);

 private:
  pid_t pid_ = -1;
  std::string line_;
  int port_ = 0;
  std::chrono::microseconds start_time_{};
};

}  // namespace dynamodown_test

#endif  // DYNAMODOWN_TESTS_FAKE_SERVER_SERVER_PROCESS_H_
