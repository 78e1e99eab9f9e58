#include "fake/service.h"

#include <utility>

#include "fake/request.h"

namespace dynamodown::fake {
namespace {

constexpr size_t kTableListMax = 100;

}  // namespace

Service::TableEntry& Service::FindEntry(const Json& request) {
  const auto found = tables_.find(TableName(request));
  if (found == tables_.end()) {
    throw Refusal{"ResourceNotFoundException",
                  "Requested resource not found: Table: " + TableName(request) +
                      " not found"};
  }
  return found->second;
}

Table& Service::FindActive(const std::string& name) {
  CheckTableName(name);
  const auto found = tables_.find(name);
  if (found == tables_.end()) RefuseMissingTable();
  if (found->second.description["TableStatus"] != "ACTIVE") {
    RefuseMissingTable();
  }
  return *found->second.table;
}

Table& Service::FindActive(const Json& request) {
  return FindActive(TableName(request));
}

Json Service::CreateTable(const Json& request) {
  CheckMembers(request, "CreateTable",
               {"TableName", "AttributeDefinitions", "KeySchema", "BillingMode",
                "ProvisionedThroughput"});
  const std::string name = TableName(request);

  std::map<std::string, std::string> types;
  for (const Json& definition :
       RequiredArray(request, "AttributeDefinitions")) {
    CheckMembers(definition, "AttributeDefinition",
                 {"AttributeName", "AttributeType"});
    Required(definition, "AttributeType");
    types[RequiredString(definition, "AttributeName")] =
        OneOf(definition, "AttributeType", {"S", "B", "N"}, "");
  }
  std::vector<KeyAttribute> keys;
  for (const Json& element : RequiredArray(request, "KeySchema")) {
    CheckMembers(element, "KeySchemaElement", {"AttributeName", "KeyType"});
    const std::string attribute = RequiredString(element, "AttributeName");
    if (RequiredString(element, "KeyType") !=
        (keys.empty() ? "HASH" : "RANGE")) {
      RefuseInvalid(
          "Invalid KeySchema: The first KeySchemaElement is not a "
          "HASH key type, or the second not a RANGE key type");
    }
    if (types.count(attribute) == 0) {
      RefuseInvalid(
          "One or more parameter values were invalid: Some index key "
          "attributes are not defined in AttributeDefinitions");
    }
    keys.push_back({attribute, types[attribute]});
  }
  if (keys.empty() || keys.size() > 2 ||
      (keys.size() == 2 && keys[0].name == keys[1].name)) {
    RefuseInvalid("Invalid KeySchema: one or two elements, of two names");
  }
  if (types.size() != keys.size()) {
    RefuseInvalid(
        "One or more parameter values were invalid: Number of "
        "attributes in KeySchema does not exactly match number of "
        "attributes defined in AttributeDefinitions");
  }

  const std::string billing =
      OneOf(request, "BillingMode", {"PAY_PER_REQUEST"}, "PROVISIONED");
  Json throughput = {{"ReadCapacityUnits", 0},
                     {"WriteCapacityUnits", 0},
                     {"NumberOfDecreasesToday", 0}};
  const bool provisioned = Member(request, "ProvisionedThroughput") != nullptr;
  if (billing == "PROVISIONED" && !provisioned) {
    RefuseInvalid("No provisioned throughput specified for the table");
  }
  if (billing != "PROVISIONED" && provisioned) {
    RefuseInvalid(
        "One or more parameter values were invalid: Neither "
        "ReadCapacityUnits nor WriteCapacityUnits can be specified "
        "when BillingMode is PAY_PER_REQUEST");
  }
  if (provisioned) {
    const Json& wanted = RequiredObject(request, "ProvisionedThroughput");
    CheckMembers(wanted, "ProvisionedThroughput",
                 {"ReadCapacityUnits", "WriteCapacityUnits"});
    for (const char* units : {"ReadCapacityUnits", "WriteCapacityUnits"}) {
      Required(wanted, units);
      throughput[units] = Count(wanted, units, 0);
    }
  }
  if (tables_.count(name) != 0) {
    throw Refusal{"ResourceInUseException", "Table already exists: " + name};
  }

  Json description = {
      {"TableName", name},
      {"TableStatus", ready_after_ > 0 ? "CREATING" : "ACTIVE"},
      {"AttributeDefinitions", request["AttributeDefinitions"]},
      {"KeySchema", request["KeySchema"]},
      {"ProvisionedThroughput", throughput},
      {"CreationDateTime", static_cast<double>(now_)},
      {"ItemCount", 0},
      {"TableSizeBytes", 0},
      {"TableArn", "arn:aws:dynamodb:local:000000000000:table/" + name},
  };
  if (billing != "PROVISIONED") {
    description["BillingModeSummary"] = {{"BillingMode", billing}};
  }
  TableEntry& entry = tables_[name];
  entry.table = std::make_unique<Table>(
      keys[0], keys.size() == 2 ? keys[1] : KeyAttribute{});
  entry.table->AdvanceTo(moment_);
  entry.table->set_past_kept(settings_.past_kept);
  if (settings_.partitions.has_value()) {
    entry.table->Divide(*settings_.partitions,
                        {throughput["ReadCapacityUnits"].get<double>(),
                         throughput["WriteCapacityUnits"].get<double>()});
  }
  entry.description = description;
  entry.describes_until_active = ready_after_;
  // The service never says ACTIVE here, whether or not it is already.
  description["TableStatus"] = "CREATING";
  return {{"TableDescription", description}};
}

Json Service::DescribeTable(const Json& request) {
  CheckMembers(request, "DescribeTable", {"TableName"});
  TableEntry& entry = FindEntry(request);
  if (entry.describes_until_active > 0) {
    --entry.describes_until_active;
  } else {
    entry.description["TableStatus"] = "ACTIVE";
  }
  return {{"Table", entry.description}};
}

Json Service::DeleteTable(const Json& request) {
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
  tables_.erase(TableName(request));
  return {{"TableDescription", description}};
}

Json Service::ListTables(const Json& request) {
  CheckMembers(request, "ListTables", {"ExclusiveStartTableName", "Limit"});
  const size_t limit = Count(request, "Limit", kTableListMax);
  if (limit > kTableListMax) {
    RefuseInvalid("1 validation error detected: Limit must be at most 100");
  }
  Json names = Json::array();
  Json answer = Json::object();
  for (auto at =
           tables_.upper_bound(String(request, "ExclusiveStartTableName", ""));
       at != tables_.end(); ++at) {
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
