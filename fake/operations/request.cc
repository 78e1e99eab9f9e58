#include "fake/operations/request.h"

#include <algorithm>
#include <regex>

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

const Json& KeyMember(const Json& request) {
  const Json* key = Object(request, "Key");
  if (key == nullptr) {
    RefuseInvalid(
        "Cannot have null key for GetItem, DeleteItem, or UpdateItem");
  }
  return *key;
}

std::string PlainTableName(const std::string& name_or_arn) {
  static const std::regex arn(
      "arn:aws[a-z-]*:dynamodb:[a-z0-9-]+:[0-9]{12}:table/([^/:]+)");
  std::smatch parts;
  return std::regex_match(name_or_arn, parts, arn) ? parts[1].str()
                                                   : name_or_arn;
}

void CheckTableName(const std::string& name_or_arn) {
  const std::string name = PlainTableName(name_or_arn);
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
  std::string name = String(request, "TableName", "");
  CheckTableName(name);
  return name;
}

CapacityDetail CapacityWanted(const Json& request) {
  const std::string detail = OneOf(request, "ReturnConsumedCapacity",
                                   {"INDEXES", "TOTAL", "NONE"}, "NONE");
  return detail == "NONE"    ? CapacityDetail::kNone
         : detail == "TOTAL" ? CapacityDetail::kTotal
                             : CapacityDetail::kIndexes;
}

Json CapacityOf(const std::string& table, double units, CapacityDetail detail) {
  Json capacity = {{"TableName", table}, {"CapacityUnits", units}};
  if (detail == CapacityDetail::kIndexes) {
    capacity["Table"] = {{"CapacityUnits", units}};
  }
  return capacity;
}

Json CapacitiesOf(const std::map<std::string, double>& units,
                  CapacityDetail detail) {
  Json list = Json::array();
  for (const auto& [table, sum] : units) {
    list.push_back(CapacityOf(table, sum, detail));
  }
  return list;
}

size_t SizeOrZero(const Item* item) {
  return item == nullptr ? 0 : SizeOf(*item);
}

void RefuseMissingTable() {
  throw Refusal{"ResourceNotFoundException", "Requested resource not found"};
}

}  // namespace dynamodown::fake
