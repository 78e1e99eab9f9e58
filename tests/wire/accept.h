// Checks that a service accepts a golden request: makes its tables, and judges
// its answer.

#ifndef DYNAMODOWN_TESTS_WIRE_ACCEPT_H_
#define DYNAMODOWN_TESTS_WIRE_ACCEPT_H_

#include <functional>
#include <set>
#include <string>

#include "wire/golden.h"

namespace dynamodown_test {

/// Sends an operation's body to the service under test.
using Caller =
    std::function<void(const std::string& operation, const std::string& body)>;

/// Returns the tables that a request names.
std::set<std::string> TablesOf(const SentRequest& sent);

/// Makes those tables with keys of those names, except the table of a
/// CreateTable.
void MakeTablesOf(const SentRequest& sent, const KeyNames& names,
                  const Caller& call);

/// Returns true for a success, and for a refusal whose only reason is a
/// condition that does not hold on an empty table.
bool IsAccepted(int status, const std::string& body);

}  // namespace dynamodown_test

#endif  // DYNAMODOWN_TESTS_WIRE_ACCEPT_H_
