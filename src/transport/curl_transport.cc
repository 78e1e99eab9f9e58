// Transport over libcurl.
//
// An easy handle owns one connection. Idle handles wait in a stack, the most
// recently used on top, so that the working set stays small and warm. libcurl
// may by itself repeat a request when a kept connection turns out to be dead;
// for a write that would be a retry nobody decided on or counted, so the hook
// that runs before each sending lets nothing through of which a byte was sent.

#include "transport/curl_transport.h"

#include <curl/curl.h>

#include <array>
#include <mutex>
#include <utility>
#include <vector>

#include "base/fork.h"

namespace dynamodown {
namespace {

constexpr size_t kHeadersBytesMax = 64 << 10;

/// One connection, and what libcurl's callbacks need while it is in use.
class Connection {
 public:
  explicit Connection(const CurlTransportOptions& options)
      : response_bytes_max_(options.response_bytes_max),
        easy_(curl_easy_init()) {
    if (easy_ == nullptr) return;
    Set(CURLOPT_ERRORBUFFER, error_.data());
    Set(CURLOPT_NOSIGNAL, 1L);
    Set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
    Set(CURLOPT_PROTOCOLS_STR, "http,https");
    Set(CURLOPT_FOLLOWLOCATION, 0L);
    Set(CURLOPT_MAXCONNECTS, 1L);
    Set(CURLOPT_CONNECTTIMEOUT_MS,
        static_cast<long>(options.connect_timeout.count()));
    if (!options.ca_bundle.empty()) {
      Set(CURLOPT_CAINFO, options.ca_bundle.c_str());
    }
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
    using Reason = NoAnswer::Reason;
    if (easy_ == nullptr || !Prepare(request, timeout)) {
      return NoAnswer{Reason::kInvalid, false, "out of memory"};
    }
    response_ = response;
    response->status = 0;
    response->headers.clear();
    response->body.clear();
    sending_began_ = false;
    too_long_ = false;
    error_[0] = 0;

    const CURLcode code = curl_easy_perform(easy_);
    if (code == CURLE_OK) {
      long status = 0;
      curl_easy_getinfo(easy_, CURLINFO_RESPONSE_CODE, &status);
      response->status = static_cast<int>(status);
      return {};
    }
    const bool sent = Sent();
    if (too_long_) {
      return NoAnswer{Reason::kConnect, sent,
                      "the answer is longer than " +
                          std::to_string(response_bytes_max_) + " bytes"};
    }
    std::string message =
        error_[0] != 0 ? error_.data() : curl_easy_strerror(code);
    switch (code) {
      case CURLE_OPERATION_TIMEDOUT:
        return NoAnswer{Reason::kTimeout, sent, std::move(message)};
      case CURLE_ABORTED_BY_CALLBACK:
        // BeforeSending refused to send it a second time.
        return NoAnswer{Reason::kConnect, true,
                        "the kept connection was closed by the other side"};
      case CURLE_PEER_FAILED_VERIFICATION:
      case CURLE_SSL_CACERT_BADFILE:
      case CURLE_SSL_ISSUER_ERROR:
      case CURLE_SSL_CERTPROBLEM:
        return NoAnswer{Reason::kTls, sent, std::move(message)};
      case CURLE_URL_MALFORMAT:
      case CURLE_UNSUPPORTED_PROTOCOL:
        // Once sent, it is the answer that was no HTTP.
        return NoAnswer{sent ? Reason::kConnect : Reason::kInvalid, sent,
                        std::move(message)};
      default:
        return NoAnswer{Reason::kConnect, sent, std::move(message)};
    }
  }

 private:
  template <class T>
  void Set(CURLoption option, T value) {
    ok_ = ok_ && curl_easy_setopt(easy_, option, value) == CURLE_OK;
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

  /// Whether a byte of the request may have left. What asked a proxy for the
  /// way is not of it.
  bool Sent() { return sending_began_ && BytesSent() > bytes_before_; }

  long BytesSent() {
    long bytes = 0;
    curl_easy_getinfo(easy_, CURLINFO_REQUEST_SIZE, &bytes);
    return bytes;
  }

  static int BeforeSending(void* self, char*, char*, int, int) {
    Connection* c = static_cast<Connection*>(self);
    if (c->Sent()) return CURL_PREREQFUNC_ABORT;
    c->sending_began_ = true;
    c->bytes_before_ = c->BytesSent();
    return CURL_PREREQFUNC_OK;
  }

  static size_t OnHeader(char* data, size_t, size_t size, void* self) {
    Connection* c = static_cast<Connection*>(self);
    const std::string_view line(data, size);
    if (line.substr(0, 5) == "HTTP/") {
      c->response_->headers.clear();  // Those of an interim answer.
    } else if (c->response_->headers.size() + size > kHeadersBytesMax) {
      c->too_long_ = true;
      return 0;
    } else if (line != "\r\n") {
      c->response_->headers.append(line);
    }
    return size;
  }

  static size_t OnBody(char* data, size_t, size_t size, void* self) {
    Connection* c = static_cast<Connection*>(self);
    std::string& body = c->response_->body;
    if (body.size() + size > c->response_bytes_max_) {
      c->too_long_ = true;
      return 0;
    }
    body.append(data, size);
    return size;
  }

  const size_t response_bytes_max_;
  CURL* const easy_;
  bool ok_ = true;  // Every option so far was taken.
  std::array<char, CURL_ERROR_SIZE> error_ = {};
  std::string url_;
  std::string line_;
  curl_slist* headers_ = nullptr;
  HttpResponse* response_ = nullptr;
  bool sending_began_ = false;
  long bytes_before_ = 0;  // Of CURLINFO_REQUEST_SIZE, once it began.
  bool too_long_ = false;
};

class CurlTransport final : public Transport {
 public:
  explicit CurlTransport(const CurlTransportOptions& options)
      : options_(options) {
    // Once for the process and never undone: others in it may use libcurl, and
    // rely on its starting by itself.
    static std::once_flag once;
    std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
  }

  ~CurlTransport() override {
    if (!maker_.IsThis()) {
      // Closing would tell the service that the parent hangs up.
      for (std::unique_ptr<Connection>& c : idle_) c.release();
      return;
    }
  }

  Result<void, NoAnswer> Send(const HttpRequest& request,
                              std::chrono::milliseconds timeout,
                              HttpResponse* response) override {
    if (!maker_.IsThis()) {
      return NoAnswer{NoAnswer::Reason::kForked, false,
                      "the store was opened before fork(); open it again"};
    }
    std::unique_ptr<Connection> connection = Take();
    Result<void, NoAnswer> result =
        connection->Send(request, timeout, response);
    if (result.ok()) Return(std::move(connection));
    return result;
  }

 private:
  std::unique_ptr<Connection> Take() {
    {
      std::lock_guard<std::mutex> lock(mutex_);
      if (!idle_.empty()) {
        std::unique_ptr<Connection> connection = std::move(idle_.back());
        idle_.pop_back();
        return connection;
      }
    }
    return std::make_unique<Connection>(options_);
  }

  void Return(std::unique_ptr<Connection> connection) {
    std::lock_guard<std::mutex> lock(mutex_);
    if (idle_.size() < options_.idle_max) {
      idle_.push_back(std::move(connection));
    }
  }

  const CurlTransportOptions options_;
  const MakerProcess maker_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Connection>> idle_;  // Guarded by mutex_.
};

}  // namespace

std::unique_ptr<Transport> NewCurlTransport(
    const CurlTransportOptions& options) {
  return std::make_unique<CurlTransport>(options);
}

}  // namespace dynamodown
