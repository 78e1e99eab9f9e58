// Runs the contract on one engine: contract_test --engine=local-b.

#include "contract/contract.h"

int main(int argc, char** argv) {
  return dynamodown_test::RunContract(argc, argv);
}
