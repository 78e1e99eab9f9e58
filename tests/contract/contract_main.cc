// Runs the contract on one engine: contract_test --engine=local-b.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>

#include "contract/contract.h"
#include "support/servers.h"

int main(int argc, char** argv) {
  dynamodown_test::UseLocalCredentials();
  const std::string engine = dynamodown_test::FlagOr(
      argc, argv, "engine", "DYNAMODOWN_TEST_ENGINE", "");
  const auto& names = dynamodown_test::EngineNames();
  if (std::find(names.begin(), names.end(), engine) == names.end()) {
    std::string all;
    for (const std::string& name : names) all += " " + name;
    std::fprintf(stderr, "usage: contract_test --engine=NAME, one of%s\n",
                 all.c_str());
    return 2;
  }
  dynamodown_test::UseEngine(engine);
  testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
