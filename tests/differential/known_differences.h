// The known differences between the answers of our fake and of DynamoDB Local.
//
// Each difference has an entry in KnownDifferences(), a paragraph in
// docs/testing.md that cites AWS's documentation, and a test that fails once
// Local and the fake no longer differ.

#ifndef DYNAMODOWN_TESTS_DIFFERENTIAL_KNOWN_DIFFERENCES_H_
#define DYNAMODOWN_TESTS_DIFFERENTIAL_KNOWN_DIFFERENCES_H_

#include <string>
#include <vector>

#include "differential/request.h"

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

/// Sorts everything that DynamoDB returns in an unspecified order, and removes
/// times and resource names, which always differ between services.
Answer Canonical(const Request& request, int status, const std::string& body);

/// Rewrites an item's numbers in DynamoDB's form and sorts its sets.
Json WithCanonicalNumbers(Json item);

struct KnownDifference {
  const char* name;
  /// If the exchange shows this difference, makes Local's answer equal to the
  /// fake's in that respect, and returns true.
  bool (*Reconcile)(Exchange* exchange);
};

const std::vector<KnownDifference>& KnownDifferences();

}  // namespace dynamodown_test

#endif  // DYNAMODOWN_TESTS_DIFFERENTIAL_KNOWN_DIFFERENCES_H_
