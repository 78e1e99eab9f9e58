// Tests of the values that a store accepts.

#include "contract/contract.h"
#include "dynamodown/status.h"

namespace dynamodown_test {
namespace {

class ValuesTest : public ContractTest {};
CONTRACT_SUITE(ValuesTest, true);

TEST_P(ValuesTest, GetOfAMissingKeyLeavesTheValueUnchanged) {
  std::string value = "before";
  const leveldb::Status status =
      db()->Get(leveldb::ReadOptions(), "missing", &value);
  EXPECT_TRUE(status.IsNotFound()) << status.ToString();
  EXPECT_EQ(dynamodown::KindOf(status), dynamodown::StatusKind::kNotFound);
  EXPECT_EQ(value, "before");
}

TEST_P(ValuesTest, GetReplacesTheWholeValue) {
  ASSERT_TRUE(Put("k", "v").ok());
  std::string value = "something longer";
  ASSERT_TRUE(db()->Get(leveldb::ReadOptions(), "k", &value).ok());
  EXPECT_EQ(value, "v");
}

TEST_P(ValuesTest, TheLastPutCounts) {
  for (const char* value : {"text", "\xff\xfe", "", "text again"}) {
    ASSERT_TRUE(Put("k", value).ok());
    EXPECT_EQ(Get("k"), value);
  }
  ExpectContents({{"k", "text again"}});
}

TEST_P(ValuesTest, DeleteRemovesAndMayBeRepeated) {
  ASSERT_TRUE(Put("k", "v").ok());
  ASSERT_TRUE(Delete("k").ok());
  EXPECT_EQ(Get("k"), std::nullopt);
  EXPECT_TRUE(Delete("k").ok());
  EXPECT_TRUE(Delete("never there").ok());
}

TEST_P(ValuesTest, BothKindsOfSyncWrite) {
  leveldb::WriteOptions options;
  for (bool sync : {false, true}) {
    options.sync = sync;
    ASSERT_TRUE(db()->Put(options, "k", sync ? "1" : "0").ok());
    EXPECT_EQ(Get("k"), sync ? "1" : "0");
  }
}

TEST_P(ValuesTest, AnyBytesAreAValue) {
  std::string all;
  for (int byte = 0; byte < 256; ++byte) all += static_cast<char>(byte);
  std::string controls;
  for (char c = 0; c < 0x20; ++c) controls += c;
  Map expected;
  int i = 0;
  for (const std::string& value : {std::string(),
                                   std::string(1, '\0'),
                                   std::string(1000, '\0'),
                                   all,
                                   controls,
                                   std::string("\xff"),
                                   std::string("\xc3\xa9"),
                                   std::string("\xc3"),
                                   std::string("\xed\xa0\x80"),
                                   std::string("\xf0\x9f\x98\x80"),
                                   std::string("\"\\/\b\f\n\r\t"),
                                   std::string("\\u0041\\"),
                                   std::string("\xe2\x80\xa8"),
                                   std::string("\xef\xbb\xbf bom"),
                                   std::string("42"),
                                   std::string("1e400"),
                                   std::string("null"),
                                   std::string("true"),
                                   std::string("{\"S\":\"x\"}"),
                                   std::string("aGVsbG8="),
                                   std::string("\xc0\x80"),
                                   std::string("\xf4\x90\x80\x80"),
                                   std::string("\xef\xbf\xbf")}) {
    expected["key" + std::to_string(i++)] = value;
  }
  for (const auto& [key, value] : expected) {
    ASSERT_TRUE(Put(key, value).ok()) << Shown(value);
    EXPECT_EQ(Get(key), value) << Shown(value);
  }
  ExpectContents(expected);
}

TEST_P(ValuesTest, RandomValuesRoundTrip) {
  Random random(2);
  Map expected;
  for (size_t bytes :
       {1, 2, 3, 4, 5, 100, 1023, 1024, 1025, 4096, 65536, 100000}) {
    const std::string size = std::to_string(bytes);
    expected["binary" + size] = random.Bytes(bytes);
    expected["text" + size] = random.Text(bytes);
    expected["utf8" + size] = random.Utf8(bytes);
  }
  for (const auto& [key, value] : expected) {
    ASSERT_TRUE(Put(key, value).ok()) << key;
    EXPECT_TRUE(Get(key) == value) << key;
  }
  ExpectContents(expected);
}

class LargeValuesTest : public ContractTest {};
CONTRACT_SUITE(LargeValuesTest, can.item_bytes_max == kUnlimited);

TEST_P(LargeValuesTest, ValuesOver400KbRoundTrip) {
  const std::string value = Random(3).Bytes(3 * 1000 * 1000);
  ASSERT_TRUE(Put("k", value).ok());
  EXPECT_TRUE(Get("k") == value);
}

class ValueLimitTest : public ContractTest {
 protected:
  const std::vector<std::string> kKeys = {"k", "", std::string(1, '\0'),
                                          std::string(1023, '\0'),
                                          std::string(1024, 'k')};
};
CONTRACT_SUITE(ValueLimitTest, can.item_bytes_max == 409600);

TEST_P(ValueLimitTest, TheLastByteThatFitsIsStored) {
  Random random(4);
  Map expected;
  for (const std::string& key : kKeys) {
    for (bool text : {false, true}) {
      const size_t bytes = ValueBytesMax(key);
      expected[key] = text ? random.Utf8(bytes) : random.Bytes(bytes);
      const leveldb::Status status = Put(key, expected[key]);
      ASSERT_TRUE(status.ok()) << Shown(key) << ": " << status.ToString();
      EXPECT_TRUE(Get(key) == expected[key]) << Shown(key);
    }
  }
  ExpectContents(expected);
}

TEST_P(ValueLimitTest, OneByteMoreIsInvalidArgumentAndSendsNothing) {
  const uint64_t before = database()->GetStats().requests;
  for (const std::string& key : kKeys) {
    for (char byte : {'x', '\xff'}) {
      const leveldb::Status status =
          Put(key, std::string(ValueBytesMax(key) + 1, byte));
      EXPECT_TRUE(status.IsInvalidArgument())
          << Shown(key) << ": " << status.ToString();
      EXPECT_THAT(status.ToString(), HasSubstr("409600"));
    }
  }
  EXPECT_EQ(database()->GetStats().requests, before);
  ExpectContents({});
}

TEST_P(ValueLimitTest, ABatchWithAnItemThatIsTooLargeWritesNothing) {
  for (dynamodown::BatchMode mode : {dynamodown::BatchMode::kStoreDefault,
                                     dynamodown::BatchMode::kUnordered}) {
    leveldb::WriteBatch batch;
    for (int i = 0; i < 60; ++i) batch.Put("key" + std::to_string(i), "v");
    batch.Put("z", std::string(ValueBytesMax("z") + 1, 'x'));
    dynamodown::WriteOptions options;
    options.batch = mode;
    const leveldb::Status status = database()->Write(options, &batch);
    EXPECT_TRUE(status.IsInvalidArgument()) << status.ToString();
  }
  ExpectContents({});
}

}  // namespace
}  // namespace dynamodown_test
