// Invariant: exactly one thread, current_, is not waiting for its condition
// variable. Only that thread runs code under test, so no other thread changes
// the data that it reads, not even while it evaluates another thread's
// predicate.

#include "sim/sim_scheduler.h"

#include <algorithm>
#include <cassert>
#include <cstdio>
#include <cstdlib>
#include <utility>

namespace dynamodown {
namespace {

constexpr size_t kFailureTraceLines = 40;

}  // namespace

SimScheduler::SimScheduler(uint64_t seed, size_t trace_lines_max)
    : seed_(seed), trace_lines_max_(trace_lines_max), engine_(seed) {
  threads_.push_back(std::make_unique<Thread>());
  main_ = current_ = threads_.back().get();
  main_->name = "main";
}

SimScheduler::~SimScheduler() {
  RunAll();
  {
    std::lock_guard<std::mutex> lock(mutex_);
    closing_ = true;
    for (const auto& thread : threads_) thread->turn.notify_one();
  }
  for (const auto& thread : threads_) {
    if (thread->thread.joinable()) thread->thread.join();
  }
}

void SimScheduler::Run(std::function<void()> task) {
  Start("task-" + std::to_string(++tasks_), std::move(task));
}

void SimScheduler::Spawn(std::string name, std::function<void()> body) {
  Start(std::move(name), std::move(body));
}

void SimScheduler::Start(std::string name, std::function<void()> body) {
  TraceLine("starts " + name);
  const auto idle = std::find_if(
      threads_.begin(), threads_.end(),
      [](const auto& thread) { return thread->state == State::kIdle; });
  const bool reuse = idle != threads_.end();
  if (!reuse) threads_.push_back(std::make_unique<Thread>());
  Thread* thread = reuse ? idle->get() : threads_.back().get();
  thread->name = std::move(name);
  thread->point = "start";
  thread->body = std::move(body);
  thread->state = State::kRunnable;
  if (!reuse) thread->thread = std::thread([this, thread] { Main(thread); });
}

void SimScheduler::Main(Thread* self) {
  while (Await(self)) {
    TraceLine("begins");
    self->body();
    self->body = nullptr;  // Its own thread releases its captures.
    self->state = State::kIdle;
    TraceLine("ends");
    // Not Pass: an idle thread goes back to wait for work, not to its work.
    Give(Next());
  }
}

void SimScheduler::Yield(const std::string& point) {
  TraceLine(point);
  current_->point = point;
  Pass();
}

void SimScheduler::Sleep(Duration duration) {
  const std::string point = "sleep " + std::to_string(duration.count()) + "ns";
  TraceLine(point);
  current_->point = point;
  current_->state = State::kSleeping;
  current_->wake_at = now_ + duration;
  Pass();
}

bool SimScheduler::Wait(std::unique_lock<std::mutex>& lock,
                        const std::function<bool()>& ready) {
  return WaitUntil(lock, ready, TimePoint::max());
}

bool SimScheduler::WaitUntil(std::unique_lock<std::mutex>& lock,
                             const std::function<bool()>& ready,
                             TimePoint until) {
  std::mutex* const wait_mutex = lock.mutex();
  assert(lock.owns_lock());
  lock.unlock();
  TraceLine("wait");
  current_->point = "wait";
  current_->state = State::kWaiting;
  current_->wait_mutex = wait_mutex;
  current_->ready = &ready;
  current_->wake_at = until;
  current_->notified = true;
  Thread* const self = current_;
  Pass();
  // No thread has run since CanGoOn released this mutex, so it is free.
  lock.lock();
  return self->is_ready;
}

void SimScheduler::Notify() {
  for (const auto& thread : threads_) thread->notified = true;
}

Scheduler::TimePoint SimScheduler::Now() { return now_; }

void SimScheduler::RunAll() {
  if (current_ != main_) Fail("RunAll is called by another thread than main");
  TraceLine("run all");
  current_->point = "run all";
  current_->state = State::kJoining;
  Pass();
}

uint64_t SimScheduler::Choose(uint64_t n) { return engine_() % n; }

void SimScheduler::Pass() {
  Thread* const self = current_;
  Thread* const next = Next();
  if (next != self) {
    Give(next);
    Await(self);
  }
  self->state = State::kRunnable;
  TraceLine("goes on after " + self->point);
}

void SimScheduler::Give(Thread* thread) {
  std::lock_guard<std::mutex> lock(mutex_);
  current_ = thread;
  thread->turn.notify_one();
}

bool SimScheduler::Await(Thread* self) {
  std::unique_lock<std::mutex> lock(mutex_);
  self->turn.wait(lock, [&] { return current_ == self || closing_; });
  return !closing_;
}

SimScheduler::Thread* SimScheduler::Next() {
  for (;;) {
    std::vector<Thread*> candidates;
    TimePoint first_wake = TimePoint::max();
    for (const auto& thread : threads_) {
      if (CanGoOn(thread.get())) candidates.push_back(thread.get());
      if (thread->state == State::kSleeping ||
          thread->state == State::kWaiting) {
        first_wake = std::min(first_wake, thread->wake_at);
      }
    }
    if (!candidates.empty()) {
      return candidates[engine_() % candidates.size()];
    }
    if (first_wake == TimePoint::max()) Fail("deadlock");
    now_ = first_wake;
  }
}

bool SimScheduler::CanGoOn(Thread* thread) {
  switch (thread->state) {
    case State::kRunnable:
      return true;
    case State::kSleeping:
      return thread->wake_at <= now_;
    case State::kJoining:
      return std::all_of(
          threads_.begin(), threads_.end(), [thread](const auto& other) {
            return other.get() == thread || other->state == State::kIdle;
          });
    case State::kIdle:
      return false;
    case State::kWaiting:
      break;
  }
  thread->is_ready = false;
  const bool is_late = thread->wake_at <= now_;
  if (!thread->notified && !is_late) return false;
  if (!thread->wait_mutex->try_lock()) {
    Fail("a mutex that " + thread->name +
         " waits with is held by a thread that gave up the baton");
  }
  const bool ready = (*thread->ready)();
  thread->wait_mutex->unlock();
  // Evaluate it again even if it holds now: another thread may run first.
  thread->notified = ready;
  thread->is_ready = ready;
  return ready || is_late;
}

void SimScheduler::Trace(const std::string& event) { TraceLine(event); }

void SimScheduler::TraceLine(const std::string& event) {
  std::string line = std::to_string(now_.time_since_epoch().count()) + " " +
                     current_->name + ": " + event;
  for (const char c : line + '\n') {
    trace_hash_ = (trace_hash_ ^ static_cast<uint8_t>(c)) * 1099511628211u;
  }
  trace_.push_back(std::move(line));
  if (trace_.size() > trace_lines_max_) trace_.pop_front();
}

std::string SimScheduler::Describe() const {
  std::string text;
  for (const auto& thread : threads_) {
    if (thread->state == State::kIdle) continue;
    text += "  " + thread->name + " at " + thread->point;
    if (thread->state == State::kWaiting && thread->wait_mutex->try_lock()) {
      text += (*thread->ready)() ? ", ready, but nobody called Notify"
                                 : ", not ready";
      thread->wait_mutex->unlock();
    }
    text += "\n";
  }
  return text;
}

void SimScheduler::Fail(const std::string& why) const {
  std::string text = "SimScheduler: " + why + "; seed " +
                     std::to_string(seed_) + "\n" + Describe() +
                     "The last of the trace:\n";
  const size_t from =
      trace_.size() - std::min(trace_.size(), kFailureTraceLines);
  for (size_t i = from; i < trace_.size(); ++i) text += "  " + trace_[i] + "\n";
  std::fputs(text.c_str(), stderr);
  std::abort();
}

int64_t SimClock::UnixSeconds() {
  return start_ + std::chrono::duration_cast<std::chrono::seconds>(
                      scheduler_->Now().time_since_epoch())
                      .count();
}

Result<void, NoAnswer> SimTransport::Send(const HttpRequest& request,
                                          std::chrono::milliseconds timeout,
                                          HttpResponse* response) {
  std::string name(request.method);
  name += " " + std::string(request.url);
  for (const HttpHeader& header : request.headers) {
    if (header.name == "X-Amz-Target" || header.name == "x-amz-target") {
      name = header.value.substr(header.value.rfind('.') + 1);
    }
  }
  Travel("send " + name);
  Result<void, NoAnswer> result = inner_->Send(request, timeout, response);
  Travel(result.ok()
             ? "answer " + std::to_string(response->status) + " to " + name
             : "no answer to " + name + ": " + result.error().message);
  return result;
}

void SimTransport::Travel(const std::string& point) {
  if (!latency_) {
    scheduler_->Yield(point);
    return;
  }
  scheduler_->Trace(point);
  scheduler_->Sleep(latency_());
}

}  // namespace dynamodown
