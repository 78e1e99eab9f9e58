#include "io/record_stream.h"

#include <fmt/format.h>

#include <filesystem>
#include <optional>
#include <system_error>
#include <utility>

#include "io/file.h"
#include "io/message.h"
#include "io/session.h"
#include "io/transfer.h"
#include "parse/json_lines.h"
#include "parse/line_reader.h"
#include "parse/location.h"
#include "parse/store_command_builder.h"

namespace cli {
namespace {

using leveldb::Status;
using Outcome = LineReader::Outcome;

class StoreRecords final : public RecordStream {
 public:
  StoreRecords(const std::string& location, const CommonOptions& common)
      : common_(common) {
    common_.location = location;
    session_.emplace(common_);
    // An item that cannot be read ends the stream. If the stream skipped the
    // item, a diff would call the item's key missing.
    session_->options().paranoid_checks = true;
  }

  Status Open(dynamodown::Bounds bounds) {
    const Status status = session_->Open();
    if (!status.ok()) return status;
    // All records are expected, so even the first page is full.
    bounds.expected = UINT64_MAX;
    dynamodown::ReadOptions options;
    options.verify_checksums = true;
    options.fill_cache = false;
    iterator_.reset(session_->db()->NewIterator(options, bounds));
    return status;
  }

  bool Next() override {
    began_ ? iterator_->Next() : iterator_->SeekToFirst();
    began_ = true;
    // LevelDB's own iterator goes on after a damaged block.
    return iterator_->Valid() && iterator_->status().ok();
  }
  std::string_view key() const override { return View(iterator_->key()); }
  std::string_view value() const override { return View(iterator_->value()); }
  Complaint complaint() const override {
    const Status status = iterator_->status();
    if (status.ok()) return std::nullopt;
    return Describe(status, common_.location);
  }

 private:
  static std::string_view View(const leveldb::Slice& slice) {
    return {slice.data(), slice.size()};
  }

  CommonOptions common_;
  std::optional<Session> session_;
  std::unique_ptr<leveldb::Iterator> iterator_;
  bool began_ = false;
};

class DumpRecords final : public RecordStream {
 public:
  explicit DumpRecords(dynamodown::Bounds bounds)
      : bounds_(std::move(bounds)) {}

  Complaint Open(const std::string& path) {
    std::optional<std::string> file;
    if (path != "-") file = path;
    if (Complaint c = OpenInput(file, &input_)) return c;
    reader_.emplace(BytesOf(input_.fd()));
    return std::nullopt;
  }

  bool Next() override {
    while (ReadRecord()) {
      if (IsInside(bounds_, record_.key)) return true;
    }
    return false;
  }
  std::string_view key() const override { return record_.key; }
  std::string_view value() const override { return record_.value; }
  Complaint complaint() const override { return complaint_; }

 private:
  bool Complain(std::string_view what) {
    complaint_ =
        fmt::format("{}, line {}: {}", input_.name(), reader_->number(), what);
    return false;
  }

  /// Goes to the next record of the dump, even outside of the bounds.
  bool ReadRecord() {
    if (complaint_) return false;
    Outcome outcome;
    do {
      outcome = reader_->Next();
    } while (outcome == Outcome::kLine && IsBlank(reader_->line()));
    if (outcome == Outcome::kEnd) return false;
    if (outcome == Outcome::kTooLong) return Complain(TooLong());
    if (outcome == Outcome::kFailed) {
      complaint_ = Cannot("read", input_.name());
      return false;
    }
    const std::string before = std::exchange(record_.key, "");
    if (Complaint c = ParseRecord(reader_->line(), &record_)) {
      return Complain(*c);
    }
    if (began_ && record_.key <= before) {
      return Complain(
          "its key is not above the key before, so the file is not as 'dump' "
          "writes it; load the file into an empty store and compare that "
          "store");
    }
    began_ = true;
    return true;
  }

  const dynamodown::Bounds bounds_;
  File input_;
  std::optional<LineReader> reader_;
  Operation record_;
  bool began_ = false;
  Complaint complaint_;
};

/// A source that is no store may be a mistyped file. So the message does not
/// advise to create the store.
std::string NotOpened(const Status& status, const std::string& source) {
  const bool may_be_file = source.find_first_of(":@") == source.npos;
  if (may_be_file && dynamodown::IsMissingStore(status)) {
    return "there is no file and no store " + source;
  }
  const std::string message = Describe(status, source);
  return may_be_file && NamesOnlyTable(source)
             ? "there is no file " + source + "; as a store: " + message
             : message;
}

}  // namespace

bool IsDump(const std::string& source) {
  if (source == "-") return true;
  for (const std::string_view path : {"/", "./", "../"}) {
    if (source.starts_with(path)) return true;
  }
  std::error_code ignored;
  const auto facts = std::filesystem::status(source, ignored);
  return std::filesystem::exists(facts) &&
         !std::filesystem::is_directory(facts);
}

Complaint OpenRecords(const std::string& source, const CommonOptions& common,
                      const dynamodown::Bounds& bounds,
                      std::unique_ptr<RecordStream>* records) {
  if (IsDump(source)) {
    auto dump = std::make_unique<DumpRecords>(bounds);
    if (Complaint c = dump->Open(source)) return c;
    *records = std::move(dump);
    return std::nullopt;
  }
  auto store = std::make_unique<StoreRecords>(source, common);
  const Status status = store->Open(bounds);
  if (!status.ok()) return NotOpened(status, source);
  *records = std::move(store);
  return std::nullopt;
}

}  // namespace cli
