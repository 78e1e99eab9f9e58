// `dynamodown fake-server` as a process of a test's own.

#ifndef DYNAMODOWN_TESTS_FAKE_SERVER_SERVER_PROCESS_H_
#define DYNAMODOWN_TESTS_FAKE_SERVER_SERVER_PROCESS_H_

#include <signal.h>
#include <sys/types.h>

#include <chrono>
#include <map>
#include <string>
#include <vector>

namespace dynamodown_test {

/// Runs on a free port while it lives, and ends with the test's program,
/// however that ends. **Errors**: one that does not start fails the test.
class ServerProcess {
 public:
  /// Each variable of `environment` is set; there is nothing else in it.
  explicit ServerProcess(
      std::vector<std::string> arguments = {},
      const std::map<std::string, std::string>& environment = {});
  /// Ends it if it was not ended.
  ~ServerProcess();
  ServerProcess(const ServerProcess&) = delete;
  ServerProcess& operator=(const ServerProcess&) = delete;

  const std::string& line() const { return line_; }  ///< That it printed.
  std::string url() const;  ///< With "localhost" for https.
  int port() const { return port_; }
  /// From its start until its line was here.
  std::chrono::microseconds start_time() const { return start_time_; }
  size_t ResidentBytes() const;

  /// Its exit status; 128 + the signal that ended it.
  int End(int signal = SIGTERM);

 private:
  pid_t pid_ = -1;
  std::string line_;
  int port_ = 0;
  std::chrono::microseconds start_time_{};
};

}  // namespace dynamodown_test

#endif  // DYNAMODOWN_TESTS_FAKE_SERVER_SERVER_PROCESS_H_
