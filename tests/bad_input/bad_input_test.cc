// Tests of input that must be refused: calls, settings, tables, items and
// answers. Each case gives the status, the words of its message, which say what
// to do, and the number of requests. A call may take twice its deadline.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "bad_input/cases.h"

namespace dynamodown_test {
namespace {

using dynamodown::KeyType;
using dynamodown::KindOf;
using dynamodown::WriteOptions;
using leveldb::Status;
using testing::HasSubstr;

class BadInputTest : public testing::TestWithParam<Case> {};

TEST_P(BadInputTest, IsRefusedInWords) {
  const Case& one = GetParam();
  Scene scene;
  if (one.before == Before::kOpenOnString) {
    scene.world.options.table.key_type = KeyType::kString;
  }
  if (one.before != Before::kNothing)
    scene.db = scene.world.Open("table/store");
  if (one.before == Before::kClosed) scene.db.reset();
  const size_t items = scene.world.dynamo.ItemCount("table");
  const auto begin = scene.world.scheduler.Now();
  scene.world.dynamo.Clear();

  const Status status = one.run(&scene);

  EXPECT_EQ(KindOf(status), one.kind) << status.ToString().substr(0, 500);
  for (const std::string& word : one.words) {
    EXPECT_THAT(status.ToString(), HasSubstr(word));
  }
  ExpectNoSecrets(status.ToString());
  EXPECT_EQ(scene.world.dynamo.count(""), one.requests);
  if (one.requests == 0) {
    EXPECT_EQ(scene.world.dynamo.ItemCount("table"), items);
  }
  EXPECT_LT(scene.world.scheduler.Now() - begin,
            2 * scene.world.options.retry.deadline);
}

std::vector<Case> All() {
  std::vector<Case> all;
  for (auto* some : {CallCases, OpenCases, TableCases, AnswerCases}) {
    for (Case& one : some()) all.push_back(std::move(one));
  }
  return all;
}

INSTANTIATE_TEST_SUITE_P(, BadInputTest, testing::ValuesIn(All()),
                         [](const auto& tested) { return tested.param.name; });

TEST(BadInput, AnAnswerThatIsDamagedOnceIsReadTheSecondTime) {
  Scene scene;
  scene.db = scene.world.Open("table/store");
  ASSERT_TRUE(scene.Put("k", "v").ok());
  scene.world.dynamo.Clear();
  int answers = 0;
  scene.Garble("GetItem", [&](std::string* body) {
    if (++answers == 1) body->resize(3);
  });
  EXPECT_TRUE(scene.Get("k").ok());
  EXPECT_EQ(scene.world.dynamo.count(""), 2u);
}

TEST(BadInput, ReadsOfKeysThatCannotBeStoredAreNoErrorsAndSendNothing) {
  Scene scene;
  scene.world.options.table.key_type = KeyType::kString;
  scene.db = scene.world.Open("table/store");
  scene.world.dynamo.Clear();
  for (const std::string& key :
       {std::string(1025, 'k'), std::string("\xff"), std::string(1024, '\0')}) {
    EXPECT_TRUE(scene.Get(key).IsNotFound());
    EXPECT_TRUE(scene.db->Delete(WriteOptions(), key).ok());
  }
  EXPECT_EQ(scene.world.dynamo.count(""), 0u);
}

}  // namespace
}  // namespace dynamodown_test
