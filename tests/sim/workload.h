// What one thread of a client does to the store, chosen by the seed, and what
// it must see of that: workload.cc chooses, workload_calls.cc judges how calls
// end, and the others are the calls.

#ifndef DYNAMODOWN_TESTS_SIM_WORKLOAD_H_
#define DYNAMODOWN_TESTS_SIM_WORKLOAD_H_

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "db/open_environment.h"
#include "dynamodown/db.h"
#include "sim/failure.h"
#include "sim/history.h"
#include "sim/keys.h"
#include "sim/sim_scheduler.h"
#include "sim/world.h"

namespace dynamodown::sim {

/// How calls went, of all seeds.
struct CallCounts {
  uint64_t calls = 0;
  uint64_t failed = 0;
};

/// What a thread works with. What it points to outlives the thread.
struct Bench {
  SimScheduler* scheduler = nullptr;
  History* history = nullptr;
  const Keys* keys = nullptr;
  Tally* tally = nullptr;
  CallCounts* const* counts = nullptr;  ///< Where to count now.
  Violation violation;
  std::string client;
  Options options;
  OpenEnvironment environment;  ///< But for the transport.
  /// Of the client's lives, the last being this one's.
  const std::vector<std::unique_ptr<Door>>* doors = nullptr;
  ClientClock* clock = nullptr;
  /// Faults may happen; without, no call may fail that has the usual options.
  const bool* faults = nullptr;
  bool usual_options = true;
  /// Of the quiet keys and their values.
  const uint64_t* quiet_bytes = nullptr;
};

class Workload {
 public:
  Workload(Bench bench, uint64_t seed);

  /// Until there is one, or the client is no more: null.
  std::unique_ptr<Database> Open();
  /// Calls on `db`, fewer if the client dies. Returns how many.
  int Run(Database* db, int calls);
  /// Abandons a scan whose next page is being fetched.
  void AbandonScan(Database* db);
  /// Everything that is there, seen in every way.
  void ReadAll(Database* db);
  /// Makes the quiet keys. Returns the bytes of these and their values.
  uint64_t WriteQuiet(Database* db);

 private:
  struct Write {
    std::string key;
    ValueId value;
  };
  /// One call, from its beginning to the verdict about its status.
  struct Call {
    CallEntry* entry;
    std::shared_ptr<Traffic> traffic;
  };
  using Action = void (Workload::*)();

  uint64_t Below(uint64_t n) { return random_() % n; }
  bool OneIn(uint64_t n) { return Below(n) == 0; }
  template <class T>
  const T& OneOf(const std::vector<T>& all) {
    return all[Below(all.size())];
  }
  std::string AnyKey();
  size_t AnyBytes();
  WriteOptions AnyWriteOptions(BatchMode mode);
  ReadOptions AnyReadOptions(bool* eventual);

  Call Begin(const std::string& text);
  Ending End(const Call& call, const leveldb::Status& status);
  Ending Judge(const Call& call, const leveldb::Status& status);
  void Explain(const Call& call, const leveldb::Status& status);
  static Effects EffectsOn(const Call& call, const std::string& key, bool once);
  static bool IsDenied(const leveldb::Status& status);
  void EndDenied(const Call& call, const leveldb::Status& status);
  void NameConflict(const Call& call, const std::string& named);
  void SetClock(const Traffic& traffic);
  void EndRead(const Call& call, const leveldb::Status& status);
  bool dead() const { return bench_.doors->back()->dead(); }
  OpenEnvironment EnvironmentNow() const;

  void Put();
  void Delete();
  void DeleteKey(const std::string& key);
  void Get();
  void GetKey(const std::string& key);
  void MultiGetFew();
  void MultiGetMany();
  void MultiGet(const std::vector<std::string>& keys);
  void ScanShort();
  void ScanLong();
  void ScanQuiet();
  void Wander();
  void WriteAtomic();
  void WriteUnordered();
  void WriteGroup();
  void WriteGroupIf();
  void WriteIf();
  void GetGroup();
  void Size();
  void Refused();
  void SideStore();
  void FillSideStore(const Call& call);
  std::unique_ptr<Database> OpenSideStore(const Call& call);
  leveldb::Status Persist(const Call& call,
                          const std::function<leveldb::Status()>& action);
  std::set<std::string> SideKeys(const Call& call, Database* db);
  void List();
  void JumpClock();

  leveldb::WriteBatch Batch(const std::vector<std::string>& keys,
                            uint64_t deletes_of_10, std::vector<Write>* writes);
  leveldb::WriteBatch GroupBatch(size_t group, std::vector<Write>* writes);
  void WroteGroup(size_t group, const std::vector<Write>& writes,
                  const Call& call, std::optional<Sight> condition);
  void Wrote(const Call& call, const std::vector<Write>& writes, bool once);
  void GetMember(size_t group, const std::string& key);
  std::string GroupName(size_t group) const {
    return "group " + std::to_string(group);
  }
  Bounds AnyBounds();
  std::string NearKey();

  Bench bench_;
  std::mt19937_64 random_;
  Database* db_ = nullptr;
  /// The last value that this thread saw of a key, as text.
  std::map<std::string, std::string> last_seen_;
  int side_stores_ = 0;
  std::string side_store_;         // Where; empty: there is none.
  bool side_store_late_ = false;   // Some request for it may yet arrive.
  bool side_store_begun_ = false;  // To be destroyed.
  uint64_t side_store_keys_ = 0;   // That were ever written there, at most.
};

}  // namespace dynamodown::sim

#endif  // DYNAMODOWN_TESTS_SIM_WORKLOAD_H_
