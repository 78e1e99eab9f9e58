// A Transport that uses libcurl and pooled connections.

#ifndef DYNAMODOWN_TRANSPORT_CURL_TRANSPORT_H_
#define DYNAMODOWN_TRANSPORT_CURL_TRANSPORT_H_

#include <chrono>
#include <memory>
#include <string>

#include "transport/transport.h"

namespace dynamodown {

struct CurlTransportOptions {
  std::chrono::milliseconds connect_timeout{1000};
  /// The path of a PEM file with the only authorities to trust. Empty: trust
  /// the system's authorities.
  std::string ca_bundle;
  /// False: use no proxy, even if the environment names one. Use false for
  /// addresses that only this machine can reach, such as the address of
  /// instance metadata.
  bool use_proxy = true;
  /// The maximum number of idle connections to keep open.
  size_t idle_max = 64;
  /// The maximum length of an answer's body. A longer body is an error, so that
  /// an answer cannot exhaust memory. The longest answer that DynamoDB sends is
  /// the answer to a BatchGetItem, with 16 MB of items.
  size_t response_bytes_max = 17 << 20;
};

/// Returns a Transport that sends with libcurl over pooled keep-alive HTTP/1.1
/// connections. TLS is version 1.2 or newer. libcurl should be the GnuTLS
/// flavour, for the reason in docs/decisions/0001-dependencies.md. libcurl
/// reads the proxies from the environment at each request: http_proxy for
/// http://, https_proxy or HTTPS_PROXY for https://, all_proxy or ALL_PROXY for
/// both. libcurl ignores HTTP_PROXY, since a CGI program receives a web
/// client's header "Proxy" in that variable. libcurl uses no proxy for the
/// hosts in no_proxy or NO_PROXY. No message contains a proxy's password. An
/// answer may repeat the password (HttpResponse::proxy_secrets).
///
/// Programs that this process starts inherit no connection.
///
/// Each Send borrows an idle connection or opens a new one, so N calls at once
/// use N connections. In a forked child every call returns kForked, and the
/// destructor leaves the parent's connections alone.
std::unique_ptr<Transport> NewCurlTransport(
    const CurlTransportOptions& options);

}  // namespace dynamodown

#endif  // DYNAMODOWN_TRANSPORT_CURL_TRANSPORT_H_
