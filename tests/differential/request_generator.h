// Random requests, valid and invalid, on a few small tables.
//
// The generator first builds each request as a valid one. In about every second
// request, a Spoiler then makes one thing invalid: a member, a value, an
// expression, a name or a limit.

#ifndef DYNAMODOWN_TESTS_DIFFERENTIAL_REQUEST_GENERATOR_H_
#define DYNAMODOWN_TESTS_DIFFERENTIAL_REQUEST_GENERATOR_H_

#include <cstdint>
#include <string>
#include <vector>

#include "differential/request.h"
#include "differential/test_values.h"
#include "support/random.h"

namespace dynamodown_test {

class ExpressionWriter;

/// Generates requests. The caller first creates the tables, with CreateTable.
class RequestGenerator {
 public:
  /// The tables' names begin with `prefix`.
  RequestGenerator(uint64_t seed, const std::string& prefix);

  const std::vector<TestTable>& tables() const { return tables_; }
  static Json CreateTable(const TestTable& table);

  Request Next();

 private:
  Request ValidRequest();
  Request GetItem();
  Request PutItem();
  Request UpdateItem();
  Request DeleteItem();
  Request Query();
  Request Scan();
  Request BatchGetItem();
  Request BatchWriteItem();
  Request TransactWriteItems();
  Json TransactionMember(const TestTable& table, const Json& key);
  Request TableOperation();

  const TestTable& AnyTable() { return random_.Of(tables_); }
  std::string KeyCondition(const TestTable& table, const Json& hash,
                           ExpressionWriter* expressions);
  void AddCondition(const char* name, Json* body, bool keys_too);
  void AddReturns(Json* body);

  Random random_;
  TestValues values_{&random_};
  const std::string prefix_;
  std::vector<TestTable> tables_;
  Json last_transaction_;
  int tokens_ = 0;
};

}  // namespace dynamodown_test

#endif  // DYNAMODOWN_TESTS_DIFFERENTIAL_REQUEST_GENERATOR_H_
