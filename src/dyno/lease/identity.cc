#include "dyno/lease/identity.h"

#include <string>

#include "dyno/backend/read_key.h"
#include "dyno/item/key.h"

namespace dyno {

using leveldb::Status;

std::optional<StoreId> Identity::id() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return id_;
}

uint64_t Identity::replica() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return id_->replica;
}

bool Identity::announces_changes() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return id_->announces_changes();
}

void Identity::Set(const StoreId& id) {
  std::lock_guard<std::mutex> lock(mutex_);
  id_ = id;
}

Status Identity::Load() {
  const Result<std::optional<std::string>> found = ReadKey(backend_, kIdKey);
  if (!found.ok()) return found.error();
  if (!*found) return Status::OK();
  const Result<StoreId> id = DecodeStoreId(**found);
  if (!id.ok()) return id.error();
  Set(*id);
  return Status::OK();
}

Status Identity::Create() {
  StoreId id;
  id.replicated = options_.replicated;
  if (options_.replica.empty()) {
    id.replica = environment_.random->Next() >> 16;
  } else if (!ParseReplica(options_.replica, &id.replica)) {
    return Status::InvalidArgument("a replica is 12 lower-case hex digits");
  }
  const std::string key(kIdKey);
  leveldb::WriteBatch batch;
  batch.Put(key, EncodeStoreId(id));
  const WriteResult written =
      backend_->WriteIf(&batch, {Condition::Absent(key)}, true);
  if (!written.ok()) return written.status;
  if (!written.is_written()) return Load();
  Set(id);
  return Status::OK();
}

}  // namespace dyno
