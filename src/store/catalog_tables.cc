// How a Catalog finds its table, creates it, and waits until it is active.

#include <algorithm>
#include <utility>

#include "base/printable.h"
#include "dynamo/errors.h"
#include "store/catalog.h"
#include "store/catalog_errors.h"

namespace dynamodown {
namespace {

constexpr std::chrono::milliseconds kFirstWait{50};
constexpr std::chrono::milliseconds kLongestWait{1000};

}  // namespace

Result<std::optional<TableDescription>, ServiceError> Catalog::Describe(
    const CallOptions& call) {
  DescribeTable describe;
  describe.table = settings_.table;
  Result<void, ServiceError> sent = environment_.client->Send(&describe, call);
  if (sent.ok()) return std::optional(std::move(describe.description));
  if (IsMissingTable(sent.error())) return std::optional<TableDescription>();
  return std::move(sent).error();
}

Result<Schema> Catalog::SchemaOf(const TableDescription& description) const {
  const std::string table = "table " + Printable(settings_.table);
  if (description.range_name.empty()) {
    return Invalid(table +
                   " has no range key, so it cannot hold an ordered "
                   "store; use a table with a hash key and a range key");
  }
  const auto usable = [](const std::string& type) {
    return type == "S" || type == "B";
  };
  if (!usable(description.hash_type) || !usable(description.range_type)) {
    const bool hash = !usable(description.hash_type);
    return Invalid(
        table + ": its " + (hash ? "hash" : "range") + " key " +
        Escaped(hash ? description.hash_name : description.range_name) +
        " is of type " +
        Escaped(hash ? description.hash_type : description.range_type) +
        "; a store needs S or B");
  }
  Schema schema;
  schema.keys.table = settings_.table;
  schema.keys.hash_name = description.hash_name;
  schema.keys.range_name = description.range_name;
  schema.hash_binary = description.hash_type == "B";
  schema.range_utf8 = description.range_type == "S";
  schema.SetKeyForms(settings_.limits);
  schema.value_name = settings_.schema.value_name;
  if (schema.value_name == schema.keys.hash_name ||
      schema.value_name == schema.keys.range_name) {
    return Invalid(table + ": the value attribute " +
                       Printable(schema.value_name) + " is one of its keys",
                   {Advice::Kind::kName, "value_attribute", "", "; set ",
                    " to another name"});
  }
  return schema;
}

Result<std::optional<Schema>> Catalog::FindTable(bool deleting_is_none) {
  if (settings_.schema_known) return std::optional(settings_.schema);
  Result<std::optional<TableDescription>, ServiceError> description =
      Describe();
  if (!description.ok()) return std::move(description).error();
  if (!*description ||
      (deleting_is_none && (*description)->status == "DELETING")) {
    return std::optional<Schema>();
  }
  if ((*description)->status != "ACTIVE" &&
      (*description)->status != "UPDATING") {
    Result<TableDescription> active = WaitUntilActive();
    if (!active.ok()) return std::move(active).error();
    **description = *std::move(active);
  }
  Result<Schema> schema = SchemaOf(**description);
  if (!schema.ok()) return std::move(schema).error();
  return std::optional(*std::move(schema));
}

Result<Schema> Catalog::CreateTableAndWait() {
  CreateTable create;
  const TableKeys& keys = settings_.schema.keys;
  create.description.name = settings_.table;
  create.description.hash_name =
      keys.hash_name.empty() ? "hkey" : keys.hash_name;
  create.description.hash_type = settings_.schema.hash_binary ? "B" : "S";
  create.description.range_name =
      keys.range_name.empty() ? "rkey" : keys.range_name;
  create.description.range_type = settings_.schema.range_utf8 ? "S" : "B";
  create.read_capacity_units = settings_.read_capacity_units;
  create.write_capacity_units = settings_.write_capacity_units;
  // Check the schema before anything is created.
  Result<Schema> schema = SchemaOf(create.description);
  if (!schema.ok()) return schema;
  Result<void, ServiceError> sent = environment_.client->Send(&create);
  // The table may exist by now: someone else has created it, or an earlier
  // attempt has created it and only the answer was lost.
  if (!sent.ok() && sent.error().code != "ResourceInUseException") {
    return std::move(sent).error();
  }
  Result<TableDescription> active = WaitUntilActive();
  if (!active.ok()) return std::move(active).error();
  return SchemaOf(*active);
}

Result<TableDescription> Catalog::WaitUntilActive() {
  const Scheduler::TimePoint end =
      environment_.scheduler->Now() + settings_.create_timeout;
  Scheduler::Duration wait = kFirstWait;
  for (;;) {
    CallOptions call;
    call.deadline =
        std::max(std::chrono::milliseconds(1),
                 std::chrono::duration_cast<std::chrono::milliseconds>(
                     end - environment_.scheduler->Now()));
    Result<std::optional<TableDescription>, ServiceError> description =
        Describe(call);
    if (!description.ok()) return std::move(description).error();
    // A table that was just created may not be visible everywhere yet.
    const std::string status =
        *description ? (*description)->status : "UNKNOWN";
    if (status == "ACTIVE" || status == "UPDATING") {
      return **std::move(description);
    }
    if (*description && status != "CREATING") {
      return Error{ErrorKind::kUnavailable,
                   "table " + Printable(settings_.table) + " is " +
                       (status == "DELETING" ? "being deleted" : status) +
                       ", so it cannot be used now"};
    }
    if (environment_.scheduler->Now() + wait > end) {
      return Error{
          ErrorKind::kTimeout,
          "table " + Printable(settings_.table) + " is still " + status +
              " after " + std::to_string(settings_.create_timeout.count()) +
              " ms; open the store again later",
          {Advice::Kind::kName, "create_timeout", "", ", or raise ", ""}};
    }
    environment_.scheduler->Sleep(wait);
    wait = std::min<Scheduler::Duration>(wait * 2, kLongestWait);
  }
}

}  // namespace dynamodown
