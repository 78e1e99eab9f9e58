#include "io/progress.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>

namespace cli {
namespace {

constexpr std::chrono::milliseconds kEvery{200};
constexpr char kEraseToEnd[] = "\x1b[K";  // of the line

}  // namespace

std::string ProgressText(uint64_t records, uint64_t bytes,
                         std::chrono::duration<double> elapsed) {
  const double rate =
      elapsed.count() > 0 ? static_cast<double>(records) / elapsed.count() : 0;
  return fmt::format("{} records, {:.1f} MB, {:.0f} records/s", records,
                     static_cast<double>(bytes) / 1e6, rate);
}

Progress::Progress(bool wanted) : shown_(wanted && isatty(STDERR_FILENO)) {}

void Progress::Show(uint64_t count) {
  if (IsTime()) Print(fmt::format("{}", count));
}

void Progress::Show(uint64_t records, uint64_t bytes) {
  if (IsTime()) Print(ProgressText(records, bytes, last_ - start_));
}

void Progress::ShowSync(uint64_t items, uint64_t operations) {
  if (!IsTime()) return;
  Print(fmt::format("{} items compared, {} operations exchanged", items,
                    operations));
}

void Progress::Clear() {
  if (shown_) Print("");
}

void Progress::Finish(uint64_t records, uint64_t bytes) {
  if (!shown_) return;
  Print(ProgressText(records, bytes, Clock::now() - start_));
  std::fputc('\n', stderr);
}

bool Progress::IsTime() {
  if (!shown_) return false;
  const Clock::time_point now = Clock::now();
  if (now - last_ < kEvery) return false;
  last_ = now;
  return true;
}

void Progress::Print(const std::string& text) {
  std::fputs(("\r" + text + kEraseToEnd).c_str(), stderr);
}

}  // namespace cli
