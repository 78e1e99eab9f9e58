// One thread copies records from the store's iterator, which fetches pages
// ahead. Another thread formats and writes the records. So reading does not
// wait for writing: the next page is requested as soon as the previous one
// arrives. And writing does not wait for reading: while the next page waits for
// a rate cap, the records of the previous page are written.

#include <fmt/format.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "command_list.h"
#include "io/command_line.h"
#include "io/dump_file.h"
#include "io/interrupt.h"
#include "io/message.h"
#include "io/progress.h"
#include "io/session.h"
#include "io/summary.h"
#include "io/worker.h"
#include "parse/json_lines.h"
#include "parse/line_reader.h"
#include "parse/store_command_builder.h"

namespace cli {
namespace {

using leveldb::Status;

constexpr char kDescription[] = "Write records, to be loaded elsewhere.";
constexpr char kFooter[] =
    R"(Each record is a line {"key":"...","value":"..."}. A key or a value that
is not UTF-8 is in base64, as "key_b64" or "value_b64". Records come in the
order of their keys. Stores of other libraries are read as they are.

An existing FILE is refused unless --force or --resume is given. A new FILE only
grows, so an interrupted dump leaves the first records in FILE. The same command
with --resume first cuts off a partial last line, and then continues after the
last record. If the partial line is not the beginning of the next record, or if
FILE has anything but records, the command fails and leaves FILE as it is.
Resume with the store and the bounds that the dump began with. At the end FILE
is flushed to disk.

With --force, FILE keeps its content until the new dump is complete. Until then
the records are in a file FILE.XXXXXX.tmp, which is removed if the dump fails.
So the folder of FILE must be writable, and must have room for both files. If
another program changes FILE during the dump, FILE is not replaced, and the
message says where the dump is.

A dump is a snapshot only on leveldb: locations. If a DynamoDB store changes
during the dump, each page still has committed values only, and a key that
exists during the whole dump is dumped once. An item that cannot be read ends
the dump with an error; scan --json skips such an item and continues.

Examples:
  dynamodown dump mytable/myhash --output my.dump
  dynamodown dump mytable/myhash --output my.dump --resume --max-rcu 100
  dynamodown dump leveldb:/var/lib/app/db | dynamodown load mytable/myhash
  dynamodown dump mytable/myhash | dynamodown load leveldb:/var/lib/app/db
  dynamodown dump mytable/myhash --prefix user: | gzip > users.gz
)";

struct DumpOptions {
  CommonOptions common;
  dynamodown::Bounds bounds;
  std::optional<std::string> output;  // none: standard output
  DumpFile::Mode mode = DumpFile::Mode::kNew;
  Encoding encoding = Encoding::kText;  // of the bounds
};

constexpr size_t kChunkBytes = size_t{512} << 10;  // of keys and values
// A chunk that fills up slowly is written after this time.
constexpr std::chrono::milliseconds kChunkTime{100};

/// Keys and values, one after another.
struct Chunk {
  std::string bytes;
  std::vector<std::pair<size_t, size_t>> sizes;  // of each key and value

  bool IsFull() const { return bytes.size() >= kChunkBytes; }
  bool IsEmpty() const { return sizes.empty(); }
  void Add(const leveldb::Slice& key, const leveldb::Slice& value) {
    bytes.append(key.data(), key.size());
    bytes.append(value.data(), value.size());
    sizes.emplace_back(key.size(), value.size());
  }
};

/// Formats records and writes them to the file. It runs on the second thread.
class Writer {
 public:
  Writer(DumpFile* file, bool shows_progress)
      : file_(file),
        records_(file->records()),
        progress_(shows_progress, "dumping", "record",
                  {records_, 0, "", 0, 0}) {}

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
            "the record after the last written one is too large for load: its "
            "line has over {} MB",
            kLineBytesMax >> 20);
        break;
      }
    }
    const Complaint written = file_->Write(lines);
    if (written) complaint_ = written;
    if (complaint_) return false;
    records_ += chunk.sizes.size();
    bytes_ += chunk.bytes.size();
    progress_.Show({records_, bytes_, "", 0, 0});
    return true;
  }

  /// Erases the progress line. Call it after the last Write.
  void Finish() { progress_.Clear(); }
  const Complaint& complaint() const { return complaint_; }
  /// Any thread may call HideProgress() and work().
  void HideProgress() { progress_.Hide(); }
  Work work() const {
    return {"dumped", "record", records_, file_->records(), bytes_};
  }

 private:
  DumpFile* const file_;
  // The number of records in the file, with those of earlier runs.
  std::atomic<uint64_t> records_;
  std::atomic<uint64_t> bytes_ = 0;
  Progress progress_;
  Complaint complaint_;
};

Complaint OpenOutput(const DumpOptions& dump, DumpFile* file) {
  if (!dump.output) {
    file->UseStandardOutput();
    return std::nullopt;
  }
  if (Complaint c = file->Open(*dump.output, dump.mode)) return c;
  const std::optional<std::string>& first = file->first_key();
  const std::optional<std::string>& last = file->last_key();
  if (!last ||
      (IsInside(dump.bounds, *first) && IsInside(dump.bounds, *last))) {
    return std::nullopt;
  }
  return "a key of " + *dump.output +
         " is outside of the bounds: the file is another dump";
}

/// A dump can be resumed only if it begins with the first record in the
/// bounds.
Complaint CheckBeginning(const DumpOptions& dump, const DumpFile& file,
                         Session* session) {
  if (!file.first_key()) return std::nullopt;
  dynamodown::Bounds bounds = dump.bounds;
  bounds.keys_only = true;
  bounds.expected = 1;
  const std::unique_ptr<leveldb::Iterator> it(
      session->db()->NewIterator(dynamodown::ReadOptions(), bounds));
  it->SeekToFirst();
  // The dump itself will report a read error.
  if (!it->Valid() || it->key().compare(*file.first_key()) >= 0) {
    return std::nullopt;
  }
  return *dump.output +
         " does not begin where the store does: the file is another dump, or "
         "the store has new keys before the file's first key; to replace the "
         "file by a new dump, use --force";
}

/// Cuts off a line that an earlier run has written in part.
Complaint CutTorn(const DumpOptions& dump, Session* session, DumpFile* file) {
  if (file->torn().empty()) return std::nullopt;
  dynamodown::Bounds bounds = dump.bounds;
  bounds.gt = file->last_key();
  bounds.expected = 1;
  const std::unique_ptr<leveldb::Iterator> it(
      session->db()->NewIterator(dynamodown::ReadOptions(), bounds));
  it->SeekToFirst();
  if (!it->status().ok()) return Describe(it->status(), dump.common.location);
  std::string line;
  if (it->Valid()) {
    AppendRecord(it->key().ToString(), it->value().ToString(), &line);
  }
  return file->CutTorn(line);
}

Status ReadAll(Session* session, const dynamodown::Bounds& bounds,
               Worker<Chunk>* worker) {
  dynamodown::ReadOptions options;
  options.verify_checksums = true;
  options.fill_cache = false;
  const std::unique_ptr<leveldb::Iterator> it(
      session->db()->NewIterator(options, bounds));
  // LevelDB's own iterator skips a damaged block, whatever the read options.
  const bool passes_over = session->db()->GetInfo().engine == "leveldb";
  for (it->SeekToFirst(); it->Valid() && !IsInterrupted(); it->Next()) {
    if (passes_over && !it->status().ok()) break;
    const bool goes_on =
        worker->Add([&](Chunk* chunk) { chunk->Add(it->key(), it->value()); });
    if (!goes_on) return Status::OK();
  }
  return it->status();
}

/// Says how far a dump got that does not go on, and how to continue.
std::string PartText(const DumpOptions& dump, uint64_t records) {
  const std::string done = "dumped " + CountText(records, "record");
  if (!dump.output) {
    return done + "; only a dump to a file (--output) can continue from there";
  }
  if (dump.mode == DumpFile::Mode::kReplace) {
    return done + ", and left " + *dump.output +
           " as it was; to begin again, run: " + CommandLine();
  }
  const bool resumes = dump.mode == DumpFile::Mode::kResume;
  return done + "; to continue, run: " + CommandLine(resumes ? "" : "--resume");
}

/// After a signal: says where the dump stopped, and how to continue.
void FailInterrupted(const DumpOptions& dump, uint64_t records) {
  Fail("stopped: " + PartText(dump, records));
}

/// Says where a resumed dump continues.
void NoteResumed(const DumpOptions& dump, const DumpFile& file) {
  if (dump.common.quiet || file.records() == 0) return;
  Note("continuing after the last record of " + *dump.output + ": " +
       CountText(file.records(), "record") + " dumped before");
}

/// Copies the records to the open file. Returns the exit status.
int Copy(const DumpOptions& dump, InterruptWatch* watch, Session* session,
         DumpFile* file) {
  const auto started = Clock::now();
  dynamodown::Bounds bounds = dump.bounds;
  bounds.gt = file->last_key();
  bounds.expected = UINT64_MAX;  // All records, so even the first page is full.
  Writer writer(file, !dump.common.verbose && !dump.common.quiet);
  StopReport report(watch, [&] {
    writer.HideProgress();
    file->Drop();
    PrintSummary(dump.common, writer.work(), started);
    FailInterrupted(dump, writer.work().records);
  });
  Worker<Chunk> worker(kChunkTime, [&writer](const Chunk& chunk) {
    return writer.Write(chunk);
  });
  const Status status = ReadAll(session, bounds, &worker);
  worker.Finish();
  writer.Finish();

  if (file->is_reader_gone()) return kExitOk;
  const bool is_whole = status.ok() && !writer.complaint() && !IsInterrupted();
  Complaint complaint = writer.complaint();
  if (!complaint) complaint = file->Finish(is_whole);
  if (complaint || !status.ok()) {
    PrintConsumed(dump.common, writer.work(), started);
    if (complaint) return Fail(*complaint);
    return Fail(Describe(status, dump.common.location) + "; " +
                PartText(dump, writer.work().records));
  }
  if (IsInterrupted()) {
    report.Print();
    return kExitFailure;
  }
  PrintSummary(dump.common, writer.work(), started);
  return kExitOk;
}

/// Opens the store and the file, and checks that they fit together.
Complaint Open(const DumpOptions& dump, InterruptWatch* watch, Session* session,
               DumpFile* file) {
  const auto started = Clock::now();
  StopReport report(watch, [&dump, started] {
    PrintConsumed(dump.common, {"dumped", "record"}, started);
    FailInterrupted(dump, 0);
  });
  // An item that cannot be read ends the dump. If the dump skipped the item, a
  // resumed dump would continue after the item and succeed, without the item.
  session->options().paranoid_checks = true;
  const Status status = session->Open();
  if (!status.ok()) return Describe(status, dump.common.location);
  if (Complaint c = OpenOutput(dump, file)) return c;
  if (Complaint c = CheckBeginning(dump, *file, session)) return c;
  return CutTorn(dump, session, file);
}

int Dump(const DumpOptions& dump) {
  InterruptWatch watch([&] { PrintTotals(dump.common); });
  Session session(dump.common);
  DumpFile file;
  if (Complaint c = Open(dump, &watch, &session, &file)) {
    if (!IsInterrupted()) return Fail(*c);
    FailInterrupted(dump, 0);
    return kExitFailure;
  }
  NoteResumed(dump, file);
  return Copy(dump, &watch, &session, &file);
}

void CheckOutput(const DumpOptions& dump) {
  if (dump.mode != DumpFile::Mode::kNew && !dump.output) {
    throw UsageError("--resume and --force need --output FILE");
  }
}

void AddOutput(StoreCommandBuilder* command, DumpOptions* dump) {
  command->AddOption(
      "-o,--output", "FILE",
      "Write to this file, which must not exist unless --resume or --force is "
      "given; \"-\" or no --output means standard output",
      IntoFile(&dump->output));
  const auto set = [dump](DumpFile::Mode mode) {
    return [dump, mode] { dump->mode = mode; };
  };
  command->AddFlag("--resume",
                   "Continue after the last record of FILE, if FILE has any",
                   set(DumpFile::Mode::kResume));
  command
      ->AddFlag("--force", "Replace FILE, if it exists, by the complete dump",
                set(DumpFile::Mode::kReplace))
      .excludes = {"--resume"};
  command->AddCheck([dump] { CheckOutput(*dump); });
}

}  // namespace

CommandSpec DumpCommand() {
  const auto dump = std::make_shared<DumpOptions>();
  StoreCommandBuilder command("dump", kDescription, kFooter, &dump->common);
  AddOutput(&command, dump.get());
  command.AddBounds(&dump->bounds);
  command.AddEncoding("Bounds are", &dump->encoding);
  command.AddQuiet();
  command.AddEventual();
  command.AddReadRate();
  command.AddTable();
  command.AddConnection();
  command.AddCheck([options = dump.get()] {
    DecodeBounds(options->encoding, &options->bounds);
  });
  return command.Build([dump] { return Dump(*dump); });
}

}  // namespace cli
