#include "credentials.h"

#include <utility>

namespace face {
namespace {

using leveldb::Status;

// Credentials are renewed this long before they expire, as in AWS's SDKs.
constexpr std::chrono::minutes kMargin{5};
// Between two early renewals, if the first one fails.
constexpr std::chrono::seconds kPause{10};

}  // namespace

void ScriptCredentials::Give(dynamodown::Credentials credentials,
                             std::optional<Time> expires) {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    kept_ = std::move(credentials);
    expires_ = expires;
    failure_.clear();
    asking_ = false;
    ++answers_;
  }
  answered_.notify_all();
}

void ScriptCredentials::Fail(const std::string& message) {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    failure_ = message;
    asking_ = false;
    ++answers_;
  }
  answered_.notify_all();
}

void ScriptCredentials::End() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    ended_ = true;
  }
  answered_.notify_all();
}

Status ScriptCredentials::Get(dynamodown::Credentials* credentials) {
  std::unique_lock<std::mutex> lock(mutex_);
  const Time now = std::chrono::system_clock::now();
  const auto is_valid = [this, now] {
    return kept_ && (!expires_ || now < *expires_);
  };
  const bool is_due = !is_valid() || (expires_ && now >= *expires_ - kMargin &&
                                      now >= not_before_);
  const uint64_t answers = answers_;
  if (is_due && ask_ && !asking_ && !ended_) {
    asking_ = true;
    not_before_ = now + kPause;
    lock.unlock();
    ask_();
    lock.lock();
  }
  if (is_valid()) {
    *credentials = *kept_;
    return Status::OK();
  }
  if (std::this_thread::get_id() == script_) {
    return Status::IOError(
        "none are valid now, and a synchronous call cannot wait for others");
  }
  if (!ask_) return Status::IOError("those that were given have expired");
  answered_.wait(lock, [&] { return answers_ != answers || ended_; });
  if (!failure_.empty()) return Status::IOError(failure_);
  // New credentials are used even if they expire at once: AWS decides.
  if (!kept_) return Status::IOError("the script has ended");
  *credentials = *kept_;
  return Status::OK();
}

void ScriptCredentials::Expire() {
  const std::lock_guard<std::mutex> lock(mutex_);
  // Without a function to ask, they stay: AWS then refuses them to the caller.
  if (ask_) kept_.reset();
}

}  // namespace face
