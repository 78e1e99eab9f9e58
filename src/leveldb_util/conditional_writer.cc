#include "leveldb_util/conditional_writer.h"

namespace dynamodown {

std::shared_lock<std::shared_mutex> ConditionalWriter::ShareWriting() {
  const std::lock_guard<std::mutex> turn(turnstile_);
  return std::shared_lock<std::shared_mutex>(writing_);
}

std::unique_lock<std::shared_mutex> ConditionalWriter::ExcludeWriting() {
  const std::lock_guard<std::mutex> turn(turnstile_);
  return std::unique_lock<std::shared_mutex>(writing_);
}

}  // namespace dynamodown
