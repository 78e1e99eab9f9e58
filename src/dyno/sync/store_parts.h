// The parts of a store that synchronizing, flattening and administration use.

#ifndef DYNO_SYNC_STORE_PARTS_H_
#define DYNO_SYNC_STORE_PARTS_H_

#include "base/fork.h"
#include "dyno/backend.h"
#include "dyno/item/result.h"
#include "dyno/lease/environment.h"
#include "dyno/lease/writer.h"
#include "dyno/store.h"
#include "dyno/sync/writer_watch.h"

namespace dyno {

struct StoreParts {
  StoreParts(const Options& options, Backend* own_backend,
             const Environment& own_environment)
      : backend(own_backend),
        environment(own_environment),
        writer(options, own_backend, own_environment),
        watch(own_environment.scheduler) {}

  /// **Errors**: IOError "forked:" in a forked child.
  leveldb::Status CheckProcess() const {
    if (creator.IsThis()) return leveldb::Status::OK();
    return leveldb::Status::IOError("forked", dynamodown::kAnyBeforeFork);
  }

  const dynamodown::CreatorProcess creator;
  Backend* const backend;
  const Environment environment;
  Writer writer;
  WriterWatch watch;
};

/// The base class of the stores that Open returns.
class OpenedStore : public Store {
 public:
  virtual StoreParts* parts() = 0;
};

/// The parts of `store`. Every function of dyno/sync.h first calls this one.
/// **Errors**: InvalidArgument for a Store that Open has not returned; the
/// errors of CheckProcess.
inline Result<StoreParts*> PartsOf(Store* store) {
  auto* const opened = dynamic_cast<OpenedStore*>(store);
  if (opened == nullptr) {
    return leveldb::Status::InvalidArgument(
        "this is no store that dyno has opened");
  }
  const leveldb::Status here = opened->parts()->CheckProcess();
  if (!here.ok()) return here;
  return opened->parts();
}

}  // namespace dyno

#endif  // DYNO_SYNC_STORE_PARTS_H_
