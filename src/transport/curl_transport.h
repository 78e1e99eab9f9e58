#ifndef DYNAMODOWN_TRANSPORT_CURL_TRANSPORT_H_
#define DYNAMODOWN_TRANSPORT_CURL_TRANSPORT_H_

#include <chrono>
#include <memory>
#include <string>

#include "transport/transport.h"

namespace dynamodown {

struct CurlTransportOptions {
  std::chrono::milliseconds connect_timeout{1000};
  /// PEM file of the authorities to trust, and no others; empty: the system's.
  std::string ca_bundle;
  /// False: no proxy, whatever the environment says, for addresses that only
  /// this machine can reach, such as that of instance metadata.
  bool use_proxy = true;
  /// Connections that are kept open while nobody uses them.
  size_t idle_max = 64;
  /// A longer answer body is an error; it protects memory.
  size_t response_bytes_max = 128 << 20;
};

/// Pooled keep-alive HTTP/1.1 over libcurl, TLS 1.2 or newer by GnuTLS. Proxies
/// as libcurl takes them from the environment at each request: for http://
/// http_proxy (in small letters: HTTP_PROXY may be a web client's header in a
/// CGI program), for https:// https_proxy or HTTPS_PROXY, for both all_proxy or
/// ALL_PROXY, and none for what no_proxy or NO_PROXY lists. A proxy's user and
/// password are in no message.
///
/// Programs that are started meanwhile inherit no connection.
///
/// Each call borrows an idle connection or makes one, so there are as many as
/// there were calls at once. In a forked child every call is kForked, and the
/// destructor leaves the parent's connections alone.
std::unique_ptr<Transport> NewCurlTransport(
    const CurlTransportOptions& options);

}  // namespace dynamodown

#endif  // DYNAMODOWN_TRANSPORT_CURL_TRANSPORT_H_
