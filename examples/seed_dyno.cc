// Puts an item, changes it twice, gets it back, and prints its stored
// operations in order.
//
//     seed_dyno LOCATION
//
//     seed_dyno mytable/users        a store in a DynamoDB table
//     seed_dyno leveldb:/tmp/users   an embedded LevelDB
//
// seed_dyno_flatten continues from there.

#include <dynamodown/dyno.h>

#include <iostream>
#include <memory>
#include <string>

#include "print_item.h"

namespace {

// Writes the operations and prints the resulting item.
leveldb::Status Run(dyno::Store* store) {
  const dyno::WriteOptions options;
  leveldb::Status s = store->PutItem(
      options, "chilts", R"({"nick":"chilts","email":"me@example.com"})");
  if (s.ok()) s = store->DelAttrs(options, "chilts", {"email"});
  if (s.ok())
    s = store->PutAttrs(options, "chilts", R"({"name":"Andy Chilton"})");
  if (!s.ok()) return s;

  dyno::Item item;
  s = store->GetItem("chilts", &item);
  if (s.ok()) std::cout << AsNodePrints(item.json) << '\n';
  return s;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: seed_dyno LOCATION\n";
    return 2;
  }
  dynamodown::Options options;
  options.create_if_missing = true;

  dynamodown::Database* opened = nullptr;
  leveldb::Status s = dynamodown::Open(options, argv[1], &opened);
  std::unique_ptr<dynamodown::Database> db(opened);
  dyno::Store* items = nullptr;
  if (s.ok()) s = dyno::Open(dyno::Options(), db.get(), &items);
  std::unique_ptr<dyno::Store> store(items);

  if (s.ok()) s = Run(store.get());
  if (s.ok()) s = PrintRecords("chilts", db.get());
  if (!s.ok()) {
    std::cerr << s.ToString() << '\n';
    return 1;
  }
  return 0;
}
