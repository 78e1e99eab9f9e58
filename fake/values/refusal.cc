#include "fake/values/refusal.h"

#include <utility>

namespace dynamodown::fake {

void RefuseInvalid(std::string message) {
  throw Refusal{"ValidationException", std::move(message)};
}

void RefuseItem(std::string message) {
  throw Refusal{"ValidationException", std::move(message), Json::object(),
                true};
}

void RefuseMalformed(std::string message) {
  throw Refusal{"SerializationException", std::move(message)};
}

}  // namespace dynamodown::fake
