#include "support/servers.h"

#include <cstdlib>
#include <fstream>
#include <stdexcept>

namespace dynamodown_test {

std::string Endpoint(const std::string& name) {
  const char* folder = std::getenv("DYNAMODOWN_TEST_SERVERS");
  if (folder == nullptr) {
    throw std::runtime_error(
        "DYNAMODOWN_TEST_SERVERS is not set: run this test with ctest, which "
        "starts " +
        name + " first");
  }
  const std::string file = std::string(folder) + "/" + name + ".endpoint";
  std::ifstream in(file);
  std::string url;
  if (!std::getline(in, url) || url.empty()) {
    throw std::runtime_error(name + " is not running: cannot read " + file);
  }
  return url;
}

void UseLocalCredentials() {
  for (const char* name :
       {"AWS_SESSION_TOKEN", "AWS_PROFILE", "AWS_DEFAULT_REGION",
        "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_DYNAMODB", "AWS_CA_BUNDLE"}) {
    unsetenv(name);
  }
  setenv("AWS_ACCESS_KEY_ID", "local", 1);
  setenv("AWS_SECRET_ACCESS_KEY", "local", 1);
  setenv("AWS_REGION", "us-east-1", 1);
  setenv("AWS_EC2_METADATA_DISABLED", "true", 1);
}

std::string FlagOr(int argc, char** argv, const std::string& name,
                   const char* variable, const std::string& otherwise) {
  const std::string start = "--" + name + "=";
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    if (argument.starts_with(start)) return argument.substr(start.size());
  }
  const char* value = std::getenv(variable);
  return value == nullptr ? otherwise : value;
}

}  // namespace dynamodown_test
