#ifndef DYNAMODOWN_TRANSPORT_CURL_TRANSPORT_H_
#define DYNAMODOWN_TRANSPORT_CURL_TRANSPORT_H_

#include <chrono>
#include <memory>
#include <string>

#include "transport/transport.h"

namespace dynamodown {

struct CurlTransportOptions {
  std::chrono::milliseconds connect_timeout{1000};
  std::string ca_bundle;  ///< PEM file; empty: the system's.
  /// Connections that are kept open while nobody uses them.
  size_t idle_max = 64;
  /// A longer answer body is an error; it protects memory.
  size_t response_bytes_max = 128 << 20;
};

/// Pooled keep-alive HTTP/1.1 over libcurl, TLS by GnuTLS. Proxies as libcurl
/// takes them from the environment.
///
/// Each call borrows an idle connection or makes one, so there are as many as
/// there were calls at once. In a forked child every call is kForked, and the
/// destructor leaves the parent's connections alone.
std::unique_ptr<Transport> NewCurlTransport(
    const CurlTransportOptions& options);

}  // namespace dynamodown

#endif  // DYNAMODOWN_TRANSPORT_CURL_TRANSPORT_H_
