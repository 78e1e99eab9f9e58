// Makes one thing in a valid request invalid.

#ifndef DYNAMODOWN_TESTS_DIFFERENTIAL_SPOILER_H_
#define DYNAMODOWN_TESTS_DIFFERENTIAL_SPOILER_H_

#include <optional>
#include <string>
#include <vector>

#include "differential/request.h"
#include "differential/test_values.h"
#include "support/random.h"

namespace dynamodown_test {

class Spoiler {
 public:
  /// `tables[3]` must have a hash key of type S and no range key; the last
  /// table must have `one_hash`.
  Spoiler(Random* random, const std::vector<TestTable>* tables,
          const std::string& prefix)
      : random_(*random), tables_(*tables), prefix_(prefix) {}

  /// Spoils the request in a random way. If that way does not fit the request,
  /// leaves it valid and returns false.
  bool Spoil(Request* request);

 private:
  bool SpoilMember(Request* request);
  bool SpoilValue(Request* request);
  bool SpoilExpression(Request* request);
  std::optional<std::string> SpoiledText(const std::string& name,
                                         const std::string& text, size_t kind);
  bool SpoilName(Request* request);
  bool SpoilSubstitutions(Request* request);

  // Limits, one function for each group of operations: spoiled_limits.cc.
  bool SpoilLimit(Request* request);
  bool SpoilPageLimit(Request* request);
  bool SpoilTableLimit(Request* request);
  bool SpoilTransactionLimit(Request* request);
  bool SpoilBatchLimit(Request* request);
  bool SpoilItemLimit(Request* request);

  Random& random_;
  const std::vector<TestTable>& tables_;
  const std::string prefix_;
};

}  // namespace dynamodown_test

#endif  // DYNAMODOWN_TESTS_DIFFERENTIAL_SPOILER_H_
