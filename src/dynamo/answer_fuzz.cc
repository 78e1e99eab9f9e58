// Decodes any bytes as the answer to any operation. The operation accepts or
// refuses the bytes, and never crashes.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>

#include "base/json.h"
#include "dynamo/errors.h"
#include "dynamo/operations.h"

namespace dynamodown {
namespace {

const TableKeys kTable = {"table", "hkey", "rkey"};

std::unique_ptr<Operation> MakeOperation(uint8_t choice) {
  switch (choice % 8) {
    case 0:
      return std::make_unique<GetItem>();
    case 1: {
      auto query = std::make_unique<Query>();
      query->table = kTable;
      return query;
    }
    case 2: {
      auto get = std::make_unique<BatchGetItem>();
      get->table = kTable;
      get->ranges = {AttributeValue::B("a"), AttributeValue::B("b")};
      return get;
    }
    case 3: {
      auto write = std::make_unique<BatchWriteItem>();
      write->table = kTable;
      write->requests = {{AttributeValue::B("a"), std::nullopt},
                         {AttributeValue::B("b"), std::nullopt}};
      return write;
    }
    case 4:
      return std::make_unique<TransactWriteItems>();
    case 5:
      return std::make_unique<DescribeTable>();
    case 6:
      return std::make_unique<ListTables>();
    default:
      return std::make_unique<Scan>();
  }
}

}  // namespace
}  // namespace dynamodown

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using dynamodown::JsonValue;
  if (size == 0) return 0;
  const std::unique_ptr<dynamodown::Operation> operation =
      dynamodown::MakeOperation(data[0]);
  std::string text(reinterpret_cast<const char*>(data) + 1, size - 1);
  dynamodown::JsonParser parser;
  const dynamodown::Result<JsonValue> answer = parser.Parse(&text);
  const dynamodown::ServiceError error =
      dynamodown::ErrorOfAnswer(400, answer.ok() ? *answer : JsonValue(), "id");
  if (error.message.empty()) abort();
  // Decode a second time, as if a batch had been sent again for its unprocessed
  // items.
  if (!answer.ok() || !operation->Decode(*answer).ok()) return 0;
  if (operation->unprocessed() > 2) abort();
  const size_t left = operation->unprocessed();
  if (operation->Decode(*answer).ok() && operation->unprocessed() > left) {
    abort();
  }
  return 0;
}
