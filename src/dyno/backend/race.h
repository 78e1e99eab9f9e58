// Compare and set. An attempt reads, decides, and writes on condition that
// nothing has changed. If another writer was faster, the attempt has lost the
// race, and is repeated.

#ifndef DYNO_BACKEND_RACE_H_
#define DYNO_BACKEND_RACE_H_

#include <functional>
#include <string>

#include "dyno/backend.h"
#include "dyno/item/result.h"

namespace dyno {

/// How one attempt ended.
enum class Race { kWon, kLost };

/// The outcome of an attempt whose last step was a WriteIf with the result
/// `written`.
Result<Race> RaceOf(const WriteResult& written);

/// Calls `attempt`, at most `races_max` times, until it wins or fails.
/// **Errors**: those of `attempt`; if every attempt lost, an IOError with the
/// message "conflict: " + `conflict`.
leveldb::Status WinRace(int races_max, const std::string& conflict,
                        const std::function<Result<Race>()>& attempt);

/// Calls WinRace with at most 16 attempts to change an item. `done` is a
/// participle for the error's message. For example, "flattened" yields "others
/// kept changing the item ... while it was flattened".
leveldb::Status WinRaceForItem(const std::string& encoded_name,
                               const std::string& done,
                               const std::function<Result<Race>()>& attempt);

}  // namespace dyno

#endif  // DYNO_BACKEND_RACE_H_
