// Checks, for every source and every failure, that no message and no
// description holds a secret. Every secret, and every text that may hold a
// secret, contains "hush".

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ctime>
#include <functional>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "aws/aws_test_environment.h"
#include "aws/chain.h"
#include "aws/secrets.h"
#include "base/printable.h"

namespace dynamodown {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr char kArn[] = "arn:aws:iam::123456789012:role/kim";

TEST(WithoutSecrets, AShortSecretIsHiddenWhereItIsAWord) {
  const std::pair<const char*, const char*> cases[] = {
      {"", ""},
      {"local", "***"},
      {"http://localhost:8000 is not local.",
       "http://localhost:8000 is not ***."},
      {"local,local local", "***,*** ***"},
      {"key=local; \"local\" (local)", "key=***; \"***\" (***)"},
      {"xlocal localx local_ 1local", "xlocal localx local_ 1local"},
      {"Local l\u00e9local", "Local l\u00e9local"},
      {"a /p?q b", "a *** b"},
      {"local-index", "***-index"},
  };
  for (const auto& [text, shown] : cases) {
    EXPECT_EQ(WithoutSecrets(text, {"local", "", "/p?q"}), shown);
  }
}

TEST(WithoutSecrets, ATextWithALongSecretIsHiddenAsAWhole) {
  const std::string secret(kLongSecretBytes, 's');
  for (const std::string& text :
       {secret, "a" + secret + "b", "local " + secret}) {
    EXPECT_EQ(WithoutSecrets(text, {"local", secret}), std::nullopt);
  }
  EXPECT_EQ(WithoutSecrets(secret.substr(1), {secret}), secret.substr(1));
}

TEST(WithoutSecrets, ARareSecretIsHiddenWithinWords) {
  const std::string secret = "hunter2x";
  ASSERT_EQ(secret.size(), kRareSecretBytes);
  EXPECT_EQ(WithoutSecrets("keyhunter2x_bad hunter2x", {secret}),
            "key***_bad ***");
  EXPECT_EQ(WithoutSecrets("a" + secret.substr(1), {secret.substr(1)}),
            "a" + secret.substr(1));
}

TEST(FormsInMessages, AreThoseOfPrintableTexts) {
  const std::string secret = "a\"b\\c\x01\xc3\xa9";
  const std::vector<std::string> forms = FormsInMessages({secret + "\n"});
  EXPECT_THAT(forms, testing::Contains(secret));
  EXPECT_THAT(forms, testing::Contains(Escaped(secret)));
  for (const std::string& shown :
       {EscapedAndCut("x " + secret + " x"), Printable("x " + secret + " x")}) {
    EXPECT_THAT(*WithoutSecrets(shown, Secrets(forms.begin(), forms.end())),
                HasSubstr("x *** x"));
  }
}

TEST(WithoutSecrets, BlanksAroundASecretAreNoPartOfIt) {
  const std::string secret(kLongSecretBytes, 's');
  for (const std::string blank : {"\n", "\r\n", " ", "\t\n\n"}) {
    EXPECT_EQ(WithoutSecrets("a " + secret + " b", {blank + secret + blank}),
              std::nullopt);
    EXPECT_EQ(WithoutSecrets("a local b", {"local" + blank}), "a *** b");
    EXPECT_EQ(WithoutSecrets("a b", {blank}), "a b");
    EXPECT_TRUE(HasPartOf("a" + secret, {secret + blank}));
  }
}

TEST(HasPartOf, FindsEachLongPartOfALongSecret) {
  const std::string secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
  for (size_t begin = 0; begin < secret.size(); ++begin) {
    for (size_t bytes = 1; begin + bytes <= secret.size(); ++bytes) {
      const std::string message = "no: " + secret.substr(begin, bytes) + " (x)";
      EXPECT_EQ(HasPartOf(message, {"local", "", secret}),
                bytes >= kLongSecretBytes)
          << message;
    }
  }
}

/// Returns the seconds that the processor needs to hide `secret` in `text`.
double SecondsToHide(const std::string& secret, const std::string& text) {
  const std::clock_t begin = std::clock();
  (void)WithoutSecrets(text, {secret});
  return static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
}

// Quadratic time would be minutes.
TEST(WithoutSecrets, AnEndlessMessageTakesLinearTime) {
  const auto repeat = [](const std::string& part) {
    std::string text;
    while (text.size() < (16u << 20)) text += part;
    return text;
  };
  const std::string many_a(2000, 'a');
  const std::pair<std::string, std::string> cases[] = {
      {"local", "local "},
      {"local", "locallocal "},
      {"-", "-"},
      {"aaaaaaaaaaaaaaa", "a"},
      {many_a + "b", "a"},
      {"b" + many_a, "a"},
      {many_a + "b" + many_a, many_a + "c"},
  };
  for (const auto& [secret, part] : cases) {
    EXPECT_LT(SecondsToHide(secret, repeat(part)), 10) << part.substr(0, 20);
  }
}

struct Kind {
  std::string name;
  /// Secrets of the last request, which an answer may repeat.
  std::vector<std::string> sent;
  std::function<void(AwsTestEnvironment*)> set_up;
  /// Answers the requests before the one that gets a wrong answer.
  std::function<void(AwsTestEnvironment*)> answer_first =
      [](AwsTestEnvironment*) {};
};

std::ostream& operator<<(std::ostream& out, const Kind& kind) {
  return out << kind.name;
}

void SetKeys(AwsTestEnvironment* environment, const std::string& profile) {
  environment->Profile(profile).settings.merge(
      std::map<std::string, std::string>{
          {"aws_access_key_id", "AKIDhush"},
          {"aws_secret_access_key", "hush-secret"},
          {"aws_session_token", "hush-token"}});
}

void SetContainer(AwsTestEnvironment* environment) {
  environment->variables["AWS_CONTAINER_CREDENTIALS_FULL_URI"] =
      "http://127.0.0.1:1234/hush?hush";
  environment->variables["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"] = "/token";
  environment->Write("/token", "hush-token");
}

/// Keys that need no request.
std::vector<Kind> LocalKinds() {
  return {
      {"Environment",
       {},
       [](AwsTestEnvironment* environment) {
         environment->variables["AWS_ACCESS_KEY_ID"] = "AKIDhush";
         environment->variables["AWS_SECRET_ACCESS_KEY"] = "hush-secret";
         environment->variables["AWS_SESSION_TOKEN"] = "hush\ntoken";
       }},
      {"ProfileKeys",
       {},
       [](AwsTestEnvironment* environment) {
         SetKeys(environment, "default");
         environment->Profile("default").settings["aws_session_token"] =
             "hush hush";
       }},
      {"Process",
       {},
       [](AwsTestEnvironment* environment) {
         environment->Profile("default").settings["credential_process"] =
             "get-keys --password hush";
       }},
  };
}

/// Roles, whose keys a service of AWS hands out.
std::vector<Kind> RoleKinds() {
  return {
      {"Role",
       {"hush-token", "hush-id"},
       [](AwsTestEnvironment* environment) {
         SetKeys(environment, "base");
         environment->Profile("default").settings = {
             {"role_arn", kArn},
             {"source_profile", "base"},
             {"external_id", "hush-id"}};
       }},
      {"RoleOfAContainer",
       {"hush-token-1"},
       [](AwsTestEnvironment* environment) {
         SetContainer(environment);
         environment->Profile("default").settings = {
             {"role_arn", kArn}, {"credential_source", "EcsContainer"}};
       },
       [](AwsTestEnvironment* environment) {
         environment->Answer(200, MetadataJson("1", 60));
       }},
      {"WebIdentity",
       {"hush-token"},
       [](AwsTestEnvironment* environment) {
         environment->variables["AWS_WEB_IDENTITY_TOKEN_FILE"] = "/token";
         environment->variables["AWS_ROLE_ARN"] = kArn;
         environment->Write("/token", "hush-token");
       }},
      {"WebIdentityInAFileOfLines",
       {"eyJhbGciOi.hush.SflKxwRJSMeKKF2QT4fwpM"},
       [](AwsTestEnvironment* environment) {
         environment->variables["AWS_WEB_IDENTITY_TOKEN_FILE"] = "/token";
         environment->variables["AWS_ROLE_ARN"] = kArn;
         environment->Write("/token",
                            "eyJhbGciOi.hush.SflKxwRJSMeKKF2QT4fwpM\n");
       }},
      {"IdentityCenter",
       {"hush-token"},
       [](AwsTestEnvironment* environment) {
         environment->Profile("default").settings = {
             {"sso_session", "work"},
             {"sso_account_id", "123456789012"},
             {"sso_role_name", "Reader"}};
         environment->settings.profiles.sso_sessions["work"].settings = {
             {"sso_start_url", "https://kim.awsapps.com/start"},
             {"sso_region", "eu-west-1"}};
         environment->Write(
             "/home/kim/.aws/sso/cache/"
             "e274eeff768c6396088ec6eb091f4bf4d47ab1e0.json",
             R"({"accessToken":"hush-token",)"
             R"("expiresAt":"2015-08-31T12:36:00Z"})");
       }},
  };
}

/// Keys from a container's agent or from instance metadata.
std::vector<Kind> MachineKinds() {
  return {
      {"Container", {"hush-token", "/hush?hush"}, SetContainer},
      {"ContainerWithAnId",
       {"1f0hush9-9c1b-4c7e-8f3a-5d2e7b6a9c10", "Bhush7",
        "hush9-9c1b-4c7e-8f3a-5d2e7b6a9"},
       [](AwsTestEnvironment* environment) {
         environment->variables["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"] =
             "/v2/credentials/1f0hush9-9c1b-4c7e-8f3a-5d2e7b6a9c10?k=Bhush7";
       }},
      {"InstanceMetadataToken", {}, [](AwsTestEnvironment*) {}},
      {"InstanceMetadataRole",
       {"hush-token"},
       [](AwsTestEnvironment*) {},
       [](AwsTestEnvironment* environment) {
         environment->Answer(200, "hush-token");
       }},
      {"InstanceMetadataCredentials",
       {"hush-token"},
       [](AwsTestEnvironment*) {},
       [](AwsTestEnvironment* environment) {
         environment->Answer(200, "hush-token");
         environment->Answer(200, "kim");
       }},
  };
}

std::vector<Kind> Kinds() {
  std::vector<Kind> all;
  for (const auto& kinds : {LocalKinds(), RoleKinds(), MachineKinds()}) {
    all.insert(all.end(), kinds.begin(), kinds.end());
  }
  return all;
}

/// Bodies that a service may send instead of credentials: its input, or
/// incomplete credentials.
std::vector<std::string> Bodies(const std::vector<std::string>& sent) {
  std::vector<std::string> bodies = {"", "hush", "{\"hush\":", "<hush>",
                                     R"({"hush":"hush"})"};
  for (const std::string& secret : sent) {
    bodies.push_back(secret);
    bodies.push_back(R"({"__type":"Odd","message":"What is )" + secret +
                     "?\"}");
    bodies.push_back(R"({"code":")" + secret + R"(","message":"Odd"})");
    bodies.push_back(R"({"Code":")" + secret + R"(","Message":"Odd"})");
    bodies.push_back(StsErrorXml("Odd", "What is " + secret + "?"));
    bodies.push_back(StsErrorXml(secret, "Odd"));
    bodies.push_back(StsErrorXml("SignatureDoesNotMatch", "No.\n\n" + secret));
  }
  for (const std::string& whole :
       {MetadataJson("1", 60), ProcessJson("1", 60), PortalJson("1", 60),
        StsXml("AssumeRole", "1", 60),
        StsXml("AssumeRoleWithWebIdentity", "1", 60)}) {
    bodies.push_back(whole);
    bodies.push_back(whole.substr(0, whole.size() / 2));
    // A time that has passed before the answer arrives, and an impossible time.
    for (const char* other : {"2015-08-30T12:00:00Z", "hush-time"}) {
      std::string changed = whole;
      const size_t at = changed.find("2015-08-30T");
      if (at != std::string::npos)
        bodies.push_back(changed.replace(at, 20, other));
    }
    std::string control = whole;
    bodies.push_back(control.replace(control.find("AKIDhush"), 8, "AKID hush"));
  }
  return bodies;
}

class SecretsTest : public testing::TestWithParam<Kind> {
 protected:
  /// Calls Get, and calls it again after the credentials have expired.
  void Expect(AwsTestEnvironment* environment, const std::string& what) {
    SCOPED_TRACE(what);
    const auto source = NewDefaultCredentials(environment->settings,
                                              environment->ForCredentials());
    EXPECT_THAT(source->Describe(), Not(HasSubstr("hush")));
    for (int i = 0; i < 2; ++i) {
      const auto credentials = source->Get();
      if (!credentials.ok()) {
        ++errors_;
        EXPECT_FALSE(credentials.error().message.empty());
        EXPECT_THAT(credentials.error().message, Not(HasSubstr("hush")));
      } else {
        source->Expire(*credentials);
      }
      environment->Advance(std::chrono::seconds(30));
    }
  }

  int errors_ = 0;
};

TEST_P(SecretsTest, AreInNoMessage) {
  for (const int status : {200, 400, 401, 403, 404, 429, 500}) {
    for (const std::string& body : Bodies(GetParam().sent)) {
      AwsTestEnvironment environment;
      GetParam().set_up(&environment);
      GetParam().answer_first(&environment);
      for (int i = 0; i < 6; ++i) environment.Answer(status, body);
      environment.outcome = CommandOutcome{status == 200 ? 0 : 1, body};
      Expect(&environment, std::to_string(status) + " " + body);
    }
  }
  for (const auto reason :
       {NoAnswer::Reason::kConnect, NoAnswer::Reason::kTimeout,
        NoAnswer::Reason::kTls, NoAnswer::Reason::kForked,
        NoAnswer::Reason::kInvalid}) {
    AwsTestEnvironment environment;
    GetParam().set_up(&environment);
    GetParam().answer_first(&environment);
    for (int i = 0; i < 6; ++i) environment.DoNotAnswer(reason);
    environment.outcome = Error{ErrorKind::kTimeout, "it took too long"};
    Expect(&environment, "no answer");
  }
  EXPECT_GT(errors_, 50);
}

TEST_P(SecretsTest, OfFilesAreInNoMessage) {
  for (const std::string content :
       {"", "hush", "hush\n", "{\"accessToken\":\"hush", "[hush",
        "[default]\nhush", "[default]\naws_access_key_id = hush"}) {
    AwsTestEnvironment environment;
    GetParam().set_up(&environment);
    for (auto& [name, text] : environment.files) {
      text = std::optional<std::string>(content);
    }
    environment.Write("/home/kim/.aws/config", content);
    environment.Write("/home/kim/.aws/credentials", content);
    Expect(&environment, "files with " + content);
    for (auto& [name, text] : environment.files) {
      environment.Deny(name);
      Expect(&environment, "unreadable: " + name);
    }
  }
  EXPECT_GT(errors_, 10);
}

INSTANTIATE_TEST_SUITE_P(Credentials, SecretsTest, testing::ValuesIn(Kinds()),
                         [](const auto& kind) { return kind.param.name; });

}  // namespace
}  // namespace dynamodown
