#include "dyno/backend/race.h"

#include "dyno/item/key.h"

namespace dyno {
namespace {

using leveldb::Status;

/// A call gives up after it has lost this many races against others that change
/// the item.
constexpr int kItemRacesMax = 16;

}  // namespace

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

Status WinRaceForItem(const std::string& encoded_name, const std::string& done,
                      const std::function<Result<Race>()>& attempt) {
  return WinRace(kItemRacesMax,
                 "others kept changing the item " + Printable(encoded_name) +
                     " while it was " + done,
                 attempt);
}

}  // namespace dyno
