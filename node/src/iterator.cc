#include "iterator.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "database.h"
#include "errors.h"

namespace face {

using leveldb::Slice;
using leveldb::Status;

void Cursor::Open() {
  if (held != nullptr) options.snapshot = held->snapshot;
  iterator.reset(core->db->NewIterator(options, bounds));
}

bool Cursor::IsInRange(const Slice& key) const {
  return !(bounds.gt && key.compare(*bounds.gt) <= 0) &&
         !(bounds.gte && key.compare(*bounds.gte) < 0) &&
         !(bounds.lt && key.compare(*bounds.lt) >= 0) &&
         !(bounds.lte && key.compare(*bounds.lte) > 0);
}

void Cursor::Begin() {
  has_begun = true;
  is_taken = false;
  is_at_end = false;
  if (!target) {
    if (is_reverse) {
      iterator->SeekToLast();
    } else {
      iterator->SeekToFirst();
    }
    return;
  }
  const std::string to = *std::exchange(target, std::nullopt);
  if (!IsInRange(to)) {
    is_at_end = true;
  } else if (!is_reverse) {
    iterator->Seek(to);
  } else if (core->is_embedded) {
    iterator->Seek(to);
    if (!iterator->Valid()) {
      iterator->SeekToLast();
    } else if (iterator->key().compare(to) > 0) {
      iterator->Prev();
    }
  } else {
    // A new iterator that begins at the target costs one page, not two.
    dynamodown::Bounds from = bounds;
    from.lte = to;
    iterator.reset(core->db->NewIterator(options, from));
    iterator->SeekToLast();
  }
}

void Cursor::Step() {
  if (is_reverse) {
    iterator->Prev();
  } else {
    iterator->Next();
  }
}

namespace {

/// Takes the implicit snapshot of an embedded store after all earlier writes
/// and before all later ones.
class Opening final : public Task {
 public:
  Opening(Napi::Env env, std::shared_ptr<Cursor> cursor)
      : Task(env), cursor_(std::move(cursor)) {
    cursor_->opening = this;
  }
  bool is_local() const override { return true; }
  void Run() override {
    if (!cursor_->is_closed) cursor_->Open();
    cursor_->opening = nullptr;
  }

 private:
  const std::shared_ptr<Cursor> cursor_;
};

class Trip final : public Task {
 public:
  Trip(Napi::Env env, std::shared_ptr<Cursor> cursor, size_t size)
      : Task(env), cursor_(std::move(cursor)), size_(size) {
    cursor_->trip = this;
  }

  void Run() override {
    Cursor& at = *cursor_;
    if (!at.has_begun || at.target) at.Begin();
    size_t bytes = 0;
    while (entries_.size() < size_ && bytes <= at.trip_bytes_max &&
           !at.is_aborted && !at.is_at_end) {
      if (std::exchange(at.is_taken, false)) at.Step();
      if (!at.iterator->Valid()) {
        // Entries before a failure are delivered before the failure.
        if (!entries_.empty() && !at.iterator->status().ok()) return;
        status = at.iterator->status();
        at.is_at_end = status.ok();
        return;
      }
      at.is_taken = true;
      Entry entry;
      if (at.has_keys) entry.key = at.iterator->key().ToString();
      if (at.has_values) entry.value = at.iterator->value().ToString();
      bytes += entry.key.size() + entry.value.size();
      entries_.push_back(std::move(entry));
    }
  }

  void Over(Napi::Env /*env*/) override {
    cursor_->trip = nullptr;
    if (!cursor_->is_closed) return;
    cursor_->iterator.reset();
    cursor_->held.reset();
  }

  Napi::Value Value(Napi::Env env) override {
    const Cursor& at = *cursor_;
    const auto entries = Napi::Array::New(env, entries_.size());
    for (size_t i = 0; i < entries_.size(); ++i) {
      const Napi::HandleScope scope(env);
      const auto entry = Napi::Array::New(env, 2);
      const Napi::Value undefined = env.Undefined();
      entry.Set(0u, at.has_keys
                        ? FromBytes(env, entries_[i].key, at.key_encoding)
                        : undefined);
      entry.Set(1u, at.has_values
                        ? FromBytes(env, entries_[i].value, at.value_encoding)
                        : undefined);
      if (env.IsExceptionPending()) return env.Undefined();
      entries.Set(static_cast<uint32_t>(i), entry);
    }
    return entries;
  }

 private:
  struct Entry {
    std::string key;
    std::string value;
  };

  const std::shared_ptr<Cursor> cursor_;
  const size_t size_;
  std::vector<Entry> entries_;
};

}  // namespace

Napi::Function Iterator::Define(Napi::Env env) {
  return DefineClass(env, "Iterator",
                     {InstanceMethod<&Iterator::NextV>("nextv"),
                      InstanceMethod<&Iterator::Ended>("ended"),
                      InstanceMethod<&Iterator::Seek>("seek"),
                      InstanceMethod<&Iterator::Abort>("abort"),
                      InstanceMethod<&Iterator::Close>("close")});
}

Iterator::Iterator(const Napi::CallbackInfo& info)
    : Napi::ObjectWrap<Iterator>(info) {
  const Napi::Env env = info.Env();
  const std::shared_ptr<Core> core = Database::OpenCore(info[0]);
  if (core == nullptr) {
    NotOpen(env).ThrowAsJavaScriptException();
    return;
  }
  const auto cursor = std::make_shared<Cursor>(core);
  const auto options = info[1].As<Napi::Object>();
  double flags = 0, key_encoding = 0, value_encoding = 0, limit = 0;
  double bytes_max = 16 * 1024;
  if (!ToBounds(env, options, &cursor->bounds) ||
      !Member(options, "reverse", &cursor->is_reverse) ||
      !Member(options, "keys", &cursor->has_keys) ||
      !Member(options, "values", &cursor->has_values) ||
      !Member(options, "flags", &flags) ||
      !Member(options, "keyFormat", &key_encoding) ||
      !Member(options, "valueFormat", &value_encoding) ||
      !Member(options, "expected", &limit) ||
      !Member(options, "highWaterMarkBytes", &bytes_max)) {
    return;
  }
  cursor->options = ReadOptionsOf(static_cast<uint32_t>(flags));
  cursor->key_encoding = static_cast<Encoding>(static_cast<int>(key_encoding));
  cursor->value_encoding =
      static_cast<Encoding>(static_cast<int>(value_encoding));
  cursor->trip_bytes_max = static_cast<size_t>(std::max(bytes_max, 0.0));
  cursor->bounds.keys_only = !cursor->has_values;
  if (limit > 0) cursor->bounds.expected = static_cast<uint64_t>(limit);
  if (info[2].IsObject()) {
    cursor->held = Snapshot::From(info[2]);
    if (cursor->held == nullptr) {
      // It behaves as a closed iterator: reading fails, closing does not.
      env.GetAndClearPendingException();
      return;
    }
  }
  core->cursors.insert(cursor.get());
  cursor_ = cursor;
  if (cursor->held != nullptr || !core->is_embedded ||
      !core->ledger.has_writes()) {
    cursor->Open();
    return;
  }
  auto opening = std::make_unique<Opening>(env, cursor);
  core->ledger.Barrier(opening.get());
  core->Start(std::move(opening));
}

Iterator::~Iterator() {
  if (cursor_ != nullptr) {
    cursor_->is_closed = true;
    if (cursor_->trip == nullptr) cursor_->iterator.reset();
  }
}

Napi::Value Iterator::NextV(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  if (cursor_ == nullptr || cursor_->is_closed || !cursor_->core->is_open()) {
    return Rejected(
        env, ToError(env, "LEVEL_ITERATOR_NOT_OPEN", "Iterator is not open"));
  }
  if (cursor_->trip != nullptr) {
    return Rejected(env,
                    ToError(env, "LEVEL_ITERATOR_BUSY", "Iterator is busy"));
  }
  if (cursor_->is_aborted) {
    return Rejected(env, ToAbortError(env));
  }
  const auto size = info[0].As<Napi::Number>().Uint32Value();
  auto trip = std::make_unique<Trip>(env, cursor_, size);
  Core& core = *cursor_->core;
  if (cursor_->opening != nullptr) {
    core.ledger.After(trip.get(), cursor_->opening);
  } else if (!core.is_embedded && !cursor_->has_asked) {
    core.ledger.ReadAll(trip.get());
  }
  cursor_->has_asked = true;
  return core.Start(std::move(trip));
}

Napi::Value Iterator::Ended(const Napi::CallbackInfo& info) {
  return Napi::Boolean::New(info.Env(),
                            cursor_ == nullptr || cursor_->is_at_end);
}

Napi::Value Iterator::Seek(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  std::string target;
  if (!ToBytes(env, info[0], &target)) return env.Undefined();
  if (cursor_ == nullptr || cursor_->trip != nullptr) {
    ToError(env, "LEVEL_ITERATOR_BUSY", "Iterator is busy")
        .ThrowAsJavaScriptException();
    return env.Undefined();
  }
  cursor_->target = std::move(target);
  cursor_->is_at_end = false;
  return env.Undefined();
}

Napi::Value Iterator::Abort(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  if (cursor_ == nullptr) return env.Undefined();
  cursor_->is_aborted = true;
  if (cursor_->trip != nullptr) {
    cursor_->trip->Reject(ToAbortError(env));
  }
  return env.Undefined();
}

Napi::Value Iterator::Close(const Napi::CallbackInfo& info) {
  if (cursor_ != nullptr) {
    cursor_->is_closed = true;
    if (cursor_->trip == nullptr) {
      cursor_->iterator.reset();
      cursor_->held.reset();
    }
  }
  return info.Env().Undefined();
}

}  // namespace face
