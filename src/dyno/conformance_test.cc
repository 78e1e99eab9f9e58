// The rules in the test suite of modb-dyno-abstract, the successor of
// level-dyno (docs/dyno.md). dyno keeps these rules with two exceptions. Its
// hash is defined differently, and its flatten does not repeat the mistakes of
// modb-dyno-abstract's flatten.

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "dyno/dyno_test_environment.h"

namespace dyno {
namespace {

class ConformanceTest : public testing::Test {
 protected:
  std::string Json() { return JsonOf(store_.get(), "chilts"); }
  Item Get() {
    Item item;
    EXPECT_TRUE(store_->GetItem("chilts", &item).ok());
    return item;
  }
  void Put(const std::string& object) {
    DYNO_OK(store_->PutItem({}, "chilts", object));
  }
  void Inc(const std::string& numbers) {
    DYNO_OK(store_->IncAttrs({}, "chilts", numbers));
  }

  DynoTestEnvironment environment_;
  std::unique_ptr<Store> store_ = environment_.Open();
};

TEST_F(ConformanceTest, PutItemReplacesTheWholeItem) {
  Put(R"({"nick":"chilts","logins":1})");
  Put(R"({"nick":"andy"})");
  EXPECT_EQ(Json(), R"({"nick":"andy"})");
}

TEST_F(ConformanceTest, AfterDelItemThereIsNoItem) {
  Put(R"({"nick":"chilts"})");
  DYNO_OK(store_->DelItem({}, "chilts"));
  EXPECT_EQ(Json(), "none");
}

TEST_F(ConformanceTest, PutAttrsReplacesAndAddsAttributes) {
  Put(R"({"nick":"chilts","logins":1})");
  DYNO_OK(store_->PutAttrs({}, "chilts", R"({"logins":2,"admin":true})"));
  EXPECT_EQ(Json(), R"({"nick":"chilts","logins":2,"admin":true})");
}

TEST_F(ConformanceTest, DelRemovesAttributes) {
  Put(R"({"nick":"chilts","logins":1})");
  DYNO_OK(store_->DelAttrs({}, "chilts", {"logins"}));
  EXPECT_EQ(Json(), R"({"nick":"chilts"})");
}

TEST_F(ConformanceTest, IncAndDecAddToNumbersAndReplaceOtherTypes) {
  Inc(R"({"logins":1})");
  Inc(R"({"lives":-1})");
  EXPECT_EQ(Json(), R"({"logins":1,"lives":-1})");
  Inc(R"({"logins":9,"lives":-2})");
  EXPECT_EQ(Json(), R"({"logins":10,"lives":-3})");
  Put(R"({"logins":"many"})");
  Inc(R"({"logins":5})");
  EXPECT_EQ(Json(), R"({"logins":5})");
}

TEST_F(ConformanceTest, AppendAppendsToTheTextOfTheAttribute) {
  DYNO_OK(store_->AppendAttrs({}, "chilts", R"({"log":"a"})"));
  DYNO_OK(store_->AppendAttrs({}, "chilts", R"({"log":"b"})"));
  EXPECT_EQ(Json(), R"({"log":"ab"})");
  Put(R"({"log":5})");
  DYNO_OK(store_->AppendAttrs({}, "chilts", R"({"log":"b"})"));
  EXPECT_EQ(Json(), R"({"log":"5b"})");
}

TEST_F(ConformanceTest, AddToSetMakesMembersTrue) {
  DYNO_OK(store_->AddToSet({}, "chilts", R"({"colours":["red"]})"));
  EXPECT_EQ(Json(), R"({"colours":{"red":true}})");
  Put("{}");
  DYNO_OK(store_->AddToSet({}, "chilts", R"({"colours":["red"]})"));
  EXPECT_EQ(Json(), R"({"colours":{"red":true}})");
  Put(R"({"colours":"red"})");
  DYNO_OK(store_->AddToSet({}, "chilts", R"({"colours":["blue"]})"));
  EXPECT_EQ(Json(), R"({"colours":{"red":true,"blue":true}})");
}

TEST_F(ConformanceTest, GetItemReturnsTimestampHashChangesAndRecords) {
  Put(R"({"nick":"chilts"})");
  const Item first = Get();
  Inc(R"({"logins":1})");
  const Item second = Get();
  EXPECT_GT(second.timestamp, first.timestamp);
  EXPECT_NE(second.hash, first.hash);
  EXPECT_EQ(second.changes, 2u);
  EXPECT_EQ(second.records, 2u);
}

TEST_F(ConformanceTest, AnUnknownItemIsNoError) {
  Item item;
  EXPECT_TRUE(store_->GetItem("unknown", &item).ok());
  EXPECT_FALSE(item.exists);
}

TEST_F(ConformanceTest, HistoryIsInTheOrderOfTimestamps) {
  Put(R"({"nick":"chilts"})");
  Inc(R"({"logins":1})");
  DYNO_OK(store_->DelAttrs({}, "chilts", {"logins"}));
  std::vector<std::string> rows;
  DYNO_OK(store_->History("chilts", [&rows](const HistoryEntry& entry) {
    rows.push_back(entry.operation + " " + entry.change);
    return true;
  }));
  EXPECT_EQ(rows, (std::vector<std::string>{R"(putItem {"nick":"chilts"})",
                                            R"(incAttrs {"logins":1})",
                                            R"(delAttrs ["logins"])"}));
}

TEST_F(ConformanceTest, FlattenKeepsValueHashChangesAndTimestamp) {
  Put(R"({"nick":"chilts"})");
  Inc(R"({"logins":1})");
  const Item before = Get();
  FlattenOptions options;
  options.hash = before.hash;
  for (int i = 0; i < 2; ++i) {
    DYNO_OK(store_->Flatten("chilts", options));
    const Item after = Get();
    EXPECT_EQ(after.json, before.json);
    EXPECT_EQ(after.hash, before.hash);
    EXPECT_EQ(after.changes, before.changes);
    EXPECT_EQ(after.timestamp, before.timestamp);
  }
}

TEST_F(ConformanceTest, HashesContinueFromTheBase) {
  Put(R"({"nick":"chilts"})");
  Inc(R"({"logins":1})");
  const std::string middle = Get().hash;
  Inc(R"({"logins":1})");
  const std::string last = Get().hash;
  FlattenOptions options;
  options.hash = middle;
  DYNO_OK(store_->Flatten("chilts", options));
  EXPECT_EQ(Get().hash, last);
  EXPECT_EQ(Get().records, 3u);
}

TEST_F(ConformanceTest, AnUnknownHashIsAnError) {
  Put(R"({"nick":"chilts"})");
  FlattenOptions options;
  options.hash = "0c106cc2c756b93c87bd1bfcf376988c";
  const leveldb::Status status = store_->Flatten("chilts", options);
  EXPECT_TRUE(status.IsInvalidArgument());
  EXPECT_NE(status.ToString().find(options.hash), std::string::npos);
  EXPECT_NE(status.ToString().find("chilts"), std::string::npos);
}

TEST_F(ConformanceTest, QueryAndScanFindTheirItems) {
  const std::string names[] = {"ann",  "bob",    "chilts", "dave", "eve",
                               "fred", "george", "gina",   "greg", "harry",
                               "ivan", "jane",   "kate",   "liam", "mary",
                               "nick", "olga"};
  int i = 0;
  for (const std::string& name : names) {
    DYNO_OK(store_->PutItem({}, name,
                            "{\"nick\":\"" + name + "\",\"admin\":" +
                                (i++ % 2 == 1 ? "true" : "false") + "}"));
  }
  QueryOptions options;
  options.attribute = "admin";
  options.value = "true";
  uint64_t count = 0;
  DYNO_OK(store_->Count(options, &count));
  EXPECT_EQ(count, 8u);
  int found = 0;
  DYNO_OK(store_->Query(QueryOptions(), [&found](const Item& item) {
    found += item.json.find(R"("nick":"g)") != std::string::npos;
    return true;
  }));
  EXPECT_EQ(found, 3);
  options = QueryOptions();
  options.from = "c";
  options.to = "eve";
  DYNO_OK(store_->Count(options, &count));
  EXPECT_EQ(count, 3u);
}

// ---------------------------------- mistakes of other implementations

TEST_F(ConformanceTest, FlattenLeavesNewerOperationsAlone) {
  Put(R"({"nick":"chilts"})");
  const std::string hash = Get().hash;
  Inc(R"({"logins":1})");
  FlattenOptions options;
  options.hash = hash;
  DYNO_OK(store_->Flatten("chilts", options));
  // The base has two records, and the operation has one.
  EXPECT_EQ(Get().records, 3u);
  EXPECT_EQ(Json(), R"({"nick":"chilts","logins":1})");
}

TEST_F(ConformanceTest, AnItemOfOneOperationIsFlattened) {
  Put(R"({"nick":"chilts"})");
  FlattenOptions options;
  options.hash = Get().hash;
  FlattenResult result;
  DYNO_OK(store_->Flatten("chilts", options, &result));
  EXPECT_EQ(result.folded, 1u);
}

TEST_F(ConformanceTest, ALateOperationIsNotLostWithoutATrace) {
  std::string early;
  DYNO_OK(store_->NewTimestamp(&early));
  Put(R"({"nick":"chilts"})");
  DYNO_OK(store_->Flatten("chilts", FlattenOptions()));
  environment_.backend.Put("chilts/" + early + "/putAttrs",
                           R"({"admin":true})");
  EXPECT_EQ(Get().late.size(), 1u);
  DYNO_OK(store_->Reapply({}, "chilts", Get().late[0].key));
  EXPECT_EQ(Json(), R"({"nick":"chilts","admin":true})");
}

TEST_F(ConformanceTest, ANameMayHaveASlash) {
  DYNO_OK(store_->PutItem({}, "a/b", R"({"x":1})"));
  DYNO_OK(store_->PutItem({}, "a", R"({"x":2})"));
  EXPECT_EQ(JsonOf(store_.get(), "a/b"), R"({"x":1})");
  EXPECT_EQ(JsonOf(store_.get(), "a"), R"({"x":2})");
}

TEST_F(ConformanceTest, IncAfterDelIsDefined) {
  Put(R"({"logins":5})");
  DYNO_OK(store_->DelItem({}, "chilts"));
  Inc(R"({"logins":1})");
  EXPECT_EQ(Json(), R"({"logins":1})");
}

}  // namespace
}  // namespace dyno
