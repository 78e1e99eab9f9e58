// Random requests, valid and invalid, on a few small tables.
//
// A request begins as one that DynamoDB carries out. Then, as often as not, one
// thing in it is spoiled: a member, a value, an expression, a name, a limit.

#ifndef DYNAMODOWN_TESTS_DIFFERENTIAL_REQUEST_GENERATOR_H_
#define DYNAMODOWN_TESTS_DIFFERENTIAL_REQUEST_GENERATOR_H_

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "support/random.h"

namespace dynamodown_test {

using Json = nlohmann::json;

/// What is odd about a request, when DynamoDB Local is known not to care.
enum class Oddity {
  kNone,
  kUnknownMember,  ///< A member that the API does not have.
  kJsonType,       ///< A member of another JSON type, or bytes not in base64.
  kNotModelled,    ///< A parameter that the double leaves out.
  kConstraint,     ///< Against a documented value set, length or rule.
  kReservedWord,   ///< One of the two that Local does not know.
  kKeySize,        ///< A key too large, where Local does not look.
};

struct Request {
  std::string operation;
  Json body;
  Oddity oddity = Oddity::kNone;
};

/// A table that requests are about. The key attributes are "h" and "r".
struct TestTable {
  std::string name;
  std::string hash_type;
  std::string range_type;  ///< Empty: no range key.
  bool one_hash = false;   ///< All items have the same.
};

/// The requests that make the tables come first: CreateTables().
class RequestGenerator {
 public:
  /// `prefix` begins the tables' names.
  RequestGenerator(uint64_t seed, const std::string& prefix);

  const std::vector<TestTable>& tables() const { return tables_; }
  static Json CreateTable(const TestTable& table);

  Request Next();

 private:
  class Expressions;

  Request ValidRequest();
  Request GetItem();
  Request PutItem();
  Request UpdateItem();
  Request DeleteItem();
  Request Query();
  static std::string Between(Expressions* expressions, const std::string& name,
                             Json low, Json high);
  Request Scan();
  Request BatchGetItem();
  Request BatchWriteItem();
  Request TransactWriteItems();
  Request TableOperation();

  const TestTable& AnyTable() { return random_.Of(tables_); }
  Json KeyValue(const std::string& type, bool hash, const TestTable& table);
  Json Key(const TestTable& table);
  Json Item(const TestTable& table);
  Json Scalar();
  Json AnyValue(int depth);
  Json ValueOf(const std::string& attribute);
  void AddCondition(const char* name, Json* body, bool keys_too);
  void AddReturns(Json* body);
  std::string UpdateText(Expressions* expressions);

  bool Spoil(Request* request);
  bool SpoilMember(Request* request);
  bool SpoilValue(Request* request);
  bool SpoilExpression(Request* request);
  bool SpoilName(Request* request);
  bool SpoilSubstitutions(Request* request);
  bool SpoilLimit(Request* request);

  Random random_;
  const std::string prefix_;
  std::vector<TestTable> tables_;
  Json last_transaction_;
  int tokens_ = 0;
};

}  // namespace dynamodown_test

#endif  // DYNAMODOWN_TESTS_DIFFERENTIAL_REQUEST_GENERATOR_H_
