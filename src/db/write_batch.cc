#include "db/write_batch.h"

#include <string_view>

namespace dynamodown {
namespace {

class Collector final : public leveldb::WriteBatch::Handler {
 public:
  explicit Collector(std::vector<BatchOperation>* operations)
      : operations_(operations) {}
  void Put(const leveldb::Slice& key, const leveldb::Slice& value) override {
    operations_->push_back({View(key), View(value)});
  }
  void Delete(const leveldb::Slice& key) override {
    operations_->push_back({View(key), std::nullopt});
  }

 private:
  static std::string_view View(const leveldb::Slice& slice) {
    return {slice.data(), slice.size()};
  }
  std::vector<BatchOperation>* const operations_;
};

}  // namespace

leveldb::Status OperationsOf(const leveldb::WriteBatch* batch,
                             std::vector<BatchOperation>* operations) {
  if (batch == nullptr) {
    return leveldb::Status::InvalidArgument("the write batch is null");
  }
  Collector collector(operations);
  return batch->Iterate(&collector);
}

}  // namespace dynamodown
