#include "support/loopback_server.h"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <memory>
#include <utility>

namespace dynamodown_test {
namespace {

sockaddr_in Loopback(int port) {
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

bool IsReadable(int fd, int timeout_ms) {
  pollfd polled = {fd, POLLIN, 0};
  return poll(&polled, 1, timeout_ms) > 0;
}

}  // namespace

std::string Answer(int status, const std::string& body,
                   const std::string& headers) {
  return "HTTP/1.1 " + std::to_string(status) + " Words\r\n" + headers +
         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

std::string Peer::ReadMessage() {
  for (;;) {
    const size_t head = buffer_.find("\r\n\r\n");
    if (head != std::string::npos) {
      size_t length = head + 4;
      const size_t at = buffer_.find("Content-Length: ");
      if (at < head) length += std::stoul(buffer_.substr(at + 16, 20));
      if (buffer_.size() >= length) {
        std::string message = buffer_.substr(0, length);
        buffer_.erase(0, length);
        return message;
      }
    }
    if (!ReadMore()) return {};
  }
}

void Peer::Write(const std::string& bytes) {
  for (size_t at = 0; at < bytes.size();) {
    const ssize_t n =
        send(fd_, bytes.data() + at, bytes.size() - at, MSG_NOSIGNAL);
    if (n <= 0) return;
    at += static_cast<size_t>(n);
  }
}

bool Peer::ReadMore() {
  char bytes[4096];
  const ssize_t n = recv(fd_, bytes, sizeof bytes, 0);
  if (n <= 0) return false;
  buffer_.append(bytes, static_cast<size_t>(n));
  return true;
}

void Peer::AwaitEnd() {
  while (ReadMore()) {
  }
}

void Peer::Close() {
  std::lock_guard<std::mutex> lock(mutex_);
  if (fd_ >= 0) close(fd_);
  fd_ = -1;
}

void Peer::HangUp() {
  std::lock_guard<std::mutex> lock(mutex_);
  if (fd_ >= 0) shutdown(fd_, SHUT_RDWR);
}

void Peer::Reset() {
  const linger at_once{1, 0};
  setsockopt(fd_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  Close();
}

int ConnectToLoopback(int port) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_in address = Loopback(port);
  if (connect(fd, reinterpret_cast<const sockaddr*>(&address),
              sizeof address) == 0) {
    return fd;
  }
  close(fd);
  return -1;
}

LoopbackServer::LoopbackServer(Serve serve) : serve_(std::move(serve)) {
  listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = Loopback(0);
  socklen_t length = sizeof address;
  auto* const any = reinterpret_cast<sockaddr*>(&address);
  if (bind(listener_, any, length) != 0 || listen(listener_, 64) != 0 ||
      getsockname(listener_, any, &length) != 0) {
    ADD_FAILURE() << "cannot listen on the loopback";
  }
  port_ = ntohs(address.sin_port);
  acceptor_ = std::thread([this] { Accept(); });
}

LoopbackServer::~LoopbackServer() {
  shutdown(listener_, SHUT_RDWR);
  acceptor_.join();
  HangUp();
  for (std::thread& thread : threads_) thread.join();
  close(listener_);
}

std::string LoopbackServer::url(const std::string& scheme) const {
  return scheme + "://127.0.0.1:" + std::to_string(port_) + "/";
}

bool LoopbackServer::AllClosed() {
  for (int i = 0; i < 500; ++i) {
    {
      std::lock_guard<std::mutex> lock(mutex_);
      if (open_.empty() && !IsReadable(listener_, 0)) return true;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return false;
}

void LoopbackServer::HangUp() {
  std::lock_guard<std::mutex> lock(mutex_);
  for (Peer* peer : open_) peer->HangUp();
}

void LoopbackServer::Accept() {
  while (IsReadable(listener_, -1)) {
    // Under the lock, so that every connection is either waiting or open.
    std::lock_guard<std::mutex> lock(mutex_);
    const int fd = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (fd < 0) return;
    auto peer = std::make_shared<Peer>(fd, ++connections_);
    open_.insert(peer.get());
    threads_.emplace_back([this, peer] {
      serve_(peer.get());
      peer->Close();
      std::lock_guard<std::mutex> inner(mutex_);
      open_.erase(peer.get());
    });
  }
}

}  // namespace dynamodown_test
