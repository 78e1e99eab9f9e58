// The sources of credentials. Each one's set_up writes files and sets
// environment variables that lead to a LoopbackAws.

#ifndef DYNAMODOWN_TESTS_AWS_PLACES_H_
#define DYNAMODOWN_TESTS_AWS_PLACES_H_

#include <cstdlib>
#include <fstream>
#include <map>
#include <ostream>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/crypto.h"
#include "support/loopback_aws.h"
#include "support/temp_dir.h"

namespace dynamodown_test {

inline void WriteFile(const std::string& path, const std::string& text) {
  std::ofstream(path, std::ios::trunc) << text;
}

/// A home directory with AWS's files, and an environment that refers to no
/// others.
struct Home {
  explicit Home(LoopbackAws* a) : aws(a) {
    environment["HOME"] = folder.path();
    environment["AWS_CONFIG_FILE"] = folder.Child("config");
    environment["AWS_SHARED_CREDENTIALS_FILE"] = folder.Child("credentials");
    environment["AWS_REGION"] = "eu-west-1";
    environment["AWS_ENDPOINT_URL"] = aws->url();
    environment["AWS_EC2_METADATA_SERVICE_ENDPOINT"] = aws->url();
    environment["AWS_EC2_METADATA_DISABLED"] = "false";
  }
  void Config(const std::string& text) {
    WriteFile(folder.Child("config"), text);
  }
  void Credentials(const std::string& text) {
    WriteFile(folder.Child("credentials"), text);
  }
  /// Sets the next output of the files' credential_process.
  void ProcessPrints(const IssuedCredentials& issued) {
    WriteFile(folder.Child("process.json"),
              R"({"Version":1,"AccessKeyId":")" + issued.id +
                  R"(","SecretAccessKey":")" + issued.secret +
                  R"(","SessionToken":")" + issued.token +
                  R"(","Expiration":")" +
                  dynamodown::FormatTime(issued.expires) + "\"}");
  }

  LoopbackAws* const aws;
  TempDir folder;
  std::map<std::string, std::string> environment;
};

struct Place {
  std::string name;
  /// Part of the ids that this source issues.
  std::string hands_out;
  void (*set_up)(Home* home);
  /// The credentials expire.
  bool temporary = true;
};

inline void PrintTo(const Place& place, std::ostream* out) {
  *out << place.name;
}

inline std::string KeysOf(const IssuedCredentials& issued) {
  return "aws_access_key_id = " + issued.id +
         "\naws_secret_access_key = " + issued.secret + "\n";
}

inline void CacheSsoToken(Home* home, const std::string& sha1_of) {
  const std::string folder = home->folder.Child(".aws/sso/cache");
  std::filesystem::create_directories(folder);
  std::string name;
  dynamodown::AppendHex(dynamodown::AsBytes(dynamodown::Sha1(sha1_of)), &name);
  WriteFile(folder + "/" + name + ".json",
            R"({"startUrl":"https://kim.awsapps.com/start","region":)"
            R"("eu-west-1","accessToken":")" +
                home->aws->sso_token() +
                R"(","expiresAt":"2099-01-01T00:00:00Z"})");
}

inline std::vector<Place> AllPlaces() {
  return {
      {"Environment", "static",
       [](Home* home) {
         const IssuedCredentials issued = home->aws->Issue("static", false);
         home->environment["AWS_ACCESS_KEY_ID"] = issued.id;
         home->environment["AWS_SECRET_ACCESS_KEY"] = issued.secret;
       },
       false},
      {"CredentialsFile", "static",
       [](Home* home) {
         home->Credentials("[default]\n" +
                           KeysOf(home->aws->Issue("static", false)));
       },
       false},
      {"ConfigFile", "static",
       [](Home* home) {
         home->environment["AWS_PROFILE"] = "dev";
         home->Config("[profile dev]\n" +
                      KeysOf(home->aws->Issue("static", false)));
       },
       false},
      {"Process", "process",
       [](Home* home) {
         home->ProcessPrints(home->aws->Issue("process", true));
         home->Config("[default]\ncredential_process = cat '" +
                      home->folder.Child("process.json") + "'\n");
       }},
      {"RoleOfSourceProfile", "sts",
       [](Home* home) {
         home->Config(
             "[default]\nrole_arn = arn:aws:iam::111122223333:role/reader\n"
             "source_profile = base\nexternal_id = 42\n"
             "[profile base]\n" +
             KeysOf(home->aws->Issue("base", false)));
       }},
      {"RoleOfRole", "sts",
       [](Home* home) {
         home->Config(
             "[default]\nrole_arn = arn:aws:iam::111122223333:role/outer\n"
             "source_profile = middle\n"
             "[profile middle]\n"
             "role_arn = arn:aws:iam::111122223333:role/inner\n"
             "source_profile = base\n"
             "[profile base]\n" +
             KeysOf(home->aws->Issue("base", false)));
       }},
      {"RoleOfEnvironment", "sts",
       [](Home* home) {
         const IssuedCredentials issued = home->aws->Issue("base", false);
         home->environment["AWS_ACCESS_KEY_ID"] = issued.id;
         home->environment["AWS_SECRET_ACCESS_KEY"] = issued.secret;
         home->environment["PROFILE_BY_NAME"] = "role";
         home->Config(
             "[profile role]\nrole_arn = arn:aws:iam::1:role/reader\n"
             "credential_source = Environment\n");
       }},
      {"RoleOfInstance", "sts",
       [](Home* home) {
         home->Config(
             "[default]\nrole_arn = arn:aws:iam::1:role/reader\n"
             "credential_source = Ec2InstanceMetadata\n");
       }},
      {"RoleOfContainer", "sts",
       [](Home* home) {
         home->environment["AWS_CONTAINER_CREDENTIALS_FULL_URI"] =
             home->aws->url() + "/container";
         home->environment["AWS_CONTAINER_AUTHORIZATION_TOKEN"] =
             home->aws->container_token();
         home->Config(
             "[default]\nrole_arn = arn:aws:iam::1:role/reader\n"
             "credential_source = EcsContainer\n");
       }},
      {"WebIdentityOfProfile", "web",
       [](Home* home) {
         WriteFile(home->folder.Child("token"), home->aws->web_token());
         home->Config(
             "[default]\nrole_arn = arn:aws:iam::1:role/reader\n"
             "web_identity_token_file = " +
             home->folder.Child("token") + "\n");
       }},
      {"WebIdentityOfEnvironment", "web",
       [](Home* home) {
         WriteFile(home->folder.Child("token"), home->aws->web_token());
         home->environment["AWS_WEB_IDENTITY_TOKEN_FILE"] =
             home->folder.Child("token");
         home->environment["AWS_ROLE_ARN"] = "arn:aws:iam::1:role/reader";
       }},
      {"IdentityCenterSession", "sso",
       [](Home* home) {
         CacheSsoToken(home, "kim");
         home->Config(
             "[default]\nsso_session = kim\nsso_account_id = 111122223333\n"
             "sso_role_name = Reader\n"
             "[sso-session kim]\nsso_region = eu-west-1\n"
             "sso_start_url = https://kim.awsapps.com/start\n");
       }},
      {"IdentityCenterLegacy", "sso",
       [](Home* home) {
         CacheSsoToken(home, "https://kim.awsapps.com/start");
         home->Config(
             "[default]\nsso_account_id = 111122223333\n"
             "sso_role_name = Reader\nsso_region = eu-west-1\n"
             "sso_start_url = https://kim.awsapps.com/start\n");
       }},
      {"Container", "container",
       [](Home* home) {
         home->environment["AWS_CONTAINER_CREDENTIALS_FULL_URI"] =
             home->aws->url() + "/container";
         home->environment["AWS_CONTAINER_AUTHORIZATION_TOKEN"] =
             home->aws->container_token();
       }},
      {"ContainerWithTokenFile", "container",
       [](Home* home) {
         WriteFile(home->folder.Child("token"), home->aws->container_token());
         home->environment["AWS_CONTAINER_CREDENTIALS_FULL_URI"] =
             home->aws->url() + "/container";
         home->environment["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"] =
             home->folder.Child("token");
       }},
      {"InstanceMetadata", "imds", [](Home*) {}},
  };
}

}  // namespace dynamodown_test

#endif  // DYNAMODOWN_TESTS_AWS_PLACES_H_
