// A Result is a value, or the leveldb::Status that callers of dyno get. The
// function Invalid returns the most common error, an InvalidArgument.

#ifndef DYNO_ITEM_RESULT_H_
#define DYNO_ITEM_RESULT_H_

#include <string>

#include "base/result.h"
#include "leveldb/status.h"

namespace dyno {

template <class T>
using Result = dynamodown::Result<T, leveldb::Status>;

inline leveldb::Status Invalid(const std::string& what) {
  return leveldb::Status::InvalidArgument(what);
}

}  // namespace dyno

#endif  // DYNO_ITEM_RESULT_H_
