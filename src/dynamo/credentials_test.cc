#include "dynamo/credentials.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>

namespace dynamodown {
namespace {

using testing::HasSubstr;

std::unique_ptr<CredentialsSource> Make(
    const std::map<std::string, std::string>& variables) {
  return NewEnvironmentCredentials(
      [&](const char* name) -> std::optional<std::string> {
        const auto at = variables.find(name);
        if (at == variables.end()) return std::nullopt;
        return at->second;
      });
}

TEST(EnvironmentCredentials, AreReadOnceAndKept) {
  std::map<std::string, std::string> variables = {
      {"AWS_ACCESS_KEY_ID", "id"},
      {"AWS_SECRET_ACCESS_KEY", "secret"},
      {"AWS_SESSION_TOKEN", "token"}};
  const auto source = Make(variables);
  variables.clear();
  const auto credentials = source->Get();
  ASSERT_TRUE(credentials.ok());
  EXPECT_EQ((*credentials)->access_key_id, "id");
  EXPECT_EQ((*credentials)->secret_access_key, "secret");
  EXPECT_EQ((*credentials)->session_token, "token");
  source->Expire(*credentials);
  EXPECT_EQ(*source->Get(), *credentials);
}

TEST(EnvironmentCredentials, NeedNoToken) {
  const auto credentials =
      Make({{"AWS_ACCESS_KEY_ID", "id"}, {"AWS_SECRET_ACCESS_KEY", "secret"}})
          ->Get();
  ASSERT_TRUE(credentials.ok());
  EXPECT_EQ((*credentials)->session_token, "");
}

TEST(EnvironmentCredentials, WithoutBothKeysSayWhatToSet) {
  using Variables = std::map<std::string, std::string>;
  for (const Variables& variables :
       {Variables{}, Variables{{"AWS_ACCESS_KEY_ID", "id"}},
        Variables{{"AWS_SECRET_ACCESS_KEY", "secret"}},
        Variables{{"AWS_ACCESS_KEY_ID", ""}, {"AWS_SECRET_ACCESS_KEY", "s"}},
        Variables{{"AWS_ACCESS_KEY_ID", "i"}, {"AWS_SECRET_ACCESS_KEY", ""}}}) {
    const auto credentials = Make(variables)->Get();
    ASSERT_FALSE(credentials.ok());
    EXPECT_EQ(credentials.error().kind, ErrorKind::kCredentials);
    EXPECT_THAT(credentials.error().message, HasSubstr("AWS_ACCESS_KEY_ID"));
  }
}

}  // namespace
}  // namespace dynamodown
