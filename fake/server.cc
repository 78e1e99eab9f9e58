// GNU libmicrohttpd reads requests and writes answers. This file decides how
// much of an answer a client sees:
//
//   kAnswer                     all of it
//   ... with body_bytes_max     the full Content-Length, but a truncated body
//   kLostAnswer                 the same, with at least one byte missing; an
//                               answer without a body is treated as below
//   kRefused, kLostRequest      nothing: the connection is reset
//
// The handler needs the whole request to decide, and a connection that is kept
// alive cannot be refused. A refused connection is therefore reset like a lost
// one.

#include "fake/server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <mutex>
#include <new>
#include <nlohmann/json.hpp>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace dynamodown {
namespace {

using Delivery = FakeDynamo::Delivery;
using Way = FakeDynamo::Delivery::Way;

constexpr size_t kBodyBytesMax = 16 << 20;
constexpr int kBacklog = 128;
// For port 0: how many free ports of 127.0.0.1 to try for one that is also free
// on ::1.
constexpr int kFreePortTries = 16;
constexpr char kHealthy[] = "healthy: dynamodb.local ";

// ------------------------------------------------------------------- sockets

/// Closes its descriptor unless it was released.
class Socket {
 public:
  explicit Socket(int fd = -1) : fd_(fd) {}
  ~Socket() {
    if (fd_ >= 0) close(fd_);
  }
  Socket(Socket&& other) noexcept : fd_(other.Release()) {}
  Socket& operator=(Socket&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }

  int fd() const { return fd_; }
  int Release() { return std::exchange(fd_, -1); }

 private:
  int fd_;
};

/// Listens on the loopback address of `family`. If it returns nothing, errno
/// says why.
std::optional<Socket> Listen(int family, int port) {
  Socket listener(socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (listener.fd() < 0) return std::nullopt;
  const int on = 1;
  setsockopt(listener.fd(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_storage address = {};
  socklen_t size = 0;
  address.ss_family = static_cast<sa_family_t>(family);
  if (family == AF_INET) {
    auto* in = reinterpret_cast<sockaddr_in*>(&address);
    in->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    in->sin_port = htons(static_cast<uint16_t>(port));
    size = sizeof *in;
  } else {
    auto* in = reinterpret_cast<sockaddr_in6*>(&address);
    in->sin6_addr = in6addr_loopback;
    in->sin6_port = htons(static_cast<uint16_t>(port));
    size = sizeof *in;
    setsockopt(listener.fd(), IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
  }
  if (bind(listener.fd(), reinterpret_cast<sockaddr*>(&address), size) != 0 ||
      listen(listener.fd(), kBacklog) != 0) {
    return std::nullopt;
  }
  return listener;
}

int PortOf(const Socket& socket) {
  sockaddr_in address = {};
  socklen_t size = sizeof address;
  getsockname(socket.fd(), reinterpret_cast<sockaddr*>(&address), &size);
  return ntohs(address.sin_port);
}

struct Listeners {
  int port = 0;
  Socket v4;
  std::optional<Socket> v6;
};

Error CannotListen(const std::string& address, int port, int error) {
  return {ErrorKind::kUnavailable, "cannot listen on " + address + ":" +
                                       std::to_string(port) + ": " +
                                       strerror(error)};
}

/// Works on machines without IPv6. If another program uses the port on ::1, the
/// port counts as used, since clients of "localhost" would reach that program.
Result<Listeners> ListenOn(int port) {
  for (int tries = 1;; ++tries) {
    std::optional<Socket> v4 = Listen(AF_INET, port);
    if (!v4.has_value()) return CannotListen("127.0.0.1", port, errno);
    Listeners listeners{PortOf(*v4), *std::move(v4), std::nullopt};
    listeners.v6 = Listen(AF_INET6, listeners.port);
    if (listeners.v6.has_value() || errno != EADDRINUSE) return listeners;
    if (port != 0 || tries == kFreePortTries) {
      return CannotListen("[::1]", listeners.port, EADDRINUSE);
    }
  }
}

/// Ends the connection with RST. libmicrohttpd alone would shut it down in
/// order, as if the answer were complete; dissolving the socket's association
/// (connect(2), AF_UNSPEC) prevents that.
void Reset(MHD_Connection* connection) {
  const MHD_ConnectionInfo* info =
      MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
  if (info == nullptr) return;
  sockaddr nobody = {};
  nobody.sa_family = AF_UNSPEC;
  connect(info->connect_fd, &nobody, sizeof nobody);
}

// ------------------------------------------------------------------- answers

using Response = std::unique_ptr<MHD_Response, void (*)(MHD_Response*)>;

/// A truncated body.
struct CutBody {
  std::string bytes;
  static ssize_t Read(void* self, uint64_t at, char* to, size_t room) {
    const std::string& bytes = static_cast<CutBody*>(self)->bytes;
    if (at >= bytes.size()) return MHD_CONTENT_READER_END_WITH_ERROR;
    return static_cast<ssize_t>(bytes.copy(to, room, at));
  }
  static void Free(void* self) { delete static_cast<CutBody*>(self); }
};

Response WholeResponse(std::string_view body) {
  return {
      MHD_create_response_from_buffer(
          body.size(), const_cast<char*>(body.data()), MHD_RESPMEM_MUST_COPY),
      MHD_destroy_response};
}

Response CutResponse(std::string_view body, size_t bytes_max) {
  constexpr size_t kBlockBytes = 16384;
  auto cut = std::make_unique<CutBody>();
  cut->bytes = body.substr(0, bytes_max);
  MHD_Response* response = MHD_create_response_from_callback(
      body.size(), kBlockBytes, CutBody::Read, cut.get(), CutBody::Free);
  if (response != nullptr) cut.release();
  return {response, MHD_destroy_response};
}

/// Adds "Name: value" lines, except Content-Length and Connection. Returns
/// false if one of them cannot be sent.
bool AddHeaders(std::string_view lines, MHD_Response* response) {
  std::string line;
  while (!lines.empty()) {
    const size_t end = std::min(lines.find("\r\n"), lines.size());
    line = lines.substr(0, end);
    lines.remove_prefix(std::min(end + 2, lines.size()));
    const size_t colon = line.find(':');
    if (colon == std::string::npos) continue;
    line[colon] = '\0';
    const char* name = line.c_str();
    if (strcasecmp(name, "Content-Length") == 0 ||
        strcasecmp(name, "Connection") == 0) {
      continue;
    }
    const size_t value = line.find_first_not_of(' ', colon + 1);
    if (MHD_add_response_header(
            response, name,
            value == std::string::npos ? "" : line.c_str() + value) !=
        MHD_YES) {
      return false;
    }
  }
  return true;
}

HttpResponse ErrorResponse(int status, const std::string& code,
                           const std::string& message) {
  HttpResponse response;
  response.status = status;
  response.headers = "Content-Type: application/x-amz-json-1.0\r\n";
  const nlohmann::json body = {
      {"__type", "com.amazonaws.dynamodb.v20120810#" + code},
      {"message", message}};
  response.body =
      body.dump(-1, ' ', true, nlohmann::json::error_handler_t::replace);
  return response;
}

MHD_Result Queue(MHD_Connection* connection, const HttpResponse& answer,
                 const Response& response) {
  if (response == nullptr || !AddHeaders(answer.headers, response.get())) {
    return MHD_NO;
  }
  return MHD_queue_response(connection, static_cast<unsigned>(answer.status),
                            response.get());
}

MHD_Result Queue(MHD_Connection* connection, const HttpResponse& answer) {
  return Queue(connection, answer, WholeResponse(answer.body));
}

/// Answers and closes the connection.
MHD_Result Refuse(MHD_Connection* connection, const HttpResponse& answer) {
  const Response response = WholeResponse(answer.body);
  if (response == nullptr) return MHD_NO;
  MHD_add_response_header(response.get(), "Connection", "close");
  return Queue(connection, answer, response);
}

MHD_Result QueueDelivery(MHD_Connection* connection, const Delivery& delivery) {
  const HttpResponse& answer = delivery.answer;
  const bool has_nothing_to_cut =
      delivery.way == Way::kLostAnswer && answer.body.empty();
  if (delivery.way == Way::kRefused || delivery.way == Way::kLostRequest ||
      has_nothing_to_cut) {
    Reset(connection);
    return MHD_NO;
  }
  if (delivery.way == Way::kAnswer &&
      delivery.body_bytes_max >= answer.body.size()) {
    return Queue(connection, answer);
  }
  const size_t bytes_max =
      std::min(delivery.body_bytes_max, answer.body.size() - 1);
  return Queue(connection, answer, CutResponse(answer.body, bytes_max));
}

// ------------------------------------------------------------------ requests

using Watched = ConnectionWatch::Connection;
using Phase = ConnectionWatch::Phase;

/// A request while it is read and answered.
struct Exchange {
  std::string target;  ///< From the request line.
  std::string method;
  std::string body;
  bool has_begun = false;
  bool is_large = false;
  /// The answer, if the request is refused before its body has been read.
  std::optional<HttpResponse> refusal;
};

MHD_Result AddHeader(void* to, MHD_ValueKind, const char* name,
                     size_t name_size, const char* value, size_t value_size) {
  static_cast<std::vector<HttpHeader>*>(to)->push_back(
      {{name, name_size}, {value == nullptr ? "" : value, value_size}});
  return MHD_YES;
}

std::string_view HeaderOf(MHD_Connection* connection, const char* name) {
  const char* value =
      MHD_lookup_connection_value(connection, MHD_HEADER_KIND, name);
  return value == nullptr ? std::string_view() : value;
}

Watched* WatchedOf(MHD_Connection* connection) {
  return static_cast<Watched*>(
      MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT)
          ->socket_context);
}

class MicroHttpServer final : public FakeServer {
 public:
  MicroHttpServer(const Settings& settings, Handler handler)
      : settings_(settings),
        handler_(std::move(handler)),
        watch_(settings.limits, [](int fd) { shutdown(fd, SHUT_RDWR); }) {}

  ~MicroHttpServer() override {
    {
      std::lock_guard<std::mutex> lock(mutex_);
      has_ended_ = true;
    }
    ended_.notify_all();
    for (MHD_Daemon* daemon : daemons_) MHD_stop_daemon(daemon);
  }

  Result<void> Start() {
    Result<Listeners> listeners = ListenOn(settings_.port);
    if (!listeners.ok()) return listeners.error();
    port_ = listeners->port;
    Result<void> started = Serve(std::move(listeners->v4));
    if (started.ok() && listeners->v6.has_value()) {
      started = Serve(*std::move(listeners->v6));
    }
    return started;
  }

  int port() const override { return port_; }

 private:
  bool is_tls() const { return !settings_.certificate.empty(); }

  Result<void> Serve(Socket listener) {
    unsigned flags = MHD_USE_THREAD_PER_CONNECTION |
                     MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_POLL |
                     MHD_USE_ITC | MHD_USE_ERROR_LOG;
    std::vector<MHD_OptionItem> tls;
    if (is_tls()) {
      flags |= MHD_USE_TLS;
      tls.push_back({MHD_OPTION_HTTPS_MEM_CERT, 0,
                     const_cast<char*>(settings_.certificate.c_str())});
      tls.push_back({MHD_OPTION_HTTPS_MEM_KEY, 0,
                     const_cast<char*>(settings_.key.c_str())});
    }
    tls.push_back({MHD_OPTION_END, 0, nullptr});
    // libmicrohttpd owns the listener from here on, even if it fails. The log
    // option comes first, so that Log gets the errors of later options.
    MHD_Daemon* daemon = MHD_start_daemon(
        flags, 0, nullptr, nullptr, &MicroHttpServer::Answer, this,
        MHD_OPTION_EXTERNAL_LOGGER, &MicroHttpServer::Log, this,
        MHD_OPTION_LISTEN_SOCKET, listener.Release(),
        MHD_OPTION_URI_LOG_CALLBACK, &MicroHttpServer::Begin, this,
        MHD_OPTION_NOTIFY_COMPLETED, &MicroHttpServer::Complete, this,
        MHD_OPTION_NOTIFY_CONNECTION, &MicroHttpServer::Watch, this,
        MHD_OPTION_ARRAY, tls.data(), MHD_OPTION_END);
    if (daemon != nullptr) {
      daemons_.push_back(daemon);
      return {};
    }
    std::lock_guard<std::mutex> lock(mutex_);
    return Error{
        is_tls() ? ErrorKind::kInvalidArgument : ErrorKind::kUnavailable,
        start_log_.empty() ? "the server does not start" : start_log_};
  }

  /// Keeps only the first line: later ones concern single connections.
  static void Log(void* self, const char* format, va_list values)
      __attribute__((format(printf, 2, 0))) {
    auto* server = static_cast<MicroHttpServer*>(self);
    char text[512];
    std::vsnprintf(text, sizeof text, format, values);
    std::string line(text);
    while (!line.empty() && line.back() == '\n') line.pop_back();
    std::lock_guard<std::mutex> lock(server->mutex_);
    if (server->start_log_.empty()) server->start_log_ = std::move(line);
  }

  static void* Begin(void*, const char* target, MHD_Connection*) {
    try {
      auto* exchange = new Exchange;
      exchange->target = target;
      return exchange;
    } catch (const std::bad_alloc&) {
      return nullptr;  // Answer checks for null.
    }
  }

  static void Complete(void* self, MHD_Connection* connection, void** exchange,
                       MHD_RequestTerminationCode) {
    delete static_cast<Exchange*>(*exchange);
    *exchange = nullptr;
    static_cast<MicroHttpServer*>(self)->watch_.Enter(WatchedOf(connection),
                                                      Phase::kIdle);
  }

  /// libmicrohttpd calls it when a connection begins, and before it closes the
  /// connection's socket.
  static void Watch(void* self, MHD_Connection* connection, void** watched,
                    MHD_ConnectionNotificationCode code) {
    ConnectionWatch& watch = static_cast<MicroHttpServer*>(self)->watch_;
    if (code == MHD_CONNECTION_NOTIFY_STARTED) {
      *watched = watch.Add(
          MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD)
              ->connect_fd);
    } else {
      watch.Remove(static_cast<Watched*>(*watched));
    }
  }

  /// libmicrohttpd calls it after the headers, for each part of the body, and
  /// at the end.
  static MHD_Result Answer(void* self, MHD_Connection* connection, const char*,
                           const char* method, const char*, const char* part,
                           size_t* part_size, void** context) {
    auto* exchange = static_cast<Exchange*>(*context);
    if (exchange == nullptr) return MHD_NO;  // No memory.
    auto* server = static_cast<MicroHttpServer*>(self);
    try {
      if (!exchange->has_begun) {
        exchange->has_begun = true;
        exchange->method = method;
        return server->Prepare(connection, exchange);
      }
      if (*part_size > 0) {
        server->Take({part, std::exchange(*part_size, 0)}, connection,
                     exchange);
        return MHD_YES;
      }
      return server->Finish(connection, exchange);
    } catch (const std::exception& error) {
      return Queue(connection,
                   ErrorResponse(500, "InternalServerError", error.what()));
    }
  }

  static HttpResponse TooLarge() {
    return ErrorResponse(413, "RequestEntityTooLarge", "More than 16 MB");
  }

  static HttpResponse Busy() {
    return ErrorResponse(503, "ServiceUnavailable",
                         "All requests and answers have too many bytes");
  }

  /// Returns the request without its body. It views `*url`.
  HttpRequest HeadOf(MHD_Connection* connection, const Exchange& exchange,
                     std::string* url) const {
    *url = std::string(is_tls() ? "https://" : "http://")
               .append(HeaderOf(connection, "Host"))
               .append(exchange.target);
    HttpRequest request;
    request.method = exchange.method;
    request.url = *url;
    request.headers.reserve(16);
    MHD_get_connection_values_n(connection, MHD_HEADER_KIND, AddHeader,
                                &request.headers);
    return request;
  }

  void Ask(MHD_Connection* connection, Exchange* exchange) {
    if (!settings_.admit || exchange->refusal.has_value()) return;
    std::string url;
    exchange->refusal = settings_.admit(HeadOf(connection, *exchange, &url),
                                        exchange->is_large);
  }

  MHD_Result Prepare(MHD_Connection* connection, Exchange* exchange) {
    watch_.Enter(WatchedOf(connection), Phase::kReading);
    const std::string_view length = HeaderOf(connection, "Content-Length");
    const uint64_t size = strtoull(std::string(length).c_str(), nullptr, 10);
    exchange->is_large = size > kLargeBytes;
    Ask(connection, exchange);
    if (!exchange->refusal && size > kBodyBytesMax) {
      exchange->refusal = TooLarge();
    }
    if (!exchange->refusal.has_value()) {
      exchange->body.reserve(std::min<size_t>(size, kLargeBytes));
      return MHD_YES;
    }
    // A client that waits for "100 Continue" gets the answer now. Any other
    // client sends the whole body first.
    const bool waits = !HeaderOf(connection, "Expect").empty();
    return waits ? Refuse(connection, *exchange->refusal) : MHD_YES;
  }

  /// Reads even the body of a refused request to its end, and drops it: a
  /// client that is still sending would not see the answer.
  void Take(std::string_view part, MHD_Connection* connection,
            Exchange* exchange) {
    const size_t size = exchange->body.size() + part.size();
    if (size > kLargeBytes && !exchange->is_large) {
      exchange->is_large = true;  // Its Content-Length did not say so.
      Ask(connection, exchange);
    }
    if (!exchange->refusal && size > kBodyBytesMax) {
      exchange->refusal = TooLarge();
    }
    if (!exchange->refusal &&
        !watch_.Reserve(WatchedOf(connection), part.size())) {
      exchange->refusal = Busy();
    }
    if (!exchange->refusal.has_value()) {
      exchange->body += part;
    } else {
      std::string().swap(exchange->body);
    }
  }

  MHD_Result Finish(MHD_Connection* connection, Exchange* exchange) {
    if (exchange->refusal.has_value()) {
      watch_.Enter(WatchedOf(connection), Phase::kSending);
      return Refuse(connection, *exchange->refusal);
    }
    if (exchange->method == MHD_HTTP_METHOD_GET && exchange->target == "/") {
      watch_.Enter(WatchedOf(connection), Phase::kSending);
      HttpResponse answer;
      answer.status = 200;
      answer.headers = "Content-Type: text/plain\r\n";
      answer.body = kHealthy;
      return Queue(connection, answer);
    }
    std::string url;
    HttpRequest request = HeadOf(connection, *exchange, &url);
    request.body = exchange->body;
    watch_.Enter(WatchedOf(connection), Phase::kHandling);
    const Delivery delivery = handler_(request);
    if (!WaitFor(delivery.delay)) return MHD_NO;
    std::string().swap(exchange->body);
    watch_.Enter(WatchedOf(connection), Phase::kSending);
    // Only answers to reads are large. An answer to a write is always sent.
    const size_t size = delivery.answer.body.size();
    if (!watch_.Reserve(WatchedOf(connection), size) && size > kLargeBytes) {
      return Queue(connection, Busy());
    }
    return QueueDelivery(connection, delivery);
  }

  /// Returns false if the server has ended meanwhile.
  bool WaitFor(Scheduler::Duration delay) {
    if (delay <= Scheduler::Duration::zero()) return true;
    std::unique_lock<std::mutex> lock(mutex_);
    return !ended_.wait_for(lock, delay, [this] { return has_ended_; });
  }

  const Settings settings_;
  const Handler handler_;
  ConnectionWatch watch_;  // Outlives the daemons: see the destructor.
  int port_ = 0;
  std::vector<MHD_Daemon*> daemons_;

  std::mutex mutex_;  // Guards the members below.
  std::condition_variable ended_;
  bool has_ended_ = false;
  std::string start_log_;
};

}  // namespace

Result<std::unique_ptr<FakeServer>> FakeServer::Start(const Settings& settings,
                                                      Handler handler) {
  auto server = std::make_unique<MicroHttpServer>(settings, std::move(handler));
  const Result<void> started = server->Start();
  if (!started.ok()) return started.error();
  return std::unique_ptr<FakeServer>(std::move(server));
}

}  // namespace dynamodown
