// The format (doc/table_format.md of LevelDB): a table ends with a footer of 48
// bytes. All other reads of a table are reads of whole blocks:
//
//     block = contents, compression (1 byte), checksum (4 bytes)
//
// The checksum is the masked CRC-32C of the contents and the compression.

#include "leveldb_util/checked_env.h"

#include <memory>
#include <string_view>
#include <utility>

#include "leveldb_util/crc32c.h"
#include "leveldb_util/decoder.h"
#include "leveldb_util/inspection.h"
#include "leveldb_util/table_bounds.h"

namespace dynamodown {
namespace {

using leveldb::Status;

constexpr size_t kFooterBytes = 48;
constexpr uint64_t kMagic = 0xdb4775248b80fb57;  // The end of each footer.
constexpr size_t kChecksumBytes = 4;

bool IsWholeBlock(std::string_view block) {
  if (block.size() <= kChecksumBytes) return false;
  const size_t size = block.size() - kChecksumBytes;
  uint64_t checksum = 0;
  Decoder(block.substr(size)).Fixed(kChecksumBytes, &checksum);
  return MaskedCrc32c(Crc32c(block.substr(0, size))) == checksum;
}

class CheckedFile final : public leveldb::RandomAccessFile {
 public:
  CheckedFile(std::unique_ptr<leveldb::RandomAccessFile> file, std::string path,
              uint64_t bytes, const CheckedEnv::OnRead& on_read)
      : file_(std::move(file)),
        path_(std::move(path)),
        bytes_(bytes),
        on_read_(on_read) {}

  Status Read(uint64_t offset, size_t n, leveldb::Slice* result,
              char* scratch) const override {
    Status status = file_->Read(offset, n, result, scratch);
    if (status.ok() && !IsWhole(offset, n, {result->data(), result->size()})) {
      status = Status::Corruption(
          path_, "checksum mismatch at offset " + std::to_string(offset));
    }
    if (on_read_) on_read_(offset, n, status);
    return status;
  }

 private:
  bool IsWhole(uint64_t offset, size_t bytes, std::string_view read) const {
    return read.size() == bytes &&
           (IsFooter(offset, read) || IsWholeBlock(read));
  }
  /// LevelDB itself checks the footer's magic number.
  bool IsFooter(uint64_t offset, std::string_view read) const {
    if (read.size() != kFooterBytes) return false;
    uint64_t magic = 0;
    Decoder(read.substr(kFooterBytes - sizeof magic))
        .Fixed(sizeof magic, &magic);
    return magic == kMagic || offset + read.size() == bytes_;
  }

  const std::unique_ptr<leveldb::RandomAccessFile> file_;
  const std::string path_;
  const uint64_t bytes_;
  const CheckedEnv::OnRead& on_read_;
};

}  // namespace

Status CheckedEnv::NewRandomAccessFile(const std::string& path,
                                       leveldb::RandomAccessFile** file) {
  *file = nullptr;
  uint64_t bytes = 0;
  Status status = target()->GetFileSize(path, &bytes);
  if (!status.ok()) return status;
  leveldb::RandomAccessFile* opened = nullptr;
  status = target()->NewRandomAccessFile(path, &opened);
  if (!status.ok()) return status;
  std::unique_ptr<leveldb::RandomAccessFile> table(opened);
  const FileName name = ParseFileName(path.substr(path.rfind('/') + 1));
  const auto listed =
      name.kind == FileKind::kTable ? listed_.find(name.number) : listed_.end();
  if (listed != listed_.end() &&
      !HasListedBounds(table.get(), listed->second)) {
    return Status::Corruption(path, kOtherTable);
  }
  *file = new CheckedFile(std::move(table), path, bytes, on_read_);
  return status;
}

}  // namespace dynamodown
