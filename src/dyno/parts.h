// What a store is made of, for what stands beside its calls: flattening,
// synchronizing, administration.

#ifndef DYNO_PARTS_H_
#define DYNO_PARTS_H_

#include "base/fork.h"
#include "dyno/backend.h"
#include "dyno/change.h"
#include "dyno/stability.h"
#include "dyno/store.h"
#include "dyno/wiring.h"
#include "dyno/writer.h"

namespace dyno {

struct Store::Parts {
  Parts(const Options& options, Backend* own_backend, const Wiring& own_wiring)
      : backend(own_backend),
        wiring(own_wiring),
        writer(options, own_backend, own_wiring),
        changes(own_backend, &writer),
        watch(own_wiring.scheduler) {}
  ~Parts() { writer.End(); }  // Its thread uses `changes`.

  leveldb::Status CheckProcess() const {
    if (creator.IsThis()) return leveldb::Status::OK();
    return leveldb::Status::IOError(
        "forked: the store was opened before fork(); open it again");
  }

  const dynamodown::CreatorProcess creator;
  Backend* const backend;
  const Wiring wiring;
  Writer writer;
  ChangeWriter changes;
  WriterWatch watch;
};

}  // namespace dyno

#endif  // DYNO_PARTS_H_
