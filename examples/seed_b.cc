// Puts four entries into a store and prints the store as Node.js prints
// objects. A location may be just the name of a table: it means the store "!"
// in that table.
//
//     seed_b LOCATION
//
//     seed_b table_name            creates the table if it is missing
//     seed_b leveldb:/tmp/kim      an embedded LevelDB

#include <dynamodown/db.h>

#include <iostream>
#include <memory>
#include <utility>

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: seed_b LOCATION\n";
    return 2;
  }
  dynamodown::Options options;
  options.create_if_missing = true;
  // A table that this program creates is billed by the request. For a fixed
  // rate:
  //     options.table.read_capacity_units = 1;
  //     options.table.write_capacity_units = 1;
  //
  // The region comes from AWS_REGION, the credentials from AWS_ACCESS_KEY_ID
  // and AWS_SECRET_ACCESS_KEY. To set them in code:
  //     options.connection.region = "us-east-1";
  //     options.connection.credentials_provider = ...;

  leveldb::DB* opened = nullptr;
  leveldb::Status s = dynamodown::Open(options, argv[1], &opened);
  std::unique_ptr<leveldb::DB> db(opened);
  const std::pair<const char*, const char*> entries[] = {
      {"name", "Yuri Irsenovich Kim"},
      {"dob", "16 February 1941"},
      {"spouse", "Kim Young-sook"},
      {"occupation", "Clown"},
  };
  for (const auto& [key, value] : entries) {
    if (s.ok()) s = db->Put(leveldb::WriteOptions(), key, value);
  }
  if (s.ok()) {
    std::unique_ptr<leveldb::Iterator> it(
        db->NewIterator(leveldb::ReadOptions()));
    for (it->SeekToFirst(); it->Valid(); it->Next()) {
      std::cout << "{ key: '" << it->key().ToString() << "', value: '"
                << it->value().ToString() << "' }\n";
    }
    s = it->status();
  }
  if (!s.ok()) {
    std::cerr << s.ToString() << '\n';
    return 1;
  }
  std::cout << "Show's over folks!\n";
  return 0;
}
