// Optional members of operations that the database rarely or never sends, so
// that golden bytes cover every branch of the codec.

#include <string>
#include <vector>

#include "wire/cases.h"

namespace dynamodown_test {

using dynamodown::AttributeValue;
using dynamodown::ConditionExpression;
using dynamodown::Item;
using dynamodown::Key;
using dynamodown::Operation;
using dynamodown::TableKeys;

namespace {

using Kind = ConditionExpression::Kind;

const TableKeys& Table() {
  static const TableKeys table = {kGoldenTable, "hkey", "rkey"};
  return table;
}

Key KeyOf(const std::string& range) {
  return {AttributeValue::S("kim"), AttributeValue::B(range)};
}

/// An item under "k" with a value of every type that is written.
Item EveryType() {
  Item item = {{"hkey", AttributeValue::S("kim")},
               {"rkey", AttributeValue::B("k")}};
  item.push_back({"s", AttributeValue::S("text")});
  item.push_back({"b", AttributeValue::B("\xff")});
  item.push_back({"n", AttributeValue::N(-1941)});
  item.push_back({"null", AttributeValue::Null()});
  item.push_back({"bool", {AttributeValue::Type::kBool, "false", {}}});
  item.push_back({"ss", AttributeValue::SS({"one", "two \"2\""})});
  return item;
}

void Say(CaseRun* run, const std::string& name, const Item& item) {
  std::string line = name + ":";
  for (const dynamodown::Attribute& attribute : item) {
    line += " " + attribute.name + "=" +
            std::string(dynamodown::TypeName(attribute.value)) +
            Quoted(attribute.value.text);
    for (const std::string& one : attribute.value.set) {
      line += "," + Quoted(one);
    }
  }
  run->Say(line);
}

bool Send(CaseRun* run, Operation* operation) {
  const auto sent = run->client()->Send(operation);
  run->Say(std::string(operation->name()) + ": " +
           (sent.ok() ? "OK" : sent.error().message));
  if (!sent.ok()) return false;
  const dynamodown::Capacity& capacity = operation->capacity();
  run->Say("units: " + std::to_string(capacity.read_units) + " read, " +
           std::to_string(capacity.write_units) + " written");
  return true;
}

void GetWhole(CaseRun* run) {
  dynamodown::GetItem get;
  get.table = Table();
  get.key = KeyOf("k");
  get.consistent_read = false;
  if (Send(run, &get)) Say(run, "item", get.item.value());
}

void PutEveryType(CaseRun* run) {
  dynamodown::PutItem put;
  put.table = Table();
  put.item = EveryType();
  put.condition.terms = {{Kind::kNotExists, "rkey", {}},
                         {Kind::kEquals, "s", AttributeValue::S("text")},
                         {Kind::kEquals, "n", AttributeValue::N(1)}};
  Send(run, &put);
}

void Update(CaseRun* run) {
  dynamodown::UpdateItem update;
  update.table = Table();
  update.key = KeyOf("k");
  update.set = {{"state", AttributeValue::S("new")},
                {"size", AttributeValue::N(2)}};
  Send(run, &update);
  update.condition.terms = {{Kind::kExists, "rkey", {}}};
  Send(run, &update);
}

void DeleteIf(CaseRun* run) {
  dynamodown::DeleteItem remove;
  remove.table = Table();
  remove.key = KeyOf("k");
  remove.condition.terms = {{Kind::kEquals, "id", AttributeValue::S("1")}};
  Send(run, &remove);
}

void QueryEverything(CaseRun* run) {
  dynamodown::Query query;
  query.table = Table();
  query.hash = AttributeValue::S("kim");
  query.lower = AttributeValue::B("a");
  query.upper = AttributeValue::B("z");
  query.exclusive_start = AttributeValue::B("k");
  query.forward = false;
  query.limit = 7;
  query.projection = {"rkey", "value", "size"};
  Send(run, &query);
  for (const Item& item : query.items) Say(run, "item", item);
  run->Say("last: " + (query.last_evaluated ? Quoted(query.last_evaluated->text)
                                            : std::string("none")));
}

void QueryPlain(CaseRun* run) {
  dynamodown::Query query;
  query.table = Table();
  query.hash = AttributeValue::S("kim");
  query.consistent_read = false;
  Send(run, &query);
  for (const Item& item : query.items) Say(run, "item", item);
}

void ScanEverything(CaseRun* run) {
  dynamodown::Scan scan;
  scan.table = Table();
  scan.start = KeyOf("k");
  scan.consistent_read = true;
  scan.limit = 3;
  scan.projection = {"hkey", "rkey"};
  Send(run, &scan);
  for (const Item& item : scan.items) Say(run, "item", item);
  if (scan.last_evaluated) {
    run->Say("last: " + Quoted(scan.last_evaluated->hash.text) + " " +
             Quoted(scan.last_evaluated->range.text));
  }
}

void ScanPlain(CaseRun* run) {
  dynamodown::Scan scan;
  scan.table = Table();
  Send(run, &scan);
  for (const Item& item : scan.items) Say(run, "item", item);
}

void BatchGetWhole(CaseRun* run) {
  dynamodown::BatchGetItem get;
  get.table = Table();
  get.hash = AttributeValue::S("kim");
  get.ranges = {AttributeValue::B("k")};
  get.consistent_read = false;
  if (Send(run, &get)) Say(run, "item", get.items[0].value());
}

void ListTables(CaseRun* run) {
  dynamodown::ListTables list;
  do {
    list.exclusive_start_table_name = list.last_evaluated_table_name;
    if (!Send(run, &list)) return;
    for (const std::string& name : list.table_names) run->Say(Quoted(name));
  } while (!list.last_evaluated_table_name.empty());
}

}  // namespace

std::vector<Case> OperationCases() {
  return {
      {"op-get-whole", GetWhole},
      {"op-put-every-type", PutEveryType},
      {"op-update", Update},
      {"op-delete-if", DeleteIf},
      {"op-query-everything", QueryEverything},
      {"op-query-plain", QueryPlain},
      {"op-scan-everything", ScanEverything},
      {"op-scan-plain", ScanPlain},
      {"op-batch-get-whole", BatchGetWhole},
      {"op-list-tables", ListTables},
  };
}

}  // namespace dynamodown_test
