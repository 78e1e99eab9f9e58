#include "differential/request_generator.h"

#include <set>
#include <tuple>
#include <utility>

#include "differential/expression_writer.h"
#include "differential/spoiler.h"

namespace dynamodown_test {
namespace {

const std::vector<std::string> kWriteReturns = {"NONE", "ALL_OLD"};

}  // namespace

RequestGenerator::RequestGenerator(uint64_t seed, const std::string& prefix)
    : random_(seed), prefix_(prefix) {
  for (const auto& [name, hash, range] :
       std::vector<std::tuple<std::string, std::string, std::string>>{
           {"ss", "S", "S"},
           {"sb", "S", "B"},
           {"bn", "B", "N"},
           {"s", "S", ""},
           {"n", "N", ""}}) {
    tables_.push_back({prefix + name, hash, range});
  }
  tables_.push_back({prefix + "one", "S", "S", true});
}

Json RequestGenerator::CreateTable(const TestTable& table) {
  Json body = {{"TableName", table.name},
               {"BillingMode", "PAY_PER_REQUEST"},
               {"AttributeDefinitions",
                {{{"AttributeName", "h"}, {"AttributeType", table.hash_type}}}},
               {"KeySchema", {{{"AttributeName", "h"}, {"KeyType", "HASH"}}}}};
  if (!table.range_type.empty()) {
    body["AttributeDefinitions"].push_back(
        {{"AttributeName", "r"}, {"AttributeType", table.range_type}});
    body["KeySchema"].push_back({{"AttributeName", "r"}, {"KeyType", "RANGE"}});
  }
  return body;
}

void RequestGenerator::AddCondition(const char* name, Json* body,
                                    bool keys_too) {
  ExpressionWriter expressions(&random_, keys_too);
  (*body)[name] =
      random_.OneIn(3) && keys_too
          ? std::string(random_.OneIn(2) ? "attribute_exists(h)"
                                         : "attribute_not_exists(h)")
          : expressions.Condition(2);
  expressions.AddTo(body);
}

void RequestGenerator::AddReturns(Json* body) {
  if (random_.OneIn(3)) (*body)["ReturnValues"] = random_.Of(kWriteReturns);
  if (random_.OneIn(4)) {
    (*body)["ReturnConsumedCapacity"] = random_.OneIn(3) ? "INDEXES" : "TOTAL";
  }
  if (random_.OneIn(4)) {
    (*body)["ReturnValuesOnConditionCheckFailure"] =
        random_.OneIn(4) ? "NONE" : "ALL_OLD";
  }
  if (random_.OneIn(20)) (*body)["ReturnItemCollectionMetrics"] = "SIZE";
}

Request RequestGenerator::GetItem() {
  const TestTable& table = AnyTable();
  Json body = {{"TableName", table.name}, {"Key", values_.Key(table)}};
  if (random_.OneIn(3)) body["ConsistentRead"] = random_.OneIn(2);
  if (random_.OneIn(3)) body["ReturnConsumedCapacity"] = "TOTAL";
  if (random_.OneIn(2)) {
    ExpressionWriter expressions(&random_, true);
    std::string text = expressions.Path();
    for (size_t i = random_.Below(3); i > 0; --i) {
      text += ", " + expressions.Path();
    }
    body["ProjectionExpression"] = text;
    expressions.AddTo(&body);
  }
  return {"GetItem", body};
}

Request RequestGenerator::PutItem() {
  const TestTable& table = AnyTable();
  Json body = {{"TableName", table.name}, {"Item", values_.Item(table)}};
  AddReturns(&body);
  if (random_.OneIn(3)) AddCondition("ConditionExpression", &body, true);
  return {"PutItem", body};
}

Request RequestGenerator::DeleteItem() {
  const TestTable& table = AnyTable();
  Json body = {{"TableName", table.name}, {"Key", values_.Key(table)}};
  AddReturns(&body);
  if (random_.OneIn(2)) AddCondition("ConditionExpression", &body, true);
  return {"DeleteItem", body};
}

Request RequestGenerator::UpdateItem() {
  static const std::vector<std::string> returns = {
      "NONE", "ALL_OLD", "ALL_NEW", "UPDATED_OLD", "UPDATED_NEW"};
  const TestTable& table = AnyTable();
  Json body = {{"TableName", table.name}, {"Key", values_.Key(table)}};
  AddReturns(&body);
  if (!random_.OneIn(4)) body["ReturnValues"] = random_.Of(returns);
  ExpressionWriter expressions(&random_, true);
  body["UpdateExpression"] = expressions.Update();
  if (random_.OneIn(3)) {
    body["ConditionExpression"] = expressions.Condition(1);
  }
  expressions.AddTo(&body);
  return {"UpdateItem", body};
}

std::string RequestGenerator::KeyCondition(const TestTable& table,
                                           const Json& hash,
                                           ExpressionWriter* expressions) {
  std::string keys = expressions->Name("h", random_.OneIn(4)) + " = " +
                     expressions->Value(hash);
  if (!table.range_type.empty() && random_.OneIn(2)) {
    static const std::vector<std::string> comparators = {"=", "<", "<=", ">",
                                                         ">="};
    const Json low = values_.KeyValue(table.range_type, false, table);
    const std::string name = expressions->Name("r", random_.OneIn(4));
    std::string range;
    switch (random_.Below(4)) {
      case 0:
        range = expressions->Between(
            name, low, values_.KeyValue(table.range_type, false, table));
        break;
      case 1:
        if (table.range_type != "N") {
          range = "begins_with(" + name + ", " + expressions->Value(low) + ")";
          break;
        }
        [[fallthrough]];
      default:
        range = name + " " + random_.Of(comparators) + " " +
                expressions->Value(low);
    }
    keys = random_.OneIn(5) ? range + " AND " + keys : keys + " AND " + range;
  }
  return keys;
}

Request RequestGenerator::Query() {
  const TestTable& table = AnyTable();
  ExpressionWriter expressions(&random_, false);
  Json body = {{"TableName", table.name}};
  const Json hash = values_.KeyValue(table.hash_type, true, table);
  body["KeyConditionExpression"] = KeyCondition(table, hash, &expressions);
  if (random_.OneIn(3)) {
    body["FilterExpression"] = expressions.Condition(1);
  }
  if (random_.OneIn(4)) body["ProjectionExpression"] = expressions.Path();
  if (random_.OneIn(3)) body["Limit"] = random_.Between(1, 5);
  if (random_.OneIn(3)) body["ScanIndexForward"] = random_.OneIn(2);
  if (random_.OneIn(3)) body["ConsistentRead"] = true;
  if (random_.OneIn(3)) body["ReturnConsumedCapacity"] = "TOTAL";
  if (random_.OneIn(4)) {
    Json start = values_.Key(table);
    start["h"] = hash;
    body["ExclusiveStartKey"] = start;
  }
  if (random_.OneIn(6) && !body.contains("ProjectionExpression")) {
    body["Select"] = random_.OneIn(2) ? "COUNT" : "ALL_ATTRIBUTES";
  }
  expressions.AddTo(&body);
  return {"Query", body};
}

Request RequestGenerator::Scan() {
  const TestTable& table = AnyTable();
  Json body = {{"TableName", table.name}};
  ExpressionWriter expressions(&random_, true);
  if (random_.OneIn(2)) body["FilterExpression"] = expressions.Condition(2);
  if (random_.OneIn(4)) body["ProjectionExpression"] = expressions.Path();
  // The order of hash keys is unspecified, so the test compares parts of a
  // table only if it has a single hash key.
  if (table.one_hash) {
    if (random_.OneIn(2)) body["Limit"] = random_.Between(1, 5);
    if (random_.OneIn(3)) body["ExclusiveStartKey"] = values_.Key(table);
  }
  if (random_.OneIn(3)) body["ConsistentRead"] = true;
  if (random_.OneIn(3)) body["ReturnConsumedCapacity"] = "TOTAL";
  if (random_.OneIn(6) && !body.contains("ProjectionExpression")) {
    body["Select"] = random_.OneIn(2) ? "COUNT" : "ALL_ATTRIBUTES";
  }
  expressions.AddTo(&body);
  return {"Scan", body};
}

Request RequestGenerator::BatchGetItem() {
  Json tables = Json::object();
  for (size_t i = random_.Between(1, 2); i > 0; --i) {
    const TestTable& table = AnyTable();
    std::set<std::string> seen;
    Json keys = Json::array();
    for (size_t j = random_.Between(1, 4); j > 0; --j) {
      Json key = values_.Key(table);
      if (seen.insert(IdentityOf(key)).second) keys.push_back(key);
    }
    Json part = {{"Keys", keys}};
    if (random_.OneIn(3)) part["ConsistentRead"] = true;
    if (random_.OneIn(3)) {
      ExpressionWriter expressions(&random_, true);
      part["ProjectionExpression"] = expressions.Path();
      expressions.AddTo(&part);
    }
    tables[table.name] = part;
  }
  Json body = {{"RequestItems", tables}};
  if (random_.OneIn(3)) body["ReturnConsumedCapacity"] = "TOTAL";
  return {"BatchGetItem", body};
}

Request RequestGenerator::BatchWriteItem() {
  Json tables = Json::object();
  for (size_t i = random_.Between(1, 2); i > 0; --i) {
    const TestTable& table = AnyTable();
    std::set<std::string> seen;
    Json writes = Json::array();
    for (size_t j = random_.Between(1, 5); j > 0; --j) {
      Json item = values_.Item(table);
      Json key = {{"h", item["h"]}};
      if (item.contains("r")) key["r"] = item["r"];
      if (!seen.insert(IdentityOf(key)).second) continue;
      writes.push_back(random_.OneIn(3)
                           ? Json{{"DeleteRequest", {{"Key", key}}}}
                           : Json{{"PutRequest", {{"Item", item}}}});
    }
    tables[table.name] = writes;
  }
  Json body = {{"RequestItems", tables}};
  if (random_.OneIn(3)) body["ReturnConsumedCapacity"] = "TOTAL";
  return {"BatchWriteItem", body};
}

Json RequestGenerator::TransactionMember(const TestTable& table,
                                         const Json& key) {
  Json member = {{"TableName", table.name}};
  const size_t kind = random_.Below(5);
  ExpressionWriter expressions(&random_, true);
  if (kind < 2) {
    member["Item"] = values_.Item(table);
    member["Item"].update(key);
  } else {
    member["Key"] = key;
  }
  if (kind == 3) member["UpdateExpression"] = expressions.Update();
  if (kind == 4 || random_.OneIn(4)) {
    member["ConditionExpression"] =
        random_.OneIn(2) ? "attribute_exists(h) OR attribute_not_exists(h)"
                         : expressions.Condition(1);
  }
  expressions.AddTo(&member);
  if (random_.OneIn(4)) {
    member["ReturnValuesOnConditionCheckFailure"] = "ALL_OLD";
  }
  const char* name = kind < 2    ? "Put"
                     : kind == 2 ? "Delete"
                     : kind == 3 ? "Update"
                                 : "ConditionCheck";
  return {{name, member}};
}

Request RequestGenerator::TransactWriteItems() {
  if (!last_transaction_.is_null() && random_.OneIn(4)) {
    Json again = last_transaction_;
    if (random_.OneIn(3)) again["ReturnConsumedCapacity"] = "TOTAL";
    // Another request with the same token.
    if (random_.OneIn(3))
      again["TransactItems"].push_back(
          {{"Delete",
            {{"TableName", tables_[3].name}, {"Key", {{"h", S("another")}}}}}});
    return {"TransactWriteItems", again};
  }
  Json members = Json::array();
  std::set<std::string> seen;
  for (size_t i = random_.Between(1, 4); i > 0; --i) {
    const TestTable& table = AnyTable();
    const Json key = values_.Key(table);
    if (!seen.insert(table.name + IdentityOf(key)).second) continue;
    members.push_back(TransactionMember(table, key));
  }
  Json body = {{"TransactItems", members}};
  if (random_.OneIn(3)) {
    body["ReturnConsumedCapacity"] = random_.OneIn(3) ? "INDEXES" : "TOTAL";
  }
  if (random_.OneIn(3)) {
    body["ClientRequestToken"] = prefix_ + std::to_string(++tokens_);
    // Perhaps only one of the two remembers a transaction whose update failed.
    const bool updates =
        body.dump().find("UpdateExpression") != std::string::npos;
    last_transaction_ = updates ? Json() : body;
  }
  return {"TransactWriteItems", body};
}

Request RequestGenerator::TableOperation() {
  const TestTable scratch = {prefix_ + "new", random_.OneIn(2) ? "S" : "B",
                             random_.OneIn(2) ? "N" : ""};
  const std::string name = random_.OneIn(2) ? AnyTable().name : scratch.name;
  switch (random_.Below(4)) {
    case 0: {
      Json body = CreateTable(random_.OneIn(3) ? tables_[0] : scratch);
      if (random_.OneIn(2)) {
        body.erase("BillingMode");
        body["ProvisionedThroughput"] = {{"ReadCapacityUnits", 3},
                                         {"WriteCapacityUnits", 4}};
      }
      return {"CreateTable", body};
    }
    case 1:
      return {"DescribeTable", {{"TableName", name}}};
    case 2:
      return {"DeleteTable", {{"TableName", scratch.name}}};
    default: {
      // Skips tables of other tests, which may come first.
      Json body = {{"ExclusiveStartTableName", prefix_}};
      if (random_.OneIn(2)) body["Limit"] = random_.Between(1, 8);
      if (random_.OneIn(2)) body["ExclusiveStartTableName"] = name;
      return {"ListTables", body};
    }
  }
}

Request RequestGenerator::ValidRequest() {
  const size_t kind = random_.Below(100);
  if (kind < 12) return GetItem();
  if (kind < 30) return PutItem();
  if (kind < 45) return UpdateItem();
  if (kind < 53) return DeleteItem();
  if (kind < 68) return Query();
  if (kind < 76) return Scan();
  if (kind < 82) return BatchGetItem();
  if (kind < 88) return BatchWriteItem();
  if (kind < 96) return TransactWriteItems();
  return TableOperation();
}

Request RequestGenerator::Next() {
  Request request = ValidRequest();
  if (random_.Below(100) < 62) return request;
  Spoiler spoiler(&random_, &tables_, prefix_);
  while (!spoiler.Spoil(&request)) {
  }
  if (request.operation == "TransactWriteItems") last_transaction_ = nullptr;
  return request;
}

}  // namespace dynamodown_test
