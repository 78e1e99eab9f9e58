#include "fake/faults/fault_answers.h"

#include <random>
#include <utility>

#include "fake/values/members.h"

namespace dynamodown::fake {
namespace {

constexpr const char* kTableLimit =
    "The level of configured provisioned throughput for the table was "
    "exceeded. Consider increasing your provisioning level with the "
    "UpdateTable API.";
constexpr const char* kKeyRangeLimit =
    "Throughput exceeds the current capacity of your table or index. DynamoDB "
    "is automatically scaling your table or index so please try again "
    "shortly. If exceptions persist, check if you have a hot key: "
    "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/"
    "bp-partition-key-design.html.";
constexpr const char* kAccountLimit =
    "Throughput exceeds the current throughput limit for your account. Please "
    "contact AWS Support at https://aws.amazon.com/support to request a limit "
    "increase.";

bool Writes(const std::string& operation) {
  return operation == "PutItem" || operation == "UpdateItem" ||
         operation == "DeleteItem" || operation == "BatchWriteItem" ||
         operation == "TransactWriteItems";
}

bool Manages(const std::string& operation) {
  return operation == "CreateTable" || operation == "DeleteTable" ||
         operation == "DescribeTable" || operation == "ListTables";
}

/// The ARN of the first table that the request names.
std::string TableArn(const Json& request) {
  std::string name = "unknown";
  if (request.is_object()) {
    const Json* tables = Member(request, "RequestItems");
    if (tables != nullptr && tables->is_object() && !tables->empty()) {
      name = tables->begin().key();
    }
    const Json* table = Member(request, "TableName");
    if (table != nullptr && table->is_string()) {
      name = table->get<std::string>();
    }
  }
  return "arn:aws:dynamodb:local:000000000000:table/" + name;
}

Json Reasons(const std::string& operation, const Json& request,
             const std::string& limit) {
  const std::string access = Writes(operation) ? "Write" : "Read";
  return Json::array({{{"reason", "Table" + access + limit},
                       {"resource", TableArn(request)}}});
}

size_t TransactionSize(const Json& request) {
  const Json* items =
      request.is_object() ? Member(request, "TransactItems") : nullptr;
  return items != nullptr && items->is_array() ? items->size() : 0;
}

/// Cancels a transaction because of some of its items.
ErrorAnswer CancelledForSome(const Json& request, const std::string& code,
                             const std::string& message, uint64_t choice) {
  std::vector<std::string> codes;
  for (const bool chosen :
       ChooseUnprocessed(TransactionSize(request), choice)) {
    codes.push_back(chosen ? code : "None");
  }
  return CancelledAnswer(codes, message);
}

}  // namespace

ErrorAnswer CancelledAnswer(const std::vector<std::string>& codes,
                            const std::string& message) {
  ErrorAnswer answer;
  answer.code = "TransactionCanceledException";
  answer.message =
      "Transaction cancelled, please refer cancellation reasons for specific "
      "reasons [";
  Json reasons = Json::array();
  for (const std::string& code : codes) {
    answer.message += (reasons.empty() ? "" : ", ") + code;
    Json reason = {{"Code", code}};
    if (code != "None") reason["Message"] = message;
    reasons.push_back(std::move(reason));
  }
  answer.message += "]";
  answer.more["CancellationReasons"] = std::move(reasons);
  return answer;
}

ErrorAnswer ThrottleAnswer(const std::string& operation, const Json& request,
                           uint64_t choice) {
  std::vector<ErrorAnswer> answers = {
      {400, "RequestLimitExceeded", kAccountLimit, Json::object()},
      {400, "ThrottlingException",
       "Rate of requests exceeds the allowed throughput.", Json::object()}};
  if (operation == "CreateTable" || operation == "DeleteTable") {
    answers.push_back({400, "LimitExceededException",
                       "Subscriber limit exceeded: there are too many "
                       "simultaneous table operations",
                       Json::object()});
  }
  if (!Manages(operation)) {
    answers.push_back(
        {400,
         "ProvisionedThroughputExceededException",
         kTableLimit,
         {{"ThrottlingReasons",
           Reasons(operation, request, "ProvisionedThroughputExceeded")}}});
    answers.push_back(
        {400,
         "ThrottlingException",
         kKeyRangeLimit,
         {{"throttlingReasons",
           Reasons(operation, request, "KeyRangeThroughputExceeded")}}});
  }
  if (TransactionSize(request) > 0) {
    answers.push_back(CancelledForSome(request, "ThrottlingError",
                                       kKeyRangeLimit, choice / 8));
    answers.push_back(CancelledForSome(request, "ProvisionedThroughputExceeded",
                                       kTableLimit, choice / 8));
  }
  return std::move(answers[choice % answers.size()]);
}

ErrorAnswer ServerErrorAnswer(uint64_t choice) {
  switch (choice % 5) {
    case 0:
      return {500, "InternalServerError", "Internal server error",
              Json::object()};
    case 1:
      return {500, "InternalFailure",
              "The request processing has failed because of an unknown error, "
              "exception or failure.",
              Json::object()};
    case 2:
      return {503, "ServiceUnavailable",
              "The request has failed due to a temporary failure of the "
              "server.",
              Json::object()};
    case 3:
      return {503, "",
              "<html><body><b>Http/1.1 Service Unavailable</b></body> </html>",
              Json::object()};
    default:
      return {500, "", "", Json::object()};
  }
}

ErrorAnswer ConflictAnswer(const std::string& operation, const Json& request,
                           uint64_t choice) {
  const char* const message = "Transaction is ongoing for the item";
  if (operation == "TransactWriteItems") {
    const bool has_token =
        request.is_object() && Member(request, "ClientRequestToken") != nullptr;
    if (TransactionSize(request) == 0 || (has_token && choice % 3 == 0)) {
      return {400, "TransactionInProgressException",
              "The transaction with the given request token is already in "
              "progress.",
              Json::object()};
    }
    return CancelledForSome(request, "TransactionConflict", message,
                            choice / 3);
  }
  if (choice % 3 == 0) {
    return {400, "ReplicatedWriteConflictException",
            "One or more items in this request are being modified by a request "
            "in another Region.",
            Json::object()};
  }
  return {400, "TransactionConflictException", message, Json::object()};
}

std::vector<bool> ChooseUnprocessed(size_t size, uint64_t choice) {
  std::vector<bool> chosen(size, false);
  if (size == 0) return chosen;
  std::mt19937_64 engine(choice);
  // One time in eight, choose all of them.
  const bool all = engine() % 8 == 0;
  for (size_t i = 0; i < size; ++i) chosen[i] = all || engine() % 2 == 0;
  chosen[engine() % size] = true;
  return chosen;
}

}  // namespace dynamodown::fake
