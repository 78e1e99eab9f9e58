// One thread takes records from the store's iterator, which fetches pages
// ahead, and copies them; another one formats and writes them. So the next page
// is asked for as soon as the last one is there.

#include <fmt/format.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "dump_file.h"
#include "json_lines.h"
#include "line_reader.h"
#include "message.h"
#include "progress.h"
#include "session.h"
#include "transfer.h"
#include "worker.h"

namespace cli {
namespace {

using leveldb::Status;

constexpr size_t kChunkBytes = size_t{512} << 10;  // of keys and values

/// Keys and values, one behind the other.
struct Chunk {
  std::string bytes;
  std::vector<std::pair<size_t, size_t>> sizes;  // of each key and value

  void Add(const leveldb::Slice& key, const leveldb::Slice& value) {
    bytes.append(key.data(), key.size());
    bytes.append(value.data(), value.size());
    sizes.emplace_back(key.size(), value.size());
  }
};

/// The thread that formats and writes.
class Writer {
 public:
  Writer(DumpFile* file, bool shows_progress)
      : file_(file), progress_(shows_progress) {}

  bool Write(const Chunk& chunk) {
    std::string lines;
    lines.reserve(chunk.bytes.size() + 64 * chunk.sizes.size());
    std::string_view rest = chunk.bytes;
    for (const auto& [key_bytes, value_bytes] : chunk.sizes) {
      const size_t begin = lines.size();
      AppendRecord(rest.substr(0, key_bytes),
                   rest.substr(key_bytes, value_bytes), &lines);
      rest.remove_prefix(key_bytes + value_bytes);
      if (lines.size() - begin > kLineBytesMax + 1) {
        lines.resize(begin);
        complaint_ = fmt::format(
            "a record is larger than load takes: its line has over {} MB; it "
            "is the next one behind what was written",
            kLineBytesMax >> 20);
        break;
      }
    }
    const Complaint written = file_->Write(lines);
    if (written) complaint_ = written;
    if (complaint_) return false;
    records_ += chunk.sizes.size();
    bytes_ += chunk.bytes.size();
    progress_.Show(records_, bytes_);
    return true;
  }

  /// After the last Write: ends the progress line.
  void Finish(bool well) {
    well ? progress_.Finish(records_, bytes_) : progress_.Clear();
  }
  const Complaint& complaint() const { return complaint_; }

 private:
  DumpFile* const file_;
  Progress progress_;
  uint64_t records_ = 0, bytes_ = 0;
  Complaint complaint_;
};

bool IsInside(const dynamodown::Bounds& bounds, const std::string& key) {
  return (!bounds.gte || key >= *bounds.gte) &&
         (!bounds.lt || key < *bounds.lt) &&
         (!bounds.prefix || key.starts_with(*bounds.prefix));
}

Complaint OpenOutput(const CommandLine& line, DumpFile* file) {
  if (!line.output) {
    file->UseStandardOutput();
    return std::nullopt;
  }
  if (Complaint c = file->Open(*line.output, line.output_mode)) return c;
  const std::optional<std::string>& first = file->first_key();
  const std::optional<std::string>& last = file->last_key();
  if (!last ||
      (IsInside(line.bounds, *first) && IsInside(line.bounds, *last))) {
    return std::nullopt;
  }
  return "a key of " + *line.output +
         " is not one of those that are asked for: it is another dump";
}

/// A dump that is resumed begins with the first record that is asked for.
Complaint CheckBeginning(const CommandLine& line, const DumpFile& file,
                         Session* session) {
  if (!file.first_key()) return std::nullopt;
  dynamodown::Bounds bounds = line.bounds;
  bounds.keys_only = true;
  bounds.expected = 1;
  const std::unique_ptr<leveldb::Iterator> it(
      session->db()->NewIterator(dynamodown::ReadOptions(), bounds));
  it->SeekToFirst();
  // What cannot be read the dump itself will tell.
  if (!it->Valid() || it->key().compare(*file.first_key()) >= 0) {
    return std::nullopt;
  }
  return *line.output +
         " does not begin where the store does: it is another dump, or keys "
         "have come before it since; --force dumps all anew";
}

Status ReadAll(Session* session, const dynamodown::Bounds& bounds,
               Worker<Chunk>* worker) {
  dynamodown::ReadOptions options;
  options.verify_checksums = true;
  options.fill_cache = false;
  const std::unique_ptr<leveldb::Iterator> it(
      session->db()->NewIterator(options, bounds));
  // LevelDB's own iterator passes over a damaged block, whatever it is told.
  const bool passes_over = session->db()->GetInfo().engine == "leveldb";
  Chunk chunk;
  for (it->SeekToFirst(); it->Valid(); it->Next()) {
    if (passes_over && !it->status().ok()) break;
    chunk.Add(it->key(), it->value());
    if (chunk.bytes.size() < kChunkBytes) continue;
    if (!worker->Give(std::exchange(chunk, Chunk()))) return Status::OK();
  }
  worker->Give(std::move(chunk));
  return it->status();
}

}  // namespace

int Dump(const CommandLine& line) {
  Session session(line);
  // An item that cannot be read ends the dump: one that went on behind it would
  // be resumed there, and end well without it.
  session.options().paranoid_checks = true;
  Status status = session.Open();
  if (!status.ok()) return Fail(status, line.location);
  DumpFile file;
  if (Complaint c = OpenOutput(line, &file)) return Fail(*c);
  if (Complaint c = CheckBeginning(line, file, &session)) return Fail(*c);

  dynamodown::Bounds bounds = line.bounds;
  bounds.gt = file.last_key();
  bounds.expected = UINT64_MAX;  // All: full pages from the first one on.
  Writer writer(&file, !line.verbose);
  Worker<Chunk> worker(
      [&writer](const Chunk& chunk) { return writer.Write(chunk); });
  status = ReadAll(&session, bounds, &worker);
  worker.Finish();

  Complaint complaint = writer.complaint();
  if (!complaint) complaint = file.Finish();
  writer.Finish(!complaint && status.ok());
  if (complaint) return Fail(*complaint);
  return status.ok() ? kExitOk : Fail(status, line.location);
}

}  // namespace cli
