// Random numbers for jitter and for ids that must not collide. Not for secrets.

#ifndef DYNAMODOWN_BASE_RANDOM_H_
#define DYNAMODOWN_BASE_RANDOM_H_

#include <cstdint>
#include <memory>
#include <mutex>
#include <random>
#include <string>

namespace dynamodown {

/// **Thread-safety**: all calls from any thread.
class Random {
 public:
  /// The same seed gives the same numbers.
  explicit Random(uint64_t seed) : engine_(seed) {}

  uint64_t Next() {
    std::lock_guard<std::mutex> lock(mutex_);
    return engine_();
  }
  /// Returns a number in [0, limit], uniform enough for waits.
  uint64_t UpTo(uint64_t limit) {
    return limit == UINT64_MAX ? Next() : Next() % (limit + 1);
  }
  /// 32 lower-case hex digits.
  std::string Id();

 private:
  std::mutex mutex_;
  std::mt19937_64 engine_;
};

/// Returns a generator that the operating system has seeded, with enough
/// entropy that no two generators give the same id.
std::unique_ptr<Random> NewSystemRandom();

}  // namespace dynamodown

#endif  // DYNAMODOWN_BASE_RANDOM_H_
