// A third-party program: opens a store, puts, gets, scans, deletes, keeps an
// item in it, and destroys it. On a failure it prints what went wrong and
// returns 1.
//
//     consumer LOCATION

#include <dynamodown/db.h>
#include <dyno/store.h>

#include <iostream>
#include <memory>
#include <string>

#if __cplusplus >= 202002L
#error "Compile this program as C++17: it tests the public headers with it."
#endif

namespace {

bool Expect(bool holds, const std::string& what) {
  if (!holds) std::cerr << "consumer: " << what << '\n';
  return holds;
}

bool Expect(const leveldb::Status& status, const std::string& what) {
  return Expect(status.ok(), what + ": " + status.ToString());
}

std::string Scan(leveldb::DB* db) {
  std::string text;
  std::unique_ptr<leveldb::Iterator> it(
      db->NewIterator(leveldb::ReadOptions()));
  for (it->SeekToFirst(); it->Valid(); it->Next()) {
    text += it->key().ToString() + "=" + it->value().ToString() + ";";
  }
  return it->status().ok() ? text : it->status().ToString();
}

bool UseAsLevelDb(leveldb::DB* db) {
  std::string value;
  return Expect(db->Put({}, "name", "Yuri Irsenovich Kim"), "Put") &&
         Expect(db->Put({}, "dob", "16 February 1941"), "Put") &&
         Expect(db->Get({}, "name", &value), "Get") &&
         Expect(value == "Yuri Irsenovich Kim", "Get gave " + value) &&
         Expect(Scan(db) == "dob=16 February 1941;name=Yuri Irsenovich Kim;",
                "a scan gave " + Scan(db)) &&
         Expect(db->Delete({}, "dob"), "Delete") &&
         Expect(db->Get({}, "dob", &value).IsNotFound(),
                "a deleted key is there");
}

#ifdef __GXX_RTTI
// The cast to a Database must succeed on our DB, and give null on LevelDB's
// own.
bool CastToDatabase(leveldb::DB* db, const std::string& plain_path) {
  auto* database = dynamic_cast<dynamodown::Database*>(db);
  if (!Expect(database != nullptr, "the cast to a Database gave null") ||
      !Expect(database->GetInfo().engine == "leveldb",
              "engine is " + database->GetInfo().engine)) {
    return false;
  }
  leveldb::Options options;
  options.create_if_missing = true;
  leveldb::DB* plain = nullptr;
  if (!Expect(leveldb::DB::Open(options, plain_path, &plain), "plain Open")) {
    return false;
  }
  const bool is_null = dynamic_cast<dynamodown::Database*>(plain) == nullptr;
  delete plain;
  return Expect(leveldb::DestroyDB(plain_path, options), "DestroyDB") &&
         Expect(is_null, "LevelDB's own DB was cast to a Database");
}
#else
bool CastToDatabase(leveldb::DB*, const std::string&) { return true; }
#endif

bool KeepAnItem(leveldb::DB* db) {
  dyno::Store* opened = nullptr;
  if (!Expect(dyno::Open(dyno::Options(), db, &opened), "dyno's Open")) {
    return false;
  }
  const std::unique_ptr<dyno::Store> store(opened);
  dyno::Item item;
  return Expect(store->PutItem({}, "kim", R"({"films":1})"), "PutItem") &&
         Expect(store->IncAttrs({}, "kim", R"({"films":1})"), "IncAttrs") &&
         Expect(store->GetItem("kim", &item), "GetItem") &&
         Expect(item.json == R"({"films":2})", "GetItem gave " + item.json);
}

bool ReadThroughDatabase(const dynamodown::Options& options,
                         const std::string& location) {
  dynamodown::Database* opened = nullptr;
  if (!Expect(dynamodown::Open(options, location, &opened), "Open again")) {
    return false;
  }
  std::unique_ptr<dynamodown::Database> db(opened);
  dynamodown::Bounds bounds;
  bounds.prefix = "na";
  std::unique_ptr<leveldb::Iterator> it(
      db->NewIterator(dynamodown::ReadOptions(), bounds));
  it->SeekToLast();
  return Expect(it->Valid() && it->key() == "name", "the last key is another");
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: consumer LOCATION\n";
    return 2;
  }
  const std::string location = argv[1];
  const std::string plain_path =
      location.substr(location.find(':') + 1) + "-plain";

  // As in a program for LevelDB, except for the namespace of Open.
  leveldb::Options options;
  options.create_if_missing = true;
  leveldb::DB* opened = nullptr;
  if (!Expect(dynamodown::Open(options, location, &opened), "Open")) return 1;
  std::unique_ptr<leveldb::DB> db(opened);
  bool good = UseAsLevelDb(db.get()) && CastToDatabase(db.get(), plain_path) &&
              KeepAnItem(db.get());
  db.reset();

  good = good && ReadThroughDatabase(options, location);
  good = Expect(dynamodown::Destroy(options, location), "Destroy") && good;

  dynamodown::Options as_it_is;
  leveldb::Status s = dynamodown::Open(as_it_is, location, &opened);
  good =
      Expect(dynamodown::KindOf(s) == dynamodown::StatusKind::kInvalidArgument,
             "opening what was destroyed: " + s.ToString()) &&
      good;
  return good ? 0 : 1;
}
