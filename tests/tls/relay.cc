#include "tls/relay.h"

#include <poll.h>
#include <sys/socket.h>

#include <functional>

#include "base/crypto.h"

namespace dynamodown_test {
namespace {

using Observer = std::function<void(const std::string& bytes)>;

/// Passes on the available bytes. Returns false at the end of the stream.
bool PassOn(const Peer& from, Peer* to, const Observer& observe) {
  char bytes[16384];
  const ssize_t n = recv(from.fd(), bytes, sizeof bytes, 0);
  if (n <= 0) {
    shutdown(to->fd(), SHUT_WR);
    return false;
  }
  const std::string text(bytes, static_cast<size_t>(n));
  observe(text);
  to->Write(text);
  return true;
}

/// Passes bytes on until both sides have finished. When one side hangs up,
/// tells the other and waits until it hangs up too, so that nothing is under
/// way any more.
void Join(Peer* client, Peer* server, const Observer& observe) {
  bool client_talks = true, server_talks = true;
  while (client_talks || server_talks) {
    pollfd ends[] = {{client_talks ? client->fd() : -1, POLLIN, 0},
                     {server_talks ? server->fd() : -1, POLLIN, 0}};
    if (poll(ends, 2, -1) < 0) return;
    if (ends[0].revents != 0) client_talks = PassOn(*client, server, observe);
    if (ends[1].revents != 0) {
      server_talks = PassOn(*server, client, [](const std::string&) {});
    }
  }
}

/// "Basic a2ltOnNlY3JldA=="; see RFC 7617.
std::string BasicOf(const std::string& login) {
  std::string text = "Basic ";
  dynamodown::AppendBase64(login, &text);
  return text;
}

/// Returns the port in "POST http://host:8000/ HTTP/1.1" and "CONNECT host:8000
/// ...".
int PortAskedFor(const std::string& request) {
  const size_t begin = request.find(' ') + 1;
  const size_t scheme = request.compare(begin, 7, "http://") == 0 ? 7 : 0;
  const size_t colon = request.find(':', begin + scheme);
  return std::stoi(request.substr(colon + 1, 5));
}

/// Returns the request as the origin gets it: without the host, and without the
/// proxy's own headers.
std::string Forwarded(std::string request) {
  const size_t begin = request.find(' ') + 1;
  request.erase(begin, request.find('/', begin + 7) - begin);
  for (const char* name :
       {"\r\nProxy-Authorization:", "\r\nProxy-Connection:"}) {
    const size_t at = request.find(name);
    if (at == std::string::npos) continue;
    request.erase(at, request.find("\r\n", at + 2) - at);
  }
  return request;
}

}  // namespace

Relay::Relay(int target)
    : target_(target), server_([this](Peer* client) {
        const int fd = ConnectToLoopback(target_);
        if (fd < 0) return;
        Peer server(fd, 0);
        Join(client, &server, [this](const std::string& bytes) {
          std::lock_guard<std::mutex> lock(mutex_);
          heard_ += bytes;
        });
      }) {}

std::string Relay::heard() {
  std::lock_guard<std::mutex> lock(mutex_);
  return heard_;
}

Proxy::Proxy(const Manners& manners)
    : manners_(manners), server_([this](Peer* peer) { Serve(peer); }) {}

std::string Proxy::address() const {
  return "127.0.0.1:" + std::to_string(port());
}

std::string Proxy::url(const std::string& login) const {
  return "http://" + login + (login.empty() ? "" : "@") + address();
}

std::vector<std::string> Proxy::heads() {
  std::lock_guard<std::mutex> lock(mutex_);
  return heads_;
}

void Proxy::Serve(Peer* peer) {
  for (;;) {
    const std::string request = peer->ReadMessage();
    if (request.empty()) return;
    const std::string head = request.substr(0, request.find("\r\n\r\n") + 4);
    {
      std::lock_guard<std::mutex> lock(mutex_);
      heads_.push_back(head);
    }
    if (manners_.silent) return peer->AwaitEnd();
    if (manners_.refuses) return peer->Write(manners_.refusal);
    if (!manners_.login.empty() &&
        head.find("\r\nProxy-Authorization: " + BasicOf(manners_.login) +
                  "\r\n") == std::string::npos) {
      return peer->Write(
          Answer(407, "", "Proxy-Authenticate: Basic realm=\"test\"\r\n"));
    }
    if (request.compare(0, 8, "CONNECT ") == 0) return Tunnel(peer, request);
    Carry(peer, request);
  }
}

void Proxy::Tunnel(Peer* peer, const std::string& request) {
  const int fd = ConnectToLoopback(PortAskedFor(request));
  if (fd < 0) return peer->Write(Answer(502, ""));
  Peer server(fd, 0);
  peer->Write("HTTP/1.1 200 Connection established\r\n\r\n");
  Join(peer, &server, [](const std::string&) {});
}

void Proxy::Carry(Peer* peer, std::string request) {
  const int fd = ConnectToLoopback(PortAskedFor(request));
  if (fd < 0) return peer->Write(Answer(502, ""));
  Peer server(fd, 0);
  server.Write(Forwarded(std::move(request)));
  peer->Write(server.ReadMessage());
}

}  // namespace dynamodown_test
