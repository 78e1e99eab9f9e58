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

/// The end of an attempt whose last step was this WriteIf.
Result<Race> RaceOf(const WriteResult& written);

/// Calls `attempt`, at most `races_max` times, until it wins or fails.
/// **Errors**: those of `attempt`; IOError "conflict: " and `conflict`.
leveldb::Status WinRace(int races_max, const std::string& conflict,
                        const std::function<Result<Race>()>& attempt);

/// The same, at most 16 times, against others that change the item while it is
/// `done`: "flattened".
leveldb::Status WinRaceForItem(const std::string& encoded_name,
                               const std::string& done,
                               const std::function<Result<Race>()>& attempt);

}  // namespace dyno

#endif  // DYNO_BACKEND_RACE_H_
