// Open, Create, Destroy, ListStores and the doctor.

#include <memory>
#include <string>
#include <vector>

#include "wire/cases.h"

namespace dynamodown_test {

using dynamodown::Access;
using dynamodown::Database;
using dynamodown::Finding;
using dynamodown::KeyType;
using dynamodown::StoreSummary;

namespace {

/// Makes Open send a DescribeTable.
void AskForNames(CaseRun* run) {
  run->options.table.hash_key.clear();
  run->options.table.range_key.clear();
}

void Open(CaseRun* run) {
  Database* opened = nullptr;
  run->Say("open", dynamodown::OpenIn(run->open_environment, run->options,
                                      kGoldenStore, &opened));
  const std::unique_ptr<Database> db(opened);
  if (db == nullptr) return;
  const dynamodown::StoreInfo info = db->GetInfo();
  run->Say("keys: " + info.hash_key + " " + info.hash_key_type + ", " +
           info.range_key + " " + info.range_key_type);
  run->Say(info.foreign ? "foreign"
                        : "id " + info.id + ", created " + info.created);
  run->SayStats(db->GetStats());
}

void OpenAsking(CaseRun* run) {
  AskForNames(run);
  Open(run);
}

void OpenCreating(CaseRun* run) {
  AskForNames(run);
  run->options.create_if_missing = true;
  Open(run);
}

void Destroy(CaseRun* run, bool force, bool drop_table) {
  dynamodown::DestroyOptions destroy;
  destroy.force = force;
  destroy.drop_table = drop_table;
  dynamodown::Stats stats;
  run->Say("destroy", dynamodown::DestroyIn(run->open_environment, run->options,
                                            kGoldenStore, destroy, &stats));
  run->SayStats(stats);
}

void List(CaseRun* run) {
  std::vector<StoreSummary> stores;
  dynamodown::Stats stats;
  run->Say("list", dynamodown::ListStoresIn(run->open_environment, run->options,
                                            kGoldenTable, &stores, &stats));
  for (const StoreSummary& store : stores) {
    run->Say(Quoted(store.location) + (store.foreign ? " foreign" : "") +
             (store.destroying ? " destroying" : ""));
  }
  run->SayStats(stats);
}

void Diagnose(CaseRun* run) {
  dynamodown::DoctorOptions doctor;
  doctor.access = Access::kManage;
  std::vector<Finding> findings;
  dynamodown::Stats stats;
  run->Say("diagnose",
           dynamodown::DiagnoseIn(run->open_environment, run->options,
                                  kGoldenStore, doctor, &findings, &stats));
  for (const Finding& finding : findings) {
    run->Say(finding.check + ": " +
             std::to_string(static_cast<int>(finding.outcome)) + " " +
             finding.found);
  }
  run->SayStats(stats);
}

}  // namespace

std::vector<Case> TableCases() {
  return {
      {"open", OpenAsking},
      {"open-names-given", Open},
      {"open-table-with-everything",
       [](CaseRun* run) {
         run->names = {"pk", "B", "sk", "S"};
         OpenAsking(run);
       }},
      {"open-foreign", OpenAsking},
      {"open-missing-store", OpenAsking},
      {"open-missing-table", OpenAsking},
      {"open-destroying", OpenAsking},
      {"open-with-unknown-features", OpenAsking},
      {"open-waits-for-a-table", OpenAsking},
      {"create-store", OpenCreating},
      {"create-store-others-were-first", OpenCreating},
      {"create-table", OpenCreating},
      {"create-table-others-were-first", OpenCreating},
      {"create-table-provisioned",
       [](CaseRun* run) {
         run->names.range_type = "S";
         run->options.table.key_type = KeyType::kString;
         run->options.table.read_capacity_units = 5;
         run->options.table.write_capacity_units = 6;
         OpenCreating(run);
       }},
      {"create-table-with-names",
       [](CaseRun* run) {
         run->SetNames({"table name \"1\"", "B", "name", "S"});
         run->options.create_if_missing = true;
         Open(run);
       }},
      {"destroy", [](CaseRun* run) { Destroy(run, false, false); }},
      {"destroy-nothing", [](CaseRun* run) { Destroy(run, false, false); }},
      {"destroy-by-force-with-the-table",
       [](CaseRun* run) { Destroy(run, true, true); }},
      {"list-stores", List},
      {"doctor", Diagnose},
  };
}

}  // namespace dynamodown_test
