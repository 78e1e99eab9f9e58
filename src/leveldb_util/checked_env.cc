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

bool IsFooter(std::string_view read) {
  if (read.size() != kFooterBytes) return false;
  uint64_t magic = 0;
  Decoder(read.substr(kFooterBytes - sizeof magic)).Fixed(sizeof magic, &magic);
  return magic == kMagic;
}

bool IsWhole(std::string_view read) {
  return IsFooter(read) || IsWholeBlock(read);
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
    const std::string_view read(result->data(), result->size());
    if (status.ok() && (read.size() != n || !IsWhole(read))) {
      // A block may be as long as a footer, but is not at the file's end.
      const bool is_footer = n == kFooterBytes && offset + n == bytes_;
      status = Status::Corruption(
          path_, is_footer
                     ? "its last bytes are not those of a table"
                     : "checksum mismatch at offset " + std::to_string(offset));
    }
    if (on_read_) on_read_(offset, n, status);
    return status;
  }

 private:
  const std::unique_ptr<leveldb::RandomAccessFile> file_;
  const std::string path_;
  const uint64_t bytes_;
  const CheckedEnv::OnRead& on_read_;
};

/// If a write to a log fails, a part of the record may be in the file. LevelDB
/// goes on writing behind this part, and its recovery drops all records behind
/// an incomplete one. So after an error, all later writes to the file fail.
class StickyErrorFile final : public leveldb::WritableFile {
 public:
  StickyErrorFile(std::unique_ptr<leveldb::WritableFile> file, std::string path)
      : file_(std::move(file)), path_(std::move(path)) {}

  Status Append(const leveldb::Slice& data) override {
    return Try([&] { return file_->Append(data); });
  }
  Status Flush() override {
    return Try([&] { return file_->Flush(); });
  }
  Status Sync() override {
    return Try([&] { return file_->Sync(); });
  }
  Status Close() override { return file_->Close(); }

 private:
  template <class Call>
  Status Try(const Call& call) {
    if (!later_.ok()) return later_;
    const Status status = call();
    if (!status.ok()) {
      later_ = Status::IOError(path_,
                               "an earlier write to this file failed, so no "
                               "more is written; open the store again (" +
                                   status.ToString() + ")");
    }
    return status;
  }

  const std::unique_ptr<leveldb::WritableFile> file_;
  const std::string path_;
  Status later_;  // The error of later writes.
};

void MakeErrorsSticky(const std::string& path, leveldb::WritableFile** file) {
  *file =
      new StickyErrorFile(std::unique_ptr<leveldb::WritableFile>(*file), path);
}

}  // namespace

Status CheckedEnv::NewWritableFile(const std::string& path,
                                   leveldb::WritableFile** file) {
  *file = nullptr;
  // The old file may also have another name (a hard link), under which it must
  // stay as it is.
  if (target()->FileExists(path)) {
    const Status removed = target()->RemoveFile(path);
    if (!removed.ok()) return removed;
  }
  const Status status = target()->NewWritableFile(path, file);
  if (status.ok()) MakeErrorsSticky(path, file);
  return status;
}

Status CheckedEnv::NewAppendableFile(const std::string& path,
                                     leveldb::WritableFile** file) {
  *file = nullptr;
  const Status status = target()->NewAppendableFile(path, file);
  if (status.ok()) MakeErrorsSticky(path, file);
  return status;
}

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
