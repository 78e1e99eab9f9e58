// A backend that passes its calls on to another backend, and counts them.

#ifndef DYNO_SYNC_COUNTING_BACKEND_H_
#define DYNO_SYNC_COUNTING_BACKEND_H_

#include <string>
#include <vector>

#include "dyno/backend.h"
#include "dyno/sync.h"

namespace dyno {

/// **Thread-safety**: none, because of `counts`.
/// **Ownership**: neither `inner` nor `counts` is owned.
class CountingBackend final : public Backend {
 public:
  CountingBackend(Backend* inner, SyncSide* counts)
      : inner_(inner), counts_(counts) {}

  bool shared() const override { return inner_->shared(); }
  size_t max_batch() const override { return inner_->max_batch(); }
  leveldb::Status Range(const RangeOptions& options,
                        const leveldb::Slice& start,
                        const leveldb::Slice& limit,
                        const Visitor& visit) override {
    ++counts_->ranges;
    return inner_->Range(
        options, start, limit,
        [&](const leveldb::Slice& key, const leveldb::Slice& value) {
          counts_->bytes_read += key.size() + value.size();
          return visit(key, value);
        });
  }
  WriteResult Write(leveldb::WriteBatch* updates, bool sync) override {
    Count(*updates);
    return inner_->Write(updates, sync);
  }
  WriteResult WriteIf(leveldb::WriteBatch* updates,
                      const std::vector<Condition>& conditions,
                      bool sync) override {
    Count(*updates);
    return inner_->WriteIf(updates, conditions, sync);
  }
  WriteResult WriteUnordered(leveldb::WriteBatch* updates) override {
    Count(*updates);
    return inner_->WriteUnordered(updates);
  }

 private:
  void Count(const leveldb::WriteBatch& updates) {
    ++counts_->writes;
    counts_->bytes_written += updates.ApproximateSize();
  }

  Backend* const inner_;
  SyncSide* const counts_;
};

}  // namespace dyno

#endif  // DYNO_SYNC_COUNTING_BACKEND_H_
