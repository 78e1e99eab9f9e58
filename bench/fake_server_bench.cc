// The number of GetItem and PutItem that `dynamodown fake-server` answers per
// second on one core. The server is bound to the first core. On the second,
// this program sends requests signed beforehand, one at a time on each
// connection.
//
//     ./dev bench fake-server
//
// Read the second column: the machine's other work affects only the first.

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "aws/credentials.h"
#include "aws/sigv4.h"
#include "base/clock.h"

namespace dynamodown {
namespace {

using Steady = std::chrono::steady_clock;

constexpr int kConnections = 16;
constexpr int kItems = 256;
constexpr size_t kValueBytes = 100;
constexpr std::chrono::seconds kDuration(5);

[[noreturn]] void Fail(const std::string& what) {
  std::perror(what.c_str());
  std::exit(1);
}

void BindToCore(int core) {
  cpu_set_t cores;
  CPU_ZERO(&cores);
  CPU_SET(core, &cores);
  if (sched_setaffinity(0, sizeof cores, &cores) != 0) Fail("two cores");
}

// ---------------------------------------------------------------- the server

/// The server's process, bound to core 0. It ends with this object.
class Server {
 public:
  explicit Server(const char* program) {
    int out[2];
    if (pipe(out) != 0) Fail("pipe");
    process_ = fork();
    if (process_ < 0) Fail("fork");
    if (process_ == 0) {
      prctl(PR_SET_PDEATHSIG, SIGKILL);
      BindToCore(0);
      dup2(out[1], STDOUT_FILENO);
      execl(program, program, "fake-server", "--port", "0", nullptr);
      Fail(program);
    }
    close(out[1]);
    std::string line;
    for (char c; read(out[0], &c, 1) == 1 && c != '\n';) line += c;
    close(out[0]);
    port_ = std::atoi(line.substr(line.rfind(':') + 1).c_str());
    if (port_ == 0) Fail("the server does not start: " + line);
  }
  ~Server() {
    kill(process_, SIGTERM);
    waitpid(process_, nullptr, 0);
  }
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  int port() const { return port_; }

  /// Returns the CPU time used so far: proc(5), fields 14 and 15 of stat.
  double CpuSeconds() const {
    std::ifstream file("/proc/" + std::to_string(process_) + "/stat");
    std::string text((std::istreambuf_iterator<char>(file)), {});
    text.erase(0, text.rfind(')') + 2);
    unsigned long user = 0;
    unsigned long system = 0;
    std::sscanf(text.c_str(),
                "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user,
                &system);
    return static_cast<double>(user + system) /
           static_cast<double>(sysconf(_SC_CLK_TCK));
  }

 private:
  pid_t process_ = 0;
  int port_ = 0;
};

// -------------------------------------------------------------- the requests

/// A request, from the request line to the body.
class RequestMaker {
 public:
  explicit RequestMaker(int port)
      : host_("127.0.0.1:" + std::to_string(port)),
        time_(FormatBasicTime(NewSystemClock()->UnixSeconds())) {}

  std::string Make(const std::string& operation, const std::string& body) {
    const std::string target = "DynamoDB_20120810." + operation;
    SignableRequest request;
    request.method = "POST";
    request.headers = {{"content-type", kContentType},
                       {"host", host_},
                       {"x-amz-date", time_},
                       {"x-amz-target", target}};
    request.body = body;
    return "POST / HTTP/1.1\r\nHost: " + host_ +
           "\r\nContent-Type: " + kContentType + "\r\nX-Amz-Date: " + time_ +
           "\r\nX-Amz-Target: " + target +
           "\r\nAuthorization: " + signer_.Sign(request, credentials_, time_) +
           "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
           body;
  }

 private:
  static constexpr char kContentType[] = "application/x-amz-json-1.0";
  const std::string host_;
  const std::string time_;
  const std::shared_ptr<const SigningCredentials> credentials_ =
      std::make_shared<SigningCredentials>(
          SigningCredentials{"local", "local", ""});
  Signer signer_{"us-east-1", "dynamodb"};
};

std::string Key(int i) {
  char key[128];
  std::snprintf(key, sizeof key,
                "\"hkey\":{\"S\":\"bench\"},\"rkey\":{\"S\":\"%016d\"}", i);
  return key;
}

constexpr char kTable[] =
    R"({"TableName":"bench","BillingMode":"PAY_PER_REQUEST",)"
    R"("AttributeDefinitions":[{"AttributeName":"hkey","AttributeType":"S"},)"
    R"({"AttributeName":"rkey","AttributeType":"S"}],"KeySchema":[)"
    R"({"AttributeName":"hkey","KeyType":"HASH"},)"
    R"({"AttributeName":"rkey","KeyType":"RANGE"}]})";

std::string PutBody(int i) {
  return R"({"TableName":"bench","ReturnConsumedCapacity":"TOTAL","Item":{)" +
         Key(i) + R"(,"value":{"S":")" + std::string(kValueBytes, 'v') +
         "\"}}}";
}

std::string GetBody(int i) {
  return R"({"TableName":"bench","ReturnConsumedCapacity":"TOTAL",)"
         R"("ConsistentRead":true,"Key":{)" +
         Key(i) + "}}";
}

// ----------------------------------------------------------- the connections

class Connection {
 public:
  explicit Connection(int port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(static_cast<uint16_t>(port));
    if (socket_ < 0 || connect(socket_, reinterpret_cast<sockaddr*>(&address),
                               sizeof address) != 0) {
      Fail("connect");
    }
    const int on = 1;
    setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  }
  ~Connection() { close(socket_); }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  int socket() const { return socket_; }

  void Send(std::string_view request) {
    answer_.clear();
    if (send(socket_, request.data(), request.size(), MSG_NOSIGNAL) !=
        static_cast<ssize_t>(request.size())) {
      Fail("send");
    }
  }

  /// Reads the bytes that have arrived. Returns true when the answer is whole.
  /// It must be a 200.
  bool Receive() {
    char buffer[16384];
    const ssize_t n = recv(socket_, buffer, sizeof buffer, 0);
    if (n <= 0) Fail("recv");
    answer_.append(buffer, static_cast<size_t>(n));
    const size_t end = answer_.find("\r\n\r\n");
    if (end == std::string::npos) return false;
    if (!answer_.starts_with("HTTP/1.1 200 ")) Fail(answer_);
    const size_t length = answer_.find("Content-Length: ");
    const size_t body =
        std::strtoul(answer_.c_str() + length + 16, nullptr, 10);
    return answer_.size() >= end + 4 + body;
  }

  void Ask(const std::string& request) {
    Send(request);
    while (!Receive()) {
    }
  }

 private:
  const int socket_;
  std::string answer_;
};

// --------------------------------------------------------------- measurement

void Measure(const char* name, const Server& server,
             const std::vector<std::string>& requests) {
  std::vector<std::unique_ptr<Connection>> connections;
  std::vector<pollfd> polled;
  for (int i = 0; i < kConnections; ++i) {
    connections.push_back(std::make_unique<Connection>(server.port()));
    polled.push_back({connections.back()->socket(), POLLIN, 0});
  }
  const double cpu_before = server.CpuSeconds();
  const Steady::time_point start = Steady::now();
  size_t answers = 0;
  for (auto& connection : connections) connection->Send(requests[0]);
  while (Steady::now() - start < kDuration) {
    if (poll(polled.data(), polled.size(), -1) < 0) Fail("poll");
    for (size_t i = 0; i < polled.size(); ++i) {
      if (polled[i].revents == 0 || !connections[i]->Receive()) continue;
      ++answers;
      connections[i]->Send(requests[answers % requests.size()]);
    }
  }
  const double seconds =
      std::chrono::duration<double>(Steady::now() - start).count();
  const double cpu = server.CpuSeconds() - cpu_before;
  const double n = static_cast<double>(answers);
  std::printf("%-8s  %8.0f a second   %8.0f a second of CPU   %5.1f us\n", name,
              n / seconds, n / cpu, cpu / n * 1e6);
}

void Run(const char* program) {
  unsetenv("AWS_ACCESS_KEY_ID");
  unsetenv("AWS_SECRET_ACCESS_KEY");
  unsetenv("AWS_SESSION_TOKEN");
  const Server server(program);
  BindToCore(1);
  RequestMaker maker(server.port());
  Connection(server.port()).Ask(maker.Make("CreateTable", kTable));
  std::vector<std::string> puts;
  std::vector<std::string> gets;
  for (int i = 0; i < kItems; ++i) {
    puts.push_back(maker.Make("PutItem", PutBody(i)));
    gets.push_back(maker.Make("GetItem", GetBody(i)));
  }
  Measure("PutItem", server, puts);
  Measure("GetItem", server, gets);
}

}  // namespace
}  // namespace dynamodown

int main() {
  dynamodown::Run(DYNAMODOWN_CLI);
  return 0;
}
