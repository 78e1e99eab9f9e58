// Every error code that the client knows, in the forms of the service and of
// the machines in front of it; and invalid answers.

#include <functional>
#include <string>
#include <vector>

#include "dynamodown/status.h"
#include "wire/cases.h"

namespace dynamodown_test {
namespace {

void Say(CaseRun* run, const std::string& what, const leveldb::Status& status) {
  run->Say(what, status);
  const std::string word = dynamodown::WordOf(dynamodown::KindOf(status));
  run->Say("word: " + (word.empty() ? "none" : word));
  run->SayStats();
}

std::function<void(CaseRun*)> PutOf(int max_attempts) {
  return [max_attempts](CaseRun* run) {
    run->options.retry.max_attempts = max_attempts;
    run->Open();
    Say(run, "put", run->db()->Put(dynamodown::WriteOptions(), "k", "v"));
  };
}

void BatchOnce(CaseRun* run) {
  run->options.retry.max_attempts = 1;
  run->Open();
  leveldb::WriteBatch batch;
  batch.Put("a", "1");
  batch.Put("b", "2");
  Say(run, "write", run->db()->Write(dynamodown::WriteOptions(), &batch));
}

}  // namespace

std::vector<Case> ErrorCases() {
  std::vector<Case> cases;
  for (const char* name : {
           "ProvisionedThroughputExceededException",
           "RequestLimitExceeded",
           "ThrottlingException",
           "Throttling",
           "LimitExceededException",
           "TransactionConflictException",
           "TransactionInProgressException",
           "ReplicatedWriteConflictException",
           "ConditionalCheckFailedException",
           "ExpiredTokenException",
           "ExpiredToken",
           "AccessDeniedException",
           "AccessDenied",
           "KMSAccessDeniedException",
           "OptInRequired",
           "UnrecognizedClientException",
           "InvalidClientTokenId",
           "InvalidSignatureException",
           "SignatureDoesNotMatch",
           "IncompleteSignatureException",
           "MissingAuthenticationTokenException",
           "UnknownOperationException",
           "InternalServerError",
           "InternalFailure",
           "ServiceUnavailable",
           "ServiceUnavailableException",
           "ValidationException",
           "SerializationException",
           "ResourceNotFoundException",
           "ItemCollectionSizeLimitExceededException",
           "unknown-code-400",
           "unknown-code-503",
           "code-with-address",
           "code-without-namespace",
           "no-code",
           "no-json-429",
           "no-json-503",
           "no-json-413",
           "empty-403",
           "empty-200",
           "not-an-object",
           "no-answer-connect",
           "no-answer-timeout",
           "no-answer-tls",
           "no-answer-proxy",
           "no-answer-forked",
           "no-answer-invalid",
       }) {
    cases.push_back({"error-" + std::string(name), PutOf(1)});
  }
  // These carry the server's time; the repetition is signed for that time.
  for (const char* name : {"RequestTimeTooSkewed", "RequestExpired",
                           "InvalidSignatureException-expired",
                           "InvalidSignatureException-not-yet-current"}) {
    cases.push_back({"error-" + std::string(name), PutOf(2)});
  }
  for (const char* reason :
       {"conditional-check", "item-collection-size", "conflict", "throughput",
        "throttling", "validation", "none", "no-reasons",
        "conflict-and-throttling", "unknown-reason"}) {
    cases.push_back({"cancelled-" + std::string(reason), BatchOnce});
  }
  return cases;
}

std::vector<Case> AllCases() {
  std::vector<Case> cases;
  for (auto* some :
       {ReadCases, WriteCases, TableCases, OperationCases, ErrorCases}) {
    for (Case& one : some()) cases.push_back(std::move(one));
  }
  return cases;
}

}  // namespace dynamodown_test
