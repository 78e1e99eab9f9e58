// How things fail in dyno: with the statuses that its callers see.

#ifndef DYNO_RESULT_H_
#define DYNO_RESULT_H_

#include "base/result.h"
#include "leveldb/status.h"

namespace dyno {

template <class T>
using Result = dynamodown::Result<T, leveldb::Status>;

}  // namespace dyno

#endif  // DYNO_RESULT_H_
