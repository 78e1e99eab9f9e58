#include "io/run_command.h"

#include <chrono>
#include <future>

#include "io/interrupt.h"
#include "io/message.h"
#include "io/progress.h"
#include "parse/location.h"

namespace cli {
namespace {

// How often RunUnstoppable looks for a signal.
constexpr std::chrono::milliseconds kEvery{50};

}  // namespace

int RunCommand(const CommandSpec& command) {
  const int status = command.run();
  if (command.common != nullptr) PrintTotals(*command.common);
  return status;
}

void RunUnstoppable(const CommonOptions& common, const Unstoppable& texts,
                    Clock::time_point started,
                    const std::function<void()>& work) {
  const InterruptWatch watch;
  // The progress is the number of requests, and an embedded store sends none.
  Progress progress(
      !common.verbose && !common.quiet && !IsEmbedded(common.location),
      texts.doing, "request");
  std::future<void> done = std::async(std::launch::async, work);
  while (done.wait_for(kEvery) != std::future_status::ready) {
    progress.Show({common.store.stats_sum->Read().requests});
    if (!IsInterrupted()) continue;
    progress.Clear();
    PrintSummary(common, texts.so_far, started);
    Note("stopped: " + texts.stopped);
    PrintTotals(common);
    EndIfInterrupted();
  }
  progress.Clear();
  done.get();
}

}  // namespace cli
