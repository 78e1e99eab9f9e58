#include "aws/profiles.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "aws/profiles_test_compare.h"
#include "aws/settings_test_machine.h"

namespace dynamodown {

namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::Pair;
using testing::StartsWith;

using Map = std::map<std::string, std::string>;

Profiles Config(const std::string& text) {
  Profiles profiles;
  ParseConfigFile(text, "config", &profiles);
  EXPECT_EQ(profiles.Hint("foo"), "") << text;
  return profiles;
}

Profiles Credentials(const std::string& text) {
  Profiles profiles;
  ParseCredentialsFile(text, "file", &profiles);
  EXPECT_EQ(profiles.Hint("foo"), "") << text;
  return profiles;
}

/// The settings of a config file's profile.
Map Settings(const std::string& text, const std::string& profile = "foo") {
  const Profiles profiles = Config(text);
  const ProfileSection* section = profiles.Find(profile);
  return section == nullptr ? Map{{"no", "profile"}} : section->settings;
}

/// The value of "name" in "[profile foo]" with these lines.
std::string Value(const std::string& lines) {
  return Settings("[profile foo]\n" + lines)["name"];
}

/// The end of a message about something that profile foo lacks.
std::string HintOf(const std::string& text) {
  Profiles profiles;
  ParseConfigFile(text, "/p/config", &profiles);
  return profiles.Hint("foo");
}

// ------------------------------------------------- files as AWS shows them

// Files like the examples in AWS's guide ("Shared config and credentials
// files", "IAM Identity Center credential provider", "Assume role credential
// provider", "Service-specific endpoints"), with other values.

TEST(ProfilesExample, ConfigAndCredentials) {
  Profiles profiles = Config(
      "[default]\n"
      "region=eu-central-1\n"
      "output=json\n"
      "\n"
      "[profile user1]\n"
      "region=sa-east-1\n"
      "output=text\n");
  ParseCredentialsFile(
      "[default]\n"
      "aws_access_key_id=AKIDONE\n"
      "aws_secret_access_key=secret/one+two=\n"
      "\n"
      "[user1]\n"
      "aws_access_key_id=AKIDTWO\n"
      "aws_secret_access_key=secret/two\n"
      "aws_session_token=token==\n",
      "credentials", &profiles);
  EXPECT_EQ(profiles.Find("default")->settings,
            (Map{{"region", "eu-central-1"},
                 {"output", "json"},
                 {"aws_access_key_id", "AKIDONE"},
                 {"aws_secret_access_key", "secret/one+two="}}));
  EXPECT_EQ(profiles.Find("user1")->settings,
            (Map{{"region", "sa-east-1"},
                 {"output", "text"},
                 {"aws_access_key_id", "AKIDTWO"},
                 {"aws_secret_access_key", "secret/two"},
                 {"aws_session_token", "token=="}}));
}

TEST(ProfilesExample, IamIdentityCenter) {
  const Profiles profiles = Config(
      "[profile dev]\n"
      "sso_session = my-sso\n"
      "sso_account_id = 210987654321\n"
      "sso_role_name = Reader\n"
      "\n"
      "[sso-session my-sso]\n"
      "sso_region = eu-north-1\n"
      "sso_start_url = https://kim.awsapps.example/start#/?tab=1\n"
      "sso_registration_scopes = sso:account:access\n");
  EXPECT_EQ(profiles.Find("dev")->Get("sso_session"), "my-sso");
  EXPECT_EQ(profiles.sso_sessions.at("my-sso").settings,
            (Map{{"sso_region", "eu-north-1"},
                 {"sso_start_url", "https://kim.awsapps.example/start#/?tab=1"},
                 {"sso_registration_scopes", "sso:account:access"}}));
  EXPECT_EQ(profiles.Find("my-sso"), nullptr);
}

TEST(ProfilesExample, AssumedRole) {
  const Profiles profiles = Config(
      "[profile A]\n"
      "source_profile = B\n"
      "role_arn =  arn:aws:iam::210987654321:role/RoleA\n"
      "external_id = a:b/c\n"
      "[profile B]\n"
      "credential_process = /opt/bin/keys --name \"two words\" ; not this\n");
  EXPECT_EQ(profiles.Find("A")->settings,
            (Map{{"source_profile", "B"},
                 {"role_arn", "arn:aws:iam::210987654321:role/RoleA"},
                 {"external_id", "a:b/c"}}));
  EXPECT_EQ(profiles.Find("B")->Get("credential_process"),
            "/opt/bin/keys --name \"two words\"");
}

TEST(ProfilesExample, ServicesAndNestedSettings) {
  const Profiles profiles = Config(
      "[profile dev]\n"
      "services = local\n"
      "s3 =\n"
      "    max_concurrent_requests = 20\n"
      "    addressing_style=path\n"
      "region = eu-west-3\n"
      "\n"
      "[services local]\n"
      "dynamodb = \n"
      "  endpoint_url = http://127.0.0.1:8000   # DynamoDB Local\n"
      "s3 =\n"
      "  endpoint_url = https://127.0.0.1:4567\n");
  const ProfileSection& dev = *profiles.Find("dev");
  EXPECT_EQ(dev.settings,
            (Map{{"services", "local"}, {"s3", ""}, {"region", "eu-west-3"}}));
  EXPECT_EQ(dev.GetNested("s3", "max_concurrent_requests"), "20");
  EXPECT_EQ(dev.GetNested("s3", "addressing_style"), "path");
  EXPECT_EQ(dev.GetNested("s3", "other"), "");
  EXPECT_EQ(dev.GetNested("region", "other"), "");
  const ProfileSection& local = profiles.services.at("local");
  EXPECT_EQ(local.GetNested("dynamodb", "endpoint_url"),
            "http://127.0.0.1:8000");
  EXPECT_EQ(local.GetNested("s3", "endpoint_url"), "https://127.0.0.1:4567");
}

// ------------------------------------------------------------- the grammar

TEST(ProfilesSections, EmptyFilesHaveNone) {
  for (const char* text : {"", "\n", "\r\n", " \t\n\t", "# nothing", ";\n#\n",
                           "\xef\xbb\xbf", "\xef\xbb\xbf\n"}) {
    EXPECT_THAT(Config(text).profiles, IsEmpty());
    EXPECT_THAT(Credentials(text).profiles, IsEmpty());
  }
}

TEST(ProfilesSections, AProfileMayBeEmpty) {
  EXPECT_EQ(Settings("[profile foo]"), Map());
  EXPECT_EQ(Settings("[profile foo]\n[profile bar]\nx=1"), Map());
}

TEST(ProfilesSections, NamesAreTrimmed) {
  for (const char* header :
       {"[profile foo]", "[ profile foo ]", "[profile \tfoo\t ]",
        "[profile\tfoo]", "[profile foo] \t", "[profile foo]\r",
        "[profile foo]# comment", "[profile foo] ; comment]",
        "[profile \"foo\"]", "[profile 'foo']", "[profile 'foo' ]#",
        "  [profile foo]", "\t[profile foo]", "[profile foo] x",
        "[profile foo]x", "[profile foo] # see [profile bar]",
        "[profile f'o'o]", "[profile f\\oo]", "[profile foo]\xc2\xa0"}) {
    EXPECT_EQ(Settings(std::string(header) + "\nx = 1"), (Map{{"x", "1"}}))
        << header;
  }
}

TEST(ProfilesSections, QuotedNamesMayContainAnyCharacter) {
  EXPECT_EQ(Settings("[profile \"two words\"]\nx=1", "two words")["x"], "1");
  EXPECT_EQ(Settings("[profile 'a ]#;\"b']\nx=1", "a ]#;\"b")["x"], "1");
  EXPECT_EQ(Settings("[profile \"it's\"]\nx=1", "it's")["x"], "1");
  EXPECT_EQ(Settings("[profile two\\ words]\nx=1", "two words")["x"], "1");
  EXPECT_EQ(Settings("[profile a]b]\nx=1", "a]b")["x"], "1");
  EXPECT_EQ(Config("[sso-session 'my sso']\nx=1").sso_sessions.at("my sso"),
            (ProfileSection{{{"x", "1"}}, {}}));
}

TEST(ProfilesSections, NamesKeepTheirCaseAndTheirSpecialCharacters) {
  const std::string name = "AZaz09_-/.%@:+";
  EXPECT_EQ(Settings("[profile " + name + "]\nx=1", name)["x"], "1");
  EXPECT_EQ(Config("[profile Foo]").Find("foo"), nullptr);
  EXPECT_EQ(Settings("[profile jos\u00e9]\nx=1", "jos\u00e9")["x"], "1");
}

TEST(ProfilesSections, UnknownSectionsAreIgnoredWithAllTheirLines) {
  for (const char* header :
       {"[foo]", "[profilefoo]", "[profile]", "[profile foo bar]",
        "[profile 'foo' bar]", "[plugins]", "[default foo]", "[sso-session]",
        "[services]", "[Profile foo]", "[toplevel foo]"}) {
    Profiles profiles;
    ParseConfigFile(std::string(header) +
                        "\nx = 1\n indented\nno equals sign\n"
                        "= no name\n[profile bar]\ny = 2",
                    "config", &profiles);
    EXPECT_EQ(profiles.Hint("foo"),
              header == std::string_view("[foo]")
                  ? " (config, line 1: in this file, write [profile foo])"
                  : "");
    EXPECT_THAT(profiles.profiles,
                ElementsAre(Pair("bar", ProfileSection{{{"y", "2"}}, {}})))
        << header;
    EXPECT_THAT(profiles.sso_sessions, IsEmpty()) << header;
    EXPECT_THAT(profiles.services, IsEmpty()) << header;
  }
}

TEST(ProfilesSections, RepeatedSectionsMergeAndLaterSettingsWin) {
  EXPECT_EQ(Settings("[profile foo]\na=1\nb=1\na=2\n[profile bar]\na=9\n"
                     "[profile foo]\nb=2\nc=3"),
            (Map{{"a", "2"}, {"b", "2"}, {"c", "3"}}));
}

TEST(ProfilesSections, ARepeatedSettingReplacesItsNestedSettings) {
  const Profiles profiles = Config(
      "[profile foo]\na =\n  x = 1\nb =\n  x = 1\n"
      "[profile foo]\na =\n  y = 2\nb = 3");
  const ProfileSection& foo = *profiles.Find("foo");
  EXPECT_EQ(foo.nested, (std::map<std::string, Map>{{"a", {{"y", "2"}}}}));
  EXPECT_EQ(foo.settings, (Map{{"a", ""}, {"b", "3"}}));
}

TEST(ProfilesSections, OfTwoSpellingsOfASectionTheLaterReplacesTheEarlier) {
  EXPECT_EQ(Settings("[profile default]\na=1\n[default]\nb=2", "default"),
            (Map{{"b", "2"}}));
  EXPECT_EQ(Settings("[default]\nb=2\n[profile default]\na=1", "default"),
            (Map{{"a", "1"}}));
  EXPECT_EQ(Settings("[profile foo]\na=1\n[profile 'foo']\nc=3"),
            (Map{{"c", "3"}}));
  EXPECT_EQ(Settings("[default]\nb=2", "default"), (Map{{"b", "2"}}));
}

TEST(ProfilesSections, SettingsOfTheSectionInCapitalsBelongToAllSections) {
  EXPECT_EQ(Settings("[profile foo]\na=1\nb=1\n[DEFAULT]\nb=2\nc=2"),
            (Map{{"a", "1"}, {"b", "1"}, {"c", "2"}}));
  EXPECT_EQ(Credentials("[DEFAULT]\na=1\n[foo]").Find("foo")->Get("a"), "1");
  EXPECT_EQ(Config("[DEFAULT]\na=1").Find("default"), nullptr);
}

TEST(ProfilesSections, SessionsServicesAndProfilesMayShareAName) {
  const Profiles profiles = Config(
      "[sso-session default]\na=1\n[services default]\na=2\n[default]\na=3");
  EXPECT_EQ(profiles.sso_sessions.at("default").Get("a"), "1");
  EXPECT_EQ(profiles.services.at("default").Get("a"), "2");
  EXPECT_EQ(profiles.Find("default")->Get("a"), "3");
}

TEST(ProfilesSections, InCredentialsFilesASectionIsANameAlone) {
  const Profiles profiles = Credentials(
      "[ foo ]# comment\nA=1\n[two words]\na=2\n['three words now']\na=3\n"
      "[it's]\na=4\n[profile foo]\na=9\n[sso-session foo]\na=9\n"
      "[services foo]\na=9\n[profile]\na=5\n[default]\na=6\n[\"\"]\na=9\n");
  std::map<std::string, std::string> found;
  for (const auto& [name, section] : profiles.profiles) {
    EXPECT_EQ(section.settings.size(), 1U);
    found[name] = section.Get("a");
  }
  EXPECT_EQ(found, (Map{{"foo", "1"},
                        {"two words", "2"},
                        {"three words now", "3"},
                        {"it's", "4"},
                        {"profile", "5"},
                        {"default", "6"}}));
  EXPECT_THAT(profiles.sso_sessions, IsEmpty());
  EXPECT_THAT(profiles.services, IsEmpty());
}

TEST(ProfilesSettings, NamesAndValuesAreTrimmed) {
  for (const char* line :
       {"name=value", "name = value", "name \t=  \tvalue \t", "name=value\r",
        "NAME = value", "nAmE=value\r\n", "name: value", "name : value",
        "name\xc2\xa0=\xc2\xa0value\xc2\xa0", "x=1\rname=value\ry=2"}) {
    EXPECT_EQ(Value(line), "value") << line;
  }
}

TEST(ProfilesSettings, ValuesMayContainAnyCharacter) {
  EXPECT_EQ(Value("name = val=ue=="), "val=ue==");
  EXPECT_EQ(Value("name = \u00e9\U0001F602"), "\u00e9\U0001F602");
  EXPECT_EQ(Value("name = [x]"), "[x]");
  EXPECT_EQ(Value("name = \"quotes stay\""), "\"quotes stay\"");
  EXPECT_EQ(Value("name ="), "");
  EXPECT_EQ(Value(std::string("name = a\0b", 10)), std::string("a\0b", 3));
  EXPECT_EQ(Value("name = \xff\xfe"), "\xff\xfe");
}

TEST(ProfilesSettings, BlankLinesAndCommentsAreIgnored) {
  EXPECT_EQ(Settings("\t \n# one\n; two\n[profile foo]\n\t\n \r\nname = value\n"
                     "#x = 1\n;y = 2\n  # indented\n\t; indented\nz=3\n \t"),
            (Map{{"name", "value"}, {"z", "3"}}));
}

TEST(ProfilesSettings, ACommentAfterAValueNeedsABlankBeforeIt) {
  EXPECT_EQ(Value("name = value # comment ; # too"), "value");
  EXPECT_EQ(Value("name = value\t; comment"), "value");
  EXPECT_EQ(Value("name = value ;"), "value");
  EXPECT_EQ(Value("name = # comment"), "");
  EXPECT_EQ(Value("name = value; no comment"), "value; no comment");
  EXPECT_EQ(Value("name = value# no comment"), "value# no comment");
  EXPECT_EQ(Value("name =#value"), "#value");
}

TEST(ProfilesSettings, ACommentSignInQuotesBelongsToTheValue) {
  for (const char* value :
       {"get 'a # b'", "get \"a ; b\" c", "'#' \" ;\"", "'it # is' \"x\""}) {
    EXPECT_EQ(Value(std::string("name = ") + value + " # comment"), value);
  }
  EXPECT_EQ(Value("name = it's # kim's"), "it's");
  EXPECT_EQ(Value("name = 'x # y"), "'x");
}

TEST(ProfilesSettings, SettingsMayBeIndented) {
  for (const char* blanks : {" ", "  ", "\t", " \t ", "\xc2\xa0"}) {
    const std::string b = blanks;
    EXPECT_EQ(Settings("[profile foo]\n" + b + "a=1\n" + b + "b=2\n" + b + b +
                       "more\n" + b + "held=\n" + b + " x=3\nc=4"),
              (Map{{"a", "1"}, {"b", "2\nmore"}, {"held", ""}, {"c", "4"}}));
  }
  EXPECT_EQ(Settings("[profile foo]\n  a=1\n b=2\nc=3"),
            (Map{{"a", "1"}, {"b", "2"}, {"c", "3"}}));
}

TEST(ProfilesSettings, ValuesGoOnInIndentedLines) {
  EXPECT_EQ(Value("name = value\n -more"), "value\n-more");
  EXPECT_EQ(Value("name = value\n \t -more \t \n\tand = more"),
            "value\n-more\nand = more");
  EXPECT_EQ(Value("name = value # comment\n -more # no comment"),
            "value\n-more # no comment");
  EXPECT_EQ(Value("name = value\n\n # comment\n -more\n [x]\nother = 1"),
            "value\n\n-more\n[x]");
}

TEST(ProfilesSettings, ASettingWithoutAValueMayHoldSettings) {
  const Profiles profiles = Config(
      "[profile foo]\n"
      "Holder = # nothing\n"
      " A = 1 ; comment\n"
      "\t \n"
      "      # comment\n"
      "\tB =\n"
      "   c d = 3 = 4\n"
      " a = 5\n"
      "plain = 6\n");
  const ProfileSection& foo = *profiles.Find("foo");
  EXPECT_EQ(
      foo.nested,
      (std::map<std::string, Map>{
          {"holder", {{"A", "1"}, {"a", "5"}, {"B", ""}, {"c d", "3 = 4"}}}}));
  EXPECT_EQ(foo.settings, (Map{{"holder", ""}, {"plain", "6"}}));
}

TEST(ProfilesSettings, AByteOrderMarkAndWindowsLinesAreUnderstood) {
  const std::string text =
      "[profile foo]\nname = value # comment\n\nheld =\n  a = 1\nlong = x\n y";
  std::string windows = "\xef\xbb\xbf";
  for (const char c : text) {
    if (c == '\n') windows += '\r';
    windows += c;
  }
  EXPECT_EQ(Config(windows).profiles, Config(text).profiles);
  EXPECT_EQ(Config(windows).Find("foo")->settings,
            (Map{{"name", "value"}, {"held", ""}, {"long", "x\ny"}}));
}

// ------------------------------------------------------------------ errors

TEST(ProfilesDamage, IsNotedWithTheFileAndTheLine) {
  const std::vector<std::pair<std::string, int>> texts = {
      {"name = value", 1},
      {"# c\n\n continued", 3},
      {"[profile foo", 1},
      {"\n[]", 2},
      {"[ \t]", 1},
      {"[profile foo]\n continued", 2},
      {"[profile foo]\nname = value\n[profile foo]\n continued", 4},
      {"[profile foo]\r\nname\r\n", 2},
      {"[profile foo]\n= value", 2},
      {"[profile foo]\na = 1\n = \n", 0},
      {"[profile foo]\ns3 =\n invalid", 3},
      {"[profile foo]\ns3 =\n = value", 3},
      {"[plugins]\nwhatever\n[", 3},
      {"[plugins]\nwhatever\n = \n", 0},
      {"[profile bar]\nwhatever\n[profile foo]", 0},
      {"[DEFAULT]\nwhatever\n[profile foo]\nx=1", 2},
  };
  for (const auto& [text, line] : texts) {
    if (line == 0) {
      EXPECT_EQ(HintOf(text), "") << text;
      continue;
    }
    EXPECT_THAT(HintOf(text),
                StartsWith(" (/p/config, line " + std::to_string(line) + ": "))
        << text;
  }
}

TEST(ProfilesDamage, NeverQuotesTheFilesContent) {
  const std::string secret = "hunter2";
  for (const std::string& text :
       {secret + " = " + secret, "[" + secret,
        "[profile foo]\n" + secret + "\n" + secret,
        "[profile foo]\n= " + secret + "\n",
        "[profile foo]\n" + secret + " =\n  " + secret,
        "[profile foo]\n  " + secret}) {
    EXPECT_THAT(HintOf(text), Not(HasSubstr(secret)));
    EXPECT_THAT(HintOf(text), StartsWith(" (/p/config, line "));
  }
}

TEST(ProfilesDamage, DoesNotHideTheOtherLines) {
  Profiles profiles;
  ParseConfigFile("x\n[profile foo]\na=1\nx\nb=2\n[profile bar]\nc=3", "f",
                  &profiles);
  EXPECT_EQ(profiles.Find("foo")->settings, (Map{{"a", "1"}, {"b", "2"}}));
  EXPECT_EQ(profiles.Find("foo")->damage,
            "f, line 4: a setting is written NAME = VALUE");
  EXPECT_EQ(profiles.Find("bar")->damage, "");
  EXPECT_EQ(profiles.unread.size(), 1U);
}

TEST(ProfilesDamage, AFileInUtf16IsNamedAsSuch) {
  for (const char* mark : {"\xff\xfe", "\xfe\xff"}) {
    EXPECT_EQ(HintOf(mark + std::string("[\0d\0", 4)),
              " (/p/config, line 1: the file is UTF-16; save it as UTF-8)");
  }
}

TEST(ProfilesDamage, OfBothFilesIsNoted) {
  Profiles profiles;
  ParseConfigFile("[profile foo]\nx", "a", &profiles);
  ParseCredentialsFile("[foo]\n\nx", "b", &profiles);
  EXPECT_EQ(profiles.Find("foo")->damage,
            "a, line 2: a setting is written NAME = VALUE; b, line 3: a "
            "setting is written NAME = VALUE");
}

// --------------------------------------------------------------- two files

TEST(ProfilesMerge, TheCredentialsFileWinsWhicheverFileIsReadFirst) {
  const std::string config =
      "[profile foo]\na = config\nb = config\nheld =\n  x = 1\n"
      "over =\n  x = 1\n[services s]\nd =\n  e = 1";
  const std::string credentials =
      "[foo]\nb = credentials\nc = credentials\nover =\n  y = 2\n[new]\nd = 4";
  for (const bool config_first : {true, false}) {
    Profiles profiles;
    if (config_first) {
      ParseConfigFile(config, "", &profiles);
    }
    ParseCredentialsFile(credentials, "", &profiles);
    if (!config_first) {
      ParseConfigFile(config, "", &profiles);
    }
    const ProfileSection& foo = *profiles.Find("foo");
    EXPECT_EQ(foo.settings, (Map{{"a", "config"},
                                 {"b", "credentials"},
                                 {"c", "credentials"},
                                 {"held", ""},
                                 {"over", ""}}));
    EXPECT_EQ(foo.nested, (std::map<std::string, Map>{{"held", {{"x", "1"}}},
                                                      {"over", {{"y", "2"}}}}));
    EXPECT_EQ(profiles.Find("new")->Get("d"), "4");
    EXPECT_EQ(profiles.services.at("s").GetNested("d", "e"), "1");
  }
}

TEST(ReadProfiles, ReadsTheFilesInTheHomeFolder) {
  TestMachine test;
  test.variables = {{"HOME", "/home/kim"}};
  test.Write("/home/kim/.aws/config", "[profile foo]\na = 1\nb = 1");
  test.Write("/home/kim/.aws/credentials", "[foo]\nb = 2");
  const Profiles profiles = ReadProfiles(test.machine());
  EXPECT_EQ(profiles.Find("foo")->settings, (Map{{"a", "1"}, {"b", "2"}}));
  EXPECT_EQ(profiles.Find("bar"), nullptr);
  EXPECT_THAT(test.read, ElementsAre("/home/kim/.aws/config",
                                     "/home/kim/.aws/credentials"));
}

TEST(ReadProfiles, ReadsThePathsInTheVariables) {
  TestMachine test;
  test.variables = {{"HOME", "/home/kim"},
                    {"AWS_CONFIG_FILE", "~/a/config"},
                    {"AWS_SHARED_CREDENTIALS_FILE", "/b/~/credentials"}};
  ReadProfiles(test.machine());
  EXPECT_THAT(test.read, ElementsAre("/home/kim/a/config", "/b/~/credentials"));
}

TEST(ReadProfiles, WithoutHomeReadsOnlyThePathsInTheVariables) {
  TestMachine test;
  ReadProfiles(test.machine());
  EXPECT_THAT(test.read, IsEmpty());
  test.variables = {{"AWS_SHARED_CREDENTIALS_FILE", "/b"}};
  ReadProfiles(test.machine());
  EXPECT_THAT(test.read, ElementsAre("/b"));
}

TEST(ReadProfiles, AMissingFileCountsAsEmpty) {
  TestMachine test;
  test.variables = {{"HOME", "/home/kim"}};
  const Profiles profiles = ReadProfiles(test.machine());
  EXPECT_THAT(profiles.profiles, IsEmpty());
  EXPECT_EQ(profiles.Hint("default"), "");
}

TEST(ReadProfiles, AFileThatCannotBeReadCountsAsEmptyAndIsAHint) {
  for (const char* name : {"config", "credentials"}) {
    const std::string path = std::string("/home/kim/.aws/") + name;
    TestMachine test;
    test.variables = {{"HOME", "/home/kim"}};
    test.Fail(path, {ErrorKind::kInvalidArgument, "cannot read that"});
    EXPECT_EQ(ReadProfiles(test.machine()).Hint("x"), " (cannot read that)");
    test.Write(path, "[foo");
    EXPECT_THAT(ReadProfiles(test.machine()).Hint("x"),
                StartsWith(" (" + path + ", line 1: "));
  }
}

TEST(ExpandHome, ReplacesOnlyATildeBeforeASlashAtTheBeginning) {
  const EnvironmentVariables with = [](const char* name) {
    return std::string(name) == "HOME" ? std::optional<std::string>("/home/kim")
                                       : std::nullopt;
  };
  const EnvironmentVariables without = [](const char*) {
    return std::optional<std::string>();
  };
  EXPECT_EQ(ExpandHome("~/x/~/y", with), "/home/kim/x/~/y");
  for (const char* path : {"", "~", "~kim/x", "/~/x", "x/~/y"}) {
    EXPECT_EQ(ExpandHome(path, with), path);
  }
  EXPECT_EQ(ExpandHome("~/x", without), "~/x");
}

// botocore takes the keys and their token from one file (botocore 1.43,
// SharedCredentialProvider and ConfigProvider): from the credentials file if it
// has an access key id, else from the config file.
TEST(Profiles, KeysAndTheirTokenComeFromOneFile) {
  struct {
    const char *credentials, *config, *id, *secret, *token;
  } const cases[] = {
      {"1st", "..t", "1", "1", "1"}, {"1s.", "..t", "1", "1", ""},
      {"..t", "2st", "2", "2", "2"}, {"..t", "2s.", "2", "2", ""},
      {"1st", "2st", "1", "1", "1"}, {"1s.", "2st", "1", "1", ""},
      {"...", "2st", "2", "2", "2"}, {"1st", "...", "1", "1", "1"},
      {"1..", ".s.", "1", "", ""},   {".s.", "2..", "2", "", ""},
      {".st", "2s.", "2", "2", ""},  {"1..", "2st", "1", "", ""}};
  const auto section = [](const char* header, const std::string& which,
                          const std::string& n) {
    std::string text = std::string(header) + "\nregion = r" + n + "\n";
    if (which[0] != '.') text += "aws_access_key_id = " + n + "\n";
    if (which[1] != '.') text += "aws_secret_access_key = " + n + "\n";
    if (which[2] != '.') text += "aws_session_token = " + n + "\n";
    return text;
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(std::string(c.credentials) + " " + c.config);
    for (const bool config_first : {true, false}) {
      Profiles profiles;
      const std::string config = section("[profile kim]", c.config, "2");
      if (config_first) ParseConfigFile(config, "config", &profiles);
      ParseCredentialsFile(section("[kim]", c.credentials, "1"), "credentials",
                           &profiles);
      if (!config_first) ParseConfigFile(config, "config", &profiles);
      const ProfileSection& kim = *profiles.Find("kim");
      EXPECT_EQ(kim.Get("aws_access_key_id"), c.id);
      EXPECT_EQ(kim.Get("aws_secret_access_key"), c.secret);
      EXPECT_EQ(kim.Get("aws_session_token"), c.token);
      EXPECT_EQ(kim.Get("region"), "r1");
    }
  }
}

}  // namespace
}  // namespace dynamodown
