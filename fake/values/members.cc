#include "fake/values/members.h"

#include <algorithm>
#include <cstdint>
#include <iterator>

namespace dynamodown::fake {
namespace {

constexpr int64_t kCountMax = 2'147'483'647;

/// DynamoDB's parameters that the fake does not model, among them the legacy
/// ones that expressions replaced.
constexpr const char* kNotModelled[] = {
    "AttributeUpdates",
    "AttributesToGet",
    "ConditionalOperator",
    "DeletionProtectionEnabled",
    "Expected",
    "GlobalSecondaryIndexes",
    "IndexName",
    "KeyConditions",
    "LocalSecondaryIndexes",
    "OnDemandThroughput",
    "QueryFilter",
    "ResourcePolicy",
    "SSESpecification",
    "ScanFilter",
    "Segment",
    "StreamSpecification",
    "TableClass",
    "Tags",
    "TotalSegments",
    "WarmThroughput",
};

}  // namespace

const Json* Member(const Json& request, const char* name) {
  const auto found = request.find(name);
  return found == request.end() || found->is_null() ? nullptr : &*found;
}

const Json* Object(const Json& request, const char* name) {
  const Json* member = Member(request, name);
  if (member != nullptr && !member->is_object()) {
    RefuseMalformed(std::string(name) + " must be a map");
  }
  return member;
}

const Json* Array(const Json& request, const char* name) {
  const Json* member = Member(request, name);
  if (member != nullptr && !member->is_array()) {
    RefuseMalformed(std::string(name) + " must be a list");
  }
  return member;
}

std::string String(const Json& request, const char* name,
                   const std::string& absent) {
  const Json* member = Member(request, name);
  if (member == nullptr) return absent;
  if (!member->is_string()) {
    RefuseMalformed(std::string(name) + " must be a string");
  }
  return member->get<std::string>();
}

bool Bool(const Json& request, const char* name, bool absent) {
  const Json* member = Member(request, name);
  if (member == nullptr) return absent;
  if (!member->is_boolean()) {
    RefuseMalformed(std::string(name) + " must be a boolean");
  }
  return member->get<bool>();
}

size_t Count(const Json& request, const char* name, size_t absent) {
  const Json* member = Member(request, name);
  if (member == nullptr) return absent;
  if (!member->is_number_integer() || *member > kCountMax) {
    RefuseMalformed(std::string(name) + " must be an integer of 32 bits");
  }
  if (*member < 1) {
    RefuseInvalid(std::string(name) + " must be greater than or equal to 1");
  }
  return member->get<size_t>();
}

std::string OneOf(const Json& request, const char* name,
                  std::initializer_list<const char*> values,
                  const std::string& absent) {
  const std::string value = String(request, name, absent);
  if (value == absent ||
      std::find(values.begin(), values.end(), value) != values.end()) {
    return value;
  }
  std::string all;
  for (const char* v : values)
    all += (all.empty() ? "" : ", ") + std::string(v);
  std::string place = name;
  place[0] = static_cast<char>(place[0] - 'A' + 'a');
  RefuseConstraint("'" + value + "'", place,
                   "satisfy enum value set: [" + all + "]");
}

void RefuseConstraint(const std::string& value, const std::string& place,
                      const std::string& must) {
  RefuseInvalid("1 validation error detected: Value " + value + " at '" +
                place + "' failed to satisfy constraint: Member must " + must);
}

void CheckMembers(const Json& request, const std::string& where,
                  std::initializer_list<const char*> known) {
  if (!request.is_object()) RefuseMalformed(where + " must be a map");
  for (auto at = request.begin(); at != request.end(); ++at) {
    const std::string& name = at.key();
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
    if (std::find(std::begin(kNotModelled), std::end(kNotModelled), name) !=
        std::end(kNotModelled)) {
      RefuseInvalid(name + " is not modelled by this in-memory service");
    }
    RefuseMalformed(where + " has no member " + name);
  }
}

}  // namespace dynamodown::fake
