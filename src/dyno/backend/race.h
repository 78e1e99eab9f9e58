// Compare and set: read, decide, and write on condition that nothing has
// changed, again and again until no other writer comes in between.

#ifndef DYNO_BACKEND_RACE_H_
#define DYNO_BACKEND_RACE_H_

#include <functional>
#include <string>

#include "dyno/backend.h"
#include "dyno/item/result.h"

namespace dyno {

/// How one attempt ended.
enum class Race { kWon, kLost };

/// How an attempt ended, if its last step was a WriteIf with the result
/// `written`.
Result<Race> RaceOf(const WriteResult& written);

/// Calls `attempt`, at most `races_max` times, until it wins or fails.
/// **Errors**: those of `attempt`; if every attempt lost, an IOError with the
/// message "conflict: " + `conflict`.
leveldb::Status WinRace(int races_max, const std::string& conflict,
                        const std::function<Result<Race>()>& attempt);

/// Does the same, at most 16 times, against others that change the item. `done`
/// is the participle for the error's message: "flattened" yields "others kept
/// changing the item ... while it was flattened".
leveldb::Status WinRaceForItem(const std::string& encoded_name,
                               const std::string& done,
                               const std::function<Result<Race>()>& attempt);

}  // namespace dyno

#endif  // DYNO_BACKEND_RACE_H_
