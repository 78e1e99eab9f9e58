#include "instant_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <thread>

#include "base/crypto.h"

namespace dynamodown {
namespace {

[[noreturn]] void Fail(const char* what) {
  perror(what);
  exit(1);
}

std::string Framed(const std::string& body) {
  return "HTTP/1.1 200 OK\r\nServer: instant\r\n"
         "Date: Sun, 22 Nov 2026 00:00:00 GMT\r\n"
         "Content-Type: application/x-amz-json-1.0\r\n"
         "x-amzn-RequestId: 00000000000000000000000000000000\r\n"
         "x-amz-crc32: " +
         std::to_string(Crc32(body)) +
         "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
         body;
}

bool SendAll(int socket, const std::string& bytes) {
  for (size_t sent = 0; sent < bytes.size();) {
    const ssize_t n =
        send(socket, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
    if (n <= 0) return false;
    sent += static_cast<size_t>(n);
  }
  return true;
}

void Serve(int socket, const std::map<std::string, std::string>& framed) {
  static constexpr char kTarget[] = "X-Amz-Target: DynamoDB_20120810.";
  static constexpr char kLength[] = "Content-Length: ";
  const std::string nothing = Framed("{}");
  std::string in;
  char buffer[65536];
  for (;;) {
    const size_t end = in.find("\r\n\r\n");
    if (end != std::string::npos) {
      const size_t length_at = in.find(kLength);
      const size_t body =
          length_at < end ? strtoul(in.c_str() + length_at + sizeof kLength - 1,
                                    nullptr, 10)
                          : 0;
      if (in.size() >= end + 4 + body) {
        const size_t target = in.find(kTarget);
        auto answer = framed.end();
        if (target < end) {
          const size_t name = target + sizeof kTarget - 1;
          answer = framed.find(in.substr(name, in.find('\r', name) - name));
        }
        in.erase(0, end + 4 + body);
        if (!SendAll(socket,
                     answer == framed.end() ? nothing : answer->second)) {
          break;
        }
        continue;
      }
    }
    const ssize_t n = recv(socket, buffer, sizeof buffer, 0);
    if (n <= 0) break;
    in.append(buffer, static_cast<size_t>(n));
  }
  close(socket);
}

}  // namespace

InstantServer::InstantServer(
    const std::map<std::string, std::string>& answers) {
  const int listener = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  if (listener < 0 ||
      bind(listener, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
      listen(listener, 64) != 0 ||
      getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size) !=
          0) {
    Fail("instant server");
  }
  port_ = ntohs(address.sin_port);
  process_ = fork();
  if (process_ < 0) Fail("fork");
  if (process_ > 0) {
    close(listener);
    return;
  }
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  std::map<std::string, std::string> framed;
  for (const auto& [name, body] : answers) framed[name] = Framed(body);
  for (;;) {
    const int connection = accept(listener, nullptr, nullptr);
    if (connection < 0) Fail("accept");
    const int on = 1;
    setsockopt(connection, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    std::thread(Serve, connection, std::cref(framed)).detach();
  }
}

InstantServer::~InstantServer() {
  kill(process_, SIGKILL);
  waitpid(process_, nullptr, 0);
}

}  // namespace dynamodown
