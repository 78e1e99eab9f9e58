// Only a store that Open has returned can be synchronized.

#include "dyno/sync/store_parts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "dyno/sync.h"
#include "dyno/sync/sync_test_fixture.h"

namespace dyno {
namespace {

using leveldb::Status;

using StorePartsTest = SyncTest;

/// A program's own implementation of Store.
class ForeignStore final : public Store {
 public:
  MOCK_METHOD(Status, PutItem,
              (const WriteOptions&, const std::string&, const std::string&,
               std::string*),
              (override));
  MOCK_METHOD(Status, DelItem,
              (const WriteOptions&, const std::string&, std::string*),
              (override));
  MOCK_METHOD(Status, PutAttrs,
              (const WriteOptions&, const std::string&, const std::string&,
               std::string*),
              (override));
  MOCK_METHOD(Status, DelAttrs,
              (const WriteOptions&, const std::string&,
               const std::vector<std::string>&, std::string*),
              (override));
  MOCK_METHOD(Status, IncAttrs,
              (const WriteOptions&, const std::string&, const std::string&,
               std::string*),
              (override));
  MOCK_METHOD(Status, AppendAttrs,
              (const WriteOptions&, const std::string&, const std::string&,
               std::string*),
              (override));
  MOCK_METHOD(Status, AddToSet,
              (const WriteOptions&, const std::string&, const std::string&,
               std::string*),
              (override));
  MOCK_METHOD(Status, DelFromSet,
              (const WriteOptions&, const std::string&, const std::string&,
               std::string*),
              (override));
  MOCK_METHOD(Status, Settle,
              (const WriteOptions&, const std::string&,
               const std::vector<std::string>&, std::string*),
              (override));
  MOCK_METHOD(Status, Reapply,
              (const WriteOptions&, const std::string&, const std::string&,
               std::string*),
              (override));
  MOCK_METHOD(Status, GetItem, (const std::string&, Item*), (override));
  MOCK_METHOD(Status, GetItemAsOf,
              (const std::string&, const std::string&, Item*), (override));
  MOCK_METHOD(Status, History,
              (const std::string&,
               const std::function<bool(const HistoryEntry&)>&),
              (override));
  MOCK_METHOD(Status, Query,
              (const QueryOptions&, const std::function<bool(const Item&)>&),
              (override));
  MOCK_METHOD(Status, Count, (const QueryOptions&, uint64_t*), (override));
  MOCK_METHOD(Status, Names,
              (const QueryOptions&,
               const std::function<bool(const std::string&)>&),
              (override));
  MOCK_METHOD(Status, Flatten,
              (const std::string&, const FlattenOptions&, FlattenResult*),
              (override));
  MOCK_METHOD(Status, FlattenAll, (const std::string&, FlattenResult*),
              (override));
  MOCK_METHOD(Status, NewTimestamp, (std::string*), (override));
  MOCK_METHOD(std::string, replica, (), (const, override));
  MOCK_METHOD(Status, Close, (), (override));
};

TEST_F(StorePartsTest, AStoreThatOpenHasNotReturnedIsRefused) {
  const auto own = NewTestStore();
  ForeignStore foreign;
  StoreStatus status;
  for (Store* store :
       {static_cast<Store*>(&foreign), static_cast<Store*>(nullptr)}) {
    for (const Status& refused :
         {Sync(store, own->store()), Sync(own->store(), store),
          Replicate(store), NewReplica(store), MarkRestored(store),
          Forget(store, "786ae2e1f629"), CloseWriter(store, 1),
          GetStatus(store, &status)}) {
      EXPECT_TRUE(refused.IsInvalidArgument()) << refused.ToString();
    }
  }
}

}  // namespace
}  // namespace dyno
