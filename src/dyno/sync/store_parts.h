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

  /// The parts of `store`, with which each call of dyno/sync.h begins.
  /// **Errors**: InvalidArgument for a Store that Open has not returned; those
  /// of CheckProcess.
  static Result<StoreParts*> Of(Store* store) {
    StoreParts* const parts = store == nullptr ? nullptr : store->parts();
    if (parts == nullptr) {
      return leveldb::Status::InvalidArgument(
          "this is no store that dyno has opened");
    }
    const leveldb::Status here = parts->CheckProcess();
    if (!here.ok()) return here;
    return parts;
  }

  /// **Errors**: IOError "forked:" in a forked child.
  leveldb::Status CheckProcess() const {
    if (creator.IsThis()) return leveldb::Status::OK();
    return leveldb::Status::IOError("forked", dynamodown::kOpenedBeforeFork);
  }

  const dynamodown::CreatorProcess creator;
  Backend* const backend;
  const Environment environment;
  Writer writer;
  WriterWatch watch;
};

}  // namespace dyno

#endif  // DYNO_SYNC_STORE_PARTS_H_
