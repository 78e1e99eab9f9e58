#include "base/random.h"

#include <cstdio>

namespace dynamodown {

std::string Random::Id() {
  const unsigned long long high = Next();
  const unsigned long long low = Next();
  char text[33];
  snprintf(text, sizeof text, "%016llx%016llx", high, low);
  return text;
}

std::unique_ptr<Random> NewSystemRandom() {
  std::random_device device;
  const uint64_t high = device();
  return std::make_unique<Random>((high << 32) ^ device());
}

}  // namespace dynamodown
