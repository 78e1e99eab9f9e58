#include "fake/operations/transaction_write.h"

#include <utility>

#include "fake/expressions/substitutions.h"
#include "fake/operations/request.h"
#include "fake/operations/service.h"

namespace dynamodown::fake {
namespace {

using Kind = TransactionWrite::Kind;

/// One of the four members that a TransactWriteItem may have.
struct Form {
  const char* name;
  const char* place;  ///< The name as DynamoDB's messages spell it.
  Kind kind;
};
constexpr Form kForms[] = {
    {"ConditionCheck", "conditionCheck", Kind::kConditionCheck},
    {"Put", "put", Kind::kPut},
    {"Delete", "delete", Kind::kDelete},
    {"Update", "update", Kind::kUpdate}};

const Form& FormOf(const Json& member) {
  CheckMembers(member, "TransactWriteItem",
               {"Put", "Delete", "ConditionCheck", "Update"});
  const Form* form = nullptr;
  for (const Form& candidate : kForms) {
    if (Member(member, candidate.name) == nullptr) continue;
    if (form != nullptr) {
      RefuseInvalid(
          "TransactItems can only contain one of Check, Put, Update or "
          "Delete");
    }
    form = &candidate;
  }
  if (form == nullptr) {
    RefuseInvalid(
        "Invalid Request: TransactWriteRequest should contain Delete or Put "
        "or Update request");
  }
  return *form;
}

/// `position` counts from 1.
[[noreturn]] void RefuseNull(size_t position, const Form& form,
                             const char* member) {
  RefuseInvalid("Value null at 'transactItems." + std::to_string(position) +
                ".member." + form.place + "." + member +
                "' failed to satisfy constraint: Member must not be null");
}

/// Returns the item of a put, or the key of another write, after checking that
/// all required members are there.
const Json& ContentOf(const Json& request, const Form& form, size_t position) {
  const bool puts = form.kind == Kind::kPut;
  const bool updates = form.kind == Kind::kUpdate;
  const char* content_name = puts ? "Item" : "Key";
  if (updates) {
    CheckMembers(request, form.name,
                 {"TableName", "Key", "UpdateExpression", "ConditionExpression",
                  "ExpressionAttributeNames", "ExpressionAttributeValues",
                  "ReturnValuesOnConditionCheckFailure"});
  } else {
    CheckMembers(request, form.name,
                 {"TableName", content_name, "ConditionExpression",
                  "ExpressionAttributeNames", "ExpressionAttributeValues",
                  "ReturnValuesOnConditionCheckFailure"});
  }
  const Json* content = Object(request, content_name);
  if (Member(request, "TableName") == nullptr) {
    RefuseNull(position, form, "tableName");
  }
  if (content == nullptr) RefuseNull(position, form, puts ? "item" : "key");
  if (form.kind == Kind::kConditionCheck &&
      Member(request, "ConditionExpression") == nullptr) {
    RefuseNull(position, form, "conditionExpression");
  }
  if (updates && Member(request, "UpdateExpression") == nullptr) {
    RefuseNull(position, form, "updateExpression");
  }
  return *content;
}

void ParseExpressions(const Json& request, TransactionWrite* write) {
  Substitutions substitutions =
      write->kind == Kind::kUpdate
          ? Substitutions(request, {"UpdateExpression", "ConditionExpression"})
          : Substitutions(request, {"ConditionExpression"});
  write->update = ParseUpdate(request, &substitutions);
  write->condition =
      ParseCondition(request, "ConditionExpression", &substitutions);
  substitutions.CheckAllUsed();
}

void TakeContent(const Json& content, TransactionWrite* write) {
  const bool puts = write->kind == Kind::kPut;
  Item item = ItemOfJson(content);
  write->bytes = SizeOf(item);
  try {
    write->key =
        puts ? write->table->KeyOfItem(item) : write->table->KeyOfRequest(item);
  } catch (Refusal& refusal) {
    if (!refusal.of_item) throw;
    write->invalid = std::move(refusal);
  }
  if (puts) write->put = std::move(item);
}

}  // namespace

TransactionWrite Service::ParseTransactionWrite(const Json& member,
                                                size_t position) {
  const Form& form = FormOf(member);
  const Json& request = member[form.name];
  const Json& content = ContentOf(request, form, position);
  TransactionWrite write;
  write.kind = form.kind;
  write.table_name = TableName(request);
  write.table = &FindActive(write.table_name);
  write.return_old = OneOf(request, "ReturnValuesOnConditionCheckFailure",
                           {"ALL_OLD", "NONE"}, "NONE") == "ALL_OLD";
  ParseExpressions(request, &write);
  TakeContent(content, &write);
  return write;
}

Json TransactionWrite::ReasonFor(const Item* before,
                                 std::optional<Item>* after) const {
  const auto invalid_for = [](const Refusal& refusal) {
    return Json{{"Code", "ValidationError"}, {"Message", refusal.message}};
  };
  if (invalid.has_value()) return invalid_for(*invalid);
  if (!condition.Holds(before)) {
    Json reason = {{"Code", "ConditionalCheckFailed"},
                   {"Message", "The conditional request failed"}};
    if (return_old && before != nullptr) reason["Item"] = JsonOfItem(*before);
    return reason;
  }
  after->reset();
  if (kind == Kind::kPut) {
    *after = put;
  } else if (kind == Kind::kUpdate) {
    try {
      *after = table->Updated(update, key, before);
    } catch (const Refusal& refusal) {
      return invalid_for(refusal);
    }
  } else if (kind == Kind::kConditionCheck && before != nullptr) {
    *after = *before;
  }
  return Json{{"Code", "None"}};
}

}  // namespace dynamodown::fake
