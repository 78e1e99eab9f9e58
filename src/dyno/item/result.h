// A value, or the leveldb::Status that callers of dyno see.

#ifndef DYNO_ITEM_RESULT_H_
#define DYNO_ITEM_RESULT_H_

#include "base/result.h"
#include "leveldb/status.h"

namespace dyno {

template <class T>
using Result = dynamodown::Result<T, leveldb::Status>;

}  // namespace dyno

#endif  // DYNO_ITEM_RESULT_H_
