#include "io/checkpoint.h"

#include <fcntl.h>
#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <string>
#include <system_error>

#include "io/file.h"

namespace cli {

std::string Digest::hex() const { return fmt::format("{:016x}", hash_); }

Complaint ReadCheckpoint(const std::string& path,
                         std::optional<CheckpointFields>* found) {
  found->reset();
  File file;
  if (!file.Open(path, O_RDONLY)) {
    if (errno == ENOENT) return std::nullopt;
    return Cannot("read", path);
  }
  LineReader reader(BytesOf(file.fd()));
  using Outcome = LineReader::Outcome;
  Outcome outcome = reader.Next();
  Complaint complaint = "empty";
  CheckpointFields fields;
  if (outcome == Outcome::kLine) {
    complaint = ParseCheckpoint(reader.line(), &fields);
    outcome = reader.Next();
    if (!complaint && outcome != Outcome::kEnd) complaint = "more than a line";
  }
  if (outcome == Outcome::kFailed) return Cannot("read", path);
  if (complaint) return path + " is no checkpoint: " + *complaint;
  *found = std::move(fields);
  return std::nullopt;
}

Complaint WriteCheckpoint(const std::string& path,
                          const CheckpointFields& fields) {
  const std::string draft = path + ".tmp";
  File file;
  if (!file.Open(draft, O_WRONLY | O_CREAT | O_TRUNC)) {
    return Cannot("write", draft);
  }
  if (Complaint c = file.Write(FormatCheckpoint(fields))) return c;
  if (Complaint c = file.Sync()) return c;
  if (std::rename(draft.c_str(), path.c_str()) != 0) {
    return Cannot("write", path);
  }
  return SyncDirectoryOf(path);
}

Complaint CheckWritable(const std::string& path) {
  const std::string draft = path + ".tmp";
  if (std::error_code ignored; std::filesystem::is_directory(path, ignored)) {
    return "cannot write " + path + ": " + std::strerror(EISDIR);
  }
  File file;
  if (!file.Open(draft, O_WRONLY | O_CREAT)) return Cannot("write", draft);
  return std::remove(draft.c_str()) == 0 ? Complaint()
                                         : Cannot("remove", draft);
}

Complaint RemoveCheckpoint(const std::string& path) {
  if (std::remove(path.c_str()) == 0 || errno == ENOENT) return std::nullopt;
  return Cannot("remove", path);
}

CheckpointFields CheckpointOf(const dynamodown::StoreInfo& info) {
  CheckpointFields fields;
  fields.location = info.location;
  fields.endpoint = info.endpoint;
  fields.region = info.region;
  fields.id = info.id;
  return fields;
}

bool IsOf(const CheckpointFields& found, const dynamodown::StoreInfo& info) {
  return found.location == info.location && found.region == info.region &&
         found.id == info.id &&
         (!info.id.empty() || found.endpoint == info.endpoint);
}

Complaint SkipLoaded(const CheckpointFields& found, LineReader* reader,
                     Place* place) {
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
  }
  Operation last;
  if (place->line == 0 || place->bytes != found.bytes ||
      place->digest.hex() != found.digest ||
      ParseRecord(reader->line(), &last) || last.key != found.key) {
    return misfit;
  }
  return std::nullopt;
}

}  // namespace cli
