// CreateTable, DescribeTable, DeleteTable and ListTables.

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "fake/operations/request.h"
#include "fake/operations/service.h"

namespace dynamodown::fake {
namespace {

constexpr size_t kTableListMax = 100;
constexpr size_t kKeyNameBytesMax = 255;
constexpr int64_t kTableUnitsMax = 40'000;

std::string NameOf(const Json& attribute) {
  if (Member(attribute, "AttributeName") == nullptr) {
    RefuseInvalid("Attribute name must be specified.");
  }
  std::string name = String(attribute, "AttributeName", "");
  if (name.empty() || name.size() > kKeyNameBytesMax) {
    RefuseInvalid(
        "Names of key attributes and attributes projected into an index must "
        "be between 1 and 255 characters, inclusive");
  }
  return name;
}

/// The types of the attributes that CreateTable defines, by name.
std::map<std::string, std::string> TypesOf(const Json& request) {
  const Json* definitions = Array(request, "AttributeDefinitions");
  if (definitions == nullptr) RefuseInvalid("No Attribute Schema Defined");
  std::map<std::string, std::string> types;
  for (const Json& definition : *definitions) {
    CheckMembers(definition, "AttributeDefinition",
                 {"AttributeName", "AttributeType"});
    const std::string name = NameOf(definition);
    if (Member(definition, "AttributeType") == nullptr) {
      RefuseInvalid(
          "Invalid Attribute value. Must contain exactly one of the supported "
          "datatypes.");
    }
    const std::string type = String(definition, "AttributeType", "");
    if (type != "S" && type != "N" && type != "B") {
      RefuseInvalid("Member must satisfy enum value set: [B, N, S]");
    }
    if (!types.emplace(name, type).second) {
      RefuseInvalid("Cannot have two attributes with the same name");
    }
  }
  return types;
}

/// Returns the hash key, followed by the range key if the table has one.
std::vector<KeyAttribute> KeysOf(
    const Json& request, const std::map<std::string, std::string>& types) {
  const Json* schema = Array(request, "KeySchema");
  if (schema == nullptr) {
    RefuseInvalid(
        "No defined key schema.  A key schema containing at least a hash key "
        "must be defined for all tables");
  }
  std::vector<KeyAttribute> keys;
  std::vector<std::string> kinds;
  for (const Json& element : *schema) {
    CheckMembers(element, "KeySchemaElement", {"AttributeName", "KeyType"});
    keys.push_back({NameOf(element), ""});
    if (Member(element, "KeyType") == nullptr) {
      RefuseInvalid(
          "One or more keys is not specified as being hash or range.");
    }
    kinds.push_back(OneOf(element, "KeyType", {"HASH", "RANGE"}, ""));
  }
  const auto hashes = std::count(kinds.begin(), kinds.end(), "HASH");
  if (kinds.size() > 2) {
    RefuseInvalid(
        "Key Schema too big.  Key Schema must at most consist of the hash and "
        "range key of a table");
  }
  if (hashes != 1) {
    RefuseInvalid(std::string(hashes == 0 ? "No Hash Key specified in schema."
                                          : "Too many hash keys specified.") +
                  "  All Dynamo DB tables must have exactly one hash key");
  }
  if (kinds[0] != "HASH") {
    RefuseInvalid(
        "Invalid key order. Hash Key must be specified first in key schema, "
        "Range Key must be specifed second");
  }
  if (keys.size() == 2 && keys[0].name == keys[1].name) {
    RefuseInvalid("Two keys can not have the same name");
  }
  for (KeyAttribute& key : keys) {
    const auto found = types.find(key.name);
    if (found == types.end()) {
      RefuseInvalid(
          std::string(&key == &keys[0] ? "Hash" : "Range") +
          " Key not specified in Attribute Definitions.  Type unknown.");
    }
    key.type = found->second;
  }
  if (types.size() != keys.size()) {
    RefuseInvalid(
        "The number of attributes in key schema must match the number of "
        "attributes defined in attribute definitions.");
  }
  return keys;
}

/// The ProvisionedThroughput that DescribeTable shows.
Json ThroughputOf(const Json& request, bool provisioned) {
  Json throughput = {{"ReadCapacityUnits", 0},
                     {"WriteCapacityUnits", 0},
                     {"NumberOfDecreasesToday", 0}};
  const Json* wanted = Object(request, "ProvisionedThroughput");
  if (!provisioned) {
    if (wanted == nullptr) return throughput;
    RefuseInvalid(
        "One or more parameter values were invalid: Neither ReadCapacityUnits "
        "nor WriteCapacityUnits can be specified when BillingMode is "
        "PAY_PER_REQUEST");
  }
  if (wanted == nullptr) {
    RefuseInvalid("No provisioned throughput specified for the table");
  }
  CheckMembers(*wanted, "ProvisionedThroughput",
               {"ReadCapacityUnits", "WriteCapacityUnits"});
  for (const char* units : {"ReadCapacityUnits", "WriteCapacityUnits"}) {
    const Json* member = Member(*wanted, units);
    if (member != nullptr && !member->is_number_integer()) {
      RefuseMalformed(std::string(units) + " must be an integer");
    }
    if (member == nullptr || *member < 1) {
      RefuseInvalid(
          "Table read and write throughput must be at least 1, and cannot be "
          "null");
    }
    if (*member > kTableUnitsMax) {
      RefuseInvalid(
          "Cannot increase provisioned throughput to more than 40,000 units "
          "per table");
    }
    throughput[units] = *member;
  }
  return throughput;
}

}  // namespace

Service::TableEntry& Service::FindEntry(const Json& request) {
  const auto found = tables_.find(PlainTableName(TableName(request)));
  if (found == tables_.end()) {
    throw Refusal{"ResourceNotFoundException",
                  "Requested resource not found: Table: " + TableName(request) +
                      " not found"};
  }
  return found->second;
}

Table& Service::FindActive(const std::string& name) {
  CheckTableName(name);
  const auto found = tables_.find(PlainTableName(name));
  if (found == tables_.end()) RefuseMissingTable();
  if (found->second.description["TableStatus"] != "ACTIVE") {
    RefuseMissingTable();
  }
  return *found->second.table;
}

Table& Service::FindActive(const Json& request) {
  return FindActive(TableName(request));
}

Json Service::CreateTable(CallContext* call) {
  const Json& request = call->request;
  CheckMembers(request, "CreateTable",
               {"TableName", "AttributeDefinitions", "KeySchema", "BillingMode",
                "ProvisionedThroughput"});
  const std::string name = PlainTableName(TableName(request));
  const std::vector<KeyAttribute> keys = KeysOf(request, TypesOf(request));
  const std::string billing =
      OneOf(request, "BillingMode", {"PROVISIONED", "PAY_PER_REQUEST"},
            "PROVISIONED");
  const Json throughput = ThroughputOf(request, billing == "PROVISIONED");
  if (tables_.count(name) != 0) {
    throw Refusal{"ResourceInUseException", "Cannot create preexisting table"};
  }

  const int64_t now = call->moment.unix_seconds;
  Json description = {
      {"TableName", name},
      {"TableStatus", ready_after_ > 0 ? "CREATING" : "ACTIVE"},
      {"AttributeDefinitions", request["AttributeDefinitions"]},
      {"KeySchema", request["KeySchema"]},
      {"ProvisionedThroughput", throughput},
      {"CreationDateTime", static_cast<double>(now)},
      {"ItemCount", 0},
      {"TableSizeBytes", 0},
      {"DeletionProtectionEnabled", false},
      {"TableArn", "arn:aws:dynamodb:local:000000000000:table/" + name},
  };
  if (billing != "PROVISIONED") {
    description["BillingModeSummary"] = {
        {"BillingMode", billing},
        {"LastUpdateToPayPerRequestDateTime", static_cast<double>(now)}};
  }
  TableEntry& entry = tables_[name];
  entry.table = std::make_unique<Table>(
      keys[0], keys.size() == 2 ? keys[1] : KeyAttribute{});
  entry.table->AdvanceTo(call->moment.now);
  entry.table->set_past_kept(settings_.past_kept);
  if (settings_.partitions.has_value()) {
    entry.table->Divide(*settings_.partitions,
                        {throughput["ReadCapacityUnits"].get<double>(),
                         throughput["WriteCapacityUnits"].get<double>()});
  }
  entry.description = description;
  entry.describes_until_active = ready_after_;
  // DynamoDB answers CREATING here even if the table is already active.
  description["TableStatus"] = "CREATING";
  return {{"TableDescription", description}};
}

Json Service::DescribeTable(CallContext* call) {
  const Json& request = call->request;
  CheckMembers(request, "DescribeTable", {"TableName"});
  TableEntry& entry = FindEntry(request);
  if (entry.describes_until_active > 0) {
    --entry.describes_until_active;
  } else {
    entry.description["TableStatus"] = "ACTIVE";
  }
  return {{"Table", entry.description}};
}

Json Service::DeleteTable(CallContext* call) {
  const Json& request = call->request;
  CheckMembers(request, "DeleteTable", {"TableName"});
  TableEntry& entry = FindEntry(request);
  if (entry.description["TableStatus"] != "ACTIVE") {
    throw Refusal{"ResourceInUseException",
                  "Attempt to change a resource which is still in use: Table "
                  "is being created: " +
                      TableName(request)};
  }
  Json description = std::move(entry.description);
  description["TableStatus"] = "DELETING";
  tables_.erase(PlainTableName(TableName(request)));
  return {{"TableDescription", description}};
}

Json Service::ListTables(CallContext* call) {
  const Json& request = call->request;
  CheckMembers(request, "ListTables", {"ExclusiveStartTableName", "Limit"});
  const size_t limit = Count(request, "Limit", kTableListMax);
  if (limit > kTableListMax) {
    RefuseInvalid("Limit in ListTables must be <= 100");
  }
  const std::string start = String(request, "ExclusiveStartTableName", "");
  if (Member(request, "ExclusiveStartTableName") != nullptr) {
    CheckTableName(start);
  }
  Json names = Json::array();
  Json answer = Json::object();
  for (auto at = tables_.upper_bound(start); at != tables_.end(); ++at) {
    if (names.size() == limit) {
      answer["LastEvaluatedTableName"] = names.back();
      break;
    }
    names.push_back(at->first);
  }
  answer["TableNames"] = std::move(names);
  return answer;
}

}  // namespace dynamodown::fake
