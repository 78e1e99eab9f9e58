#include "dyno/backend/race.h"

namespace dyno {

using leveldb::Status;

Result<Race> RaceOf(const WriteResult& written) {
  if (!written.ok()) return written.status;
  return written.is_written() ? Race::kWon : Race::kLost;
}

Status WinRace(int races_max, const std::string& conflict,
               const std::function<Result<Race>()>& attempt) {
  for (int race = 0; race < races_max; ++race) {
    const Result<Race> ended = attempt();
    if (!ended.ok()) return ended.error();
    if (*ended == Race::kWon) return Status::OK();
  }
  return Status::IOError("conflict: " + conflict);
}

}  // namespace dyno
