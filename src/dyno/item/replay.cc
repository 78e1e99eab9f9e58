#include "dyno/item/replay.h"

#include <optional>
#include <utility>

#include "base/crypto.h"
#include "dyno/item/key.h"
#include "dyno/item/operation.h"

namespace dyno {
namespace {

void AppendLength(size_t length, std::string* out) {
  for (int shift = 56; shift >= 0; shift -= 8) {
    out->push_back(static_cast<char>(uint64_t{length} >> shift & 0xff));
  }
}

/// Reuses its buffer from one record to the next.
class Hasher {
 public:
  void Add(const OperationRecord& x, std::string* hash) {
    buffer_ = *hash;
    AppendLength(x.key.size(), &buffer_);
    buffer_ += x.key;
    AppendLength(x.value.size(), &buffer_);
    buffer_ += x.value;
    hash->clear();
    dynamodown::AppendHex(dynamodown::AsBytes(dynamodown::Sha256(buffer_)),
                          hash);
  }

 private:
  std::string buffer_;
};

leveldb::Status ApplyRecord(const OperationRecord& x, State* state) {
  const std::optional<Operation> operation = OperationNamed(x.operation());
  auto change = ParseJson(x.value);
  if (!change.ok()) return Damaged(x.key, "is no JSON");
  if (!operation) {
    state->unknown.push_back(x.key);
    return leveldb::Status::OK();
  }
  if (!HasShape(*operation, *change)) {
    return Damaged(x.key, "is not " + std::string(ShapeOf(*operation)));
  }
  Apply(*operation, *std::move(change), &state->item);
  return leveldb::Status::OK();
}

/// The base's item was checked when it was read.
State StateOf(const BaseRecord& base) {
  State state;
  state.timestamp = base.timestamp;
  state.changes = base.changes;
  state.hash = base.hash;
  if (base.item.empty()) return state;
  auto item = ParseJson(base.item);
  if (item.ok()) state.item = *std::move(item);
  return state;
}

}  // namespace

Result<State> Replay(const View& view, const Flake& end,
                     const StateVisitor& visit) {
  State state;
  if (view.base != nullptr) {
    state = StateOf(*view.base);
    if (visit) visit(nullptr, state);
  }
  Hasher hasher;
  for (const OperationRecord* x : view.live) {
    if (x->timestamp > end) break;
    const leveldb::Status applied = ApplyRecord(*x, &state);
    if (!applied.ok()) return applied;
    hasher.Add(*x, &state.hash);
    state.timestamp = x->timestamp;
    ++state.changes;
    if (visit) visit(x, state);
  }
  return state;
}

leveldb::Status CheckNotFlattenedLater(const View& view, const Flake& end) {
  if (view.base == nullptr || view.base->timestamp <= end) {
    return leveldb::Status::OK();
  }
  return leveldb::Status::InvalidArgument(
      "the item was flattened at " + view.base->timestamp.ToTime() +
      ", timestamp " + view.base->timestamp.ToString() +
      "; its earlier states are lost");
}

}  // namespace dyno
