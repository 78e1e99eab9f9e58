// Gets the item of seed_dyno, with the number of its changes and the timestamp
// of the last one, and flattens it up to that timestamp: all of its operations
// become one.
//
//     seed_dyno_flatten LOCATION

#include <dynamodown/dyno.h>

#include <iostream>
#include <memory>
#include <string>

#include "print_item.h"

namespace {

leveldb::Status Run(dyno::Store* store) {
  dyno::Item item;
  leveldb::Status s = store->GetItem("chilts", &item);
  if (!s.ok()) return s;
  if (!item.exists) return leveldb::Status::NotFound("run seed_dyno first");
  std::cout << "There have been " << item.changes << " changes to this item\n"
            << "The last change occurred at " << item.timestamp << '\n'
            << "Item:  " << AsNodePrints(item.json) << '\n';

  // Confirm what was read, and fold the history into one operation. (We know
  // from elsewhere that no older operation will come.)
  dyno::FlattenOptions options;
  options.timestamp = item.timestamp;
  s = store->Flatten("chilts", options);
  if (s.ok()) std::cout << "This item is now flattened\n";
  return s;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: seed_dyno_flatten LOCATION\n";
    return 2;
  }
  dynamodown::Database* opened = nullptr;
  leveldb::Status s = dynamodown::Open(dynamodown::Options(), argv[1], &opened);
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
