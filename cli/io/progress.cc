#include "io/progress.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <utility>

#include "io/terminal.h"

namespace cli {
namespace {

constexpr std::chrono::milliseconds kEvery{500};
constexpr char kEraseToEnd[] = "\x1b[K";  // of the line

void Print(const std::string& text) {
  std::fputs(("\r" + text + kEraseToEnd).c_str(), stderr);
}

}  // namespace

std::string ProgressText(const std::string& doing, const std::string& noun,
                         const ProgressState& begin, const ProgressState& now,
                         Seconds elapsed) {
  const double seconds = elapsed.count();
  std::string text = doing + ": " + CountText(now.records, noun);
  if (now.bytes > 0) text += ", " + SizeText(now.bytes);
  if (!now.more.empty()) text += ", " + now.more;
  if (seconds > 0 && now.records > begin.records) {
    text += fmt::format(
        ", {:.0f} {}s/s",
        static_cast<double>(now.records - begin.records) / seconds, noun);
  }
  if (now.total == 0) return text + ", " + TimeText(elapsed);
  const uint64_t done = std::min(now.done, now.total);
  text += fmt::format(", {}%", done * 100 / now.total);
  if (done <= begin.done) return text;
  const double left = seconds * static_cast<double>(now.total - done) /
                      static_cast<double>(done - begin.done);
  return text + ", " + TimeText(Seconds(left)) + " left";
}

Progress::Progress(bool wanted, std::string doing, std::string noun,
                   ProgressState begin)
    : doing_(std::move(doing)),
      noun_(std::move(noun)),
      begin_(std::move(begin)),
      now_(begin_) {
  if (!wanted || !ErrorIsTerminal()) return;
  thread_ = std::thread([this] { Run(); });
}

void Progress::Show(ProgressState now) {
  std::lock_guard<std::mutex> lock(mutex_);
  now_ = std::move(now);
}

void Progress::Clear() {
  if (!thread_.joinable()) return;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    ended_ = true;
  }
  ends_.notify_all();
  thread_.join();
}

void Progress::Hide() {
  std::lock_guard<std::mutex> lock(mutex_);
  if (is_shown_) Print("");
  is_shown_ = false;
  is_hidden_ = true;
}

void Progress::Run() {
  std::unique_lock<std::mutex> lock(mutex_);
  while (!ends_.wait_for(lock, kEvery, [this] { return ended_; })) {
    if (is_hidden_) continue;
    Print(ProgressText(doing_, noun_, begin_, now_, Clock::now() - start_));
    is_shown_ = true;
  }
  if (is_shown_) Print("");
}

}  // namespace cli
