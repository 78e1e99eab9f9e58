// Projection expressions: "a, b.c, d[3]".

#ifndef DYNAMODOWN_FAKE_EXPRESSIONS_PROJECTION_H_
#define DYNAMODOWN_FAKE_EXPRESSIONS_PROJECTION_H_

#include <vector>

#include "fake/expressions/document_path.h"
#include "fake/expressions/substitutions.h"
#include "fake/values/value.h"

namespace dynamodown::fake {

/// The paths to return; empty: the whole item.
using Projection = std::vector<DocumentPath>;

/// Parses the request's ProjectionExpression.
/// **Errors**: throws a Refusal.
Projection ParseProjection(const Json& request, Substitutions* substitutions);

/// The projected item. List elements keep their order and leave no gaps.
Json Project(const Item& item, const Projection& projection);

}  // namespace dynamodown::fake

#endif  // DYNAMODOWN_FAKE_EXPRESSIONS_PROJECTION_H_
