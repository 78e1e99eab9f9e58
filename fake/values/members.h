// Typed access to the members of a request.
//
// Each function throws a Refusal if the member has another type. A null member
// counts as missing; a missing member reads as null or as `absent`.

#ifndef DYNAMODOWN_FAKE_VALUES_MEMBERS_H_
#define DYNAMODOWN_FAKE_VALUES_MEMBERS_H_

#include <cstddef>
#include <initializer_list>
#include <string>

#include "fake/values/refusal.h"

namespace dynamodown::fake {

const Json* Member(const Json& request, const char* name);
const Json* Object(const Json& request, const char* name);
const Json* Array(const Json& request, const char* name);
std::string String(const Json& request, const char* name,
                   const std::string& absent);
bool Bool(const Json& request, const char* name, bool absent);
/// Refuses numbers below 1.
size_t Count(const Json& request, const char* name, size_t absent);
/// Refuses a string that is not in `values`.
std::string OneOf(const Json& request, const char* name,
                  std::initializer_list<const char*> values,
                  const std::string& absent);

/// Throws a Refusal for a member that is not in `known`, so that the fake
/// ignores nothing silently. The message says whether DynamoDB knows the member
/// and only the fake does not model it.
void CheckMembers(const Json& request, const std::string& where,
                  std::initializer_list<const char*> known);

/// "... failed to satisfy constraint: Member must ...".
[[noreturn]] void RefuseConstraint(const std::string& value,
                                   const std::string& place,
                                   const std::string& must);

}  // namespace dynamodown::fake

#endif  // DYNAMODOWN_FAKE_VALUES_MEMBERS_H_
