// The JSON of DynamoDB's low-level API, version 2012-08-10: the bodies of
// requests and answers of every operation in operations.h. This file and
// errors.cc alone know its names.
//
// Requests are written straight into a buffer. Attribute names and values in
// expressions always go through placeholders (#0, :0), since any name may be a
// reserved word.

#include <algorithm>
#include <charconv>

#include "base/crypto.h"
#include "base/json.h"
#include "dynamo/operations.h"

namespace dynamodown {
namespace {

Error BadAnswer(std::string_view operation, std::string_view what) {
  std::string message(operation);
  message.append(": ").append(what);
  return Error{ErrorKind::kCorruption, std::move(message)};
}

// ---- Writing --------------------------------------------------------------

void AppendNumber(uint64_t number, std::string* out) {
  char digits[20];
  const auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
  out->append(digits, end);
}

void AppendValue(const AttributeValue& value, std::string* out) {
  using Type = AttributeValue::Type;
  switch (value.type) {
    case Type::kS:
      out->append("{\"S\":");
      AppendJsonString(value.text, out);
      break;
    case Type::kB:
      out->append("{\"B\":\"");
      AppendBase64(value.text, out);
      out->push_back('"');
      break;
    case Type::kN:
      out->append("{\"N\":");
      AppendJsonString(value.text, out);
      break;
    case Type::kBool:
      out->append("{\"BOOL\":").append(value.text);
      break;
    case Type::kSS: {
      out->append("{\"SS\":[");
      const char* separator = "";
      for (const std::string& text : value.set) {
        out->append(separator);
        AppendJsonString(text, out);
        separator = ",";
      }
      out->push_back(']');
      break;
    }
    case Type::kNull:
    case Type::kOther:  // Never written: its content was not kept.
      out->append("{\"NULL\":true");
      break;
  }
  out->push_back('}');
}

void AppendItem(const Item& item, std::string* out) {
  char separator = '{';
  for (const Attribute& attribute : item) {
    out->push_back(separator);
    AppendJsonString(attribute.name, out);
    out->push_back(':');
    AppendValue(attribute.value, out);
    separator = ',';
  }
  out->push_back('}');
}

void AppendKey(const TableKeys& table, const AttributeValue& hash,
               const AttributeValue& range, std::string* out) {
  out->push_back('{');
  AppendJsonString(table.hash_name, out);
  out->push_back(':');
  AppendValue(hash, out);
  out->push_back(',');
  AppendJsonString(table.range_name, out);
  out->push_back(':');
  AppendValue(range, out);
  out->push_back('}');
}

void AppendTable(const std::string& table, std::string* out) {
  out->append("{\"TableName\":");
  AppendJsonString(table, out);
}

void AppendTableAndKey(const TableKeys& table, const Key& key,
                       std::string* out) {
  AppendTable(table.table, out);
  out->append(",\"Key\":");
  AppendKey(table, key.hash, key.range, out);
}

constexpr std::string_view kReturnCapacity =
    ",\"ReturnConsumedCapacity\":\"TOTAL\"";

/// The placeholders of one request's expressions.
class Placeholders {
 public:
  /// Appends "#0" for the first name, "#1" for the next ...
  void Name(const std::string& name, std::string* expression) {
    size_t i = static_cast<size_t>(
        std::find(names_.begin(), names_.end(), &name) - names_.begin());
    if (i == names_.size()) names_.push_back(&name);
    expression->push_back('#');
    AppendNumber(i, expression);
  }
  void Value(const AttributeValue& value, std::string* expression) {
    expression->push_back(':');
    AppendNumber(values_.size(), expression);
    values_.push_back(&value);
  }
  /// Writes the members that say what they stand for.
  void Append(std::string* out) const {
    if (!names_.empty()) {
      out->append(",\"ExpressionAttributeNames\":");
      for (size_t i = 0; i < names_.size(); ++i) {
        out->append(i == 0 ? "{\"#" : ",\"#");
        AppendNumber(i, out);
        out->append("\":");
        AppendJsonString(*names_[i], out);
      }
      out->push_back('}');
    }
    if (!values_.empty()) {
      out->append(",\"ExpressionAttributeValues\":");
      for (size_t i = 0; i < values_.size(); ++i) {
        out->append(i == 0 ? "{\":" : ",\":");
        AppendNumber(i, out);
        out->append("\":");
        AppendValue(*values_[i], out);
      }
      out->push_back('}');
    }
  }

 private:
  // By address: a name that comes twice under two addresses gets two
  // placeholders, which is allowed.
  std::vector<const std::string*> names_;
  std::vector<const AttributeValue*> values_;
};

void AppendCondition(const ConditionExpression& condition,
                     Placeholders* placeholders, std::string* out) {
  if (condition.empty()) return;
  out->append(",\"ConditionExpression\":\"");
  std::string_view separator;
  for (const ConditionExpression::Term& term : condition.terms) {
    out->append(separator);
    switch (term.kind) {
      case ConditionExpression::Kind::kExists:
        out->append("attribute_exists(");
        placeholders->Name(term.attribute, out);
        out->push_back(')');
        break;
      case ConditionExpression::Kind::kNotExists:
        out->append("attribute_not_exists(");
        placeholders->Name(term.attribute, out);
        out->push_back(')');
        break;
      case ConditionExpression::Kind::kEquals:
        placeholders->Name(term.attribute, out);
        out->append(" = ");
        placeholders->Value(term.value, out);
        break;
    }
    separator = " OR ";
  }
  out->push_back('"');
}

void AppendProjection(const std::vector<std::string>& projection,
                      Placeholders* placeholders, std::string* out) {
  if (projection.empty()) return;
  out->append(",\"ProjectionExpression\":\"");
  std::string_view separator;
  for (const std::string& name : projection) {
    out->append(separator);
    placeholders->Name(name, out);
    separator = ",";
  }
  out->push_back('"');
}

// ---- Reading --------------------------------------------------------------

bool ReadValue(const JsonValue& json, AttributeValue* value) {
  using Type = AttributeValue::Type;
  JsonCursor member(json);
  if (!json.is_object() || !member.Next()) return false;
  const std::string_view type = member.name();
  const std::optional<std::string_view> text = member.value().string();
  if (type == "S" && text) {
    value->type = Type::kS;
    value->text = *text;
  } else if (type == "B" && text) {
    value->type = Type::kB;
    if (!DecodeBase64(*text, &value->text)) return false;
  } else if (type == "N" && text) {
    value->type = Type::kN;
    value->text = *text;
  } else if (type == "NULL") {
    value->type = Type::kNull;
  } else if (type == "BOOL" && member.value().boolean()) {
    value->type = Type::kBool;
    value->text = *member.value().boolean() ? "true" : "false";
  } else if (type == "SS" && member.value().is_array()) {
    value->type = Type::kSS;
    for (JsonCursor c(member.value()); c.Next();) {
      const std::optional<std::string_view> element = c.value().string();
      if (!element) return false;
      value->set.emplace_back(*element);
    }
  } else if (type == "L" || type == "M" || type == "NS" || type == "BS") {
    value->type = Type::kOther;
    value->text = type;
  } else {
    return false;
  }
  return !member.Next();
}

bool ReadItem(const JsonValue& json, Item* item) {
  if (!json.is_object()) return false;
  for (JsonCursor c(json); c.Next();) {
    Attribute& attribute = item->emplace_back();
    attribute.name = c.name();
    if (!ReadValue(c.value(), &attribute.value)) return false;
  }
  return true;
}

bool ReadItems(const JsonValue& json, std::vector<Item>* items) {
  if (!json.is_array()) return false;
  for (JsonCursor c(json); c.Next();) {
    if (!ReadItem(c.value(), &items->emplace_back())) return false;
  }
  return true;
}

void AddCapacity(const JsonValue& one, bool writes, Capacity* capacity) {
  // Transactions say which units they are: a repeated one is billed as a read.
  const std::optional<double> read = one["ReadCapacityUnits"].number();
  const std::optional<double> write = one["WriteCapacityUnits"].number();
  if (read || write) {
    capacity->read_units += read.value_or(0);
    capacity->write_units += write.value_or(0);
    return;
  }
  const double units = one["CapacityUnits"].number().value_or(0);
  (writes ? capacity->write_units : capacity->read_units) += units;
}

/// A table's answers carry an object, those of batches an array of them.
Capacity ReadCapacity(const JsonValue& answer, bool writes) {
  Capacity capacity;
  const JsonValue consumed = answer["ConsumedCapacity"];
  if (consumed.is_array()) {
    for (JsonCursor c(consumed); c.Next();) {
      AddCapacity(c.value(), writes, &capacity);
    }
  } else {
    AddCapacity(consumed, writes, &capacity);
  }
  return capacity;
}

/// Finds in the unprocessed part of an answer, an object by table's name or
/// nothing at all, what it says of `table`: missing when there is nothing left.
/// False for any other form: to take it for "all done" would lose items.
bool LeftOf(const JsonValue& unprocessed, const std::string& table,
            JsonValue* left) {
  *left = JsonValue();
  if (unprocessed.missing()) return true;
  if (!unprocessed.is_object()) return false;
  for (JsonCursor c(unprocessed); c.Next();) {
    if (c.name() != table || !left->missing()) return false;
    *left = c.value();
  }
  return true;
}

/// Removes from `pending` each index whose range key is not among `left`, an
/// array whose elements `key_of` leads to their keys, or missing. False when it
/// is anything else, or one of `left` was never asked for.
template <class RangeOf, class KeyOf>
bool KeepPending(const JsonValue& left, const std::string& range_name,
                 const RangeOf& range_of, const KeyOf& key_of,
                 std::vector<size_t>* pending) {
  if (!left.missing() && !left.is_array()) return false;
  std::vector<size_t> kept;
  for (JsonCursor c(left); c.Next();) {
    AttributeValue range;
    if (!ReadValue(key_of(c.value())[range_name], &range)) return false;
    const auto at =
        std::find_if(pending->begin(), pending->end(),
                     [&](size_t i) { return range_of(i) == range; });
    if (at == pending->end()) return false;
    kept.push_back(*at);
    pending->erase(at);
  }
  std::sort(kept.begin(), kept.end());
  *pending = std::move(kept);
  return true;
}

bool Contains(const std::vector<size_t>& indices, size_t i) {
  return std::find(indices.begin(), indices.end(), i) != indices.end();
}

std::vector<size_t> FirstIndices(size_t n) {
  std::vector<size_t> indices(n);
  for (size_t i = 0; i < n; ++i) indices[i] = i;
  return indices;
}

}  // namespace

// ---- One item -------------------------------------------------------------

void GetItem::Encode(std::string* out) const {
  Placeholders placeholders;
  AppendTableAndKey(table, key, out);
  if (consistent_read) out->append(",\"ConsistentRead\":true");
  AppendProjection(projection, &placeholders, out);
  placeholders.Append(out);
  out->append(kReturnCapacity).push_back('}');
}

Result<void> GetItem::Decode(const JsonValue& answer) {
  capacity_ = ReadCapacity(answer, writes());
  item.reset();
  const JsonValue found = answer["Item"];
  if (!answer.is_object()) return BadAnswer(name(), "no object");
  if (found.missing()) return {};
  if (!ReadItem(found, &item.emplace())) return BadAnswer(name(), "bad Item");
  return {};
}

void PutItem::Encode(std::string* out) const {
  Placeholders placeholders;
  AppendTable(table.table, out);
  out->append(",\"Item\":");
  AppendItem(item, out);
  AppendCondition(condition, &placeholders, out);
  placeholders.Append(out);
  out->append(kReturnCapacity).push_back('}');
}

Result<void> PutItem::Decode(const JsonValue& answer) {
  capacity_ = ReadCapacity(answer, writes());
  if (!answer.is_object()) return BadAnswer(name(), "no object");
  return {};
}

void UpdateItem::Encode(std::string* out) const {
  Placeholders placeholders;
  AppendTableAndKey(table, key, out);
  out->append(",\"UpdateExpression\":\"SET ");
  std::string_view separator;
  for (const Attribute& attribute : set) {
    out->append(separator);
    placeholders.Name(attribute.name, out);
    out->append(" = ");
    placeholders.Value(attribute.value, out);
    separator = ", ";
  }
  out->push_back('"');
  AppendCondition(condition, &placeholders, out);
  placeholders.Append(out);
  out->append(kReturnCapacity).push_back('}');
}

Result<void> UpdateItem::Decode(const JsonValue& answer) {
  capacity_ = ReadCapacity(answer, writes());
  if (!answer.is_object()) return BadAnswer(name(), "no object");
  return {};
}

void DeleteItem::Encode(std::string* out) const {
  Placeholders placeholders;
  AppendTableAndKey(table, key, out);
  AppendCondition(condition, &placeholders, out);
  placeholders.Append(out);
  out->append(kReturnCapacity).push_back('}');
}

Result<void> DeleteItem::Decode(const JsonValue& answer) {
  capacity_ = ReadCapacity(answer, writes());
  if (!answer.is_object()) return BadAnswer(name(), "no object");
  return {};
}

// ---- Ranges ---------------------------------------------------------------

void Query::Encode(std::string* out) const {
  Placeholders placeholders;
  AppendTable(table.table, out);
  out->append(",\"KeyConditionExpression\":\"");
  placeholders.Name(table.hash_name, out);
  out->append(" = ");
  placeholders.Value(hash, out);
  if (lower || upper) {
    out->append(" AND ");
    placeholders.Name(table.range_name, out);
  }
  if (lower && upper) {
    out->append(" BETWEEN ");
    placeholders.Value(*lower, out);
    out->append(" AND ");
    placeholders.Value(*upper, out);
  } else if (lower) {
    out->append(" >= ");
    placeholders.Value(*lower, out);
  } else if (upper) {
    out->append(" <= ");
    placeholders.Value(*upper, out);
  }
  out->push_back('"');
  if (exclusive_start) {
    out->append(",\"ExclusiveStartKey\":");
    AppendKey(table, hash, *exclusive_start, out);
  }
  if (!forward) out->append(",\"ScanIndexForward\":false");
  if (consistent_read) out->append(",\"ConsistentRead\":true");
  if (limit != 0) {
    out->append(",\"Limit\":");
    AppendNumber(limit, out);
  }
  AppendProjection(projection, &placeholders, out);
  placeholders.Append(out);
  out->append(kReturnCapacity).push_back('}');
}

Result<void> Query::Decode(const JsonValue& answer) {
  capacity_ = ReadCapacity(answer, writes());
  items.clear();
  last_evaluated.reset();
  if (!ReadItems(answer["Items"], &items)) {
    return BadAnswer(name(), "bad Items");
  }
  const JsonValue last = answer["LastEvaluatedKey"];
  // Of any other form it is no end: what is behind it would be lost.
  if (!last.missing() &&
      !ReadValue(last[table.range_name], &last_evaluated.emplace())) {
    return BadAnswer(name(), "bad LastEvaluatedKey");
  }
  return {};
}

void Scan::Encode(std::string* out) const {
  Placeholders placeholders;
  AppendTable(table.table, out);
  if (start) {
    out->append(",\"ExclusiveStartKey\":");
    AppendKey(table, start->hash, start->range, out);
  }
  if (consistent_read) out->append(",\"ConsistentRead\":true");
  if (limit != 0) {
    out->append(",\"Limit\":");
    AppendNumber(limit, out);
  }
  AppendProjection(projection, &placeholders, out);
  placeholders.Append(out);
  out->append(kReturnCapacity).push_back('}');
}

Result<void> Scan::Decode(const JsonValue& answer) {
  capacity_ = ReadCapacity(answer, writes());
  items.clear();
  if (!ReadItems(answer["Items"], &items)) {
    return BadAnswer(name(), "bad Items");
  }
  last_evaluated.reset();
  const JsonValue last = answer["LastEvaluatedKey"];
  if (last.missing()) return {};
  last_evaluated.emplace();
  if (!ReadValue(last[table.hash_name], &last_evaluated->hash) ||
      !ReadValue(last[table.range_name], &last_evaluated->range)) {
    return BadAnswer(name(), "bad LastEvaluatedKey");
  }
  return {};
}

// ---- Batches --------------------------------------------------------------

void BatchGetItem::Encode(std::string* out) const {
  Placeholders placeholders;
  out->append("{\"RequestItems\":{");
  AppendJsonString(table.table, out);
  out->append(":{\"Keys\":");
  char separator = '[';
  for (size_t i : started_ ? pending_ : FirstIndices(ranges.size())) {
    out->push_back(separator);
    AppendKey(table, hash, ranges[i], out);
    separator = ',';
  }
  out->push_back(']');
  if (consistent_read) out->append(",\"ConsistentRead\":true");
  AppendProjection(projection, &placeholders, out);
  placeholders.Append(out);
  out->append("}}").append(kReturnCapacity).push_back('}');
}

Result<void> BatchGetItem::Decode(const JsonValue& answer) {
  capacity_ = ReadCapacity(answer, writes());
  if (!started_) {
    started_ = true;
    pending_ = FirstIndices(ranges.size());
    items.assign(ranges.size(), std::nullopt);
  }
  std::vector<Item> found;
  if (!answer["Responses"].is_object()) {
    return BadAnswer(name(), "no Responses");
  }
  const JsonValue responses = answer["Responses"][table.table];
  if (!responses.missing() && !ReadItems(responses, &found)) {
    return BadAnswer(name(), "bad Responses");
  }
  JsonValue unprocessed_here;
  if (!LeftOf(answer["UnprocessedKeys"], table.table, &unprocessed_here)) {
    return BadAnswer(name(), "bad UnprocessedKeys");
  }
  std::vector<size_t> left = pending_;
  const JsonValue keys = unprocessed_here["Keys"];
  if ((keys.missing() && !unprocessed_here.missing()) ||
      !KeepPending(
          keys, table.range_name,
          [&](size_t i) -> const AttributeValue& { return ranges[i]; },
          [](const JsonValue& key) { return key; }, &left)) {
    return BadAnswer(name(),
                     "UnprocessedKeys has a key that was not asked for");
  }
  for (Item& item : found) {
    const AttributeValue* range = Find(item, table.range_name);
    const auto at = std::find_if(
        pending_.begin(), pending_.end(),
        [&](size_t i) { return range != nullptr && ranges[i] == *range; });
    if (at == pending_.end()) {
      return BadAnswer(name(), "Responses has a key that was not asked for");
    }
    items[*at] = std::move(item);
  }
  pending_ = std::move(left);
  return {};
}

void BatchWriteItem::Encode(std::string* out) const {
  out->append("{\"RequestItems\":{");
  AppendJsonString(table.table, out);
  out->append(":");
  char separator = '[';
  for (size_t i : started_ ? pending_ : FirstIndices(requests.size())) {
    const WriteRequest& request = requests[i];
    out->push_back(separator);
    if (request.put) {
      out->append("{\"PutRequest\":{\"Item\":");
      AppendItem(*request.put, out);
    } else {
      out->append("{\"DeleteRequest\":{\"Key\":");
      AppendKey(table, hash, request.range, out);
    }
    out->append("}}");
    separator = ',';
  }
  out->append("]}").append(kReturnCapacity).push_back('}');
}

Result<void> BatchWriteItem::Decode(const JsonValue& answer) {
  capacity_ = ReadCapacity(answer, writes());
  if (!answer.is_object()) return BadAnswer(name(), "no object");
  JsonValue unprocessed_here;
  if (!LeftOf(answer["UnprocessedItems"], table.table, &unprocessed_here)) {
    return BadAnswer(name(), "bad UnprocessedItems");
  }
  std::vector<size_t> left =
      started_ ? pending_ : FirstIndices(requests.size());
  if (!KeepPending(
          unprocessed_here, table.range_name,
          [&](size_t i) -> const AttributeValue& { return requests[i].range; },
          [](const JsonValue& request) {
            const JsonValue put = request["PutRequest"]["Item"];
            return put.missing() ? request["DeleteRequest"]["Key"] : put;
          },
          &left)) {
    return BadAnswer(name(),
                     "UnprocessedItems has a key that was not asked for");
  }
  started_ = true;
  pending_ = std::move(left);
  return {};
}

bool BatchGetItem::answered(size_t i) const {
  return started_ && !Contains(pending_, i);
}

bool BatchWriteItem::written(size_t i) const {
  return started_ && !Contains(pending_, i);
}

// ---- Transactions ---------------------------------------------------------

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

Result<void> TransactWriteItems::Decode(const JsonValue& answer) {
  capacity_ = ReadCapacity(answer, writes());
  if (!answer.is_object()) return BadAnswer(name(), "no object");
  return {};
}

// ---- Tables ---------------------------------------------------------------

namespace {

Result<void> ReadDescription(std::string_view operation, const JsonValue& json,
                             TableDescription* description) {
  *description = TableDescription();
  const std::optional<std::string_view> status = json["TableStatus"].string();
  if (!status) return BadAnswer(operation, "no TableStatus");
  description->status = *status;
  description->name = json["TableName"].string().value_or("");
  for (JsonCursor c(json["KeySchema"]); c.Next();) {
    const std::string_view name =
        c.value()["AttributeName"].string().value_or("");
    const bool hash = c.value()["KeyType"].string() == "HASH";
    (hash ? description->hash_name : description->range_name) = name;
    for (JsonCursor d(json["AttributeDefinitions"]); d.Next();) {
      if (d.value()["AttributeName"].string() != name) continue;
      (hash ? description->hash_type : description->range_type) =
          d.value()["AttributeType"].string().value_or("");
    }
  }
  return {};
}

void AppendDefinition(const std::string& name, const std::string& type,
                      std::string* out) {
  out->append("{\"AttributeName\":");
  AppendJsonString(name, out);
  out->append(",\"AttributeType\":");
  AppendJsonString(type, out);
  out->push_back('}');
}

void AppendSchema(const std::string& name, std::string_view type,
                  std::string* out) {
  out->append("{\"AttributeName\":");
  AppendJsonString(name, out);
  out->append(",\"KeyType\":\"").append(type).append("\"}");
}

}  // namespace

void CreateTable::Encode(std::string* out) const {
  AppendTable(description.name, out);
  out->append(",\"AttributeDefinitions\":[");
  AppendDefinition(description.hash_name, description.hash_type, out);
  out->push_back(',');
  AppendDefinition(description.range_name, description.range_type, out);
  out->append("],\"KeySchema\":[");
  AppendSchema(description.hash_name, "HASH", out);
  out->push_back(',');
  AppendSchema(description.range_name, "RANGE", out);
  if (read_capacity_units == 0 && write_capacity_units == 0) {
    out->append("],\"BillingMode\":\"PAY_PER_REQUEST\"}");
    return;
  }
  out->append(
      "],\"BillingMode\":\"PROVISIONED\","
      "\"ProvisionedThroughput\":{\"ReadCapacityUnits\":");
  AppendNumber(static_cast<uint64_t>(read_capacity_units), out);
  out->append(",\"WriteCapacityUnits\":");
  AppendNumber(static_cast<uint64_t>(write_capacity_units), out);
  out->append("}}");
}

Result<void> CreateTable::Decode(const JsonValue& answer) {
  return ReadDescription(name(), answer["TableDescription"], &created);
}

void DescribeTable::Encode(std::string* out) const {
  AppendTable(table, out);
  out->push_back('}');
}

Result<void> DescribeTable::Decode(const JsonValue& answer) {
  return ReadDescription(name(), answer["Table"], &description);
}

void DeleteTable::Encode(std::string* out) const {
  AppendTable(table, out);
  out->push_back('}');
}

Result<void> DeleteTable::Decode(const JsonValue& answer) {
  if (!answer.is_object()) return BadAnswer(name(), "no object");
  return {};
}

void ListTables::Encode(std::string* out) const {
  out->push_back('{');
  if (!exclusive_start_table_name.empty()) {
    out->append("\"ExclusiveStartTableName\":");
    AppendJsonString(exclusive_start_table_name, out);
  }
  out->push_back('}');
}

Result<void> ListTables::Decode(const JsonValue& answer) {
  table_names.clear();
  last_evaluated_table_name.clear();
  if (!answer["TableNames"].is_array()) {
    return BadAnswer(name(), "no TableNames");
  }
  for (JsonCursor c(answer["TableNames"]); c.Next();) {
    const std::optional<std::string_view> table = c.value().string();
    if (!table) return BadAnswer(name(), "bad TableNames");
    table_names.emplace_back(*table);
  }
  const JsonValue last = answer["LastEvaluatedTableName"];
  if (last.missing()) return {};
  if (!last.string()) return BadAnswer(name(), "bad LastEvaluatedTableName");
  last_evaluated_table_name = *last.string();
  return {};
}

}  // namespace dynamodown
