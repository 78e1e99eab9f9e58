// A server that speaks TLS and passes on the decrypted bytes: stunnel.

#ifndef DYNAMODOWN_TESTS_TLS_STUNNEL_H_
#define DYNAMODOWN_TESTS_TLS_STUNNEL_H_

#include <sys/types.h>

#include <string>

namespace dynamodown_test {

/// Runs on a free port of the loopback until it is destroyed. **Errors**: if it
/// does not start, the test fails.
class Stunnel {
 public:
  /// `identity` is a PEM file with a certificate and its key. Decrypted bytes
  /// go to `port`. `settings` are additional lines of configuration. Files are
  /// made in `folder`.
  Stunnel(const std::string& folder, const std::string& identity, int port,
          const std::string& settings = "");
  ~Stunnel();
  Stunnel(const Stunnel&) = delete;
  Stunnel& operator=(const Stunnel&) = delete;

  int port() const { return port_; }
  int connections() const;  ///< Accepted ones.
  int handshakes() const;   ///< Those that succeeded on its side.
  /// Returns whether it has told a client that it closes the connection.
  bool AwaitCloseNotify() const;
  /// Returns the number of decrypted bytes that it passed on, once every
  /// accepted connection has ended. Returns -1 if one does not end.
  long AwaitBytesHandedOn() const;

 private:
  std::string Log() const;

  std::string base_;
  pid_t pid_ = 0;
  int port_ = 0;
};

}  // namespace dynamodown_test

#endif  // DYNAMODOWN_TESTS_TLS_STUNNEL_H_
