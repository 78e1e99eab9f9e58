// What the dyno examples print.

#ifndef EXAMPLES_PRINT_ITEM_H_
#define EXAMPLES_PRINT_ITEM_H_

#include <dynamodown/db.h>

#include <iostream>
#include <memory>
#include <string>

/// JSON the way Node.js prints it. Enough for an item of plain texts.
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

/// The records of an item as they are in `db`, one a line. `name` has no "/",
/// "%" or bytes that are not UTF-8: those would be encoded.
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
