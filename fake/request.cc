#include "fake/request.h"

#include <algorithm>

namespace dynamodown::fake {
namespace {

constexpr size_t kWriteUnitBytes = 1024;
constexpr size_t kReadUnitBytes = 4096;

double RoundUp(size_t bytes, size_t unit) {
  return static_cast<double>(std::max<size_t>(1, (bytes + unit - 1) / unit));
}

}  // namespace

double WriteUnits(size_t bytes) { return RoundUp(bytes, kWriteUnitBytes); }
double ReadUnits(size_t bytes, bool consistent) {
  return RoundUp(bytes, kReadUnitBytes) * (consistent ? 1 : 0.5);
}

const Json* Member(const Json& request, const std::string& name) {
  const auto found = request.find(name);
  return found == request.end() ? nullptr : &*found;
}

const Json& Required(const Json& request, const std::string& name) {
  const Json* member = Member(request, name);
  if (member == nullptr) {
    RefuseInvalid("1 validation error detected: Value null at '" + name +
                  "' failed to satisfy constraint: Member must not be null");
  }
  return *member;
}

const Json& RequiredObject(const Json& request, const std::string& name) {
  const Json& member = Required(request, name);
  if (!member.is_object()) RefuseMalformed(name + " must be a map");
  return member;
}

const Json& RequiredArray(const Json& request, const std::string& name) {
  const Json& member = Required(request, name);
  if (!member.is_array()) RefuseMalformed(name + " must be a list");
  return member;
}

std::string String(const Json& request, const std::string& name,
                   const std::string& absent) {
  const Json* member = Member(request, name);
  if (member == nullptr) return absent;
  if (!member->is_string()) RefuseMalformed(name + " must be a string");
  return member->get<std::string>();
}

std::string RequiredString(const Json& request, const std::string& name) {
  Required(request, name);
  return String(request, name, "");
}

bool Bool(const Json& request, const std::string& name, bool absent) {
  const Json* member = Member(request, name);
  if (member == nullptr) return absent;
  if (!member->is_boolean()) RefuseMalformed(name + " must be a boolean");
  return member->get<bool>();
}

size_t Count(const Json& request, const std::string& name, size_t absent) {
  const Json* member = Member(request, name);
  if (member == nullptr) return absent;
  if (!member->is_number_integer()) {
    RefuseMalformed(name + " must be an integer");
  }
  if (member->get<int64_t>() < 1) {
    RefuseInvalid("1 validation error detected: Value '" + member->dump() +
                  "' at '" + name +
                  "' failed to satisfy constraint: Member must have value "
                  "greater than or equal to 1");
  }
  return member->get<size_t>();
}

std::string OneOf(const Json& request, const std::string& name,
                  std::initializer_list<const char*> values,
                  const std::string& absent) {
  const std::string value = String(request, name, absent);
  if (value != absent &&
      std::none_of(values.begin(), values.end(),
                   [&](const char* v) { return value == v; })) {
    RefuseInvalid("The value '" + value + "' of " + name +
                  " is not valid or not modelled");
  }
  return value;
}

void CheckMembers(const Json& request, const std::string& where,
                  std::initializer_list<const char*> known) {
  if (!request.is_object()) RefuseMalformed(where + " must be a map");
  for (const auto& [name, value] : request.items()) {
    if (std::none_of(known.begin(), known.end(),
                     [&, n = name](const char* k) { return n == k; })) {
      RefuseMalformed(where + " has no member " + name +
                      ", or it is not modelled");
    }
  }
}

void CheckTableName(const std::string& name) {
  const bool valid =
      name.size() >= 3 && name.size() <= 255 &&
      std::all_of(name.begin(), name.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
               (c >= '0' && c <= '9') || c == '_' || c == '.' || c == '-';
      });
  if (!valid) {
    RefuseInvalid(
        "Invalid table/index name.  Table/index names must be "
        "between 3 and 255 characters long, and may contain only "
        "the characters a-z, A-Z, 0-9, '_', '-', and '.'");
  }
}

std::string TableName(const Json& request) {
  std::string name = RequiredString(request, "TableName");
  CheckTableName(name);
  return name;
}

bool WantsCapacity(const Json& request) {
  return OneOf(request, "ReturnConsumedCapacity", {"TOTAL"}, "NONE") == "TOTAL";
}

Json CapacityOf(const std::string& table, double units) {
  return {{"TableName", table}, {"CapacityUnits", units}};
}

Json CapacitiesOf(const std::map<std::string, double>& units) {
  Json list = Json::array();
  for (const auto& [table, sum] : units) list.push_back(CapacityOf(table, sum));
  return list;
}

Json Project(const Item& item, const std::vector<std::string>& names) {
  if (names.empty()) return JsonOfItem(item);
  Item projected;
  for (const std::string& name : names) {
    const auto found = item.find(name);
    if (found != item.end()) projected.insert(*found);
  }
  return JsonOfItem(projected);
}

size_t SizeOrZero(const Item* item) {
  return item == nullptr ? 0 : SizeOf(*item);
}

void RefuseMissingTable() {
  throw Refusal{"ResourceNotFoundException", "Requested resource not found"};
}

}  // namespace dynamodown::fake
