// Tables that cannot hold a store, and stores that do not open.

#include <string>
#include <vector>

#include "bad_input/cases.h"

namespace dynamodown_test {
namespace {

using dynamodown::StatusKind;
using enum Before;
using enum dynamodown::StatusKind;

void AddTables(std::vector<Case>* all) {
  all->push_back(
      {"MissingTable",
       kNothing,
       [](Scene* s) {
         s->world.options.create_if_missing = false;
         return s->Open("table/store");
       },
       kInvalidArgument,
       {"\"table/store\": the table does not exist (create_if_missing is "
        "false)"},
       1});
  all->push_back(
      {"MissingTableWithTheKeysGiven",
       kNothing,
       [](Scene* s) {
         s->world.options.create_if_missing = false;
         s->world.options.table.hash_key = "hkey";
         s->world.options.table.range_key = "rkey";
         return s->Open("table/store");
       },
       kInvalidArgument,
       {"\"table/store\": the table does not exist (create_if_missing is "
        "false)"},
       1});
  all->push_back({"TableThatIsGone",
                  kOpen,
                  [](Scene* s) {
                    s->world.Carry("DeleteTable", {{"TableName", "table"}});
                    return s->Put("k", "v");
                  },
                  kRejected,
                  {"rejected: ResourceNotFoundException"},
                  1});
  const auto table = [&](const std::string& name, const KeyNames& names,
                         const std::vector<std::string>& words) {
    all->push_back({"Table" + name, kNothing,
                    [=](Scene* s) {
                      s->world.MakeTable("table", names);
                      return s->Open("table/store");
                    },
                    kInvalidArgument, words, 1});
  };
  table("WithoutARangeKey", {"hkey", "S", "", ""},
        {"table \"table\" has no range key, so it cannot hold an ordered store",
         "use a table with a hash key and a range key"});
  table("WithANumberHashKey", {"h", "N", "r", "B"},
        {"its hash key h is of type N; a store needs S or B"});
  table("WithANumberRangeKey", {"h", "S", "r", "N"},
        {"its range key r is of type N; a store needs S or B"});
  table("WhoseKeyIsTheValueAttribute", {"h", "S", "value", "B"},
        {"the value attribute \"value\" is one of its keys; set "
         "Options::table.value_attribute to another name"});
}

void AddStores(std::vector<Case>* all) {
  all->push_back(
      {"MissingStore",
       kClosed,
       [](Scene* s) {
         s->world.options.create_if_missing = false;
         return s->Open("table/other");
       },
       kInvalidArgument,
       {"\"table/other\": does not exist (create_if_missing is false)"},
       3});
  all->push_back({"StoreThatExists",
                  kClosed,
                  [](Scene* s) {
                    s->world.options.error_if_exists = true;
                    return s->Open("table/store");
                  },
                  kInvalidArgument,
                  {"\"table/store\": exists (error_if_exists is true)"},
                  2});
  const auto descriptor = [&](const std::string& name, const Json& changes,
                              StatusKind kind,
                              const std::vector<std::string>& words) {
    all->push_back({name, kClosed,
                    [=](Scene* s) {
                      s->world.ChangeDescriptor("table", "store", changes);
                      return s->Open("table/store");
                    },
                    kind, words, 2});
  };
  descriptor("StoreWithAnUnknownFeature", {{"requires", {{"SS", {"sharded"}}}}},
             kNotSupported,
             {"\"table/store\": this store needs feature \"sharded\", which "
              "this version does not know; use a newer one"});
  descriptor("StoreOfAnotherVersion", {{"version", N("2")}}, kNotSupported,
             {"needs format version 2", "use a newer one"});
  descriptor("StoreOfAnotherMode", {{"mode", S("exclusive")}}, kNotSupported,
             {"needs mode \"exclusive\"", "use a newer one"});
  descriptor("StoreWithAForeignDescriptor", {{"version", nullptr}}, kCorruption,
             {"descriptor has no version; was it written by another program?"});
  descriptor("StoreWithFeaturesThatAreNoSet", {{"requires", S("x")}},
             kCorruption, {"was it written by another program?"});
  descriptor("StoreThatIsBeingDestroyed", {{"state", S("destroying")}},
             kDestroying,
             {"destroying: \"table/store\": this store is being destroyed; "
              "destroy it again to finish, then it can be created anew"});
  all->push_back(
      {"DestroyOfAForeignStore",
       kClosed,
       [](Scene* s) {
         s->world.PutItem("table", {{"hkey", S("foreign")}, {"rkey", B("k")}});
         return s->world.Destroy("table/foreign");
       },
       kInvalidArgument,
       {"has keys but no descriptor: either it is another library's store, or "
        "a program that had the store open wrote after Destroy; to destroy it "
        "all the same, use DestroyOptions::force"},
       3});
}

}  // namespace

std::vector<Case> TableCases() {
  std::vector<Case> all;
  AddTables(&all);
  AddStores(&all);
  return all;
}

}  // namespace dynamodown_test
