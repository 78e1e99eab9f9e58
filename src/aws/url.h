// The URLs of services. Signatures, messages and connections all use one
// spelling of a service's URL, the canonical spelling.

#ifndef DYNAMODOWN_AWS_URL_H_
#define DYNAMODOWN_AWS_URL_H_

#include <optional>
#include <string>
#include <string_view>

namespace dynamodown {

/// The parts of an http or https URL, in their canonical spelling.
struct Url {
  std::string scheme;  ///< "http" or "https".
  /// In lower case. An IPv4 address has four numbers. An IPv6 address has no
  /// brackets and is in the form of RFC 5952.
  std::string host;
  /// The Host header's value: the host, and the port if it is not the scheme's
  /// default.
  std::string authority;
  std::string path;  ///< As given. Begins with "/" and includes the query.

  /// "http://127.0.0.1:8000".
  std::string origin() const { return scheme + "://" + authority; }
};

/// Parses an http or https URL. Accepts what libcurl and browsers accept:
/// "HTTP://LOCALHOST:080", "http://127.1", "http://[0:0:0:0:0:0:0:1]:8000".
/// Keeps a dot at the end of a name, since the dot has a meaning for the
/// resolver, but removes the dot of "localhost.". Returns nothing for any other
/// text, for a URL with a fragment ("#..."), and for a URL with a user name,
/// which could disguise the real host.
std::optional<Url> ReadUrl(std::string_view url);

/// Appends a path to an endpoint, which may end with a slash: "http://host/"
/// and "/latest/" give "http://host/latest/".
std::string UrlOf(const Url& endpoint, std::string_view path);

}  // namespace dynamodown

#endif  // DYNAMODOWN_AWS_URL_H_
