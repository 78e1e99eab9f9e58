// What the operations have in common: a request's members, with their types,
// and the parts of an answer.

#ifndef DYNAMODOWN_FAKE_REQUEST_H_
#define DYNAMODOWN_FAKE_REQUEST_H_

#include <cstddef>
#include <initializer_list>
#include <map>
#include <string>
#include <vector>

#include "fake/value.h"

namespace dynamodown::fake {

/// Units of one item, or of one page's sum: 1 KB a unit of writing, 4 KB a unit
/// of reading, each rounded up ("Read/write capacity mode", Developer Guide).
double WriteUnits(size_t bytes);
double ReadUnits(size_t bytes, bool consistent);

// Each throws a Refusal for a member of another type. One that is null is not
// there; an absent one is null, or `absent`.

const Json* Member(const Json& request, const char* name);
const Json* Object(const Json& request, const char* name);
const Json* Array(const Json& request, const char* name);
std::string String(const Json& request, const char* name,
                   const std::string& absent);
bool Bool(const Json& request, const char* name, bool absent);
/// At least 1.
size_t Count(const Json& request, const char* name, size_t absent);
std::string OneOf(const Json& request, const char* name,
                  std::initializer_list<const char*> values,
                  const std::string& absent);
/// The key of an operation on one item; must be there.
const Json& KeyMember(const Json& request);

/// Throws a Refusal for a member that is not `known`: never ignored. One that
/// the service has, and the double has not, is told apart.
void CheckMembers(const Json& request, const std::string& where,
                  std::initializer_list<const char*> known);
void CheckTableName(const std::string& name);
std::string TableName(const Json& request);

/// How much an answer tells of the units that it took.
enum class CapacityDetail { kNone, kTotal, kIndexes };

CapacityDetail CapacityWanted(const Json& request);
/// Not for kNone.
Json CapacityOf(const std::string& table, double units, CapacityDetail detail);
Json CapacitiesOf(const std::map<std::string, double>& units,
                  CapacityDetail detail);

size_t SizeOrZero(const Item* item);

[[noreturn]] void RefuseMissingTable();
/// "... failed to satisfy constraint: Member must ...".
[[noreturn]] void RefuseConstraint(const std::string& value,
                                   const std::string& place,
                                   const std::string& must);

}  // namespace dynamodown::fake

#endif  // DYNAMODOWN_FAKE_REQUEST_H_
