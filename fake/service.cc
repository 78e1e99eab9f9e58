#include "fake/service.h"

#include <algorithm>
#include <initializer_list>
#include <optional>
#include <set>
#include <tuple>
#include <utility>

namespace dynamodown::fake {
namespace {

constexpr size_t kBatchWriteItemsMax = 25;
constexpr size_t kBatchGetKeysMax = 100;
constexpr size_t kBatchBytesMax = 16 << 20;
constexpr size_t kTransactionItemsMax = 100;
constexpr size_t kTransactionBytesMax = 4 << 20;
constexpr size_t kTableListMax = 100;
constexpr size_t kTokenBytesMax = 36;
constexpr int64_t kTokenSeconds = 600;
constexpr size_t kWriteUnitBytes = 1024;
constexpr size_t kReadUnitBytes = 4096;

double RoundUp(size_t bytes, size_t unit) {
  return static_cast<double>(std::max<size_t>(1, (bytes + unit - 1) / unit));
}
double WriteUnits(size_t bytes) { return RoundUp(bytes, kWriteUnitBytes); }
double ReadUnits(size_t bytes, bool consistent) {
  return RoundUp(bytes, kReadUnitBytes) * (consistent ? 1 : 0.5);
}

// A request's members, with their types. An absent one is null or the default.

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

/// At least 1.
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

/// Empty `names` are all.
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

[[noreturn]] void RefuseMissingTable() {
  throw Refusal{"ResourceNotFoundException", "Requested resource not found"};
}

Refusal Cancelled(const std::vector<std::string>& codes, Json reasons) {
  std::string message =
      "Transaction cancelled, please refer cancellation reasons for specific "
      "reasons [";
  for (size_t i = 0; i < codes.size(); ++i) {
    message += (i == 0 ? "" : ", ") + codes[i];
  }
  return {"TransactionCanceledException", message + "]",
          Json{{"CancellationReasons", std::move(reasons)}}};
}

}  // namespace

/// One member of a transaction, checked but for its condition.
struct Service::Write {
  std::string table_name;
  Table* table;
  ItemKey key;
  std::optional<Item> put;
  bool deletes = false;
  Condition condition;
  bool return_old = false;
  size_t bytes;
};

Json Service::Call(const std::string& operation, const Json& request,
                   int64_t unix_seconds, const Bend& bend) {
  static const std::map<std::string, Handler> handlers = {
      {"CreateTable", &Service::CreateTable},
      {"DescribeTable", &Service::DescribeTable},
      {"DeleteTable", &Service::DeleteTable},
      {"ListTables", &Service::ListTables},
      {"GetItem", &Service::GetItem},
      {"PutItem", &Service::PutItem},
      {"UpdateItem", &Service::UpdateItem},
      {"DeleteItem", &Service::DeleteItem},
      {"Query", &Service::Query},
      {"Scan", &Service::Scan},
      {"BatchGetItem", &Service::BatchGetItem},
      {"BatchWriteItem", &Service::BatchWriteItem},
      {"TransactWriteItems", &Service::TransactWriteItems},
  };
  const auto found = handlers.find(operation);
  if (found == handlers.end()) {
    throw Refusal{"UnknownOperationException", "Not modelled: " + operation};
  }
  if (!request.is_object()) RefuseMalformed("A request is a map");
  now_ = unix_seconds;
  bend_ = &bend;
  return (this->*found->second)(request);
}

size_t Service::BatchSize(const std::string& operation, const Json& request) {
  if (operation != "BatchGetItem" && operation != "BatchWriteItem") return 0;
  const Json* tables =
      request.is_object() ? Member(request, "RequestItems") : nullptr;
  if (tables == nullptr || !tables->is_object()) return 0;
  size_t size = 0;
  for (const Json& table : *tables) {
    const Json* keys = table.is_object() ? Member(table, "Keys") : &table;
    if (keys != nullptr && keys->is_array()) size += keys->size();
  }
  return size;
}

size_t Service::ItemCount(const std::string& table) const {
  const auto found = tables_.find(table);
  return found == tables_.end() ? 0 : found->second.table->size();
}

// Tables.

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

// One item.

Json Service::GetItem(const Json& request) {
  CheckMembers(request, "GetItem",
               {"TableName", "Key", "ConsistentRead", "ProjectionExpression",
                "ExpressionAttributeNames", "ReturnConsumedCapacity"});
  Substitutions substitutions(request);
  const auto names = ParseProjection(request, &substitutions);
  substitutions.CheckAllUsed();
  const bool wants_capacity = WantsCapacity(request);
  const bool consistent = Bool(request, "ConsistentRead", false);
  Table& table = FindActive(request);
  const Item* item = table.Find(
      table.KeyOfRequest(ItemOfJson(RequiredObject(request, "Key"))));

  const double units = ReadUnits(SizeOrZero(item), consistent);
  units_.read += units;
  Json answer = Json::object();
  if (item != nullptr) answer["Item"] = Project(*item, names);
  if (wants_capacity) {
    answer["ConsumedCapacity"] = CapacityOf(TableName(request), units);
  }
  return answer;
}

void Service::CheckCondition(const Json& request, const Condition& condition,
                             const Item* item) {
  const bool return_old = OneOf(request, "ReturnValuesOnConditionCheckFailure",
                                {"ALL_OLD"}, "NONE") == "ALL_OLD";
  if (condition.Holds(item)) return;
  units_.write += WriteUnits(SizeOrZero(item));
  Refusal refusal{"ConditionalCheckFailedException",
                  "The conditional request failed"};
  if (return_old && item != nullptr) refusal.more["Item"] = JsonOfItem(*item);
  throw refusal;
}

/// The answer of a single write; what it returns is computed before it happens.
Json Service::FinishWrite(const Json& request, const Item* before, size_t bytes,
                          const Item* after) {
  const double units = WriteUnits(bytes);
  units_.write += units;
  Json answer = Json::object();
  const std::string returned = String(request, "ReturnValues", "NONE");
  if (returned == "ALL_OLD" && before != nullptr) {
    answer["Attributes"] = JsonOfItem(*before);
  }
  if (returned == "ALL_NEW") answer["Attributes"] = JsonOfItem(*after);
  if (WantsCapacity(request)) {
    answer["ConsumedCapacity"] = CapacityOf(TableName(request), units);
  }
  return answer;
}

Json Service::PutItem(const Json& request) {
  CheckMembers(
      request, "PutItem",
      {"TableName", "Item", "ConditionExpression", "ExpressionAttributeNames",
       "ExpressionAttributeValues", "ReturnConsumedCapacity", "ReturnValues",
       "ReturnValuesOnConditionCheckFailure"});
  Substitutions substitutions(request);
  const Condition condition = ParseCondition(request, &substitutions);
  substitutions.CheckAllUsed();
  OneOf(request, "ReturnValues", {"ALL_OLD"}, "NONE");
  WantsCapacity(request);
  Table& table = FindActive(request);
  Item item = ItemOfJson(RequiredObject(request, "Item"));
  const ItemKey key = table.KeyOfItem(item);

  const Item* before = table.Find(key);
  CheckCondition(request, condition, before);
  Json answer = FinishWrite(request, before,
                            std::max(SizeOrZero(before), SizeOf(item)), &item);
  table.Put(key, std::move(item));
  return answer;
}

Json Service::UpdateItem(const Json& request) {
  CheckMembers(request, "UpdateItem",
               {"TableName", "Key", "UpdateExpression", "ConditionExpression",
                "ExpressionAttributeNames", "ExpressionAttributeValues",
                "ReturnConsumedCapacity", "ReturnValues",
                "ReturnValuesOnConditionCheckFailure"});
  Substitutions substitutions(request);
  const auto assignments = ParseUpdate(request, &substitutions);
  const Condition condition = ParseCondition(request, &substitutions);
  substitutions.CheckAllUsed();
  OneOf(request, "ReturnValues", {"ALL_OLD", "ALL_NEW"}, "NONE");
  WantsCapacity(request);
  Table& table = FindActive(request);
  const ItemKey key =
      table.KeyOfRequest(ItemOfJson(RequiredObject(request, "Key")));
  for (const auto& [name, operand] : assignments) {
    if (table.IsKey(name)) {
      RefuseInvalid(
          "One or more parameter values were invalid: Cannot update "
          "attribute " +
          name + ". This attribute is part of the key");
    }
  }

  const Item* before = table.Find(key);
  CheckCondition(request, condition, before);
  const Item old = before != nullptr ? *before : table.ItemOfKey(key);
  Item after = old;
  for (const auto& [name, operand] : assignments) {
    if (operand.value.has_value()) {
      after[name] = *operand.value;
      continue;
    }
    const auto found = old.find(operand.path);
    if (found == old.end()) {
      RefuseInvalid(
          "The provided expression refers to an attribute that does "
          "not exist in the item");
    }
    after[name] = found->second;
  }
  if (SizeOf(after) > kItemBytesMax) {
    RefuseInvalid("Item size to update has exceeded the maximum allowed size");
  }
  Json answer = FinishWrite(
      request, before, std::max(SizeOrZero(before), SizeOf(after)), &after);
  table.Put(key, std::move(after));
  return answer;
}

Json Service::DeleteItem(const Json& request) {
  CheckMembers(
      request, "DeleteItem",
      {"TableName", "Key", "ConditionExpression", "ExpressionAttributeNames",
       "ExpressionAttributeValues", "ReturnConsumedCapacity", "ReturnValues",
       "ReturnValuesOnConditionCheckFailure"});
  Substitutions substitutions(request);
  const Condition condition = ParseCondition(request, &substitutions);
  substitutions.CheckAllUsed();
  OneOf(request, "ReturnValues", {"ALL_OLD"}, "NONE");
  WantsCapacity(request);
  Table& table = FindActive(request);
  const ItemKey key =
      table.KeyOfRequest(ItemOfJson(RequiredObject(request, "Key")));

  const Item* before = table.Find(key);
  CheckCondition(request, condition, before);
  Json answer = FinishWrite(request, before, SizeOrZero(before), nullptr);
  table.Erase(key);
  return answer;
}

// Pages.

Json Service::AnswerPage(const Json& request, const std::string& name,
                         const Table& table,
                         const std::vector<std::string>& names,
                         PageRequest page_request) {
  const bool wants_capacity = WantsCapacity(request);
  const bool consistent = Bool(request, "ConsistentRead", false);
  const std::string select =
      OneOf(request, "Select",
            {"ALL_ATTRIBUTES", "COUNT", "SPECIFIC_ATTRIBUTES"}, "");
  if (!select.empty() && names.empty() == (select == "SPECIFIC_ATTRIBUTES")) {
    RefuseInvalid("Select " + select +
                  " does not go with this ProjectionExpression");
  }
  page_request.items_max = Count(request, "Limit", SIZE_MAX);
  page_request.cut_at = bend_->page_items_max;
  const Page page = table.Read(page_request);

  const double units = ReadUnits(page.bytes, consistent);
  units_.read += units;
  Json answer = {{"Count", page.items.size()},
                 {"ScannedCount", page.items.size()}};
  if (select != "COUNT") {
    Json items = Json::array();
    for (const Item* item : page.items) items.push_back(Project(*item, names));
    answer["Items"] = std::move(items);
  }
  if (page.more) {
    answer["LastEvaluatedKey"] = JsonOfItem(table.ItemOfKey(page.last));
  }
  if (wants_capacity) answer["ConsumedCapacity"] = CapacityOf(name, units);
  return answer;
}

Json Service::Query(const Json& request) {
  CheckMembers(request, "Query",
               {"TableName", "KeyConditionExpression", "ProjectionExpression",
                "ExpressionAttributeNames", "ExpressionAttributeValues",
                "ScanIndexForward", "Limit", "ExclusiveStartKey",
                "ConsistentRead", "Select", "ReturnConsumedCapacity"});
  Substitutions substitutions(request);
  const auto comparisons = ParseKeyCondition(request, &substitutions);
  const auto names = ParseProjection(request, &substitutions);
  substitutions.CheckAllUsed();
  const std::string name = TableName(request);
  Table& table = FindActive(name);

  const KeyComparison* hash = nullptr;
  PageRequest page;
  for (const KeyComparison& comparison : comparisons) {
    if (!table.IsKey(comparison.attribute)) {
      RefuseInvalid("Query condition missed key schema element: " +
                    (hash == nullptr ? table.hash() : table.range()).name);
    }
    const bool is_hash = comparison.attribute == table.hash().name;
    const KeyComparison*& place = is_hash ? hash : page.range;
    if (place != nullptr) {
      RefuseInvalid(
          "Invalid KeyConditionExpression: KeyConditionExpressions "
          "must only contain one condition per key");
    }
    place = &comparison;
    if (is_hash && comparison.comparator != "=") {
      RefuseInvalid("Query key condition not supported");
    }
    const KeyAttribute& attribute = is_hash ? table.hash() : table.range();
    table.CheckKeyValue(attribute, comparison.value);
    if (comparison.comparator != "BETWEEN") continue;
    table.CheckKeyValue(attribute, comparison.upper);
    if (comparison.upper.bytes < comparison.value.bytes) {
      RefuseInvalid(
          "Invalid KeyConditionExpression: The BETWEEN operator "
          "requires upper bound to be greater than or equal to lower "
          "bound");
    }
  }
  if (hash == nullptr) {
    RefuseInvalid("Query condition missed key schema element: " +
                  table.hash().name);
  }
  page.hash = hash->value.bytes;
  page.forward = Bool(request, "ScanIndexForward", true);

  ItemKey after;
  if (Member(request, "ExclusiveStartKey") != nullptr) {
    after = table.KeyOfRequest(
        ItemOfJson(RequiredObject(request, "ExclusiveStartKey")));
    if (after.first != page.hash) {
      RefuseInvalid(
          "The provided starting key is outside query boundaries "
          "based on provided conditions");
    }
    if (page.range != nullptr && !Meets(after.second, *page.range)) {
      RefuseInvalid(
          "The provided starting key does not match the range key "
          "predicate");
    }
    page.after = &after;
  }
  return AnswerPage(request, name, table, names, page);
}

Json Service::Scan(const Json& request) {
  CheckMembers(request, "Scan",
               {"TableName", "ProjectionExpression", "ExpressionAttributeNames",
                "Limit", "ExclusiveStartKey", "ConsistentRead", "Select",
                "ReturnConsumedCapacity"});
  Substitutions substitutions(request);
  const auto names = ParseProjection(request, &substitutions);
  substitutions.CheckAllUsed();
  const std::string name = TableName(request);
  Table& table = FindActive(name);
  PageRequest page;
  page.whole_table = true;
  ItemKey after;
  if (Member(request, "ExclusiveStartKey") != nullptr) {
    after = table.KeyOfRequest(
        ItemOfJson(RequiredObject(request, "ExclusiveStartKey")));
    page.after = &after;
  }
  return AnswerPage(request, name, table, names, page);
}

// Batches.

bool Service::IsLeftUndone(size_t i) const {
  return i < bend_->unprocessed.size() && bend_->unprocessed[i];
}

namespace {

/// "If none of the items can be processed ... returns a
/// ProvisionedThroughputExceededException" (the batches' API reference).
void RefuseIfNoneDone(size_t done) {
  if (done > 0) return;
  throw Refusal{"ProvisionedThroughputExceededException",
                "The level of configured provisioned throughput for the table "
                "was exceeded. Consider increasing your provisioning level "
                "with the UpdateTable API."};
}

void CheckBatchCount(size_t count, size_t count_max, const char* operation) {
  if (count == 0 || count > count_max) {
    RefuseInvalid("Too many items requested for the " + std::string(operation) +
                  " call, or none");
  }
}

}  // namespace

Json Service::BatchGetItem(const Json& request) {
  CheckMembers(request, "BatchGetItem",
               {"RequestItems", "ReturnConsumedCapacity"});
  CheckBatchCount(BatchSize("BatchGetItem", request), kBatchGetKeysMax,
                  "BatchGetItem");
  const bool wants_capacity = WantsCapacity(request);
  struct Part {
    std::string name;
    const Json* request;
    Table* table;
    std::vector<std::string> names;
    bool consistent;
    std::vector<ItemKey> keys;
  };
  std::vector<Part> parts;
  for (const auto& [name, member] :
       RequiredObject(request, "RequestItems").items()) {
    CheckMembers(member, "KeysAndAttributes",
                 {"Keys", "ConsistentRead", "ProjectionExpression",
                  "ExpressionAttributeNames"});
    Substitutions substitutions(member);
    Part part{name,
              &member,
              &FindActive(name),
              ParseProjection(member, &substitutions),
              Bool(member, "ConsistentRead", false),
              {}};
    substitutions.CheckAllUsed();
    std::set<ItemKey> seen;
    for (const Json& key : RequiredArray(member, "Keys")) {
      part.keys.push_back(part.table->KeyOfRequest(ItemOfJson(key)));
      if (!seen.insert(part.keys.back()).second) {
        RefuseInvalid("Provided list of item keys contains duplicates");
      }
    }
    parts.push_back(std::move(part));
  }

  std::map<std::string, double> units;
  Json responses = Json::object();
  Json unprocessed = Json::object();
  size_t position = 0;
  size_t done = 0;
  size_t bytes = 0;
  for (const Part& part : parts) {
    std::vector<Json> items;
    Json undone = Json::array();
    for (size_t i = 0; i < part.keys.size(); ++i) {
      const Item* item = part.table->Find(part.keys[i]);
      const size_t item_bytes = SizeOrZero(item);
      if (IsLeftUndone(position++) || bytes + item_bytes > kBatchBytesMax) {
        undone.push_back((*part.request)["Keys"][i]);
        continue;
      }
      ++done;
      bytes += item_bytes;
      units[part.name] += ReadUnits(item_bytes, part.consistent);
      if (item != nullptr) items.push_back(Project(*item, part.names));
    }
    // In no order that a caller could rely on.
    std::reverse(items.begin(), items.end());
    responses[part.name] = items;
    if (undone.empty()) continue;
    unprocessed[part.name] = *part.request;
    unprocessed[part.name]["Keys"] = std::move(undone);
  }
  RefuseIfNoneDone(done);
  for (const auto& [name, sum] : units) units_.read += sum;
  Json answer = {{"Responses", responses}, {"UnprocessedKeys", unprocessed}};
  if (wants_capacity) answer["ConsumedCapacity"] = CapacitiesOf(units);
  return answer;
}

Json Service::BatchWriteItem(const Json& request) {
  CheckMembers(request, "BatchWriteItem",
               {"RequestItems", "ReturnConsumedCapacity"});
  CheckBatchCount(BatchSize("BatchWriteItem", request), kBatchWriteItemsMax,
                  "BatchWriteItem");
  const bool wants_capacity = WantsCapacity(request);
  struct One {
    std::string name;
    const Json* request;
    Table* table;
    ItemKey key;
    std::optional<Item> put;
  };
  std::vector<One> writes;
  std::set<std::tuple<std::string, ItemKey>> seen;
  size_t bytes = 0;
  for (const auto& [name, list] :
       RequiredObject(request, "RequestItems").items()) {
    if (!list.is_array()) RefuseMalformed("RequestItems holds lists");
    Table& table = FindActive(name);
    for (const Json& member : list) {
      CheckMembers(member, "WriteRequest", {"PutRequest", "DeleteRequest"});
      if (member.size() != 1) {
        RefuseInvalid(
            "Supplied AttributeValue has more than one datatypes "
            "set: a WriteRequest is a put or a delete");
      }
      One one{name, &member, &table, {}, {}};
      if (Member(member, "PutRequest") != nullptr) {
        const Json& put = member["PutRequest"];
        CheckMembers(put, "PutRequest", {"Item"});
        one.put = ItemOfJson(RequiredObject(put, "Item"));
        one.key = table.KeyOfItem(*one.put);
        bytes += SizeOf(*one.put);
      } else {
        const Json& erase = member["DeleteRequest"];
        CheckMembers(erase, "DeleteRequest", {"Key"});
        one.key = table.KeyOfRequest(ItemOfJson(RequiredObject(erase, "Key")));
        bytes += one.key.first.size() + one.key.second.size();
      }
      if (!seen.emplace(name, one.key).second) {
        RefuseInvalid("Provided list of item keys contains duplicates");
      }
      writes.push_back(std::move(one));
    }
  }
  if (bytes > kBatchBytesMax) {
    RefuseInvalid("The total request size exceeds 16 MB");
  }

  std::map<std::string, double> units;
  Json unprocessed = Json::object();
  size_t done = 0;
  for (size_t i = 0; i < writes.size(); ++i) {
    One& one = writes[i];
    if (IsLeftUndone(i)) {
      unprocessed[one.name].push_back(*one.request);
      continue;
    }
    ++done;
    const size_t before = SizeOrZero(one.table->Find(one.key));
    const size_t after = one.put.has_value() ? SizeOf(*one.put) : 0;
    units[one.name] += WriteUnits(std::max(before, after));
    if (one.put.has_value()) {
      one.table->Put(one.key, *std::move(one.put));
    } else {
      one.table->Erase(one.key);
    }
  }
  RefuseIfNoneDone(done);
  for (const auto& [name, sum] : units) units_.write += sum;
  Json answer = {{"UnprocessedItems", unprocessed}};
  if (wants_capacity) answer["ConsumedCapacity"] = CapacitiesOf(units);
  return answer;
}

Service::Write Service::PlanWrite(const Json& member) {
  CheckMembers(member, "TransactWriteItem",
               {"Put", "Delete", "ConditionCheck"});
  if (member.size() != 1) {
    RefuseInvalid(
        "TransactItems can only contain one of Check, Put, Update or "
        "Delete");
  }
  const std::string kind = member.begin().key();
  const Json& request = member.begin().value();
  CheckMembers(
      request, kind,
      {"TableName", kind == "Put" ? "Item" : "Key", "ConditionExpression",
       "ExpressionAttributeNames", "ExpressionAttributeValues",
       "ReturnValuesOnConditionCheckFailure"});
  if (kind == "ConditionCheck") Required(request, "ConditionExpression");
  Substitutions substitutions(request);
  Write write;
  write.condition = ParseCondition(request, &substitutions);
  substitutions.CheckAllUsed();
  write.return_old = OneOf(request, "ReturnValuesOnConditionCheckFailure",
                           {"ALL_OLD"}, "NONE") == "ALL_OLD";
  write.table_name = TableName(request);
  write.table = &FindActive(write.table_name);
  write.deletes = kind == "Delete";
  if (kind == "Put") {
    write.put = ItemOfJson(RequiredObject(request, "Item"));
    write.key = write.table->KeyOfItem(*write.put);
    write.bytes = SizeOf(*write.put);
  } else {
    const Item key = ItemOfJson(RequiredObject(request, "Key"));
    write.key = write.table->KeyOfRequest(key);
    write.bytes = SizeOf(key);
  }
  return write;
}

Json Service::TransactWriteItems(const Json& request) {
  CheckMembers(
      request, "TransactWriteItems",
      {"TransactItems", "ClientRequestToken", "ReturnConsumedCapacity"});
  const bool wants_capacity = WantsCapacity(request);
  const Json& members = RequiredArray(request, "TransactItems");
  if (members.empty() || members.size() > kTransactionItemsMax) {
    RefuseInvalid(
        "1 validation error detected: Value at 'transactItems' "
        "failed to satisfy constraint: Member must have length less "
        "than or equal to 100 and greater than or equal to 1");
  }
  const std::string token = String(request, "ClientRequestToken", "");
  if ((Member(request, "ClientRequestToken") != nullptr && token.empty()) ||
      token.size() > kTokenBytesMax) {
    RefuseInvalid(
        "1 validation error detected: 'clientRequestToken' must have "
        "1 to 36 characters");
  }
  std::vector<Write> writes;
  std::set<std::tuple<std::string, ItemKey>> seen;
  size_t bytes = 0;
  for (const Json& member : members) {
    writes.push_back(PlanWrite(member));
    bytes += writes.back().bytes;
    if (!seen.emplace(writes.back().table_name, writes.back().key).second) {
      RefuseInvalid(
          "Transaction request cannot include multiple operations on "
          "one item");
    }
  }
  if (bytes > kTransactionBytesMax) {
    RefuseInvalid("Transaction request size exceeds 4 MB");
  }

  std::erase_if(transactions_, [this](const auto& done) {
    return done.second.unix_seconds + kTokenSeconds < now_;
  });
  const auto done = transactions_.find(token);
  const bool repeated = !token.empty() && done != transactions_.end();
  if (repeated && done->second.request != members) {
    throw Refusal{"IdempotentParameterMismatchException",
                  "The request was rejected because its client token was used "
                  "before, with different parameters"};
  }

  std::map<std::string, double> units;
  std::vector<std::string> codes;
  Json reasons = Json::array();
  bool cancelled = false;
  for (const Write& write : writes) {
    const Item* before = write.table->Find(write.key);
    const size_t after = write.put.has_value() ? write.bytes : 0;
    const size_t larger = std::max(SizeOrZero(before), after);
    units[write.table_name] +=
        2 * (repeated ? ReadUnits(larger, true) : WriteUnits(larger));
    const bool holds = repeated || write.condition.Holds(before);
    codes.push_back(holds ? "None" : "ConditionalCheckFailed");
    Json reason = {{"Code", codes.back()}};
    if (!holds) {
      cancelled = true;
      reason["Message"] = "The conditional request failed";
      if (write.return_old && before != nullptr) {
        reason["Item"] = JsonOfItem(*before);
      }
    }
    reasons.push_back(std::move(reason));
  }
  for (const auto& [name, sum] : units) {
    (repeated ? units_.read : units_.write) += sum;
  }
  if (cancelled) throw Cancelled(codes, std::move(reasons));
  for (Write& write : writes) {
    if (repeated) break;
    if (write.put.has_value()) {
      write.table->Put(write.key, *std::move(write.put));
    } else if (write.deletes) {
      write.table->Erase(write.key);
    }
  }
  if (!token.empty() && !repeated) transactions_[token] = {members, now_};

  Json answer = Json::object();
  if (wants_capacity) {
    Json list = CapacitiesOf(units);
    for (Json& capacity : list) {
      capacity[repeated ? "ReadCapacityUnits" : "WriteCapacityUnits"] =
          capacity["CapacityUnits"];
    }
    answer["ConsumedCapacity"] = std::move(list);
  }
  return answer;
}

}  // namespace dynamodown::fake
