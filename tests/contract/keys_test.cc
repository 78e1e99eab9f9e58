// Tests of the keys that a store accepts, and of their order.

#include "contract/contract.h"
#include "dynamodown/status.h"

namespace dynamodown_test {
namespace {

using dynamodown::KindOf;
using dynamodown::StatusKind;

std::string Zeros(size_t n) { return std::string(n, '\0'); }

class KeysTest : public ContractTest {};
CONTRACT_SUITE(KeysTest, true);

TEST_P(KeysTest, RandomKeysUpTo1024BytesRoundTripInOrder) {
  Random random(1);
  Map expected;
  while (expected.size() < 150) {
    std::string key = RandomKey(&random, 1024);
    if (key.size() == 1024 && key == Zeros(1024)) continue;
    const std::string value = random.Text(random.Below(30));
    ASSERT_TRUE(Put(key, value).ok()) << Shown(key);
    expected[key] = value;
  }
  for (const auto& [key, value] : expected) EXPECT_EQ(Get(key), value);
  ExpectContents(expected);
  EXPECT_EQ(Backward(Iterate().get()), Reversed(EntriesOf(expected)));
}

TEST_P(KeysTest, KeysOfOnlyZeroBytesAreDistinctAndInOrder) {
  Map expected;
  for (size_t n : {0, 1, 2, 3, 1022, 1023}) {
    // Neighbours that an encoding of zeros could collide with.
    for (const char* tail : {"", "\x01", "a"}) {
      const std::string key = Zeros(n) + tail;
      ASSERT_TRUE(Put(key, std::to_string(n) + tail).ok()) << Shown(key);
      expected[key] = std::to_string(n) + tail;
    }
  }
  for (const auto& [key, value] : expected) EXPECT_EQ(Get(key), value);
  ExpectContents(expected);
  EXPECT_EQ(Backward(Iterate().get()), Reversed(EntriesOf(expected)));

  for (size_t n : {0, 2, 1023}) {
    ASSERT_TRUE(Delete(Zeros(n)).ok());
    expected.erase(Zeros(n));
    EXPECT_EQ(Get(Zeros(n)), std::nullopt);
  }
  ExpectContents(expected);
}

TEST_P(KeysTest, TheEmptyKeyAloneIsFoundAndIterated) {
  EXPECT_EQ(Get(""), std::nullopt);
  ASSERT_TRUE(Put("", "nothing").ok());
  EXPECT_EQ(Get(""), "nothing");
  EXPECT_EQ(Get(Zeros(1)), std::nullopt);
  ExpectContents({{"", "nothing"}});
  ASSERT_TRUE(Delete("").ok());
  ExpectContents({});
}

TEST_P(KeysTest, KeysAboveU0100AreFoundAndIterated) {
  Map expected;
  for (uint32_t code : {0x61, 0xff, 0x100, 0x101, 0x3b1, 0x7ff, 0x800, 0x4e2d,
                        0xd7ff, 0xe000, 0xffff, 0x10000, 0x1f600, 0x10ffff}) {
    expected[EncodeUtf8(code)] = std::to_string(code);
    expected["x" + EncodeUtf8(code) + "y"] = std::to_string(code);
  }
  Fill(expected);
  for (const auto& [key, value] : expected) EXPECT_EQ(Get(key), value);
  ExpectContents(expected);
}

TEST_P(KeysTest, KeysOfCharactersThatJsonEscapesRoundTrip) {
  Map expected;
  for (char c = 1; c < 0x30; ++c) expected[std::string(1, c)] = {c};
  for (const char* key : {"\\", "\"", "\\u0041", "a/b", "\x7f", "#k", ":v"}) {
    expected[key] = key;
  }
  Fill(expected);
  for (const auto& [key, value] : expected) EXPECT_EQ(Get(key), value);
  ExpectContents(expected);
}

TEST_P(KeysTest, AKeyOf1024BytesIsStored) {
  const std::string key(1024, 'k');
  ASSERT_TRUE(Put(key, "v").ok());
  EXPECT_EQ(Get(key), "v");
  ExpectContents({{key, "v"}});
  ASSERT_TRUE(Delete(key).ok());
  EXPECT_EQ(Get(key), std::nullopt);
}

class BinaryKeysTest : public ContractTest {};
CONTRACT_SUITE(BinaryKeysTest, can.binary_keys);

TEST_P(BinaryKeysTest, KeysThatAreNotUtf8StayDistinctAndInOrder) {
  Map expected;
  for (int byte = 0; byte < 256; ++byte) {
    const std::string key(1, static_cast<char>(byte));
    expected[key] = std::to_string(byte);
    expected[key + "\xff"] = "ff";
  }
  expected["\xc3"] = "half a character";
  expected["\xed\xa0\x80"] = "a surrogate";
  expected["\xc0\x80"] = "an overlong zero";
  Fill(expected);
  for (const auto& [key, value] : expected) ASSERT_EQ(Get(key), value);
  ExpectContents(expected);
  EXPECT_EQ(Backward(Iterate().get()), Reversed(EntriesOf(expected)));
}

class Utf8KeysTest : public ContractTest {
 protected:
  const std::vector<std::string> kNotUtf8 = {"\xff",
                                             "a\xfe",
                                             "\xc3",
                                             "\x80",
                                             "\xed\xa0\x80",
                                             std::string("\xc0\x80"),
                                             "\xf4\x90\x80\x80",
                                             "\xe4\xb8"};
};
CONTRACT_SUITE(Utf8KeysTest, !can.binary_keys);

TEST_P(Utf8KeysTest, PutOfAKeyThatIsNotUtf8IsInvalidArgument) {
  for (const std::string& key : kNotUtf8) {
    const leveldb::Status status = Put(key, "v");
    EXPECT_TRUE(status.IsInvalidArgument())
        << Shown(key) << ": " << status.ToString();
    EXPECT_THAT(status.ToString(), HasSubstr("UTF-8"));
  }
  ExpectContents({});
}

TEST_P(Utf8KeysTest, ABatchWithAKeyThatIsNotUtf8WritesNothing) {
  leveldb::WriteBatch batch;
  batch.Put("a", "1");
  batch.Put("\xff", "2");
  EXPECT_TRUE(Write(&batch).IsInvalidArgument());
  ExpectContents({});
}

TEST_P(Utf8KeysTest, GetAndDeleteOfAKeyThatIsNotUtf8FindNothing) {
  for (const std::string& key : kNotUtf8) {
    EXPECT_EQ(Get(key), std::nullopt);
    EXPECT_TRUE(Delete(key).ok()) << Shown(key);
  }
}

class LongKeysTest : public ContractTest {};
CONTRACT_SUITE(LongKeysTest, can.key_bytes_max == kUnlimited);

TEST_P(LongKeysTest, KeysOver1024BytesRoundTrip) {
  Map expected;
  for (size_t n : {1024, 1025, 2000, 70000}) {
    expected[Zeros(n)] = "zeros";
    expected[std::string(n, 'k')] = "letters";
  }
  Fill(expected);
  ExpectContents(expected);
}

class KeyLimitTest : public ContractTest {
 protected:
  const std::vector<std::string> kTooLong = {
      std::string(1025, 'k'), std::string(2000, 'k'), Zeros(1024), Zeros(1025),
      std::string(1023, 'k') + EncodeUtf8(0xe9)};
};
CONTRACT_SUITE(KeyLimitTest, can.key_bytes_max == 1024);

TEST_P(KeyLimitTest, PutOfAKeyThatIsTooLongIsInvalidArgument) {
  for (const std::string& key : kTooLong) {
    const leveldb::Status status = Put(key, "v");
    EXPECT_TRUE(status.IsInvalidArgument())
        << key.size() << " bytes: " << status.ToString();
    EXPECT_EQ(KindOf(status), StatusKind::kInvalidArgument);
    EXPECT_THAT(status.ToString(), HasSubstr("1024"));
  }
  ExpectContents({});
}

TEST_P(KeyLimitTest, PutOfAKeyThatIsTooLongSendsNothing) {
  const uint64_t before = database()->GetStats().requests;
  for (const std::string& key : kTooLong) {
    EXPECT_FALSE(Put(key, "v").ok());
    EXPECT_EQ(Get(key), std::nullopt);
    EXPECT_TRUE(Delete(key).ok());
  }
  EXPECT_EQ(database()->GetStats().requests, before);
}

TEST_P(KeyLimitTest, ABatchWithAKeyThatIsTooLongWritesNothing) {
  for (const std::string& key : kTooLong) {
    leveldb::WriteBatch batch;
    batch.Put("a", "1");
    batch.Put(key, "2");
    batch.Put("b", "3");
    EXPECT_TRUE(Write(&batch).IsInvalidArgument());
  }
  ExpectContents({});
}

TEST_P(KeyLimitTest, ABatchMayDeleteAKeyThatCannotBeThere) {
  leveldb::WriteBatch batch;
  batch.Put("a", "1");
  batch.Delete(std::string(1025, 'k'));
  const leveldb::Status status = Write(&batch);
  EXPECT_TRUE(status.ok()) << status.ToString();
  ExpectContents({{"a", "1"}});
}

}  // namespace
}  // namespace dynamodown_test
