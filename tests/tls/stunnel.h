// A server that speaks TLS and hands on what it decrypts: stunnel.

#ifndef DYNAMODOWN_TESTS_TLS_STUNNEL_H_
#define DYNAMODOWN_TESTS_TLS_STUNNEL_H_

#include <sys/types.h>

#include <string>

namespace dynamodown_test {

/// Runs while it lives, on a free port of the loopback. **Errors**: one that
/// does not start fails the test.
class Stunnel {
 public:
  /// `identity` is a PEM file of a certificate and its key; what is decrypted
  /// goes to `port`; `settings` are more lines of its configuration. Files are
  /// made in `folder`.
  Stunnel(const std::string& folder, const std::string& identity, int port,
          const std::string& settings = "");
  ~Stunnel();
  Stunnel(const Stunnel&) = delete;
  Stunnel& operator=(const Stunnel&) = delete;

  int port() const { return port_; }
  int connections() const;  ///< That it accepted.
  int handshakes() const;   ///< That succeeded on its side.
  /// Whether it has told a client that it closes the connection.
  bool AwaitCloseNotify() const;
  /// How many bytes it decrypted and handed on, once every connection that it
  /// accepted has ended. -1: one does not end.
  long AwaitBytesHandedOn() const;

 private:
  std::string Log() const;

  std::string base_;
  pid_t pid_ = 0;
  int port_ = 0;
};

}  // namespace dynamodown_test

#endif  // DYNAMODOWN_TESTS_TLS_STUNNEL_H_
