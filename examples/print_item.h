// Prints items and records for the dyno examples.

#ifndef EXAMPLES_PRINT_ITEM_H_
#define EXAMPLES_PRINT_ITEM_H_

#include <dynamodown/db.h>

#include <iostream>
#include <memory>
#include <string>

/// Returns JSON as Node.js prints it. It only handles items whose values are
/// texts.
inline std::string AsNodePrints(std::string json) {
  const char* pairs[][2] = {
      {"{\"", "{ "}, {"\":\"", ": '"}, {"\",\"", "', "}, {"\"}", "' }"}};
  for (const auto& [from, to] : pairs) {
    const std::string text = from;
    for (size_t at = json.find(text); at != std::string::npos;
         at = json.find(text, at + 1)) {
      json.replace(at, text.size(), to);
    }
  }
  return json;
}

/// Prints the records of an item in `db`, one a line. `name` must have no "/",
/// "%" or bytes that are not UTF-8, because those would be encoded.
inline leveldb::Status PrintRecords(const std::string& name,
                                    dynamodown::Database* db) {
  dynamodown::Bounds bounds;
  bounds.prefix = name + "/";
  std::unique_ptr<leveldb::Iterator> it(
      db->NewIterator(dynamodown::ReadOptions(), bounds));
  for (it->SeekToFirst(); it->Valid(); it->Next()) {
    std::cout << it->key().ToString() << " = " << it->value().ToString()
              << '\n';
  }
  return it->status();
}

#endif  // EXAMPLES_PRINT_ITEM_H_
