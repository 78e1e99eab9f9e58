// Puts four entries into a store and reads them back in order. Only one line
// differs from a LevelDB program: the one that opens the store.
//
//     seed_a LOCATION
//
//     seed_a mytable/myhash        a store in a DynamoDB table (region and
//                                  credentials come from the environment,
//                                  as for every AWS tool)
//     seed_a leveldb:/tmp/myhash   an embedded LevelDB

#include <dynamodown/db.h>

#include <iostream>
#include <memory>
#include <utility>

namespace {

// Puts the entries and prints the whole store.
leveldb::Status Run(leveldb::DB* db) {
  const std::pair<const char*, const char*> entries[] = {
      {"name", "Yuri Irsenovich Kim"},
      {"dob", "16 February 1941"},
      {"spouse", "Kim Young-sook"},
      {"occupation", "Clown"},
  };
  for (const auto& [key, value] : entries) {
    leveldb::Status s = db->Put(leveldb::WriteOptions(), key, value);
    if (!s.ok()) return s;
  }

  std::unique_ptr<leveldb::Iterator> it(
      db->NewIterator(leveldb::ReadOptions()));
  for (it->SeekToFirst(); it->Valid(); it->Next()) {
    std::cout << it->key().ToString() << " = " << it->value().ToString()
              << '\n';
  }
  if (!it->status().ok()) return it->status();
  std::cout << "Stream ended\n";

  it.reset();  // Delete iterators before their store.
  std::cout << "Stream closed\n";
  return leveldb::Status::OK();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: seed_a LOCATION\n";
    return 2;
  }
  dynamodown::Options options;  // leveldb::Options, and AWS settings
  options.create_if_missing = true;

  leveldb::DB* opened = nullptr;
  leveldb::Status s = dynamodown::Open(options, argv[1], &opened);
  std::unique_ptr<leveldb::DB> db(opened);
  if (s.ok()) s = Run(db.get());
  if (!s.ok()) {
    std::cerr << "Oh my! " << s.ToString() << '\n';
    return 1;
  }
  return 0;
}
