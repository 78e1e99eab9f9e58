// A third-party program that uses dyno on a LevelDB of its own. It links
// dynamodown::dyno alone.
//
//     only_dyno leveldb:PATH

#include <dyno/store.h>
#include <leveldb/db.h>

#include <iostream>
#include <memory>
#include <string>

namespace {

leveldb::Status KeepAnItem(leveldb::DB* db, std::string* json) {
  dyno::Store* opened = nullptr;
  leveldb::Status s = dyno::Open(dyno::Options(), db, &opened);
  if (!s.ok()) return s;
  const std::unique_ptr<dyno::Store> store(opened);
  dyno::Item item;
  s = store->PutItem({}, "kim", R"({"films":1})");
  if (s.ok()) s = store->GetItem("kim", &item);
  *json = item.json;
  return s;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: only_dyno leveldb:PATH\n";
    return 2;
  }
  const std::string location = argv[1];
  const std::string path = location.substr(location.find(':') + 1);
  leveldb::DestroyDB(path, leveldb::Options());
  leveldb::Options options;
  options.create_if_missing = true;
  leveldb::DB* opened = nullptr;
  leveldb::Status s = leveldb::DB::Open(options, path, &opened);
  const std::unique_ptr<leveldb::DB> db(opened);
  std::string json;
  if (s.ok()) s = KeepAnItem(db.get(), &json);
  if (s.ok() && json == R"({"films":1})") return 0;
  std::cerr << "only_dyno: " << s.ToString() << " " << json << "\n";
  return 1;
}
