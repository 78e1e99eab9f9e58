#include "fake/transaction_write.h"

#include <utility>

#include "fake/request.h"

namespace dynamodown::fake {
namespace {

/// `position` counts from 1.
[[noreturn]] void RefuseNull(size_t position, const char* form,
                             const char* member) {
  RefuseInvalid("Value null at 'transactItems." + std::to_string(position) +
                ".member." + form + "." + member +
                "' failed to satisfy constraint: Member must not be null");
}

}  // namespace

Service::Write Service::PlanWrite(const Json& member, size_t position) {
  struct Form {
    const char* name;
    const char* place;  // As the service's messages have it.
    Write::Kind kind;
  };
  static constexpr Form kForms[] = {
      {"ConditionCheck", "conditionCheck", Write::Kind::kConditionCheck},
      {"Put", "put", Write::Kind::kPut},
      {"Delete", "delete", Write::Kind::kDelete},
      {"Update", "update", Write::Kind::kUpdate}};
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

  const Json& request = member[form->name];
  Write write;
  write.kind = form->kind;
  const bool puts = write.kind == Write::Kind::kPut;
  const bool updates = write.kind == Write::Kind::kUpdate;
  const char* content_name = puts ? "Item" : "Key";
  if (updates) {
    CheckMembers(request, form->name,
                 {"TableName", "Key", "UpdateExpression", "ConditionExpression",
                  "ExpressionAttributeNames", "ExpressionAttributeValues",
                  "ReturnValuesOnConditionCheckFailure"});
  } else {
    CheckMembers(request, form->name,
                 {"TableName", content_name, "ConditionExpression",
                  "ExpressionAttributeNames", "ExpressionAttributeValues",
                  "ReturnValuesOnConditionCheckFailure"});
  }
  const Json* content = Object(request, content_name);
  if (Member(request, "TableName") == nullptr) {
    RefuseNull(position, form->place, "tableName");
  }
  if (content == nullptr) {
    RefuseNull(position, form->place, puts ? "item" : "key");
  }
  if (write.kind == Write::Kind::kConditionCheck &&
      Member(request, "ConditionExpression") == nullptr) {
    RefuseNull(position, form->place, "conditionExpression");
  }
  if (updates && Member(request, "UpdateExpression") == nullptr) {
    RefuseNull(position, form->place, "updateExpression");
  }
  write.table_name = TableName(request);
  write.table = &FindActive(write.table_name);
  write.return_old = OneOf(request, "ReturnValuesOnConditionCheckFailure",
                           {"ALL_OLD", "NONE"}, "NONE") == "ALL_OLD";
  Substitutions substitutions =
      updates
          ? Substitutions(request, {"UpdateExpression", "ConditionExpression"})
          : Substitutions(request, {"ConditionExpression"});
  write.update = ParseUpdate(request, &substitutions);
  write.condition =
      ParseCondition(request, "ConditionExpression", &substitutions);
  substitutions.CheckAllUsed();

  Item item = ItemOfJson(*content);
  write.bytes = SizeOf(item);
  try {
    write.key =
        puts ? write.table->KeyOfItem(item) : write.table->KeyOfRequest(item);
  } catch (Refusal& refusal) {
    if (!refusal.of_item) throw;
    write.invalid = std::move(refusal);
  }
  if (puts) write.put = std::move(item);
  return write;
}

Json Service::Write::ReasonFor(const Item* before,
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
