#include "io/checkpoint.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstdio>
#include <string>
#include <utility>

#include "parse/location.h"

namespace cli {
namespace {

constexpr int kLockTriesMax = 100;

std::string InUse(const std::string& path) {
  return "another load is using the checkpoint " + path +
         "; wait for it to end, or give this load another checkpoint";
}

}  // namespace

std::string Digest::hex() const { return fmt::format("{:016x}", hash_); }

Checkpoint::~Checkpoint() {
  if (is_fresh_) Remove();
}

Complaint Checkpoint::Open(const std::string& path,
                           std::optional<CheckpointFields>* found) {
  found->reset();
  path_ = Resolve(path);
  if (Complaint c = Lock()) return c;
  // Make a draft now, and remove it. So if the folder cannot be written, the
  // load fails before anything is loaded.
  if (Complaint c = Draft().Open(path_)) return c;
  return file_.fd() < 0 ? std::nullopt : Read(found);
}

Complaint Checkpoint::Lock() {
  // Between our open and our lock, another load may have given the name to its
  // next draft. Then the file that we locked no longer has the name.
  for (int i = 0; i < kLockTriesMax; ++i) {
    if (!file_.Open(path_, O_RDWR | O_NOFOLLOW | O_NONBLOCK)) {
      if (errno == ENOENT) return std::nullopt;
      return errno == ELOOP ? path_ + " is a symbolic link that leads nowhere"
                            : Cannot("write", path_);
    }
    if (!file_.IsRegular()) return path_ + " is not a regular file";
    if (!file_.Lock()) break;
    if (file_.IsStillNamed()) return std::nullopt;
  }
  return InUse(path_);
}

Complaint Checkpoint::Read(std::optional<CheckpointFields>* found) {
  LineReader reader(BytesOf(file_.fd()));
  using Outcome = LineReader::Outcome;
  Outcome outcome = reader.Next();
  Complaint complaint = "empty";
  CheckpointFields fields;
  if (outcome == Outcome::kLine) {
    complaint = ParseCheckpoint(reader.line(), &fields);
    outcome = reader.Next();
    if (!complaint && outcome != Outcome::kEnd) complaint = "more than a line";
  }
  if (outcome == Outcome::kFailed) return Cannot("read", path_);
  if (complaint) return path_ + " is no checkpoint: " + *complaint;
  *found = std::move(fields);
  return std::nullopt;
}

Complaint Checkpoint::Begin(const CheckpointFields& store) {
  if (file_.fd() >= 0) return std::nullopt;
  CheckpointFields fields = store;
  fields.digest = Digest().hex();
  Draft draft;
  if (Complaint c = WriteDraft(fields, &draft)) return c;
  const Complaint failed = draft.CommitNew(&file_);
  is_fresh_ = file_.fd() >= 0;
  return failed && errno == EEXIST ? InUse(path_) : failed;
}

Complaint Checkpoint::FindOwnFile(bool* found) const {
  *found = file_.IsStillNamed();
  struct stat facts;
  if (*found || lstat(path_.c_str(), &facts) != 0) return std::nullopt;
  return path_ +
         ": another file has taken the checkpoint's name during the load, and "
         "stays as it is; move it away before the next load with this "
         "checkpoint";
}

Complaint Checkpoint::Write(const CheckpointFields& fields) {
  bool found = false;
  if (Complaint c = FindOwnFile(&found)) return c;
  Draft draft;
  if (Complaint c = WriteDraft(fields, &draft)) return c;
  const Complaint failed =
      found ? draft.Commit(&file_) : draft.CommitNew(&file_);
  if (!failed) is_fresh_ = false;
  return failed;
}

Complaint Checkpoint::WriteDraft(const CheckpointFields& fields,
                                 Draft* draft) const {
  if (Complaint c = draft->Open(path_)) return c;
  if (!draft->file().Lock()) return InUse(path_);
  return draft->file().Write(FormatCheckpoint(fields));
}

Complaint Checkpoint::Remove() {
  bool found = false;
  if (Complaint c = FindOwnFile(&found)) return c;
  const int error = std::remove(path_.c_str());
  if (error != 0 && errno != ENOENT) return Cannot("remove", path_);
  file_.Close();
  return std::nullopt;
}

CheckpointFields CheckpointOf(const dynamodown::StoreInfo& info) {
  CheckpointFields fields;
  fields.location = CanonicalLocation(info.location);
  fields.endpoint = info.endpoint;
  fields.region = info.region;
  fields.id = info.id;
  return fields;
}

bool IsOf(const CheckpointFields& found, const dynamodown::StoreInfo& info) {
  return CanonicalLocation(found.location) ==
             CanonicalLocation(info.location) &&
         found.region == info.region && found.id == info.id &&
         (!info.id.empty() || found.endpoint == info.endpoint);
}

Complaint SkipLoaded(const CheckpointFields& found, LineReader* reader,
                     Place* place, Operation* last) {
  const std::string misfit = fmt::format(
      "the first {} lines of the input are not those that were loaded",
      found.line);
  *place = Place();
  while (place->line < found.line) {
    const LineReader::Outcome outcome = reader->Next();
    if (outcome == LineReader::Outcome::kFailed) {
      return Cannot("read", "the input");
    }
    if (outcome != LineReader::Outcome::kLine) return misfit;
    place->line = reader->number();
    place->bytes = reader->end();
    place->digest.Add(reader->raw());
    if (!IsBlank(reader->line())) ++place->records;
  }
  if (place->bytes != found.bytes || place->digest.hex() != found.digest) {
    return misfit;
  }
  if (place->line == 0) return std::nullopt;
  if (ParseRecord(reader->line(), last) || last->key != found.key) {
    return misfit;
  }
  return std::nullopt;
}

}  // namespace cli
