// A port of the loopback, for one test alone.

#ifndef DYNAMODOWN_TESTS_SUPPORT_LOOPBACK_PORT_H_
#define DYNAMODOWN_TESTS_SUPPORT_LOOPBACK_PORT_H_

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <string>

namespace dynamodown_test {

/// A loopback port that nobody else can take while this lives. Until Listen it
/// refuses connections.
class LoopbackPort {
 public:
  LoopbackPort() : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    EXPECT_EQ(bind(socket_, reinterpret_cast<sockaddr*>(&address), length), 0);
    EXPECT_EQ(
        getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &length),
        0);
    address_ = "127.0.0.1:" + std::to_string(ntohs(address.sin_port));
  }
  ~LoopbackPort() { close(socket_); }
  LoopbackPort(const LoopbackPort&) = delete;
  LoopbackPort& operator=(const LoopbackPort&) = delete;

  /// Accepts connections from now on, and answers none.
  void Listen() { EXPECT_EQ(listen(socket_, 64), 0); }
  int socket() const { return socket_; }
  const std::string& address() const { return address_; }
  std::string url() const { return "http://" + address_; }

 private:
  const int socket_;
  std::string address_;
};

}  // namespace dynamodown_test

#endif  // DYNAMODOWN_TESTS_SUPPORT_LOOPBACK_PORT_H_
