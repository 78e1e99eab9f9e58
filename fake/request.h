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

// Each throws a Refusal for a member of another type, and those called Required
// for one that is not there. An absent one is null, or `absent`.

const Json* Member(const Json& request, const std::string& name);
const Json& Required(const Json& request, const std::string& name);
const Json& RequiredObject(const Json& request, const std::string& name);
const Json& RequiredArray(const Json& request, const std::string& name);
std::string String(const Json& request, const std::string& name,
                   const std::string& absent);
std::string RequiredString(const Json& request, const std::string& name);
bool Bool(const Json& request, const std::string& name, bool absent);
/// At least 1.
size_t Count(const Json& request, const std::string& name, size_t absent);
std::string OneOf(const Json& request, const std::string& name,
                  std::initializer_list<const char*> values,
                  const std::string& absent);

/// Throws a Refusal for a member that is not `known`: never ignored.
void CheckMembers(const Json& request, const std::string& where,
                  std::initializer_list<const char*> known);
void CheckTableName(const std::string& name);
std::string TableName(const Json& request);

bool WantsCapacity(const Json& request);
Json CapacityOf(const std::string& table, double units);
Json CapacitiesOf(const std::map<std::string, double>& units);

/// Empty `names` are all.
Json Project(const Item& item, const std::vector<std::string>& names);
size_t SizeOrZero(const Item* item);

[[noreturn]] void RefuseMissingTable();

}  // namespace dynamodown::fake

#endif  // DYNAMODOWN_FAKE_REQUEST_H_
