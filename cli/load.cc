// load, and batch --unordered: a stream of lines into a store, chunk by chunk.
//
// One thread reads and parses; another one writes a chunk while the next is
// being parsed. A chunk is an unordered batch, which the library sends in
// parallel; chunks follow one another, so that of two lines on one key the
// later one wins. Behind a line that cannot be taken nothing is written, and
// all before it is.

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "checkpoint.h"
#include "file.h"
#include "json_lines.h"
#include "leveldb/write_batch.h"
#include "line_reader.h"
#include "message.h"
#include "progress.h"
#include "session.h"
#include "transfer.h"
#include "worker.h"

namespace cli {
namespace {

using dynamodown::Database;
using leveldb::Status;
using Outcome = LineReader::Outcome;

constexpr size_t kChunkRecords = 2000;
constexpr size_t kChunkBytes = size_t{2} << 20;  // of keys and values
// Of a batch that is atomic, and so in memory.
constexpr size_t kBatchOperations = 100'000;
constexpr size_t kBatchBytes = size_t{64} << 20;

/// FILE, or standard input.
Complaint OpenInput(const CommandLine& line, File* input) {
  if (!line.input) {
    input->Borrow(STDIN_FILENO, "standard input");
  } else if (!input->Open(*line.input, O_RDONLY)) {
    return Cannot("read", *line.input);
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

/// On DynamoDB a write is durable when it returns; an embedded one is so too.
dynamodown::WriteOptions Durable(dynamodown::BatchMode mode) {
  dynamodown::WriteOptions options;
  options.sync = true;
  options.batch = mode;
  return options;
}

// ------------------------------------------------------------------ a stream

/// What differs between load and batch --unordered.
struct Kind {
  Complaint (*parse)(std::string_view, Operation*);
  const char* done;  // "loaded"
  const char* noun;  // "record"
};

struct Chunk {
  std::vector<Operation> operations;
  std::vector<Place> places;  // behind each one's line
  size_t bytes = 0;           // of keys and values

  bool IsFull() const {
    return operations.size() >= kChunkRecords || bytes >= kChunkBytes;
  }
  void Add(Operation operation, const Place& place) {
    bytes += SizeOf(operation);
    operations.push_back(std::move(operation));
    places.push_back(place);
  }
};

/// The thread that writes, and what has become of it all.
class Deliverer {
 public:
  Deliverer(const CommandLine& line, Database* db, const Place& start)
      : line_(line), db_(db), delivered_(start), progress_(!line.verbose) {
    if (line.checkpoint) checkpoint_ = CheckpointOf(db->GetInfo());
  }

  /// False when something failed.
  bool Deliver(const Chunk& chunk) {
    in_flight_ = chunk.places.back().line;
    size_t written = 0;
    status_ = Write(chunk, 0, chunk.operations.size(), &written);
    // Nothing of an operation that was refused as such is anywhere.
    if (status_.IsInvalidArgument()) refused_ = chunk.places[written].line;
    if (written > 0) {
      for (size_t i = 0; i < written; ++i) {
        bytes_ += SizeOf(chunk.operations[i]);
      }
      records_ += written;
      delivered_ = chunk.places[written - 1];
      SaveCheckpoint(chunk.operations[written - 1].key);
    }
    progress_.Show(records_, bytes_);
    return status_.ok() && !complaint_;
  }

  /// After the last Deliver: ends the progress line.
  void Finish(bool well) {
    well ? progress_.Finish(records_, bytes_) : progress_.Clear();
  }

  /// Of the write that failed.
  const Status& status() const { return status_; }
  /// The checkpoint's.
  const Complaint& complaint() const { return complaint_; }
  /// The line of an operation that cannot be written; 0: none.
  uint64_t refused() const { return refused_; }
  /// The last line that is written for certain, and the last one of which a
  /// part may be.
  uint64_t delivered() const { return delivered_.line; }
  uint64_t in_flight() const { return in_flight_; }
  uint64_t records() const { return records_; }

 private:
  /// Writes [begin, end). `*written`: all before it are. Which one of several
  /// was refused is found by halves: none of them was sent then.
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

  void SaveCheckpoint(const std::string& key) {
    if (!checkpoint_) return;
    checkpoint_->line = delivered_.line;
    checkpoint_->bytes = delivered_.bytes;
    checkpoint_->digest = delivered_.digest.hex();
    checkpoint_->key = key;
    complaint_ = WriteCheckpoint(*line_.checkpoint, *checkpoint_);
  }

  const dynamodown::WriteOptions options_ =
      Durable(dynamodown::BatchMode::kUnordered);
  const CommandLine& line_;
  Database* const db_;
  std::optional<CheckpointFields> checkpoint_;
  Place delivered_;
  uint64_t in_flight_ = 0, refused_ = 0;
  uint64_t records_ = 0, bytes_ = 0;
  Progress progress_;
  Status status_;
  Complaint complaint_;
};

/// What ended the reading before the end of the input.
struct Stop {
  uint64_t line = 0;
  Complaint reason;
  bool is_the_lines = false;  // otherwise the input cannot be read
};

Stop ReadAll(const Kind& kind, const File& input, LineReader* reader,
             Place place, Worker<Chunk>* worker) {
  Chunk chunk;
  Stop stop;
  for (;;) {
    const Outcome outcome = reader->Next();
    stop.line = reader->number();
    if (outcome == Outcome::kEnd) break;
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
    Operation operation;
    stop.reason = kind.parse(reader->line(), &operation);
    stop.is_the_lines = stop.reason.has_value();
    if (stop.reason) break;
    chunk.Add(std::move(operation), place);
    if (!chunk.IsFull()) continue;
    if (!worker->Give(std::exchange(chunk, Chunk()))) return stop;
  }
  if (!chunk.operations.empty()) worker->Give(std::move(chunk));
  return stop;
}

/// "lines 1 to 7", "line 7".
std::string Lines(uint64_t first, uint64_t last) {
  return first == last ? fmt::format("line {}", first)
                       : fmt::format("lines {} to {}", first, last);
}

/// "loaded 7 records (lines 1 to 7)": those before `line`.
std::string Done(const Kind& kind, uint64_t records, uint64_t start,
                 uint64_t line) {
  std::string done = fmt::format("{} {} {}{}", kind.done, records, kind.noun,
                                 records == 1 ? "" : "s");
  if (line > start + 1) done += " (" + Lines(start + 1, line - 1) + ")";
  return done;
}

/// What is certain after a failure in between.
std::string Certain(const Kind& kind, uint64_t delivered, uint64_t in_flight) {
  std::string certain =
      delivered == 0 ? fmt::format("no line is {} for certain", kind.done)
                     : fmt::format("{} {} {}", Lines(1, delivered),
                                   delivered == 1 ? "is" : "are", kind.done);
  if (in_flight > delivered) {
    certain +=
        fmt::format(", of {} some may be", Lines(delivered + 1, in_flight));
  }
  return certain;
}

/// Brings what is left of the input into the store. Returns the exit status.
int Transfer(const CommandLine& line, const Kind& kind, const File& input,
             LineReader* reader, const Place& start, Database* db) {
  Deliverer deliverer(line, db, start);
  Worker<Chunk> worker(
      [&deliverer](const Chunk& chunk) { return deliverer.Deliver(chunk); });
  const Stop stop = ReadAll(kind, input, reader, start, &worker);
  worker.Finish();
  const Status& status = deliverer.status();
  deliverer.Finish(status.ok() && !deliverer.complaint() && !stop.reason);

  if (deliverer.refused() > 0) {
    return Fail(fmt::format(
        "{}; line {}: {}",
        Done(kind, deliverer.records(), start.line, deliverer.refused()),
        deliverer.refused(), Describe(status, line.location)));
  }
  if (!status.ok() || deliverer.complaint()) {
    const std::string what = deliverer.complaint()
                                 ? *deliverer.complaint()
                                 : Describe(status, line.location);
    return Fail(what + "; " +
                Certain(kind, deliverer.delivered(),
                        status.ok() ? 0 : deliverer.in_flight()));
  }
  if (stop.reason) {
    const std::string done =
        Done(kind, deliverer.records(), start.line, stop.line);
    return Fail(stop.is_the_lines ? fmt::format("{}; line {}: {}", done,
                                                stop.line, *stop.reason)
                                  : *stop.reason + "; " + done);
  }
  return kExitOk;
}

// ------------------------------------------------------------- an atomic batch

/// All operations of the input.
Complaint ReadBatch(const File& input, leveldb::WriteBatch* batch) {
  LineReader reader(BytesOf(input.fd()));
  size_t operations = 0, bytes = 0;
  for (;;) {
    const Outcome outcome = reader.Next();
    if (outcome == Outcome::kEnd) return std::nullopt;
    if (outcome == Outcome::kFailed) return Cannot("read", input.name());
    if (outcome == Outcome::kLine && IsBlank(reader.line())) continue;
    Operation operation;
    const Complaint complaint = outcome == Outcome::kTooLong
                                    ? TooLong()
                                    : ParseOperation(reader.line(), &operation);
    if (complaint) {
      return fmt::format("line {}: {}", reader.number(), *complaint);
    }
    bytes += SizeOf(operation);
    if (++operations > kBatchOperations || bytes > kBatchBytes) {
      return fmt::format(
          "line {}: over {} operations or {} MB, too many for an atomic batch; "
          "--unordered takes any number, and is not atomic",
          reader.number(), kBatchOperations, kBatchBytes >> 20);
    }
    AddTo(batch, operation);
  }
}

int AtomicBatch(const CommandLine& line, const File& input) {
  leveldb::WriteBatch batch;
  if (Complaint c = ReadBatch(input, &batch)) {
    return Fail(*c + "; nothing was written");
  }
  Session session(line);
  Status status = session.Open();
  if (status.ok()) {
    status =
        session.db()->Write(Durable(dynamodown::BatchMode::kAtomic), &batch);
  }
  return status.ok() ? kExitOk : Fail(status, line.location);
}

// ------------------------------------------------------------------- resuming

std::string Advice(const std::string& checkpoint) {
  return "; remove " + checkpoint + " to load all of it";
}

/// The checkpoint that is there, if any, with `*place` behind what it says is
/// loaded.
Complaint FindCheckpoint(const CommandLine& line, LineReader* reader,
                         std::optional<CheckpointFields>* found, Place* place) {
  if (!line.checkpoint) return std::nullopt;
  if (Complaint c = ReadCheckpoint(*line.checkpoint, found)) return c;
  if (!*found) return std::nullopt;
  Complaint misfit = SkipLoaded(**found, reader, place);
  if (!misfit) return std::nullopt;
  return *line.checkpoint + ": " + *misfit + Advice(*line.checkpoint);
}

/// Before a store is made: the exit status when nothing would come into it.
std::optional<int> LookAtFirst(const Kind& kind, const File& input,
                               LineReader* reader) {
  const Outcome outcome = reader->Next();
  if (outcome == Outcome::kEnd) return kExitOk;
  if (outcome == Outcome::kFailed) return Fail(Cannot("read", input.name()));
  Operation first;
  const Complaint wrong = outcome == Outcome::kTooLong ? TooLong()
                          : IsBlank(reader->line())
                              ? std::nullopt
                              : kind.parse(reader->line(), &first);
  if (wrong) {
    return Fail(fmt::format("{}; line 1: {}; the store was not made",
                            Done(kind, 0, 0, 1), *wrong));
  }
  reader->Again();
  return std::nullopt;
}

/// A store without an id may be another one of the same name. Then at least
/// the last record that was loaded must be in it.
Complaint CheckLastKey(const CheckpointFields& found, Database* db) {
  if (!found.id.empty()) return std::nullopt;
  std::string value;
  const Status status = db->Get(dynamodown::ReadOptions(), found.key, &value);
  if (status.ok()) return std::nullopt;
  if (!status.IsNotFound()) return Describe(status, found.location);
  return "the last record that it says was loaded is not in the store, which "
         "may be another one of this name";
}

}  // namespace

int Load(const CommandLine& line) {
  constexpr Kind kKind = {ParseRecord, "loaded", "record"};
  File input;
  if (Complaint c = OpenInput(line, &input)) return Fail(*c);
  LineReader reader(BytesOf(input.fd()));
  std::optional<CheckpointFields> found;
  Place start;
  if (Complaint c = FindCheckpoint(line, &reader, &found, &start)) {
    return Fail(*c);
  }

  if (line.checkpoint) {
    if (Complaint c = CheckWritable(*line.checkpoint)) return Fail(*c);
  }
  Session session(line);
  Status status = session.Open();
  if (!found && line.creates && dynamodown::IsMissingStore(status)) {
    if (const auto nothing = LookAtFirst(kKind, input, &reader)) {
      return *nothing;
    }
    session.options().create_if_missing = true;
    status = session.Open();
  }
  if (found && dynamodown::IsMissingStore(status)) {
    return Fail(*line.checkpoint + ": the store that it is of does not exist" +
                Advice(*line.checkpoint));
  }
  if (!status.ok()) return Fail(status, line.location);
  if (found && !IsOf(*found, session.db()->GetInfo())) {
    return Fail(*line.checkpoint + ": it is of another store" +
                (found->location == session.db()->GetInfo().location
                     ? " of this name"
                     : ", " + found->location) +
                Advice(*line.checkpoint));
  }
  if (found) {
    if (Complaint c = CheckLastKey(*found, session.db())) {
      return Fail(*line.checkpoint + ": " + *c + Advice(*line.checkpoint));
    }
  }
  const int exit_status =
      Transfer(line, kKind, input, &reader, start, session.db());
  if (exit_status != kExitOk || !line.checkpoint) return exit_status;
  Complaint removed = RemoveCheckpoint(*line.checkpoint);
  return removed ? Fail(*removed + "; all is loaded") : kExitOk;
}

int Batch(const CommandLine& line) {
  constexpr Kind kKind = {ParseOperation, "applied", "operation"};
  File input;
  if (Complaint c = OpenInput(line, &input)) return Fail(*c);
  if (!line.unordered) return AtomicBatch(line, input);
  Session session(line);
  const Status status = session.Open();
  if (!status.ok()) return Fail(status, line.location);
  LineReader reader(BytesOf(input.fd()));
  return Transfer(line, kKind, input, &reader, Place(), session.db());
}

}  // namespace cli
