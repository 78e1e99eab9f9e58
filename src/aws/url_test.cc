#include "aws/url.h"

#include <gtest/gtest.h>

#include <optional>
#include <random>
#include <string>
#include <vector>

namespace dynamodown {
namespace {

struct Case {
  const char* url;
  const char* scheme;
  const char* host;
  const char* authority;
  const char* path;
};

constexpr Case kCases[] = {
    {"http://localhost", "http", "localhost", "localhost", "/"},
    {"http://LocalHost:8000/", "http", "localhost", "localhost:8000", "/"},
    {"HTTP://localhost:8000", "http", "localhost", "localhost:8000", "/"},
    {"HttpS://A.B", "https", "a.b", "a.b", "/"},
    {"http://a.b:80/c/D?e=F&g", "http", "a.b", "a.b", "/c/D?e=F&g"},
    {"https://a.b:443?x", "https", "a.b", "a.b", "/?x"},
    {"https://a.b:80", "https", "a.b", "a.b:80", "/"},
    {"http://a.b:443", "http", "a.b", "a.b:443", "/"},
    {"http://a.b:00080", "http", "a.b", "a.b", "/"},
    {"http://a.b:08000", "http", "a.b", "a.b:8000", "/"},
    {"http://a.b:", "http", "a.b", "a.b", "/"},
    {"http://a.b.", "http", "a.b.", "a.b.", "/"},
    {"http://a.b.:80/", "http", "a.b.", "a.b.", "/"},
    {"http://LocalHost.:8000", "http", "localhost", "localhost:8000", "/"},
    {"http://127.1:8000", "http", "127.0.0.1", "127.0.0.1:8000", "/"},
    {"http://127.0.0.1.:8000", "http", "127.0.0.1", "127.0.0.1:8000", "/"},
    {"http://0x7f.1", "http", "127.0.0.1", "127.0.0.1", "/"},
    {"http://2130706433", "http", "127.0.0.1", "127.0.0.1", "/"},
    {"http://0177.0.0.01", "http", "127.0.0.1", "127.0.0.1", "/"},
    {"http://1.2.3.4.5", "http", "1.2.3.4.5", "1.2.3.4.5", "/"},
    {"http://256.1.1.1", "http", "256.1.1.1", "256.1.1.1", "/"},
    {"http://[::1]:51679/x", "http", "::1", "[::1]:51679", "/x"},
    {"http://[0:0:0:0:0:0:0:1]:80/", "http", "::1", "[::1]", "/"},
    {"http://[0000::0001]", "http", "::1", "[::1]", "/"},
    {"http://[::FFFF:127.0.0.1]", "http", "::ffff:127.0.0.1",
     "[::ffff:127.0.0.1]", "/"},
    {"http://[FD00:ec2::23]/v1", "http", "fd00:ec2::23", "[fd00:ec2::23]",
     "/v1"},
    {"http://[2001:db8:0:0:1:0:0:1]", "http", "2001:db8::1:0:0:1",
     "[2001:db8::1:0:0:1]", "/"},
};

TEST(Url, IsReadIntoItsCanonicalParts) {
  for (const Case& c : kCases) {
    const std::optional<Url> url = ReadUrl(c.url);
    ASSERT_TRUE(url.has_value()) << c.url;
    EXPECT_EQ(url->scheme, c.scheme) << c.url;
    EXPECT_EQ(url->host, c.host) << c.url;
    EXPECT_EQ(url->authority, c.authority) << c.url;
    EXPECT_EQ(url->path, c.path) << c.url;
  }
}

TEST(Url, TheCanonicalFormIsReadAsItself) {
  std::vector<std::string> urls;
  for (const Case& c : kCases) urls.emplace_back(c.url);
  std::mt19937_64 random(1);
  for (int i = 0; i < 50'000; ++i) {
    std::string url = random() % 2 == 0 ? "http://" : "HTTPS://";
    for (size_t n = 1 + random() % 6; n > 0; --n) {
      static const std::vector<std::string> kPieces = {
          "a", "B", ".", "1",   "127", "0x7f", "0", "-",
          ":", "[", "]", "::1", "80",  "443",  "/", "8000"};
      url += kPieces[random() % kPieces.size()];
    }
    urls.push_back(url);
  }
  int read = 0;
  for (const std::string& text : urls) {
    const std::optional<Url> url = ReadUrl(text);
    if (!url) continue;
    ++read;
    const std::optional<Url> again = ReadUrl(url->origin() + url->path);
    ASSERT_TRUE(again.has_value()) << text;
    EXPECT_EQ(again->origin(), url->origin()) << text;
    EXPECT_EQ(again->host, url->host) << text;
    EXPECT_EQ(again->path, url->path) << text;
  }
  EXPECT_GT(read, 10'000);
}

TEST(Url, IsRefusedIfItCouldHideItsHost) {
  for (const char* url : {"",
                          "localhost",
                          "ftp://localhost",
                          "http:/x",
                          "http://",
                          "http:///x",
                          "http://localhost@evil.example/",
                          "http://a:b@localhost/",
                          "http://localhost:1@evil.example",
                          "http://localhost\\@evil.example",
                          "http://local host/",
                          "http://localhost%00.evil.example/",
                          "http://[::1",
                          "http://[::1%lo]/",
                          "http://[]/",
                          "http://[a]/",
                          "http://[127.0.0.1]/",
                          "http://[::1]evil.example/",
                          "http://::1/",
                          "http://a:b/x",
                          "http://a:0/x",
                          "http://a:65536/x",
                          "http://a:123456/x",
                          "http://a:+80/x",
                          "http://a/x y",
                          "http://a/x\r\nHost: evil.example",
                          "http://a/#x"}) {
    EXPECT_FALSE(ReadUrl(url).has_value()) << url;
  }
}

TEST(Url, AnEndpointMayEndWithASlash) {
  EXPECT_EQ(UrlOf(*ReadUrl("http://a:8000"), "/latest/x"),
            "http://a:8000/latest/x");
  EXPECT_EQ(UrlOf(*ReadUrl("http://a/b/"), "/latest/x"), "http://a/b/latest/x");
}

}  // namespace
}  // namespace dynamodown
