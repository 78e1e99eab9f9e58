#include "base/fork.h"

#include <pthread.h>

#include <atomic>
#include <new>

namespace dynamodown {
namespace {

std::atomic<uint64_t> forks{0};

void CountFork() { forks.fetch_add(1, std::memory_order_relaxed); }

/// Registers CountFork. Throws if there is no memory to register it: without
/// CountFork, a child would have the same ForkCount as its parent.
bool CountForks() {
  if (pthread_atfork(nullptr, nullptr, CountFork) != 0) throw std::bad_alloc();
  return true;
}

}  // namespace

uint64_t ForkCount() {
  static const bool counts = CountForks();
  static_cast<void>(counts);
  return forks.load(std::memory_order_relaxed);
}

}  // namespace dynamodown
