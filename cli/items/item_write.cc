#include "items/item_write.h"

#include "dyno/flake.h"
#include "io/message.h"
#include "io/standard_input.h"
#include "items/item_store.h"
#include "parse/encoding.h"
#include "parse/foreign_input.h"
#include "parse/json_lines.h"

namespace cli {
namespace {

using leveldb::Status;

/// A write can be repeated only with its whole timestamp. The other forms that
/// --as-of takes are refused.
void SetTimestamp(const std::string& value, std::string* timestamp) {
  dyno::Flake ignored;
  if (!dyno::Flake::Parse(value, &ignored)) {
    throw UsageError("--timestamp '" + value +
                     "' is no timestamp; the message of the write that failed "
                     "has one");
  }
  *timestamp = value;
}

}  // namespace

ItemWriteBuilder::ItemWriteBuilder(const std::string& name,
                                   const std::string& description,
                                   const char* footer, ItemWrite* write)
    : StoreCommandBuilder(name, description, footer, &write->common) {
  AddRequiredItemName(this, &write->name);
  AddOption("--timestamp", "TIMESTAMP",
            "Repeat a failed write that had this timestamp",
            [write](const std::string& value) {
              SetTimestamp(value, &write->timestamp);
            });
  AddTable();
  AddConnection();
}

void ItemWriteBuilder::AddObject(std::optional<std::string>* object) {
  AddArgument("JSON", "An object; \"-\" or no JSON means standard input",
              IntoFile(object));
  // Standard input is checked once it is read.
  AddCheck([object] {
    if (!*object) return;
    if (const Complaint wrong = CheckItemObject(**object)) {
      throw UsageError("the argument JSON " + *wrong);
    }
  });
}

void ItemWriteBuilder::AddAttribute(std::string* attribute) {
  AddArgument("ATTR", "The attribute's name", Into(attribute)).is_required =
      true;
  AddCheck([attribute] { CheckUtf8("ATTR", *attribute); });
}

void ItemWriteBuilder::AddTexts(const std::string& name,
                                const std::string& description,
                                std::vector<std::string>* texts) {
  ArgumentSpec& added = AddArgument(name, description, AppendTo(texts));
  added.is_required = true;
  added.is_repeated = true;
  AddCheck([name, texts] {
    for (const std::string& text : *texts) CheckUtf8(name, text);
  });
}

int WriteItem(const ItemWrite& write, const ItemCall& call) {
  const std::string& location = write.common.location;
  Items items(write.common);
  Status status = items.Open();
  dyno::WriteOptions options;
  options.timestamp = write.timestamp;
  if (status.ok()) status = call(options, items.store());
  return status.ok() ? kExitOk : Fail(status, location);
}

int WriteItemObject(const ItemWrite& write, const std::string& command,
                    const std::optional<std::string>& object,
                    const ItemObjectCall& call) {
  std::string text = object.value_or("");
  if (!object) {
    if (const Complaint c = ReadStandardInput(&text)) return Fail(*c);
    // Standard input replaces the argument JSON, so wrong input is a usage
    // mistake, like a wrong argument.
    if (const Complaint wrong = CheckItemObject(text)) {
      return Misuse(command, "standard input " + *wrong);
    }
  }
  text.erase(0, text.size() - WithoutMark(text).size());
  return WriteItem(write,
                   [&](const dyno::WriteOptions& options, dyno::Store* store) {
                     return call(options, store, text);
                   });
}

std::string ObjectOf(const std::string& attribute, const std::string& value) {
  return "{" + JsonString(attribute) + ":" + value + "}";
}

std::string ArrayOf(const std::vector<std::string>& strings) {
  std::string array;
  for (const std::string& each : strings) {
    array += (array.empty() ? "" : ",") + JsonString(each);
  }
  return "[" + array + "]";
}

}  // namespace cli
