// Whether a service takes a golden request: the tables that it is about, and
// what counts as taken.

#ifndef DYNAMODOWN_TESTS_WIRE_ACCEPT_H_
#define DYNAMODOWN_TESTS_WIRE_ACCEPT_H_

#include <functional>
#include <set>
#include <string>

#include "wire/golden.h"

namespace dynamodown_test {

/// Sends an operation's body to the service at hand.
using Caller =
    std::function<void(const std::string& operation, const std::string& body)>;

/// The tables that a request names.
std::set<std::string> TablesOf(const SentRequest& sent);

/// Makes them, with keys of those names, but for a CreateTable's.
void MakeTablesOf(const SentRequest& sent, const KeyNames& names,
                  const Caller& call);

/// Done, or refused for a condition that does not hold on an empty table, and
/// for nothing else.
bool IsAccepted(int status, const std::string& body);

}  // namespace dynamodown_test

#endif  // DYNAMODOWN_TESTS_WIRE_ACCEPT_H_
