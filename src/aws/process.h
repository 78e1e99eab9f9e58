// A profile's credential_process: a program that prints credentials
// (docs.aws.amazon.com, "AWS SDKs and Tools Reference Guide", "Process
// credential provider").

#ifndef DYNAMODOWN_AWS_PROCESS_H_
#define DYNAMODOWN_AWS_PROCESS_H_

#include <memory>
#include <string>

#include "aws/refreshing.h"
#include "base/machine.h"

namespace dynamodown {

/// Each fetch runs `command` in the shell, for at most 60 s.
std::unique_ptr<CredentialsFetcher> NewProcessCredentials(
    const std::string& command, const std::string& profile,
    const CommandRunner& run_command);

}  // namespace dynamodown

#endif  // DYNAMODOWN_AWS_PROCESS_H_
