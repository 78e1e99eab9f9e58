#include "dyno/sync/item_merge.h"

#include <deque>
#include <utility>

#include "dyno/backend/item_reader.h"
#include "dyno/item/key.h"

namespace dyno {
namespace {

using leveldb::Status;

/// The items of one store in order, read chunk by chunk.
class ItemSource {
 public:
  ItemSource(Backend* backend, size_t chunk_bytes)
      : backend_(backend), chunk_bytes_(chunk_bytes) {}

  struct Entry {
    ItemRecords item;
    Status status;
  };

  /// Sets `*front` to the next item, or to null at the end.
  Status Front(Entry** front) {
    *front = nullptr;
    if (buffer_.empty() && !at_end_) {
      const Status status = Fill();
      if (!status.ok()) return status;
    }
    if (!buffer_.empty()) *front = &buffer_.front();
    return Status::OK();
  }
  void Pop() { buffer_.pop_front(); }
  /// The first error that a damaged record has caused.
  const Status& damaged() const { return damaged_; }

 private:
  Status Fill() {
    size_t bytes = 0;
    bool is_cut = false;
    const Status read =
        VisitItems(backend_, {next_, ""},
                   [&](const ItemRecords& item, const Status& status) {
                     if (item.encoded_name.empty()) return true;  // No item.
                     if (bytes >= chunk_bytes_) {
                       is_cut = true;
                       next_ = ItemBegin(item.encoded_name);
                       return false;
                     }
                     bytes += BytesOf(item) + item.encoded_name.size();
                     Entry& entry = buffer_.emplace_back();
                     entry.item.encoded_name = item.encoded_name;
                     entry.item.records = item.records;
                     entry.item.leftovers = item.leftovers;
                     entry.item.unfinished = item.unfinished;
                     entry.item.count = item.count;
                     entry.status = status;
                     return true;
                   });
    at_end_ = !is_cut;
    // Damaged items do not end the reading: their entries have the error.
    if (!read.ok() && !read.IsCorruption()) return read;
    if (read.IsCorruption() && damaged_.ok()) damaged_ = read;
    return Status::OK();
  }

  Backend* const backend_;
  const size_t chunk_bytes_;
  std::string next_;
  bool at_end_ = false;
  std::deque<Entry> buffer_;
  Status damaged_;
};

void Take(ItemSource* source, ItemSource::Entry* entry, ItemRecords* item,
          ItemPair* pair) {
  pair->encoded_name = entry->item.encoded_name;
  if (pair->status.ok()) pair->status = entry->status;
  *item = std::move(entry->item);
  source->Pop();
}

}  // namespace

size_t BytesOf(const ItemRecords& item) {
  size_t bytes = 0;
  for (const OperationRecord& x : item.records.operations) {
    bytes += x.key.size() + x.value.size();
  }
  for (const BaseRecord& base : item.records.bases) {
    bytes += base.stored.size() + base.item.size();
  }
  return bytes;
}

Status VisitBoth(Backend* a, Backend* b, size_t chunk_bytes,
                 const PairVisitor& visit) {
  ItemSource left(a, chunk_bytes);
  ItemSource right(b, chunk_bytes);
  for (;;) {
    ItemSource::Entry* in_a = nullptr;
    ItemSource::Entry* in_b = nullptr;
    Status status = left.Front(&in_a);
    if (status.ok()) status = right.Front(&in_b);
    if (!status.ok()) return status;
    if (in_a == nullptr && in_b == nullptr) break;
    ItemPair pair;
    const std::string key_a =
        in_a == nullptr ? "" : ItemBegin(in_a->item.encoded_name);
    const std::string key_b =
        in_b == nullptr ? "" : ItemBegin(in_b->item.encoded_name);
    const bool takes_a = in_a != nullptr && (in_b == nullptr || key_a <= key_b);
    const bool takes_b = in_b != nullptr && (in_a == nullptr || key_b <= key_a);
    if (takes_a) Take(&left, in_a, &pair.a, &pair);
    if (takes_b) Take(&right, in_b, &pair.b, &pair);
    status = visit(&pair);
    if (!status.ok()) return status;
  }
  return left.damaged().ok() ? right.damaged() : left.damaged();
}

Status ReadBoth(Backend* a, Backend* b, const std::string& encoded_name,
                ItemPair* pair) {
  pair->encoded_name = encoded_name;
  Status status = ReadItemOnce(a, encoded_name, &pair->a);
  if (status.ok()) status = ReadItemOnce(b, encoded_name, &pair->b);
  if (!status.IsCorruption()) return status;
  pair->status = status;
  return Status::OK();
}

}  // namespace dyno
