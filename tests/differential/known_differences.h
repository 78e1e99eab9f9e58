// What the double and DynamoDB Local are known to answer differently.
//
// Each difference is a row of kKnownDifferences, with its paragraph in
// docs/testing.md, which cites what AWS documents, and a test that fails when
// the two no longer differ.

#ifndef DYNAMODOWN_TESTS_DIFFERENTIAL_KNOWN_DIFFERENCES_H_
#define DYNAMODOWN_TESTS_DIFFERENTIAL_KNOWN_DIFFERENCES_H_

#include <string>
#include <vector>

#include "differential/request_generator.h"

namespace dynamodown_test {

struct Answer {
  int status = 0;
  Json body;

  bool operator==(const Answer&) const = default;
};

/// One request and its two answers.
struct Exchange {
  Request request;
  Answer local;
  Answer fake;
};

/// Puts in order what the service promises no order for, and takes out what no
/// two services have alike: times and names of resources.
Answer Canonical(const Request& request, int status, const std::string& body);

/// An item as both would have it, whichever has it.
Json WithCanonicalNumbers(Json item);

struct KnownDifference {
  const char* name;
  /// Whether it is in the exchange; then Local's answer is made the double's,
  /// as far as the difference goes.
  bool (*Reconcile)(Exchange* exchange);
};

const std::vector<KnownDifference>& KnownDifferences();

}  // namespace dynamodown_test

#endif  // DYNAMODOWN_TESTS_DIFFERENTIAL_KNOWN_DIFFERENCES_H_
