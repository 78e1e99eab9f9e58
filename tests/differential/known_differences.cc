#include "differential/known_differences.h"

#include <algorithm>
#include <cctype>
#include <utility>

#include "fake/values/number.h"

namespace dynamodown_test {
namespace {

void Sort(Json* list) { std::sort(list->begin(), list->end()); }

/// Sorts all sets, at any depth.
void SortSets(Json* json) {
  if (json->is_structured()) {
    for (Json& element : *json) SortSets(&element);
  }
  if (!json->is_object() || json->size() != 1) return;
  const std::string& type = json->begin().key();
  if ((type == "SS" || type == "NS" || type == "BS") &&
      json->begin()->is_array()) {
    Sort(&*json->begin());
  }
}

/// Sorts the keys of "{#b, #a}" in a message.
void SortKeys(Json* message) {
  const std::string text = message->get<std::string>();
  const size_t begin = text.find(" unused in expressions: keys: {");
  const size_t open = text.find('{', begin);
  if (begin == std::string::npos || !text.ends_with("}")) return;
  std::vector<std::string> keys;
  for (size_t at = open + 1; at < text.size();) {
    const size_t end = std::min(text.find(", ", at), text.size() - 1);
    keys.push_back(text.substr(at, end - at));
    at = end + 2;
  }
  std::sort(keys.begin(), keys.end());
  std::string sorted = text.substr(0, open);
  for (const std::string& key : keys) {
    sorted += (&key == &keys[0] ? "{" : ", ") + key;
  }
  *message = sorted + "}";
}

/// Sorts everything that DynamoDB returns in an unspecified order.
void Order(const Request& request, Json* answer) {
  SortSets(answer);
  if (request.operation == "Scan" && answer->contains("Items")) {
    Sort(&(*answer)["Items"]);
  }
  for (const char* name : {"message", "Message"}) {
    if (answer->contains(name)) SortKeys(&(*answer)[name]);
  }
  if (answer->contains("Responses")) {
    for (Json& items : (*answer)["Responses"]) Sort(&items);
  }
  if (answer->contains("ConsumedCapacity") &&
      (*answer)["ConsumedCapacity"].is_array()) {
    Sort(&(*answer)["ConsumedCapacity"]);
  }
}

/// Returns true if the number was not in DynamoDB's own form.
bool NormalizeNumber(Json* text) {
  if (!text->is_string()) return false;
  std::string canonical =
      dynamodown::fake::CanonicalNumber(text->get<std::string>());
  if (canonical == *text) return false;
  *text = std::move(canonical);
  return true;
}

/// Returns true if a number was not in DynamoDB's own form.
bool Normalize(Json* json) {
  if (!json->is_structured()) return false;
  bool found = false;
  if (json->is_object() && json->size() == 1 && json->contains("N")) {
    return NormalizeNumber(&(*json)["N"]);
  }
  if (json->is_object() && json->size() == 1 && json->contains("NS") &&
      (*json)["NS"].is_array()) {
    for (Json& text : (*json)["NS"]) found = NormalizeNumber(&text) || found;
    return found;
  }
  for (Json& element : *json) found = Normalize(&element) || found;
  return found;
}

void DropTimesAndNames(Json* table) {
  for (const char* name : {"CreationDateTime", "TableArn", "TableId",
                           // Updated every six hours.
                           "ItemCount", "TableSizeBytes"}) {
    table->erase(name);
  }
  if (table->contains("ProvisionedThroughput")) {
    (*table)["ProvisionedThroughput"].erase("LastIncreaseDateTime");
    (*table)["ProvisionedThroughput"].erase("LastDecreaseDateTime");
  }
  if (table->contains("BillingModeSummary")) {
    (*table)["BillingModeSummary"].erase("LastUpdateToPayPerRequestDateTime");
  }
}

std::string TypeOf(const Answer& answer) {
  return answer.body.is_object() ? answer.body.value("__type", "") : "";
}

bool IsError(const Answer& answer, const std::string& code) {
  return TypeOf(answer).ends_with("#" + code);
}

std::string MessageOf(const Answer& answer) {
  return answer.body.value("message", answer.body.value("Message", ""));
}

bool Says(const Answer& answer, const std::string& text) {
  return MessageOf(answer).find(text) != std::string::npos;
}

/// If `found`, makes Local's whole answer equal to the fake's. Returns `found`.
bool ReconcileIf(bool found, Exchange* exchange) {
  if (found) exchange->local = exchange->fake;
  return found;
}

bool MessageMember(Exchange* exchange) {
  Json& local = exchange->local.body;
  if (!local.contains("Message") || !exchange->fake.body.contains("message")) {
    return false;
  }
  local["message"] = local["Message"];
  local.erase("Message");
  return true;
}

bool DocumentedMessages(Exchange* exchange) {
  Json& local = exchange->local.body;
  const Json& fake = exchange->fake.body;
  const bool missing = IsError(exchange->fake, "ResourceNotFoundException") &&
                       MessageOf(exchange->local) ==
                           "Cannot do operations on a non-existent table" &&
                       Says(exchange->fake, "Requested resource not found");
  const bool mismatch =
      IsError(exchange->fake, "IdempotentParameterMismatchException") &&
      MessageOf(exchange->local).empty();
  if (TypeOf(exchange->local) == TypeOf(exchange->fake) &&
      (missing || mismatch)) {
    local[local.contains("Message") ? "Message" : "message"] =
        fake.contains("Message") ? fake["Message"] : fake["message"];
    return true;
  }
  bool found = false;
  if (local.contains("CancellationReasons")) {
    for (Json& reason : local["CancellationReasons"]) {
      if (reason.value("Message", "") != "The conditional request failed.") {
        continue;
      }
      reason["Message"] = "The conditional request failed";
      found = true;
    }
  }
  return found;
}

bool UnknownMembers(Exchange* exchange) {
  return ReconcileIf(exchange->request.oddity == Oddity::kUnknownMember &&
                         IsError(exchange->fake, "SerializationException") &&
                         Says(exchange->fake, "has no member"),
                     exchange);
}

bool JsonTypes(Exchange* exchange) {
  return ReconcileIf(
      exchange->request.oddity == Oddity::kJsonType &&
          (IsError(exchange->fake, "SerializationException") ||
           // The request also has another flaw.
           (exchange->local.status == 500 && exchange->fake.status == 400)),
      exchange);
}

bool Constraints(Exchange* exchange) {
  const bool refused =
      IsError(exchange->fake, "ValidationException") &&
      (Says(exchange->fake, "failed to satisfy constraint") ||
       Says(exchange->fake, "when BillingMode is PAY_PER_REQUEST"));
  const bool too_large = exchange->request.oddity == Oddity::kKeySize &&
                         (Says(exchange->fake, "limit of 2048 bytes") ||
                          Says(exchange->fake, "is larger than"));
  // Local takes 1 and 1.0 for different keys.
  const bool twice =
      (Says(exchange->fake, "contains duplicates") ||
       Says(exchange->fake, "multiple operations on one item")) &&
      exchange->request.body.dump().find(R"({"N":"1.0"})") != std::string::npos;
  return ReconcileIf(
      too_large || twice ||
          (refused &&
           (exchange->request.oddity == Oddity::kConstraint ||
            Says(exchange->fake, ".member.update.updateExpression'"))),
      exchange);
}

bool NotModelled(Exchange* exchange) {
  return ReconcileIf(exchange->request.oddity == Oddity::kNotModelled &&
                         Says(exchange->fake, "is not modelled"),
                     exchange);
}

bool ReservedWords(Exchange* exchange) {
  std::string message = MessageOf(exchange->fake);
  for (char& c : message) {
    c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  return ReconcileIf(exchange->request.oddity == Oddity::kReservedWord &&
                         (message.ends_with("reserved keyword: size") ||
                          message.ends_with("reserved keyword: convert") ||
                          message.ends_with("function: convert")),
                     exchange);
}

/// Local returns numbers in lists and maps as sent, even in messages.
bool FormsOfValues(Exchange* exchange) {
  const std::string local = MessageOf(exchange->local);
  const std::string fake = MessageOf(exchange->fake);
  const std::string bound = "; lower bound operand: ";
  if (local != fake && local.find(bound) != std::string::npos &&
      local.substr(0, local.find(bound)) == fake.substr(0, fake.find(bound))) {
    return ReconcileIf(true, exchange);
  }
  if (!Normalize(&exchange->local.body)) return false;
  Order(exchange->request, &exchange->local.body);
  return true;
}

bool IsUpdateError(const std::string& message) {
  return message == "DynamoDB only supports precision up to 38 digits" ||
         message.starts_with("Number overflow.") ||
         message ==
             "An operand in the update expression has an incorrect data type" ||
         message ==
             "The document path provided in the update expression is invalid "
             "for update" ||
         message ==
             "The provided expression refers to an attribute that does not "
             "exist in the item";
}

/// Local fails if an update without an expression asks for UPDATED_OLD or
/// UPDATED_NEW.
bool InternalFailures(Exchange* exchange) {
  const Request& request = exchange->request;
  return ReconcileIf(
      exchange->local.status == 500 && exchange->fake.status == 200 &&
          request.operation == "UpdateItem" &&
          request.body.value("UpdateExpression", Json()).is_null(),
      exchange);
}

/// If a request has several errors, the two services may report different ones:
/// errors of an update, undefined names, overlapping paths, and a reused token
/// whose new request is itself invalid.
bool WhichOfSeveral(Exchange* exchange) {
  const Answer& one = exchange->local;
  const Answer& other = exchange->fake;
  const std::string local = MessageOf(one);
  const std::string fake = MessageOf(other);
  if (one.status != 400 || other.status != 400 || local == fake) return false;
  const std::string overlap = "Two document paths overlap with each other";
  const std::string undefined = "is not defined; attribute ";
  const std::string token = "IdempotentParameterMismatchException";
  return ReconcileIf(
      (IsUpdateError(local) && IsUpdateError(fake)) ||
          (local.find(overlap) != std::string::npos &&
           fake.find(overlap) != std::string::npos) ||
          (local.find(undefined) != std::string::npos &&
           fake.find(undefined) != std::string::npos) ||
          (IsError(one, token) != IsError(other, token) &&
           exchange->request.body.value("ClientRequestToken", "") != ""),
      exchange);
}

/// Local's page includes the item that exceeds 1 MB.
bool PageSizes(Exchange* exchange) {
  Json& local = exchange->local.body;
  const Json& fake = exchange->fake.body;
  if (!fake.contains("LastEvaluatedKey") || !fake.contains("ScannedCount") ||
      !local.contains("ScannedCount")) {
    return false;
  }
  const size_t scanned = fake["ScannedCount"];
  if (local["ScannedCount"] != scanned + 1) return false;
  return ReconcileIf(true, exchange);
}

/// Returns true if Local's units differed.
bool TakeUnits(Exchange* exchange) {
  Json& local = exchange->local.body;
  const Json& fake = exchange->fake.body;
  if (!local.contains("ConsumedCapacity") ||
      !fake.contains("ConsumedCapacity") ||
      local["ConsumedCapacity"] == fake["ConsumedCapacity"]) {
    return false;
  }
  local["ConsumedCapacity"] = fake["ConsumedCapacity"];
  return true;
}

bool UnitsOfNothing(Exchange* exchange) {
  const std::string& operation = exchange->request.operation;
  // Local reports the units of a DeleteItem that deletes nothing, even if the
  // request does not ask for them.
  if (operation == "DeleteItem" && exchange->fake.status == 200 &&
      !exchange->fake.body.contains("ConsumedCapacity")) {
    return exchange->local.body.erase("ConsumedCapacity") > 0;
  }
  const Json& fake = exchange->fake.body;
  const bool page = (operation == "Query" || operation == "Scan") &&
                    fake.value("ScannedCount", 1) == 0;
  const bool batch =
      operation == "BatchGetItem" || operation == "BatchWriteItem";
  return (page || batch) && TakeUnits(exchange);
}

bool UnitsOfTransactions(Exchange* exchange) {
  return exchange->request.operation == "TransactWriteItems" &&
         TakeUnits(exchange);
}

bool ReasonsOfTransactions(Exchange* exchange) {
  if (exchange->request.operation != "TransactWriteItems") return false;
  if (IsError(exchange->local, "TransactionCanceledException") &&
      Says(exchange->fake, "multiple operations on one item")) {
    return ReconcileIf(true, exchange);
  }
  if (!IsError(exchange->local, "ValidationException")) return false;
  const std::string message = MessageOf(exchange->local);
  const Json reasons =
      exchange->fake.body.value("CancellationReasons", Json::array());
  const bool told =
      std::any_of(reasons.begin(), reasons.end(), [&](const Json& reason) {
        return reason["Code"] == "ValidationError" &&
               (reason["Message"] == message ||
                (IsUpdateError(message) && IsUpdateError(reason["Message"])));
      });
  // Local carries out one member after another, so it may stop before it sees a
  // later member's error.
  const bool stopped = exchange->fake.status == 400 && reasons.empty() &&
                       MessageOf(exchange->fake) != message &&
                       IsUpdateError(message);
  return ReconcileIf(told || stopped, exchange);
}

bool TableStatuses(Exchange* exchange) {
  Json& local = exchange->local.body;
  const Json& fake = exchange->fake.body;
  if (!local.contains("TableDescription") ||
      !fake.contains("TableDescription") ||
      local["TableDescription"]["TableStatus"] ==
          fake["TableDescription"]["TableStatus"]) {
    return false;
  }
  local["TableDescription"]["TableStatus"] =
      fake["TableDescription"]["TableStatus"];
  return true;
}

}  // namespace

Answer Canonical(const Request& request, int status, const std::string& body) {
  Answer answer{status, Json::parse(body)};
  Json& json = answer.body;
  Order(request, &json);
  for (const char* name : {"Table", "TableDescription"}) {
    if (json.contains(name)) DropTimesAndNames(&json[name]);
  }
  return answer;
}

Json WithCanonicalNumbers(Json item) {
  Normalize(&item);
  SortSets(&item);
  return item;
}

const std::vector<KnownDifference>& KnownDifferences() {
  static const std::vector<KnownDifference> differences = {
      {"message-member", MessageMember},
      {"documented-messages", DocumentedMessages},
      {"unknown-members", UnknownMembers},
      {"json-types", JsonTypes},
      {"constraints", Constraints},
      {"not-modelled", NotModelled},
      {"reserved-words", ReservedWords},
      {"forms-of-values", FormsOfValues},
      {"which-of-several", WhichOfSeveral},
      {"internal-failures", InternalFailures},
      {"page-sizes", PageSizes},
      {"units-of-nothing", UnitsOfNothing},
      {"units-of-transactions", UnitsOfTransactions},
      {"reasons-of-transactions", ReasonsOfTransactions},
      {"table-statuses", TableStatuses},
  };
  return differences;
}

}  // namespace dynamodown_test
