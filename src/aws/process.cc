#include "aws/process.h"

#include <chrono>
#include <utility>

#include "aws/answers.h"
#include "aws/ask.h"

namespace dynamodown {
namespace {

constexpr std::chrono::seconds kTimeout{60};

class ProcessCredentials final : public CredentialsFetcher {
 public:
  ProcessCredentials(const std::string& command, const std::string& profile,
                     const CommandRunner& run_command)
      : command_(command), profile_(profile), run_command_(run_command) {}

  Result<FetchedCredentials> Fetch() override {
    Result<CommandOutcome> outcome = run_command_(command_, kTimeout);
    if (!outcome.ok()) return Failed(outcome.error().message);
    if (outcome->status != 0) {
      return Failed("it ended with status " + std::to_string(outcome->status));
    }
    Result<FetchedCredentials> fetched = ReadProcessOutput(&outcome->output);
    if (!fetched.ok()) {
      return Failed("its output cannot be used: " + fetched.error().message);
    }
    return fetched;
  }
  std::string Describe() const override {
    return "credential_process of profile " + profile_;
  }

 private:
  /// Quotes neither the command nor its output, which may hold secrets.
  Error Failed(const std::string& why) const {
    return CannotFetch(Describe(), why, "run the command by hand to see why");
  }

  const std::string command_;
  const std::string profile_;
  const CommandRunner run_command_;
};

}  // namespace

std::unique_ptr<CredentialsFetcher> NewProcessCredentials(
    const std::string& command, const std::string& profile,
    const CommandRunner& run_command) {
  return std::make_unique<ProcessCredentials>(command, profile, run_command);
}

}  // namespace dynamodown
