// Runs the contract on a decorated store: contract_counting_test
// --engine=local-b.

#include <atomic>
#include <cstddef>
#include <cstdio>
#include <memory>
#include <string>
#include <utility>

#include "contract/contract.h"
#include "contract/counting_store.h"
#include "db/open_environment.h"

int main(int argc, char** argv) {
  static std::atomic<size_t> calls{0};
  dynamodown_test::UseOpener([](const dynamodown::Options& options,
                                const std::string& location,
                                dynamodown::Database** db) {
    dynamodown::OpenEnvironment environment;
    environment.decorate = [](std::unique_ptr<dynamodown::Store> store) {
      return std::make_unique<dynamodown::CountingStore>(std::move(store),
                                                         &calls);
    };
    return dynamodown::OpenIn(environment, options, location, db);
  });
  const int failed = dynamodown_test::RunContract(argc, argv);
  if (failed != 0) return failed;
  std::printf("%zu calls went through the decorator\n", calls.load());
  return calls.load() > 0 ? 0 : 1;
}
