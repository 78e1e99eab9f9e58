// Parts of requests and answers that several operations share.

#ifndef DYNAMODOWN_FAKE_OPERATIONS_REQUEST_H_
#define DYNAMODOWN_FAKE_OPERATIONS_REQUEST_H_

#include <cstddef>
#include <map>
#include <string>

#include "fake/values/members.h"
#include "fake/values/value.h"

namespace dynamodown::fake {

/// The units for `bytes`: the size of one item, or of all items of a page. A
/// write unit is 1 KB, a read unit 4 KB, each rounded up; an eventually
/// consistent read costs half ("Read/write capacity mode" in the Developer
/// Guide).
double WriteUnits(size_t bytes);
double ReadUnits(size_t bytes, bool consistent);

/// The required "Key" of an operation on one item.
const Json& KeyMember(const Json& request);

/// A request may name a table by its ARN (API Reference, `TableName` of each
/// operation). The answer then has the ARN, too (`Responses` of BatchGetItem).
std::string PlainTableName(const std::string& name_or_arn);
void CheckTableName(const std::string& name_or_arn);
/// The request's "TableName": a name or an ARN.
std::string TableName(const Json& request);

/// How much capacity detail the answer reports.
enum class CapacityDetail { kNone, kTotal, kIndexes };

CapacityDetail CapacityWanted(const Json& request);
/// The ConsumedCapacity of one table. `detail` is not kNone.
Json CapacityOf(const std::string& table, double units, CapacityDetail detail);
Json CapacitiesOf(const std::map<std::string, double>& units,
                  CapacityDetail detail);

/// 0 if `item` is null.
size_t SizeOrZero(const Item* item);

[[noreturn]] void RefuseMissingTable();

}  // namespace dynamodown::fake

#endif  // DYNAMODOWN_FAKE_OPERATIONS_REQUEST_H_
