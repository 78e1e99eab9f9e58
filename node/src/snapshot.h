// The script's object for a snapshot.

#ifndef DYNAMODOWN_NODE_SNAPSHOT_H_
#define DYNAMODOWN_NODE_SNAPSHOT_H_

#include <memory>

#include "core.h"
#include "leveldb/db.h"
#include "napi.h"

namespace face {

/// A snapshot, shared by the script's object and calls under way. `snapshot` is
/// null once the store is closed.
/// **Thread-safety**: created and destroyed on the script's thread.
struct HeldSnapshot {
  explicit HeldSnapshot(std::shared_ptr<Core> of)
      : core(std::move(of)), snapshot(core->db->GetSnapshot()) {
    core->snapshots.insert(this);
  }
  HeldSnapshot(const HeldSnapshot&) = delete;
  HeldSnapshot& operator=(const HeldSnapshot&) = delete;
  ~HeldSnapshot() {
    if (snapshot == nullptr) return;
    core->snapshots.erase(this);
    core->db->ReleaseSnapshot(snapshot);
  }

  const std::shared_ptr<Core> core;
  const leveldb::Snapshot* snapshot;
};

/// The script's object. release() releases the snapshot.
class Snapshot final : public Napi::ObjectWrap<Snapshot> {
 public:
  static Napi::Function Define(Napi::Env env);
  explicit Snapshot(const Napi::CallbackInfo& info);

  /// Returns null, with an error pending, for a snapshot that was released.
  static std::shared_ptr<HeldSnapshot> From(Napi::Value value);

 private:
  Napi::Value Release(const Napi::CallbackInfo& info);

  std::shared_ptr<HeldSnapshot> held_;
};

}  // namespace face

#endif  // DYNAMODOWN_NODE_SNAPSHOT_H_
