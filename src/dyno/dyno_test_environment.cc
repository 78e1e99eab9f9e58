#include "dyno/dyno_test_environment.h"

#include <utility>

namespace dyno {
namespace {

using leveldb::Slice;
using leveldb::Status;

/// The updates of a batch; fails the test when a key comes twice.
class Updates final : public leveldb::WriteBatch::Handler {
 public:
  void Put(const Slice& key, const Slice& value) override {
    Note(key);
    puts.emplace_back(key.ToString(), value.ToString());
  }
  void Delete(const Slice& key) override {
    Note(key);
    deletes.push_back(key.ToString());
  }
  std::set<std::string> keys;
  std::vector<std::pair<std::string, std::string>> puts;
  std::vector<std::string> deletes;

 private:
  void Note(const Slice& key) {
    EXPECT_TRUE(keys.insert(key.ToString()).second) << key.ToString();
  }
};

/// As with a file, the outcome is unknown after an IOError.
WriteResult ResultOf(const Status& status) {
  if (status.ok()) return WriteResult::Written();
  return status.IsIOError() ? WriteResult::Unknown(status)
                            : WriteResult::NothingWritten(status);
}

}  // namespace

Status MemoryBackend::Range(const RangeOptions& options, const Slice& start,
                            const Slice& limit, const Visitor& visit) {
  ++ranges;
  if (before_range) before_range();
  // A copy, so that a visitor may write.
  std::map<std::string, std::string> found;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    const auto end =
        limit.empty() ? records_.end() : records_.lower_bound(limit.ToString());
    const auto begin = records_.lower_bound(start.ToString());
    if (!limit.empty() && start.compare(limit) >= 0) return Status::OK();
    found.insert(begin, end);
  }
  Status status;
  for (const auto& [key, value] : found) {
    if (key == fails_at) return Status::IOError(key);
    if (unreadable.count(key) > 0) {
      if (status.ok()) status = Status::Corruption(key);
      if (options.damaged != nullptr) *options.damaged = true;
    } else if (!visit(key, options.keys_only ? Slice() : Slice(value))) {
      return Status::OK();
    }
  }
  return status;
}

WriteResult MemoryBackend::Write(leveldb::WriteBatch* updates, bool) {
  return Apply(updates, {});
}

WriteResult MemoryBackend::WriteIf(leveldb::WriteBatch* updates,
                                   const std::vector<Condition>& conditions,
                                   bool) {
  return Apply(updates, conditions);
}

WriteResult MemoryBackend::WriteUnordered(leveldb::WriteBatch* updates) {
  Updates parsed;
  WriteResult result = ResultOf(updates->Iterate(&parsed));
  const auto apply = [&](const auto& fill) {
    if (!result.ok()) return;
    leveldb::WriteBatch one;
    fill(&one);
    result = Apply(&one, {});
  };
  for (const auto& [key, value] : parsed.puts) {
    apply([&, &k = key, &v = value](auto* one) { one->Put(k, v); });
  }
  for (const std::string& key : parsed.deletes) {
    apply([&](auto* one) { one->Delete(key); });
  }
  return result;
}

WriteResult MemoryBackend::Apply(leveldb::WriteBatch* updates,
                                 const std::vector<Condition>& conditions) {
  const int write = ++writes;
  if (before_write) {
    const Status status = before_write(write);
    if (!status.ok()) return ResultOf(status);
  }
  Updates parsed;
  const Status iterated = updates->Iterate(&parsed);
  if (!iterated.ok()) return ResultOf(iterated);
  std::set<std::string> conditioned;
  for (const Condition& condition : conditions) {
    EXPECT_TRUE(conditioned.insert(condition.key).second) << condition.key;
    parsed.keys.insert(condition.key);
  }
  EXPECT_LE(parsed.keys.size(), batch_max);
  for (const auto& [key, value] : parsed.puts) {
    EXPECT_LE(key.size(), 1024u);
    if (key.size() + value.size() > value_bytes_max) {
      return WriteResult::NothingWritten(
          Status::InvalidArgument("an item is over the limit"));
    }
  }
  {
    std::lock_guard<std::mutex> lock(mutex_);
    for (const Condition& condition : conditions) {
      const auto found = records_.find(condition.key);
      const bool is_there = found != records_.end();
      const bool holds = condition.kind == Condition::Kind::kAbsent ? !is_there
                         : condition.kind == Condition::Kind::kPresent
                             ? is_there
                             : is_there && found->second == condition.value;
      if (!holds) return WriteResult::ConditionFailed();
    }
    for (auto& [key, value] : parsed.puts) records_[key] = value;
    for (const std::string& key : parsed.deletes) records_.erase(key);
  }
  return ResultOf(after_write ? after_write(write) : Status::OK());
}

std::map<std::string, std::string> MemoryBackend::records() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return records_;
}

std::map<std::string, std::string> MemoryBackend::items() const {
  std::map<std::string, std::string> items;
  for (const auto& [key, value] : records()) {
    if (key.rfind("%dyno/", 0) != 0) items[key] = value;
  }
  return items;
}

void MemoryBackend::Put(const std::string& key, const std::string& value) {
  std::lock_guard<std::mutex> lock(mutex_);
  records_[key] = value;
}

void MemoryBackend::Delete(const std::string& key) {
  std::lock_guard<std::mutex> lock(mutex_);
  records_.erase(key);
}

}  // namespace dyno
