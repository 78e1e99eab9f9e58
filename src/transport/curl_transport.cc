// A Transport that uses libcurl.
//
// An easy handle is libcurl's object for requests, and owns one connection.
// Idle handles wait in a stack, the most recently used on top, so that the
// working set stays small and warm. libcurl may repeat a request by itself if a
// kept connection turns out to be dead. For a write, that would be a retry that
// nobody decided on or counted. libcurl calls BeforeSending each time before it
// sends the request. If a byte of the request has already been sent,
// BeforeSending refuses.
//
// After a failure, FailureOf gathers the facts. Explain makes the error from
// them, without I/O. If a proxy's URL is invalid, libcurl's own words contain
// that URL with its password. So messages quote libcurl's words about a failure
// to connect only if libcurl had begun to look up a name or to connect.

#include "transport/curl_transport.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <linux/tcp.h>  // netinet/tcp.h lacks bytes_received.
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/fork.h"
#include "transport/proxy_secrets.h"

namespace dynamodown {
namespace {

using Reason = NoAnswer::Reason;

constexpr size_t kHeadersBytesMax = 64 << 10;

std::string HeadersTooLong() {
  return "the answer's headers are longer than " +
         std::to_string(kHeadersBytesMax) + " bytes";
}

/// Returns the scheme, host and port of a URL, such as "https://host:8443".
/// Leaves out the user, password, path and query.
std::string OriginOf(std::string_view url) {
  const size_t scheme_end = url.find("://");
  const size_t host = scheme_end == std::string_view::npos ? 0 : scheme_end + 3;
  return std::string(url.substr(0, host)).append(AuthorityOf(url));
}

/// Returns the port of an http or https origin, or 0 if it is not a number.
int PortOf(const std::string& origin) {
  const size_t colon = origin.find_last_of(":]");
  const size_t scheme_end = origin.find("://");
  if (colon == std::string::npos || colon == scheme_end ||
      origin[colon] == ']') {
    return origin.compare(0, 6, "https:") == 0 ? 443 : 80;
  }
  return std::atoi(origin.c_str() + colon + 1);
}

/// Returns a text such as "127.0.0.1:8000" or "[::1]:8000".
std::string HostAndPort(const std::string& ip, int port) {
  const bool v6 = ip.find(':') != std::string::npos;
  return (v6 ? "[" + ip + "]" : ip) + ":" + std::to_string(port);
}

/// Returns what follows "the certificate " in a message about `status`, a
/// gnutls_certificate_status_t. Returns an empty string if the table below has
/// no text for `status`. The bits in the table are part of GnuTLS's ABI.
std::string CertificateFault(long status, const std::string& ca_bundle) {
  const std::string stranger =
      "is signed by none of the authorities " +
      (ca_bundle.empty() ? "that this system trusts" : "in " + ca_bundle);
  const std::pair<long, std::string_view> faults[] = {
      {1 << 5, "is revoked"},
      {1 << 6, stranger},
      {1 << 7, "is signed by a certificate that is not an authority's"},
      {1 << 8, "is signed with an insecure algorithm"},
      {1 << 9, "is not yet valid"},
      {1 << 10, "has expired"},
      {1 << 11, "has a wrong signature"},
  };
  std::string text;
  for (const auto& [bit, words] : faults) {
    if ((status & bit) == 0) continue;
    text.append(text.empty() ? "" : ", ").append(words);
  }
  return text;
}

/// Returns true if libcurl uses GnuTLS, so that CURLINFO_SSL_VERIFYRESULT is a
/// status for CertificateFault. Asks libcurl only once per process:
/// curl_version_info writes into a static buffer at each call. The first
/// CurlTransport's constructor asks, before any request is under way.
bool TlsIsGnuTls() {
  static const bool is_gnutls = [] {
    const char* name = curl_version_info(CURLVERSION_NOW)->ssl_version;
    return name != nullptr && std::string_view(name).substr(0, 7) == "GnuTLS/";
  }();
  return is_gnutls;
}

/// The facts of an exchange without an answer.
struct Failure {
  CURLcode code = CURLE_OK;
  std::string text;  ///< libcurl's words.
  /// libcurl began to look up a name or to connect, or had a connection.
  bool reached_out = false;
  bool sent = false;      ///< A byte of the request may have been sent.
  bool heard = false;     ///< The peer sent bytes in the TLS handshake.
  std::string origin;     ///< The origin of the URL.
  std::string proxy;      ///< "host:port", or empty if no proxy is known.
  long proxy_status = 0;  ///< The status of the proxy's own answer, or 0.
  long certificate = 0;   ///< See CertificateFault. 0 if unknown.
  std::string ca_bundle;
};

/// Explains that a proxy answered instead of connecting.
NoAnswer ExplainProxyStatus(const Failure& f) {
  const long status = f.proxy_status;
  std::string message = (f.proxy.empty() ? "a proxy" : "the proxy " + f.proxy) +
                        " refuses to connect to " + f.origin + ": status " +
                        std::to_string(status);
  if (status == 407) {
    message +=
        "; it requires a user and a password, or rejects those given: set "
        "https_proxy or http_proxy to http://USER:PASSWORD@HOST:PORT";
  }
  const bool may_pass = status >= 500 || status == 408 || status == 429;
  return {may_pass ? Reason::kConnect : Reason::kProxy, false,
          std::move(message)};
}

NoAnswer ExplainCertificate(const Failure& f, const std::string& where) {
  const std::string fault = CertificateFault(f.certificate, f.ca_bundle);
  // Before the tunnel is open, the certificate is the proxy's.
  const bool of_proxy = !f.proxy.empty() && f.proxy_status == 0;
  std::string message =
      where + (of_proxy ? ": the proxy's certificate " : ": the certificate ");
  // If the certificate is for another name, libcurl's own words give the name.
  message += fault.empty() ? "is refused: " + f.text : fault;
  return {Reason::kTls, f.sent, std::move(message)};
}

NoAnswer Explain(const Failure& f) {
  if (f.proxy_status >= 300) return ExplainProxyStatus(f);
  const std::string where =
      f.proxy.empty() ? f.origin : f.origin + " through the proxy " + f.proxy;
  switch (f.code) {
    case CURLE_OPERATION_TIMEDOUT:
      return {Reason::kTimeout, f.sent, where + ": " + f.text};
    case CURLE_ABORTED_BY_CALLBACK:
      // BeforeSending refused to send the request a second time.
      return {Reason::kConnect, true,
              where + ": the kept connection was closed by the other side"};
    case CURLE_PEER_FAILED_VERIFICATION:
      return ExplainCertificate(f, where);
    case CURLE_SSL_CACERT_BADFILE:
      return {Reason::kTls,
              f.sent,
              where + ": cannot read the authorities to trust from " +
                  (f.ca_bundle.empty() ? "the system's files" : f.ca_bundle) +
                  ": name a readable file of PEM certificates in "
                  "AWS_CA_BUNDLE",
              {Advice::Kind::kName, "ca_bundle", "", " or ", ""}};
    case CURLE_SSL_CONNECT_ERROR:
      // A peer that answers without TLS, or rejects ours, will do so again. A
      // peer that hangs up without a word may be restarting.
      return {f.heard ? Reason::kTls : Reason::kConnect, f.sent,
              where + ": no TLS connection: " + f.text};
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_CERTPROBLEM:
      return {Reason::kTls, f.sent, where + ": " + f.text};
    case CURLE_URL_MALFORMAT:
    case CURLE_UNSUPPORTED_PROTOCOL:
      // If the request was sent, the answer was not HTTP.
      return {f.sent ? Reason::kConnect : Reason::kInvalid, f.sent,
              where + ": " + f.text};
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_COULDNT_CONNECT:
    case CURLE_NOT_BUILT_IN:
      if (f.reached_out) break;
      return {Reason::kInvalid, false,
              f.origin +
                  ": the proxy that the environment names (https_proxy, "
                  "http_proxy or all_proxy) is invalid: it should look like "
                  "http://HOST:PORT"};
    default:
      break;
  }
  return {Reason::kConnect, f.sent, where + ": " + f.text};
}

/// A connection, and the state that libcurl's callbacks need during a request.
/// `options` outlives the connection.
class Connection {
 public:
  explicit Connection(const CurlTransportOptions& options)
      : options_(options), easy_(curl_easy_init()) {
    if (easy_ == nullptr) return;
    Set(CURLOPT_ERRORBUFFER, error_.data());
    Set(CURLOPT_NOSIGNAL, 1L);
    Set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
    Set(CURLOPT_PROTOCOLS_STR, "http,https");
    Set(CURLOPT_FOLLOWLOCATION, 0L);
    Set(CURLOPT_PATH_AS_IS, 1L);
    Set(CURLOPT_MAXCONNECTS, 1L);
    Set(CURLOPT_CONNECTTIMEOUT_MS,
        static_cast<long>(options.connect_timeout.count()));
    if (!options.use_proxy) Set(CURLOPT_PROXY, "");
    SetTls(options.ca_bundle);
    Set(CURLOPT_RESOLVER_START_FUNCTION, &BeforeResolving);
    Set(CURLOPT_RESOLVER_START_DATA, this);
    Set(CURLOPT_OPENSOCKETFUNCTION, &OpenSocket);
    Set(CURLOPT_OPENSOCKETDATA, this);
    Set(CURLOPT_CLOSESOCKETFUNCTION, &CloseSocket);
    Set(CURLOPT_CLOSESOCKETDATA, this);
    Set(CURLOPT_PREREQFUNCTION, &BeforeSending);
    Set(CURLOPT_PREREQDATA, this);
    Set(CURLOPT_HEADERFUNCTION, &OnHeader);
    Set(CURLOPT_HEADERDATA, this);
    Set(CURLOPT_WRITEFUNCTION, &OnBody);
    Set(CURLOPT_WRITEDATA, this);
  }
  ~Connection() {
    curl_slist_free_all(headers_);
    if (easy_ != nullptr) curl_easy_cleanup(easy_);
  }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  Result<void, NoAnswer> Send(const HttpRequest& request,
                              std::chrono::milliseconds timeout,
                              HttpResponse* response) {
    if (easy_ == nullptr || !Prepare(request, timeout)) {
      return NoAnswer{Reason::kInvalid, false, "out of memory"};
    }
    response_ = response;
    response->status = 0;
    response->headers.clear();
    response->body.clear();
    response->proxy.clear();
    response->proxy_secrets.clear();
    if (options_.use_proxy) {
      response->proxy_secrets = ProxySecretsOf(ThisMachine().variables);
    }
    reached_out_ = false;
    opened_ip_.clear();
    opened_port_ = 0;
    bytes_received_ = 0;
    header_bytes_ = 0;
    sending_began_ = false;
    too_long_.reset();
    error_[0] = 0;

    const CURLcode code = curl_easy_perform(easy_);
    if (code != CURLE_OK) {
      NoAnswer no_answer = Explain(FailureOf(code));
      if (too_long_ && *too_long_ != HeadersTooLong()) {
        no_answer.reason = Reason::kTooLong;
      }
      return no_answer;
    }
    response->status = static_cast<int>(Number(CURLINFO_RESPONSE_CODE));
    if (response->status < 400 || url_.compare(0, 6, "https:") == 0) return {};
    response->proxy = ProxyInUse();
    // Only a proxy answers 407. A proxy does not pass on a request that it
    // refuses, so the request has no effect.
    if (response->status == 407) return Explain(FailureOf(code));
    return {};
  }

  /// Returns true if the connection was used before and the other side has
  /// closed it. Polls for input, since only the connection's end can arrive
  /// between requests. libcurl checks too, but not if the connection uses TLS.
  /// A request on a closed connection would be lost, perhaps with an unknown
  /// outcome.
  bool HasEnded() {
    curl_socket_t kept = CURL_SOCKET_BAD;
    curl_easy_getinfo(easy_, CURLINFO_ACTIVESOCKET, &kept);
    pollfd polled = {kept, POLLIN, 0};
    return kept != CURL_SOCKET_BAD && poll(&polled, 1, 0) != 0;
  }

 private:
  template <class T>
  void Set(CURLoption option, T value) {
    ok_ = ok_ && curl_easy_setopt(easy_, option, value) == CURLE_OK;
  }

  /// Requires TLS 1.2 or newer. If `ca_bundle` is not empty, trusts only the
  /// authorities in that file. By default, libcurl would accept TLS 1.0, and
  /// would trust the system's folder of authorities in addition to the file.
  void SetTls(const std::string& ca_bundle) {
    constexpr long kAtLeast = CURL_SSLVERSION_TLSv1_2;
    Set(CURLOPT_SSLVERSION, kAtLeast);
    Set(CURLOPT_PROXY_SSLVERSION, kAtLeast);
    if (ca_bundle.empty()) return;
    constexpr char* kNone = nullptr;
    Set(CURLOPT_CAINFO, ca_bundle.c_str());
    Set(CURLOPT_CAPATH, kNone);
    Set(CURLOPT_PROXY_CAINFO, ca_bundle.c_str());
    Set(CURLOPT_PROXY_CAPATH, kNone);
  }

  bool Prepare(const HttpRequest& request, std::chrono::milliseconds timeout) {
    if (url_ != request.url) {
      url_ = request.url;
      Set(CURLOPT_URL, url_.c_str());
    }
    curl_slist_free_all(headers_);
    headers_ = nullptr;
    // An empty value removes a header that libcurl would add by itself.
    Append("Expect:");
    Append("Accept:");
    // libcurl would write some hosts in its own way, but the signature is valid
    // for one spelling only.
    line_.assign("Host: ").append(AuthorityOf(url_));
    Append(line_.c_str());
    for (const HttpHeader& header : request.headers) {
      line_.assign(header.name).append(": ").append(header.value);
      Append(line_.c_str());
    }
    Set(CURLOPT_HTTPHEADER, headers_);
    Set(CURLOPT_TIMEOUT_MS, static_cast<long>(timeout.count()));
    if (request.method == "GET") {
      Set(CURLOPT_HTTPGET, 1L);
    } else {
      Set(CURLOPT_POST, 1L);
      Set(CURLOPT_POSTFIELDSIZE_LARGE,
          static_cast<curl_off_t>(request.body.size()));
      Set(CURLOPT_POSTFIELDS, request.body.data());
    }
    Set(CURLOPT_CUSTOMREQUEST, request.method == "PUT" ? "PUT" : nullptr);
    return ok_;
  }

  void Append(const char* line) {
    curl_slist* longer = curl_slist_append(headers_, line);
    ok_ = ok_ && longer != nullptr;
    if (longer != nullptr) headers_ = longer;
  }

  Failure FailureOf(CURLcode code) {
    Failure f;
    f.code = code;
    // libcurl reports a single header over 100 KB as a lack of memory.
    const bool endless_header = code == CURLE_OUT_OF_MEMORY && Sent() &&
                                response_->body.empty() &&
                                bytes_received_ > long{kHeadersBytesMax};
    if (too_long_ || endless_header) {
      f.text = too_long_.value_or(HeadersTooLong());
    } else if (error_[0] != 0) {
      f.text = error_.data();
    } else {
      f.text = curl_easy_strerror(code);
    }
    f.reached_out = reached_out_;
    f.sent = Sent();
    // The kernel's count of received bytes includes the answer with which a
    // proxy opens a tunnel. That answer has only headers, whose size libcurl
    // reports. The kernel also counts the end of the stream as 1 byte. All
    // other bytes are the peer's part of the TLS handshake.
    f.heard = bytes_received_ > Number(CURLINFO_HEADER_SIZE) + 1;
    f.origin = OriginOf(url_);
    f.proxy = ProxyInUse();
    f.proxy_status = Number(code == CURLE_OK ? CURLINFO_RESPONSE_CODE
                                             : CURLINFO_HTTP_CONNECTCODE);
    if (TlsIsGnuTls()) {
      f.certificate = Number(CURLINFO_SSL_VERIFYRESULT);
      if (f.certificate == 0) {
        f.certificate = Number(CURLINFO_PROXY_SSL_VERIFYRESULT);
      }
    }
    f.ca_bundle = options_.ca_bundle;
    return f;
  }

  /// Returns "host:port" of the proxy, or an empty string if no proxy is known.
  /// libcurl does not say whether the peer is a proxy. So the peer counts as a
  /// proxy if its port differs from the URL's port, or if it answered a
  /// CONNECT.
  std::string ProxyInUse() {
    const char* connected = nullptr;
    curl_easy_getinfo(easy_, CURLINFO_PRIMARY_IP, &connected);
    std::string ip = connected == nullptr ? "" : connected;
    int port = static_cast<int>(Number(CURLINFO_PRIMARY_PORT));
    if (ip.empty()) {
      ip = opened_ip_;
      port = opened_port_;
    }
    const bool is_proxy = Number(CURLINFO_HTTP_CONNECTCODE) != 0 ||
                          port != PortOf(OriginOf(url_));
    return ip.empty() || !is_proxy ? "" : HostAndPort(ip, port);
  }

  /// Returns true if a byte of the request may have been sent. A CONNECT to a
  /// proxy is not a part of the request.
  bool Sent() {
    return sending_began_ && Number(CURLINFO_REQUEST_SIZE) > bytes_before_;
  }

  long Number(CURLINFO info) {
    long number = 0;
    curl_easy_getinfo(easy_, info, &number);
    return number;
  }

  static int BeforeResolving(void*, void*, void* self) {
    static_cast<Connection*>(self)->reached_out_ = true;
    return 0;
  }

  static curl_socket_t OpenSocket(void* self, curlsocktype,
                                  curl_sockaddr* address) {
    Connection* c = static_cast<Connection*>(self);
    char ip[INET6_ADDRSTRLEN] = "";
    if (address->family == AF_INET) {
      sockaddr_in v4;
      std::memcpy(&v4, &address->addr, sizeof v4);
      inet_ntop(AF_INET, &v4.sin_addr, ip, sizeof ip);
      c->opened_port_ = ntohs(v4.sin_port);
    } else if (address->family == AF_INET6) {
      sockaddr_in6 v6;
      std::memcpy(&v6, &address->addr, sizeof v6);
      inet_ntop(AF_INET6, &v6.sin6_addr, ip, sizeof ip);
      c->opened_port_ = ntohs(v6.sin6_port);
    }
    c->opened_ip_ = ip;
    c->reached_out_ = true;  // No BeforeResolving for a cached name.
    // A program that this process starts must not keep the connection open,
    // with an abandoned request on it.
    return socket(address->family, address->socktype | SOCK_CLOEXEC,
                  address->protocol);
  }

  static int CloseSocket(void* self, curl_socket_t fd) {
    Connection* c = static_cast<Connection*>(self);
    tcp_info info = {};
    socklen_t length = sizeof info;
    if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &length) == 0) {
      c->bytes_received_ = static_cast<long>(info.tcpi_bytes_received);
    }
    return close(fd);
  }

  static int BeforeSending(void* self, char*, char*, int, int) {
    Connection* c = static_cast<Connection*>(self);
    if (c->Sent()) return CURL_PREREQFUNC_ABORT;
    c->reached_out_ = true;
    c->sending_began_ = true;
    c->bytes_before_ = c->Number(CURLINFO_REQUEST_SIZE);
    return CURL_PREREQFUNC_OK;
  }

  static size_t OnHeader(char* data, size_t, size_t size, void* self) {
    Connection* c = static_cast<Connection*>(self);
    const std::string_view line(data, size);
    // libcurl keeps all header lines that a request gets, including those of
    // interim answers and those behind a chunked body.
    c->header_bytes_ += size;
    if (c->header_bytes_ > kHeadersBytesMax) {
      c->too_long_ = HeadersTooLong();
      return 0;
    }
    if (line.substr(0, 5) == "HTTP/") {
      // The headers so far, if any, were those of an interim answer.
      c->response_->headers.clear();
    } else if (line != "\r\n") {
      c->response_->headers.append(line);
    }
    return size;
  }

  static size_t OnBody(char* data, size_t, size_t size, void* self) {
    Connection* c = static_cast<Connection*>(self);
    std::string& body = c->response_->body;
    if (body.size() + size > c->options_.response_bytes_max) {
      c->too_long_ = "the answer is longer than " +
                     std::to_string(c->options_.response_bytes_max) + " bytes";
      return 0;
    }
    body.append(data, size);
    return size;
  }

  const CurlTransportOptions& options_;
  CURL* const easy_;
  bool ok_ = true;  // libcurl has accepted every option so far.
  std::array<char, CURL_ERROR_SIZE> error_ = {};
  std::string url_;
  std::string line_;
  curl_slist* headers_ = nullptr;
  HttpResponse* response_ = nullptr;
  // State of the request under way.
  bool reached_out_ = false;
  std::string opened_ip_;  // The latest address tried.
  int opened_port_ = 0;
  long bytes_received_ = 0;  // On the connection that was closed last.
  size_t header_bytes_ = 0;  // Of all header lines, also of interim answers.
  bool sending_began_ = false;
  long bytes_before_ = 0;  // CURLINFO_REQUEST_SIZE when sending began.
  // If a part of the answer is too long, says which part, and its limit.
  std::optional<std::string> too_long_;
};

class CurlTransport final : public Transport {
 public:
  explicit CurlTransport(const CurlTransportOptions& options)
      : options_(options) {
    // Initialize libcurl once per process, and never undo that: other code in
    // this process may use libcurl and rely on the implicit initialization.
    static std::once_flag once;
    std::call_once(once, [] {
      curl_global_init(CURL_GLOBAL_DEFAULT);
      TlsIsGnuTls();
    });
  }

  ~CurlTransport() override {
    if (!creator_.IsThis()) {
      // In a forked child, closing a TLS connection would tell the service that
      // the connection ends, although the parent still uses the connection.
      for (std::unique_ptr<Connection>& c : idle_) c.release();
      return;
    }
  }

  Result<void, NoAnswer> Send(const HttpRequest& request,
                              std::chrono::milliseconds timeout,
                              HttpResponse* response) override {
    if (!creator_.IsThis()) {
      return NoAnswer{NoAnswer::Reason::kForked, false, kOpenedBeforeFork};
    }
    std::unique_ptr<Connection> connection = Take();
    Result<void, NoAnswer> result =
        connection->Send(request, timeout, response);
    if (result.ok()) Return(std::move(connection));
    return result;
  }

 private:
  std::unique_ptr<Connection> Take() {
    while (std::unique_ptr<Connection> connection = TakeIdle()) {
      if (!connection->HasEnded()) return connection;
    }
    return std::make_unique<Connection>(options_);
  }

  /// Returns null if there is no idle connection.
  std::unique_ptr<Connection> TakeIdle() {
    std::lock_guard<std::mutex> lock(mutex_);
    if (idle_.empty()) return nullptr;
    std::unique_ptr<Connection> connection = std::move(idle_.back());
    idle_.pop_back();
    return connection;
  }

  void Return(std::unique_ptr<Connection> connection) {
    std::lock_guard<std::mutex> lock(mutex_);
    if (idle_.size() < options_.idle_max) {
      idle_.push_back(std::move(connection));
    }
  }

  const CurlTransportOptions options_;
  const CreatorProcess creator_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Connection>> idle_;  // Guarded by mutex_.
};

}  // namespace

std::unique_ptr<Transport> NewCurlTransport(
    const CurlTransportOptions& options) {
  return std::make_unique<CurlTransport>(options);
}

}  // namespace dynamodown
