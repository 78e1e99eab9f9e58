// The calls of one thread of a client, chosen by the seed, and the rules that
// their results must keep. workload.cc chooses the calls, the other
// workload_*.cc make them, and workload_calls.cc judges their results.

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
#include "sim/client_environment.h"
#include "sim/failure.h"
#include "sim/history.h"
#include "sim/keys.h"
#include "sim/sim_scheduler.h"

namespace dynamodown::sim {

/// The calls of all seeds.
struct CallCounts {
  uint64_t calls = 0;
  uint64_t failed = 0;
};

class Workload {
 public:
  /// Everything a thread works with. All pointers outlive the thread.
  struct Environment {
    SimScheduler* scheduler = nullptr;
    History* history = nullptr;
    const Keys* keys = nullptr;
    Tally* tally = nullptr;
    CallCounts* const* counts = nullptr;  ///< The counts in use at present.
    Violation violation;
    std::string client;
    Options options;
    OpenEnvironment open_environment;  ///< Without the transport.
    /// One for each life of the client; the last one is this life's.
    const std::vector<std::unique_ptr<ClientTransport>>* transports = nullptr;
    ClientClock* clock = nullptr;
    /// Whether faults may happen. Without them, no call with the usual options
    /// may fail.
    const bool* faults = nullptr;
    bool usual_options = true;
    /// The bytes of the quiet keys and their values.
    const uint64_t* quiet_bytes = nullptr;
  };

  Workload(Environment environment, uint64_t seed);

  /// Tries to open the store until it succeeds. Returns null if the client
  /// dies.
  std::unique_ptr<Database> Open();
  /// Makes `calls` calls on `db`, fewer if the client dies. Returns how many.
  int Run(Database* db, int calls);
  /// Abandons a scan while its next page is being fetched.
  void AbandonScan(Database* db);
  /// Reads everything, in every way.
  void ReadAll(Database* db);
  /// Writes the quiet keys. Returns the bytes of the keys and their values.
  uint64_t WriteQuiet(Database* db);

 private:
  struct Write {
    std::string key;
    ValueId value;
  };
  /// One call, from its beginning to the verdict on its status.
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
  bool dead() const { return environment_.transports->back()->dead(); }
  OpenEnvironment OpenEnvironmentNow() const;

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

  Environment environment_;
  std::mt19937_64 random_;
  Database* db_ = nullptr;
  /// The last value of each key that this thread saw, as text.
  std::map<std::string, std::string> last_seen_;
  int side_stores_ = 0;
  std::string side_store_;         // Its location; empty: none.
  bool side_store_late_ = false;   // A request for it may still arrive.
  bool side_store_begun_ = false;  // Its destruction has begun.
  uint64_t side_store_keys_ = 0;   // The most keys ever written there.
};

}  // namespace dynamodown::sim

#endif  // DYNAMODOWN_TESTS_SIM_WORKLOAD_H_
