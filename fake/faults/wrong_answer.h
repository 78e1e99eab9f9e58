// Answers that have the right form but do not fit their question, as a damaged
// cache or a broken proxy might send them. Pure: the same choice gives the same
// answer.

#ifndef DYNAMODOWN_FAKE_FAULTS_WRONG_ANSWER_H_
#define DYNAMODOWN_FAKE_FAULTS_WRONG_ANSWER_H_

#include <cstdint>
#include <string>

#include "fake/values/refusal.h"

namespace dynamodown::fake {

/// The names of a table's key attributes. `range` is empty if it has none.
struct TableKeyNames {
  std::string hash;
  std::string range;
};

/// Changes `*answer`, the operation's answer to `request`, in one of the ways
/// that are possible for it: keys that fall, come twice, or were not asked for;
/// a LastEvaluatedKey that leads back; a count or units out of range. Changes
/// nothing if no way is possible.
void MakeWrong(const std::string& operation, const Json& request,
               const TableKeyNames& keys, uint64_t choice, Json* answer);

}  // namespace dynamodown::fake

#endif  // DYNAMODOWN_FAKE_FAULTS_WRONG_ANSWER_H_
