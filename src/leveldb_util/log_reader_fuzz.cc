// Reads any bytes as a log and as a MANIFEST. The records, the damage and the
// torn end must lie within the file, and what is decoded must lie within its
// record.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "leveldb_util/log_batch.h"
#include "leveldb_util/log_reader.h"
#include "leveldb_util/manifest.h"

namespace {

class TextFile final : public leveldb::SequentialFile {
 public:
  explicit TextFile(std::string_view text) : rest_(text) {}
  leveldb::Status Read(size_t n, leveldb::Slice* result,
                       char* scratch) override {
    n = std::min(n, rest_.size());
    std::copy_n(rest_.data(), n, scratch);
    rest_.remove_prefix(n);
    *result = leveldb::Slice(scratch, n);
    return leveldb::Status::OK();
  }
  leveldb::Status Skip(uint64_t n) override {
    rest_.remove_prefix(std::min<uint64_t>(n, rest_.size()));
    return leveldb::Status::OK();
  }

 private:
  std::string_view rest_;
};

void Require(bool condition) {
  if (!condition) abort();
}

void Decode(std::string_view record) {
  dynamodown::LogBatch batch;
  dynamodown::DecodeBatch(record, &batch);
  size_t bytes = 0;
  for (const auto& operation : batch.operations) {
    bytes += operation.key.size() + operation.value.value_or("").size();
  }
  Require(bytes <= record.size());
  dynamodown::Manifest manifest;
  dynamodown::ApplyEdit(record, &manifest);
  Require(manifest.comparator.size() <= record.size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  Decode(text);
  TextFile file(text);
  dynamodown::LogReader reader(&file, dynamodown::LogReader::Records::kBatches);
  size_t bytes = 0;
  for (std::string record; reader.Next(&record);) {
    bytes += record.size();
    Decode(record);
  }
  Require(bytes <= size && reader.torn_bytes() <= size);
  for (const dynamodown::DamagedBytes& damage : reader.damage()) {
    Require(damage.offset <= size && damage.bytes <= size &&
            !damage.reason.empty());
  }
  return 0;
}
