#include "transport/proxy_secrets.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace dynamodown {
namespace {

using testing::IsEmpty;
using testing::IsSupersetOf;

std::vector<std::string> SecretsIn(const std::string& url) {
  std::vector<std::string> secrets;
  AppendProxySecrets(url, &secrets);
  return secrets;
}

TEST(ProxySecrets, AreThePasswordTheLoginAndItsBase64) {
  for (const std::string url :
       {"http://user:pass@proxy:3128", "user:pass@proxy",
        "HTTP://user:pass@[::1]:1/", "http://user:pass@proxy/a@b?c@d"}) {
    EXPECT_THAT(SecretsIn(url),
                IsSupersetOf({"pass", "user:pass", "dXNlcjpwYXNz"}))
        << url;
  }
}

TEST(ProxySecrets, AreBothSpellingsOfAnEncodedPassword) {
  EXPECT_THAT(
      SecretsIn("http://us%65r:p%40s%3as@proxy"),
      IsSupersetOf({"p%40s%3as", "p@s:s", "user:p@s:s", "dXNlcjpwQHM6cw=="}));
  EXPECT_THAT(SecretsIn("http://user:p@s:s@proxy"),
              IsSupersetOf({"p@s:s", "user:p@s:s", "dXNlcjpwQHM6cw=="}));
  EXPECT_THAT(SecretsIn("http://user:100%@proxy"), IsSupersetOf({"100%"}));
  EXPECT_THAT(SecretsIn("http://user:%zz%4@proxy"), IsSupersetOf({"%zz%4"}));
}

TEST(ProxySecrets, AreTheUserIfThereIsNoPassword) {
  for (const std::string url : {"http://token@proxy", "http://token:@proxy"}) {
    EXPECT_THAT(SecretsIn(url), IsSupersetOf({"token", "dG9rZW46"})) << url;
  }
}

TEST(ProxySecrets, AreNoneWithoutAUser) {
  for (const std::string url :
       {"", "http://proxy:3128", "proxy", "http://proxy/user:pass@x", "://"}) {
    EXPECT_THAT(SecretsIn(url), IsEmpty()) << url;
  }
}

}  // namespace
}  // namespace dynamodown
