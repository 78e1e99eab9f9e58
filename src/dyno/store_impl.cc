#include "dyno/store_impl.h"

#include "dyno/item/key.h"

namespace dyno {

using leveldb::Status;

StoreImpl::~StoreImpl() {
  // dyno/store.h says at Store::Close what a failure means.
  if (CheckProcess().ok()) static_cast<void>(parts_.writer.Close());
}

Status StoreImpl::NewTimestamp(std::string* timestamp) {
  const Status here = CheckProcess();
  if (!here.ok()) return here;
  const Result<std::vector<Flake>> issued = writer().Issue(1);
  if (!issued.ok()) return issued.error();
  *timestamp = issued->front().ToString();
  writer().Done(*issued);
  return Status::OK();
}

std::string StoreImpl::replica() const {
  const std::optional<StoreId> id = parts_.writer.id();
  return id ? ReplicaText(id->replica) : std::string();
}

Status StoreImpl::Close() {
  const Status here = CheckProcess();
  return here.ok() ? writer().Close() : here;
}

}  // namespace dyno
