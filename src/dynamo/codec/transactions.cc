// Operations on several items, all or nothing.

#include "dynamo/codec/expression.h"
#include "dynamo/codec/message.h"
#include "dynamo/codec/value.h"
#include "dynamo/operations.h"

namespace dynamodown {

void TransactWriteItems::Encode(std::string* out) const {
  out->append("{\"TransactItems\":");
  char separator = '[';
  for (const Write& write : writes_in_order) {
    Placeholders placeholders;
    out->push_back(separator);
    switch (write.kind) {
      case Write::Kind::kPut:
        out->append("{\"Put\":");
        AppendTable(table.table, out);
        out->append(",\"Item\":");
        AppendItem(write.item, out);
        break;
      case Write::Kind::kDelete:
        out->append("{\"Delete\":");
        AppendTableAndKey(table, write.key, out);
        break;
      case Write::Kind::kConditionCheck:
        out->append("{\"ConditionCheck\":");
        AppendTableAndKey(table, write.key, out);
        break;
    }
    AppendCondition(write.condition, &placeholders, out);
    placeholders.Append(out);
    out->append("}}");
    separator = ',';
  }
  out->append("],\"ClientRequestToken\":");
  AppendJsonString(client_request_token, out);
  out->append(kReturnCapacity).push_back('}');
}

Operation::AnswerForm TransactWriteItems::answer_form() const {
  return {{}, &table.table};
}

}  // namespace dynamodown
