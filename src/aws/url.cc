#include "aws/url.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <cstdint>

#include "base/lowered.h"

namespace dynamodown {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsVisible(char c) { return c > ' ' && c <= '~'; }
bool IsHostByte(char c) {
  return (c >= 'a' && c <= 'z') || IsDigit(c) || c == '-' || c == '.' ||
         c == '_';
}

/// Returns the canonical form of the text between brackets, or nothing if it is
/// no IPv6 address.
std::optional<std::string> CanonicalAddress6(const std::string& text) {
  in6_addr address;
  char canonical[INET6_ADDRSTRLEN];
  if (inet_pton(AF_INET6, text.c_str(), &address) != 1 ||
      inet_ntop(AF_INET6, &address, canonical, sizeof canonical) == nullptr) {
    return std::nullopt;
  }
  return canonical;
}

/// Returns the canonical form of a name or an IPv4 address, or nothing if
/// `host` is neither. Like libcurl, takes "127.1", "0x7f000001" and
/// "2130706433" for addresses.
std::optional<std::string> CanonicalName(std::string host) {
  if (host.empty() || !std::ranges::all_of(host, IsHostByte)) {
    return std::nullopt;
  }
  // RFC 6761 reserves this name with and without the dot, but resolvers often
  // know only one of the two spellings.
  if (host == "localhost.") return "localhost";
  const bool dot = host.size() > 1 && host.back() == '.';
  const std::string without_dot = host.substr(0, host.size() - dot);
  in_addr address;
  char canonical[INET_ADDRSTRLEN];
  if (inet_aton(without_dot.c_str(), &address) == 0 ||
      inet_ntop(AF_INET, &address, canonical, sizeof canonical) == nullptr) {
    return host;
  }
  return canonical;
}

/// Parses `authority` into `*url`. The valid forms are "host", "host:port",
/// "[::1]" and "[::1]:port"; the port may be empty. Returns false if
/// `authority` has none of these forms.
bool ReadAuthority(const std::string& authority, Url* url) {
  const bool bracket = authority.starts_with('[');
  const size_t end = bracket ? authority.find(']') : authority.find(':');
  if (bracket && end == std::string::npos) return false;
  const std::optional<std::string> host =
      bracket ? CanonicalAddress6(authority.substr(1, end - 1))
              : CanonicalName(authority.substr(0, end));
  if (!host) return false;
  url->host = *host;
  url->authority = bracket ? "[" + *host + "]" : *host;

  std::string_view port = authority;
  port.remove_prefix(std::min(end, port.size()));
  if (bracket) port.remove_prefix(1);
  if (port.empty() || port == ":") return true;
  uint16_t number = 0;
  const char* const port_end = port.data() + port.size();
  const auto read = std::from_chars(port.data() + 1, port_end, number);
  if (port.front() != ':' || read.ec != std::errc() || read.ptr != port_end ||
      number == 0) {
    return false;
  }
  const uint16_t own = url->scheme == "https" ? 443 : 80;
  if (number != own) url->authority += ":" + std::to_string(number);
  return true;
}

}  // namespace

std::optional<Url> ReadUrl(std::string_view url) {
  const size_t scheme_end = url.find("://");
  if (scheme_end == std::string_view::npos) return std::nullopt;
  Url read;
  read.scheme = Lowered(url.substr(0, scheme_end));
  if (read.scheme != "http" && read.scheme != "https") return std::nullopt;
  url.remove_prefix(scheme_end + 3);
  const size_t end = std::min(url.find_first_of("/?#"), url.size());
  read.path = url.substr(end);
  if (!ReadAuthority(Lowered(url.substr(0, end)), &read) ||
      read.path.find('#') != std::string::npos ||
      !std::ranges::all_of(read.path, IsVisible)) {
    return std::nullopt;
  }
  if (read.path.empty() || read.path[0] != '/') read.path.insert(0, "/");
  return read;
}

std::string UrlOf(const Url& endpoint, std::string_view path) {
  std::string url = endpoint.origin() + endpoint.path;
  while (url.ends_with('/')) url.pop_back();
  return url.append(path);
}

}  // namespace dynamodown
