// Tests the mapping of keys by brute force. The limit of a key's size is a few
// bytes, so the tests can try all keys over a small alphabet. The alphabet has
// the bytes that matter: zeros, ASCII and every kind of UTF-8 byte.

#include "store/table/key_codec.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <string>
#include <tuple>
#include <vector>

#include "base/utf8.h"
#include "support/strings.h"

namespace dynamodown {
namespace {

using std::string_literals::operator""s;

const std::string kAlphabet =
    "\x00\x01\x61\x7f\x80\xbf\xc2\xdf\xe0\xed\xef\xf0\xf4\xff"s;

std::string Shown(const StoredRange& range) {
  return Hex(range.lower) + " to " + (range.upper ? Hex(*range.upper) : "end");
}

/// The keys over an alphabet, in order, and their stored forms. Keys that
/// cannot be stored are left out.
struct Universe {
  std::vector<std::string> keys;
  std::vector<std::string> stored;
};

Universe MakeUniverse(const KeyCodec& codec, const std::string& alphabet,
                      size_t length) {
  Universe universe;
  universe.keys = AllStrings(alphabet, length);
  std::erase_if(universe.keys, [&](const std::string& key) {
    return !codec.Encode(key).ok();
  });
  std::sort(universe.keys.begin(), universe.keys.end());
  for (const std::string& key : universe.keys) {
    universe.stored.push_back(*codec.Encode(key));
  }
  return universe;
}

/// Returns whether the service would take `key` as a range key.
bool IsSendable(const std::string& key, bool utf8, size_t bytes_max) {
  return !key.empty() && key.size() <= bytes_max && (!utf8 || IsUtf8(key));
}

/// Returns the number of keys in `sorted` that lie below `bound`.
size_t Below(const std::vector<std::string>& sorted, std::string_view bound) {
  return static_cast<size_t>(
      std::lower_bound(sorted.begin(), sorted.end(), bound) - sorted.begin());
}

/// Returns which keys of `universe` the range selects: those with the indices
/// in [first, second).
std::pair<size_t, size_t> Selected(const Universe& universe,
                                   const StoredRange& range) {
  if (range.empty()) return {0, 0};
  const size_t first = Below(universe.stored, range.lower);
  const size_t end = range.upper ? Below(universe.stored, *range.upper)
                                 : universe.stored.size();
  return {first, std::max(first, end)};
}

class KeyCodecTest : public testing::TestWithParam<std::tuple<bool, size_t>> {
 protected:
  bool utf8() const { return std::get<0>(GetParam()); }
  size_t bytes_max() const { return std::get<1>(GetParam()); }

  /// Fails unless the encoded range selects exactly the keys within `range`.
  void ExpectExact(const KeyRange& range) {
    const StoredRange stored = codec_.Encode(range);
    const size_t first = Below(universe_.keys, range.lower);
    const size_t end = range.upper ? Below(universe_.keys, *range.upper)
                                   : universe_.keys.size();
    std::pair<size_t, size_t> wanted(first, std::max(first, end));
    std::pair<size_t, size_t> selected = Selected(universe_, stored);
    const bool both_empty =
        wanted.first == wanted.second && selected.first == selected.second;
    if (!both_empty && wanted != selected) {
      ADD_FAILURE() << Hex(range.lower) << " to "
                    << (range.upper ? Hex(*range.upper) : "end") << " became "
                    << Shown(stored);
    }
    if (stored.empty()) return;
    if (!stored.lower.empty()) {
      EXPECT_TRUE(IsSendable(stored.lower, utf8(), bytes_max()))
          << Hex(stored.lower);
    }
    if (stored.upper) {
      EXPECT_TRUE(IsSendable(*stored.upper, utf8(), bytes_max()))
          << Hex(*stored.upper);
    }
  }

  /// Returns all short bounds. If keys may have over 3 bytes, adds random
  /// bounds, which may be longer.
  std::vector<std::string> Bounds() const {
    const size_t length = std::min<size_t>(bytes_max() + 2, 5);
    std::vector<std::string> bounds =
        AllStrings(kAlphabet, bytes_max() <= 3 ? length : 3);
    std::mt19937_64 random(bytes_max());
    for (int i = 0; bytes_max() > 3 && i < 100'000; ++i) {
      std::string bound(random() % (bytes_max() + 3), '\0');
      for (char& c : bound) c = kAlphabet[random() % kAlphabet.size()];
      bounds.push_back(std::move(bound));
    }
    return bounds;
  }

  /// Returns the universe of the test's parameters. Each universe is made once
  /// for all tests.
  const Universe& UniverseOf() const {
    static auto* const made = new std::map<ParamType, Universe>;
    const auto found = made->find(GetParam());
    if (found != made->end()) return found->second;
    return (*made)[GetParam()] = MakeUniverse(codec_, kAlphabet, bytes_max());
  }

  const KeyCodec codec_{utf8(), bytes_max()};
  const Universe& universe_ = UniverseOf();
};

INSTANTIATE_TEST_SUITE_P(, KeyCodecTest,
                         testing::Combine(testing::Bool(),
                                          testing::Values(2, 3, 4, 5)),
                         [](const auto& tested) {
                           return std::string(std::get<0>(tested.param) ? "S"
                                                                        : "B") +
                                  std::to_string(std::get<1>(tested.param));
                         });

TEST_P(KeyCodecTest, DecodeReturnsTheEncodedKey) {
  for (const std::string& key : universe_.keys) {
    ASSERT_EQ(KeyCodec::Decode(*codec_.Encode(key)), key) << Hex(key);
  }
}

TEST_P(KeyCodecTest, TheOrderIsKept) {
  ASSERT_GT(universe_.stored.size(), 1u);
  for (size_t i = 1; i < universe_.stored.size(); ++i) {
    ASSERT_LT(universe_.stored[i - 1], universe_.stored[i])
        << Hex(universe_.keys[i]);
  }
}

TEST_P(KeyCodecTest, TheServiceTakesEachStoredKey) {
  for (const std::string& stored : universe_.stored) {
    ASSERT_TRUE(IsSendable(stored, utf8(), bytes_max())) << Hex(stored);
  }
}

TEST_P(KeyCodecTest, ALowerBoundSelectsTheKeysNotBelowIt) {
  for (const std::string& bound : Bounds()) {
    ExpectExact({bound, std::nullopt});
    ASSERT_FALSE(HasFailure());
  }
}

TEST_P(KeyCodecTest, AnUpperBoundSelectsTheKeysBelowIt) {
  for (const std::string& bound : Bounds()) {
    ExpectExact({"", bound});
    ASSERT_FALSE(HasFailure());
  }
}

TEST_P(KeyCodecTest, TwoBoundsSelectTheKeysBetweenThem) {
  const std::vector<std::string> bounds = Bounds();
  std::mt19937_64 random(3);
  for (int i = 0; i < 200'000; ++i) {
    const std::string& lower = bounds[random() % bounds.size()];
    const std::string& upper = bounds[random() % bounds.size()];
    ExpectExact({lower, upper});
    ASSERT_FALSE(HasFailure());
  }
}

TEST_P(KeyCodecTest, NothingLiesBetweenAKeyAndItsSuccessor) {
  for (size_t i = 0; i < universe_.stored.size(); ++i) {
    const std::string& stored = universe_.stored[i];
    const std::optional<std::string> successor = codec_.Successor(stored);
    if (!successor) {
      ASSERT_EQ(i + 1, universe_.stored.size()) << Hex(stored);
      continue;
    }
    ASSERT_LT(stored, *successor);
    ASSERT_TRUE(IsSendable(*successor, utf8(), bytes_max())) << Hex(stored);
    if (i + 1 < universe_.stored.size()) {
      ASSERT_LE(*successor, universe_.stored[i + 1]) << Hex(stored);
    }
  }
}

TEST_P(KeyCodecTest, NoKeyIsAboveTheLast) {
  const std::string last = codec_.Last();
  EXPECT_TRUE(IsSendable(last, utf8(), bytes_max())) << Hex(last);
  EXPECT_GE(last, universe_.stored.back()) << Hex(last);
  EXPECT_FALSE(codec_.Successor(last)) << Hex(last);
}

TEST(KeyCodec, AKeyOfZerosOnlyIsStoredWithOneMoreZero) {
  const KeyCodec codec(false, 1024);
  EXPECT_EQ(*codec.Encode(""), "\0"s);
  EXPECT_EQ(*codec.Encode("\0"s), "\0\0"s);
  EXPECT_EQ(*codec.Encode("\0\0"s), "\0\0\0"s);
  EXPECT_EQ(*codec.Encode("\0a"s), "\0a"s);
  EXPECT_EQ(*codec.Encode("a\0"s), "a\0"s);
}

TEST(KeyCodec, TheLastByteFitsAndOneMoreDoesNot) {
  const KeyCodec codec(false, 1024);
  EXPECT_TRUE(codec.Encode(std::string(1024, 'k')).ok());
  const auto too_long = codec.Encode(std::string(1025, 'k'));
  ASSERT_FALSE(too_long.ok());
  EXPECT_EQ(too_long.error().kind, ErrorKind::kInvalidArgument);
  EXPECT_EQ(too_long.error().message,
            "a key of 1025 bytes cannot be stored: the limit is 1024; use "
            "shorter keys");
}

TEST(KeyCodec, TheLimitOfAKeyOfZerosIsOneByteLower) {
  const KeyCodec codec(false, 1024);
  EXPECT_TRUE(codec.Encode(std::string(1023, '\0')).ok());
  const auto too_long = codec.Encode(std::string(1024, '\0'));
  ASSERT_FALSE(too_long.ok());
  EXPECT_EQ(too_long.error().message,
            "a key of 1024 bytes cannot be stored: the limit is 1024, or one "
            "less for a key of NUL bytes only; use shorter keys");
}

TEST(KeyCodec, AStringRangeKeyHoldsOnlyUtf8) {
  const KeyCodec codec(true, 1024);
  EXPECT_TRUE(codec.Encode("gr\xc3\xbc\xc3\x9f").ok());
  EXPECT_TRUE(codec.Encode("\xf4\x8f\xbf\xbf").ok());
  for (const char* key : {"\xff", "\xc3", "\x80", "\xc0\x80", "\xed\xa0\x80",
                          "\xf4\x90\x80\x80", "a\xe2\x82"}) {
    const auto refused = codec.Encode(key);
    ASSERT_FALSE(refused.ok()) << Hex(key);
    EXPECT_EQ(refused.error().kind, ErrorKind::kInvalidArgument);
    EXPECT_EQ(refused.error().message,
              "a key that is not UTF-8 cannot be stored in this table, whose "
              "range key is of type S; use a table whose range key is of type "
              "B");
  }
}

TEST(AfterPrefix, IsTheEndOfTheKeysThatStartWithThePrefix) {
  const std::vector<std::string> keys = AllStrings("\x00\x01\xfe\xff"s, 4);
  for (const std::string& prefix : AllStrings("\x00\x01\xfe\xff"s, 3)) {
    const std::optional<std::string> after = AfterPrefix(prefix);
    for (const std::string& key : keys) {
      const bool starts = key.compare(0, prefix.size(), prefix) == 0;
      const bool inside = key >= prefix && (!after || key < *after);
      ASSERT_EQ(starts, inside) << Hex(prefix) << " and " << Hex(key);
    }
  }
}

TEST(AfterPrefix, IsNoneIfNoKeyFollows) {
  EXPECT_EQ(AfterPrefix(""), std::nullopt);
  EXPECT_EQ(AfterPrefix("\xff\xff"), std::nullopt);
  EXPECT_EQ(AfterPrefix("a\xff"), "b");
}

}  // namespace
}  // namespace dynamodown
