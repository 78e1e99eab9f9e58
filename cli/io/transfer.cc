// One thread reads and parses a chunk while another writes the previous chunk.
// A chunk is an unordered batch, whose requests the library sends in parallel.
// Chunks are written one after another, so if two lines have the same key, the
// later line wins. If a line cannot be applied, all lines before it are written
// and none after it.

#include "io/transfer.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <mutex>
#include <utility>
#include <vector>

#include "io/command_line.h"
#include "io/interrupt.h"
#include "io/message.h"
#include "io/piece_size.h"
#include "io/progress.h"
#include "io/summary.h"
#include "io/terminal.h"
#include "io/worker.h"
#include "parse/location.h"

namespace cli {
namespace {

using dynamodown::Database;
using leveldb::Status;
using Outcome = LineReader::Outcome;

// The checkpoint is written about twice a second, so it is rarely older than a
// second.
constexpr std::chrono::milliseconds kCheckpointEvery{500};
// A chunk that fills up slowly is written after this time.
constexpr std::chrono::seconds kChunkTime{1};
constexpr size_t kChunkRecords = 2000;
constexpr size_t kChunkBytes = size_t{2} << 20;  // of keys and values

struct Chunk {
  std::vector<Operation> operations;
  std::vector<Place> places;  // the end of each operation's line
  size_t bytes = 0;           // of keys and values

  bool IsFull() const {
    return operations.size() >= kChunkRecords || bytes >= kChunkBytes;
  }
  bool IsEmpty() const { return operations.empty(); }
  void Add(Operation operation, const Place& place) {
    bytes += SizeOf(operation);
    operations.push_back(std::move(operation));
    places.push_back(place);
  }
};

/// Writes chunks on the second thread, and keeps their outcome. A chunk is
/// written in pieces (piece_size.h).
class Deliverer {
 public:
  Deliverer(const CommonOptions& common, const TransferOptions& options,
            Database* db, const Place& start, uint64_t input_bytes)
      : kind_(options.kind),
        checkpoint_(options.checkpoint),
        db_(db),
        fields_(CheckpointOf(db->GetInfo())),
        start_(start),
        delivered_(start),
        pieces_(IsEmbedded(common.location), common.store.rate.write_units),
        input_bytes_(input_bytes),
        progress_(!common.verbose && !common.quiet, options.kind.doing,
                  options.kind.noun, State()) {}

  /// Returns false if something failed, or after a signal.
  bool Deliver(const Chunk& chunk) {
    const size_t n = chunk.operations.size();
    for (size_t begin = 0; begin < n && !IsInterrupted();) {
      const size_t end = EndOfPiece(chunk, begin);
      const auto started = Clock::now();
      DeliverPiece(chunk, begin, end);
      if (!status_.ok() || complaint_) return false;
      pieces_.Took(end - begin, Clock::now() - started);
      begin = end;
    }
    SaveCheckpoint();
    return !complaint_ && !IsInterrupted();
  }

  /// Erases the progress line. If the checkpoint is not up to date, writes it.
  /// Call this function after the last Deliver.
  void Finish() {
    progress_.Clear();
    if (!complaint_) SaveCheckpoint();
  }

  // Any thread may call SaveCheckpoint(), HideProgress(), work(), delivered()
  // and in_flight().

  /// Writes the checkpoint, unless it is up to date.
  void SaveCheckpoint() {
    const std::lock_guard<std::mutex> lock(mutex_);
    saved_ = Clock::now();
    if (checkpoint_ == nullptr || fields_.line == delivered_.line ||
        delivered_.line == start_.line) {
      return;
    }
    fields_.line = delivered_.line;
    fields_.bytes = delivered_.bytes;
    fields_.digest = delivered_.digest.hex();
    fields_.key = last_key_;
    complaint_ = checkpoint_->Write(fields_);
  }

  void HideProgress() { progress_.Hide(); }
  Work work() const {
    const std::lock_guard<std::mutex> lock(mutex_);
    return {kind_.done, kind_.noun, delivered_.records, start_.records, bytes_};
  }
  /// The status of the write that failed.
  const Status& status() const { return status_; }
  /// Why the checkpoint could not be written; empty if there was no failure.
  const Complaint& complaint() const { return complaint_; }
  /// The line of an operation that was refused; 0: none.
  uint64_t refused() const { return refused_; }
  /// The last line that is certainly written.
  uint64_t delivered() const {
    const std::lock_guard<std::mutex> lock(mutex_);
    return delivered_.line;
  }
  /// The last line that is perhaps written. If delivered() is not below it, no
  /// further line is.
  uint64_t in_flight() const {
    const std::lock_guard<std::mutex> lock(mutex_);
    return in_flight_;
  }
  /// The records that this run has written.
  uint64_t records() const { return delivered_.records - start_.records; }

 private:
  ProgressState State() const {
    return {delivered_.records, bytes_, "", delivered_.bytes, input_bytes_};
  }

  size_t EndOfPiece(const Chunk& chunk, size_t begin) const {
    size_t end = begin;
    double units = 0;
    while (end < chunk.operations.size() && end - begin < pieces_.records()) {
      units += UnitsOf(SizeOf(chunk.operations[end]));
      if (units > pieces_.units() && end > begin) break;
      ++end;
    }
    return end;
  }

  void DeliverPiece(const Chunk& chunk, size_t begin, size_t end) {
    Begin(chunk.places[end - 1].line);
    size_t written = begin;
    status_ = Write(chunk, begin, end, &written);
    // InvalidArgument: the library refused the operation and did not send it.
    if (status_.IsInvalidArgument()) refused_ = chunk.places[written].line;
    Count(chunk, begin, written);
    progress_.Show(State());
    const bool is_due = Clock::now() - saved_ >= kCheckpointEvery;
    if (is_due || !status_.ok()) SaveCheckpoint();
  }

  /// Counts the lines up to `line` as in flight.
  void Begin(uint64_t line) {
    const std::lock_guard<std::mutex> lock(mutex_);
    in_flight_ = line;
  }

  /// Counts the operations [begin, end) as delivered.
  void Count(const Chunk& chunk, size_t begin, size_t end) {
    const std::lock_guard<std::mutex> lock(mutex_);
    for (size_t i = begin; i < end; ++i) bytes_ += SizeOf(chunk.operations[i]);
    if (end == begin) return;
    delivered_ = chunk.places[end - 1];
    last_key_ = chunk.operations[end - 1].key;
  }

  /// Writes the operations [begin, end), and sets `*written` to the end of the
  /// operations that were written. The library does not send any part of a
  /// batch that it refuses. So a refused batch is written in halves, down to
  /// the refused operation.
  Status Write(const Chunk& chunk, size_t begin, size_t end, size_t* written) {
    const Status status = end - begin == 1 ? WriteOne(chunk.operations[begin])
                                           : WriteMany(chunk, begin, end);
    if (status.ok()) *written = end;
    if (!status.IsInvalidArgument() || end - begin == 1) return status;
    const size_t middle = begin + (end - begin) / 2;
    const Status first = Write(chunk, begin, middle, written);
    return first.ok() ? Write(chunk, middle, end, written) : first;
  }

  Status WriteOne(const Operation& operation) {
    return operation.type == Operation::Type::kPut
               ? db_->Put(options_, operation.key, operation.value)
               : db_->Delete(options_, operation.key);
  }

  Status WriteMany(const Chunk& chunk, size_t begin, size_t end) {
    leveldb::WriteBatch batch;
    for (size_t i = begin; i < end; ++i) AddTo(&batch, chunk.operations[i]);
    return db_->Write(options_, &batch);
  }

  const dynamodown::WriteOptions options_ =
      Durable(dynamodown::BatchMode::kUnordered);
  const LineKind& kind_;
  Checkpoint* const checkpoint_;  // null: none
  Database* const db_;
  CheckpointFields fields_;  // the content of the checkpoint
  const Place start_;
  mutable std::mutex mutex_;  // guards what is counted and saved
  Place delivered_;           // the end of the last line that was written
  std::string last_key_;      // the key of the last line that was written
  uint64_t in_flight_ = 0;
  uint64_t refused_ = 0;
  uint64_t bytes_ = 0;
  PieceSize pieces_;
  Clock::time_point saved_ = Clock::now();
  const uint64_t input_bytes_;  // 0: unknown
  Progress progress_;
  Status status_;
  Complaint complaint_;
};

/// Where reading ended, and why it ended before the end of the input.
struct Stop {
  uint64_t line = 0;
  Complaint reason;  // empty: all lines were read, or writing failed
  // If there is a reason: true if the line is wrong, false if reading failed.
  bool is_the_lines = false;
};

Stop ReadAll(const LineKind& kind, const File& input, LineReader* reader,
             Place place, Worker<Chunk>* worker) {
  Stop stop;
  for (;;) {
    const Outcome outcome = reader->Next();
    stop.line = reader->number();
    if (outcome == Outcome::kEnd) break;
    if (IsInterrupted()) return stop;
    if (outcome == Outcome::kFailed) {
      stop.reason = Cannot("read", input.name());
      break;
    }
    if (outcome == Outcome::kTooLong) {
      stop.reason = TooLong();
      stop.is_the_lines = true;
      break;
    }
    place.line = reader->number();
    place.bytes = reader->end();
    place.digest.Add(reader->raw());
    if (IsBlank(reader->line())) continue;
    ++place.records;
    Operation operation;
    stop.reason = kind.parse(reader->line(), &operation);
    stop.is_the_lines = stop.reason.has_value();
    if (stop.reason) break;
    const bool goes_on = worker->Add(
        [&](Chunk* chunk) { chunk->Add(std::move(operation), place); });
    if (!goes_on) break;
  }
  return stop;
}

/// "lines 1 to 7", "line 7".
std::string Lines(uint64_t first, uint64_t last) {
  return first == last ? fmt::format("line {}", first)
                       : fmt::format("lines {} to {}", first, last);
}

/// "some of lines 8 to 32", "line 8": the lines that are perhaps written. Empty
/// if there are none.
std::string Unsure(const Deliverer& deliverer) {
  const uint64_t first = deliverer.delivered() + 1;
  const uint64_t last = deliverer.in_flight();
  if (last < first) return "";
  return (last > first ? "some of " : "") + Lines(first, last);
}

/// After a failure: says which lines are certainly written, and which lines are
/// perhaps written.
std::string Certain(const LineKind& kind, const Deliverer& deliverer) {
  const uint64_t delivered = deliverer.delivered();
  std::string certain =
      delivered == 0 ? fmt::format("no line is {} for certain", kind.done)
                     : fmt::format("{} {} {}", Lines(1, delivered),
                                   delivered == 1 ? "is" : "are", kind.done);
  const std::string unsure = Unsure(deliverer);
  return unsure.empty() ? certain : certain + ", and " + unsure + " may be";
}

/// The command that continues the transfer with the line `next`.
std::string CommandFrom(const TransferOptions& options, uint64_t next) {
  if (options.checkpoint != nullptr || next == 1) return CommandLine();
  const std::string input =
      options.input_name.empty() ? "INPUT" : FileWord(options.input_name);
  return fmt::format("tail -n +{} {} | {}", next, input,
                     CommandLineWithout(options.input_name));
}

/// After a signal: says where the transfer stopped, and how to continue.
void FailInterrupted(const TransferOptions& options,
                     const Deliverer& deliverer) {
  const uint64_t next = deliverer.delivered() + 1;
  const std::string unsure = Unsure(deliverer);
  Fail("stopped: " + DoneText(options.kind, deliverer.work().records, 0, next) +
       (unsure.empty() ? "" : "; " + unsure + " may be written, too") +
       "; to continue, run: " + CommandFrom(options, next));
}

/// Why a transfer failed, and how to continue. Empty if it did not fail.
std::string FailureOf(const CommonOptions& common,
                      const TransferOptions& options, const Place& start,
                      const Deliverer& deliverer, const Stop& stop) {
  const Status& status = deliverer.status();
  const auto done = [&](uint64_t line) {
    return DoneText(options.kind, deliverer.records(), start.line, line);
  };
  const auto wrong_line = [&](uint64_t line, const std::string& reason) {
    return fmt::format("{}; line {}: {}; correct the line, and run: {}",
                       done(line), line, reason, CommandFrom(options, line));
  };
  if (const uint64_t line = deliverer.refused(); line > 0) {
    return wrong_line(line, Describe(status, common.location));
  }
  if (deliverer.complaint()) {
    return *deliverer.complaint() + "; " + Certain(options.kind, deliverer);
  }
  const std::string advice =
      "; to continue, run: " + CommandFrom(options, deliverer.delivered() + 1);
  if (!status.ok()) {
    return Describe(status, common.location) + "; " +
           Certain(options.kind, deliverer) + advice;
  }
  if (!stop.reason || IsInterrupted()) return "";
  return stop.is_the_lines ? wrong_line(stop.line, *stop.reason)
                           : *stop.reason + "; " + done(stop.line) + advice;
}

}  // namespace

Complaint OpenInput(const std::optional<std::string>& path, File* input) {
  if (!path) {
    NoteWaiting("lines");
    input->Borrow(STDIN_FILENO, "standard input");
  } else if (!input->Open(*path, O_RDONLY)) {
    return Cannot("read", *path);
  }
  return std::nullopt;
}

std::string TooLong() {
  return fmt::format("longer than {} MB", kLineBytesMax >> 20);
}

size_t SizeOf(const Operation& operation) {
  return operation.key.size() + operation.value.size();
}

void AddTo(leveldb::WriteBatch* batch, const Operation& operation) {
  if (operation.type == Operation::Type::kPut) {
    batch->Put(operation.key, operation.value);
  } else {
    batch->Delete(operation.key);
  }
}

dynamodown::WriteOptions Durable(dynamodown::BatchMode mode) {
  dynamodown::WriteOptions options;
  options.sync = true;
  options.batch = mode;
  return options;
}

std::string DoneText(const LineKind& kind, uint64_t records, uint64_t start,
                     uint64_t line) {
  std::string done =
      std::string(kind.done) + " " + CountText(records, kind.noun);
  if (line > start + 1) done += " (" + Lines(start + 1, line - 1) + ")";
  return done;
}

int Transfer(const CommonOptions& common, const TransferOptions& options,
             const File& input, LineReader* reader, const Place& start,
             Session* session) {
  const auto started = Clock::now();
  Deliverer deliverer(common, options, session->db(), start, input.Size());
  StopReport report(options.watch, [&] {
    deliverer.HideProgress();
    deliverer.SaveCheckpoint();
    PrintSummary(common, deliverer.work(), started);
    FailInterrupted(options, deliverer);
  });
  Worker<Chunk> worker(kChunkTime, [&deliverer](const Chunk& chunk) {
    return deliverer.Deliver(chunk);
  });
  const Stop stop = ReadAll(options.kind, input, reader, start, &worker);
  worker.Finish();
  deliverer.Finish();
  const std::string failure =
      FailureOf(common, options, start, deliverer, stop);
  if (!failure.empty()) {
    PrintConsumed(common, deliverer.work(), started);
    return Fail(failure);
  }
  if (IsInterrupted()) {
    report.Print();
    return kExitFailure;
  }
  PrintSummary(common, deliverer.work(), started);
  return kExitOk;
}

}  // namespace cli
