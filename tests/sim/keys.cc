#include "sim/keys.h"

#include <algorithm>

namespace dynamodown::sim {
namespace {

std::string Numbered(const std::string& prefix, size_t n) {
  const std::string digits = std::to_string(n);
  return prefix + std::string(3 - std::min<size_t>(3, digits.size()), '0') +
         digits;
}

void Append(const std::vector<std::string>& keys,
            std::vector<std::string>* all) {
  all->insert(all->end(), keys.begin(), keys.end());
}

}  // namespace

Keys MakeKeys(bool utf8, size_t plain, size_t bulk) {
  const auto zeros = [](size_t n) { return std::string(n, '\0'); };
  Keys keys;
  keys.plain = {"",
                zeros(1),
                zeros(2),
                zeros(3),
                zeros(1) + "a",
                "a",
                "a" + zeros(1),
                "a" + zeros(2),
                "a" + zeros(1) + "b",
                "b",
                std::string(kKeyBytesMax, 'c')};
  if (utf8) {
    keys.plain.insert(keys.plain.end(),
                      {"\xc3\xbf", "\xef\xbf\xbf", "\xf4\x8f\xbf\xbf"});
  } else {
    keys.plain.insert(keys.plain.end(),
                      {"\x80", "\xff", "\xff" + zeros(1), "\xff\xff"});
  }
  for (size_t i = 0; i < plain; ++i) keys.plain.push_back(Numbered("k", i));
  for (size_t i = 0; i < bulk; ++i) keys.bulk.push_back(Numbered("m/", i));
  for (size_t i = 0; i < 60; ++i) {
    keys.quiet.push_back(Numbered(kQuietPrefix, i));
  }
  for (const char* group : {"g1", "g2", "g3"}) {
    // The keys of a group are far apart.
    keys.groups.push_back({std::string("A") + group, std::string("n") + group,
                           std::string("z") + group});
  }
  keys.groups.back().push_back("m/050/between");

  Append(keys.plain, &keys.all);
  Append(keys.bulk, &keys.all);
  Append(keys.quiet, &keys.all);
  for (const auto& group : keys.groups) Append(group, &keys.all);
  std::sort(keys.all.begin(), keys.all.end());
  return keys;
}

}  // namespace dynamodown::sim
