// The fastest possible client, to measure others against. It sends prepared
// requests over CONNECTIONS connections on one thread, and looks only at an
// answer's status and length.
//
//     bare_sockets PORT CONNECTIONS < requests
//
// Standard input: requests, each after a line with its length in bytes.
// Standard output, when all are answered: elapsed seconds and CPU seconds.

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <iterator>
#include <string>
#include <vector>

namespace {

constexpr size_t kAnswerBytesMax = 64 * 1024;

[[noreturn]] void Fail(const std::string& what) {
  std::cerr << "bare_sockets: " << what << "\n";
  exit(1);
}

std::vector<std::string> ReadRequests() {
  std::vector<std::string> requests;
  std::string line;
  while (std::getline(std::cin, line)) {
    std::string request(std::stoul(line), '\0');
    if (!std::cin.read(request.data(),
                       static_cast<std::streamsize>(request.size()))) {
      Fail("a request is cut off");
    }
    requests.push_back(std::move(request));
  }
  return requests;
}

int Connect(uint16_t port) {
  const int made = socket(AF_INET, SOCK_STREAM, 0);
  const int on = 1;
  setsockopt(made, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(made, reinterpret_cast<sockaddr*>(&address), sizeof address) !=
      0) {
    Fail("cannot connect");
  }
  return made;
}

/// Returns true if `answer` is whole.
bool IsWhole(const std::string& answer) {
  const size_t head = answer.find("\r\n\r\n");
  if (head == std::string::npos) return false;
  if (answer.compare(0, 12, "HTTP/1.1 200") != 0) Fail(answer);
  static const std::string kLength = "Content-Length: ";
  const size_t length = answer.find(kLength);
  if (length == std::string::npos || length > head) Fail(answer);
  const size_t body = std::stoul(answer.substr(length + kLength.size(), 12));
  return answer.size() >= head + 4 + body;
}

double CpuSeconds() {
  rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  const auto Seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) +
           static_cast<double>(time.tv_usec) / 1e6;
  };
  return Seconds(usage.ru_utime) + Seconds(usage.ru_stime);
}

struct Connection {
  int socket;
  std::string answer;
};

void Run(uint16_t port, size_t connections_max) {
  const std::vector<std::string> requests = ReadRequests();
  std::vector<Connection> connections(connections_max);
  const int poll = epoll_create1(0);
  for (size_t i = 0; i < connections.size(); ++i) {
    connections[i].socket = Connect(port);
    epoll_event event = {};
    event.events = EPOLLIN;
    event.data.u64 = i;
    epoll_ctl(poll, EPOLL_CTL_ADD, connections[i].socket, &event);
  }

  size_t next = 0, answered = 0;
  const auto Send = [&](Connection& connection) {
    if (next == requests.size()) return;
    const std::string& request = requests[next++];
    if (send(connection.socket, request.data(), request.size(), MSG_NOSIGNAL) !=
        static_cast<ssize_t>(request.size())) {
      Fail("cannot send");
    }
  };
  const double cpu = CpuSeconds();
  const auto start = std::chrono::steady_clock::now();
  for (Connection& connection : connections) Send(connection);
  std::vector<epoll_event> events(connections.size());
  std::string buffer(kAnswerBytesMax, '\0');
  while (answered < requests.size()) {
    const int ready =
        epoll_wait(poll, events.data(), static_cast<int>(events.size()), -1);
    for (int i = 0; i < ready; ++i) {
      Connection& connection =
          connections[events[static_cast<size_t>(i)].data.u64];
      const ssize_t got =
          recv(connection.socket, buffer.data(), buffer.size(), 0);
      if (got <= 0) Fail("the server closed a connection");
      connection.answer.append(buffer, 0, static_cast<size_t>(got));
      if (!IsWhole(connection.answer)) continue;
      connection.answer.clear();
      ++answered;
      Send(connection);
    }
  }
  const std::chrono::duration<double> seconds =
      std::chrono::steady_clock::now() - start;
  printf("%.6f %.6f\n", seconds.count(), CpuSeconds() - cpu);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::cerr << "usage: bare_sockets PORT CONNECTIONS < requests\n";
    return 2;
  }
  Run(static_cast<uint16_t>(atoi(argv[1])), static_cast<size_t>(atoi(argv[2])));
  return 0;
}
