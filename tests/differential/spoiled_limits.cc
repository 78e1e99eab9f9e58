// The part of Spoiler that violates limits and value sets.

#include <utility>

#include "differential/spoiler.h"

namespace dynamodown_test {
namespace {

/// Sets a member to a value that the documentation forbids, but Local does not.
bool Violate(Request* request, const char* name, const Json& value) {
  request->oddity = Oddity::kConstraint;
  request->body[name] = value;
  return true;
}

}  // namespace

bool Spoiler::SpoilLimit(Request* request) {
  const std::string& operation = request->operation;
  if (operation == "Query" || operation == "Scan" ||
      operation == "ListTables") {
    return SpoilPageLimit(request);
  }
  if (operation.find("Table") != std::string::npos) {
    return operation == "CreateTable" && SpoilTableLimit(request);
  }
  if (random_.OneIn(6)) {
    return Violate(request, "ReturnConsumedCapacity", "SOME");
  }
  if (operation == "TransactWriteItems") return SpoilTransactionLimit(request);
  if (operation.starts_with("Batch")) return SpoilBatchLimit(request);
  return SpoilItemLimit(request);
}

bool Spoiler::SpoilPageLimit(Request* request) {
  Json& body = request->body;
  const std::string& operation = request->operation;
  if (operation != "ListTables" && random_.OneIn(2)) {
    static const std::vector<std::string> selects = {
        "COUNT", "ALL_ATTRIBUTES", "SPECIFIC_ATTRIBUTES",
        "ALL_PROJECTED_ATTRIBUTES", "X"};
    body["Select"] = random_.Of(selects);
    return true;
  }
  if (operation == "Query" && random_.OneIn(3)) {
    body["ExclusiveStartKey"]["h"] = S("elsewhere");
    return true;
  }
  const std::vector<int> limits = {0, -1, 101};
  const int limit = random_.Of(limits);
  body["Limit"] = limit;
  return true;
}

bool Spoiler::SpoilTableLimit(Request* request) {
  Json& body = request->body;
  switch (random_.Below(6)) {
    case 0:
      body["KeySchema"][0]["KeyType"] = "RANGE";
      return true;
    case 1:
      body["AttributeDefinitions"].push_back(
          {{"AttributeName", "z"}, {"AttributeType", "S"}});
      return true;
    case 2:
      body["AttributeDefinitions"][0]["AttributeType"] = "BOOL";
      return true;
    case 3:
      body["AttributeDefinitions"][0]["AttributeName"] = "z";
      return true;
    case 4:
      return Violate(request, "BillingMode", "FREE");
    default:
      body["BillingMode"] = "PAY_PER_REQUEST";
      return Violate(request, "ProvisionedThroughput",
                     {{"ReadCapacityUnits", 1}, {"WriteCapacityUnits", 1}});
  }
}

bool Spoiler::SpoilTransactionLimit(Request* request) {
  Json& body = request->body;
  Json& members = body["TransactItems"];
  switch (random_.Below(7)) {
    case 0:
      while (members.size() < 101) {
        members.push_back(
            {{"Delete",
              {{"TableName", tables_[3].name},
               {"Key", {{"h", S(std::to_string(members.size()))}}}}}});
      }
      return true;
    case 1:
      members.push_back(members[0]);
      return true;
    case 2:
      members[0]["Delete"] = {{"TableName", tables_[3].name},
                              {"Key", {{"h", S("a")}}}};
      return true;
    case 3:
      body["ClientRequestToken"] = std::string(37, 't');
      return true;
    case 4:
      return Violate(request, "ClientRequestToken", "");
    case 5:
      members.push_back(Json::object());
      return true;
    default:
      members.clear();
      return true;
  }
}

bool Spoiler::SpoilBatchLimit(Request* request) {
  Json& body = request->body;
  const std::string& operation = request->operation;
  auto first = body["RequestItems"].begin();
  const bool get = operation == "BatchGetItem";
  Json& list = get ? (*first)["Keys"] : *first;
  switch (random_.Below(5)) {
    case 0:
      list.push_back(list[0]);
      return true;
    case 1: {
      // One key more than allowed, all distinct, all in one table.
      const Json one = {{"h", S("x")}};
      Json many = Json::array();
      for (int i = 0; i < (get ? 101 : 26); ++i) {
        const Json key = {{"h", S(std::to_string(i))}};
        many.push_back(get ? key : Json{{"DeleteRequest", {{"Key", key}}}});
      }
      body["RequestItems"] = Json::object();
      if (get) {
        body["RequestItems"][tables_[3].name]["Keys"] = many;
      } else {
        body["RequestItems"][tables_[3].name] = many;
      }
      return true;
    }
    case 2:
      list.clear();
      return true;
    case 3:
      body["RequestItems"].clear();
      return true;
    default:
      if (get) return false;
      list[0] = Json::object();
      return true;
  }
}

bool Spoiler::SpoilItemLimit(Request* request) {
  Json& body = request->body;
  const std::string& operation = request->operation;
  if (operation == "GetItem") {
    body["Key"]["z"] = S("x");
    return true;
  }
  if (random_.OneIn(3)) {
    static const std::vector<std::string> returns = {"ALL_NEW", "UPDATED_OLD",
                                                     "UPDATED_NEW", "SOME", ""};
    body["ReturnValues"] = random_.Of(returns);
    return true;
  }
  if (operation == "PutItem" && random_.OneIn(6)) {
    // Around the largest size; always the same item, so that pages stay small.
    body["TableName"] = tables_.back().name;
    body["Item"] = {{"h", S("one")}, {"r", S("large")}};
    const size_t others = std::string("honerlargey").size();
    body["Item"]["y"] =
        S(std::string(409'600 - others - 1 + random_.Below(3), 'y'));
    return true;
  }
  if (random_.OneIn(4)) {
    return Violate(request, "ReturnItemCollectionMetrics", "SOME");
  }
  Json& key = body[operation == "PutItem" ? "Item" : "Key"];
  key.erase(random_.OneIn(2) ? "h" : "r");
  return true;
}

}  // namespace dynamodown_test
