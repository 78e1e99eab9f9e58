// dynamodown item sync, status, replicate and forget, as their users run them:
// a laptop's embedded store with another one and with DynamoDB Local.

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <vector>

#include "cli_fixture.h"

namespace dynamodown {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::ContainsRegex;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

constexpr char kWriter[] = "-188c-786ae2e1f629";

class ItemSyncTest : public CliFixture,
                     public testing::WithParamInterface<std::string> {
 protected:
  void SetUp() override {
    if (GetParam() == "dynamodb") {
      const std::string endpoint = DynamoDbLocal();
      ASSERT_NE(endpoint, "");
      environment_["AWS_ENDPOINT_URL_DYNAMODB"] = endpoint;
      table_ = NewTable("sync");
    }
    laptop_ = NewLaptop("laptop");
    hub_ = NewHub("hub");
  }
  void TearDown() override {
    if (table_.empty()) return;
    Cli({"destroy", hub_, "--drop-table"});
  }

  bool is_dynamodb() const { return !table_.empty(); }
  std::string Folder(const std::string& name) const {
    return (directory_.path() / name).string();
  }
  std::string NewLaptop(const std::string& name) {
    const std::string location = "leveldb:" + Folder(name);
    EXPECT_EQ(Output({"create", location}), "");
    return location;
  }
  std::string NewHub(const std::string& name) {
    if (!is_dynamodb()) return NewLaptop(name);
    EXPECT_EQ(Output({"create", table_ + "/" + name}), "");
    return table_ + "/" + name;
  }

  void Inc(const std::string& store, const std::string& name) {
    EXPECT_EQ(Output({"item", "inc", store, name, "n"}), "");
  }
  std::string Get(const std::string& store, const std::string& name) {
    return Output({"item", "get", store, name});
  }
  json Sync(const std::string& a, const std::string& b, Arguments more = {}) {
    Arguments arguments = {"item", "sync", a, b, "--json"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return json::parse(Output(arguments));
  }
  json StatusOf(const std::string& store, Arguments more = {}) {
    Arguments arguments = {"item", "status", store, "--json"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return json::parse(Output(arguments));
  }
  std::string ReplicaOf(const std::string& store) {
    return StatusOf(store)["replica"];
  }
  /// All items with all members except "records".
  json Everything(const std::string& store) {
    json items = json::array();
    std::istringstream lines(Output({"item", "scan", store, "--json"}));
    for (std::string line; std::getline(lines, line);) {
      json item = json::parse(line);
      item.erase("records");
      items.push_back(item);
    }
    return items;
  }
  json Member(const json& status, const std::string& replica) {
    for (const json& member : status["members"]) {
      if (member["replica"] == replica) return member;
    }
    ADD_FAILURE() << replica << " is not in " << status;
    return json();
  }

  TemporaryDirectory directory_;
  std::string table_;
  std::string laptop_;
  std::string hub_;
};

// ---------------------------------------------------------------------- sync

TEST_P(ItemSyncTest, ALaptopIsOfflineAndComesBack) {
  const std::string other = NewLaptop("other");
  const std::string replica = Output({"item", "replicate", laptop_});
  EXPECT_THAT(replica, testing::MatchesRegex("[0-9a-f]{12}\n"));
  // Offline.
  Inc(laptop_, "kim");
  Inc(laptop_, "only here");
  // The first meeting makes the hub, with nothing in it, replicated.
  const json first = Sync(laptop_, hub_);
  EXPECT_EQ(first["first_meeting"], true);
  EXPECT_EQ(first["items"], 2);
  EXPECT_EQ(first["a"]["location"], laptop_);
  EXPECT_EQ(first["a"]["operations"], 0);
  EXPECT_EQ(first["b"]["location"], hub_);
  EXPECT_EQ(first["b"]["operations"], 2);
  EXPECT_EQ(first["b"]["items"], 2);
  EXPECT_EQ(first["twins"], json::array());
  Sync(other, hub_);
  // Offline again: both write the same item, and others use the hub.
  for (int i = 0; i < 2; ++i) Inc(laptop_, "kim");
  for (int i = 0; i < 3; ++i) Inc(other, "kim");
  Inc(hub_, "in the hub");
  const json second = Sync(laptop_, hub_);
  EXPECT_EQ(second["first_meeting"], false);
  EXPECT_EQ(second["items"], 2);
  EXPECT_EQ(second["a"]["operations"], 1);
  EXPECT_EQ(second["b"]["operations"], 2);
  Sync(hub_, other);
  Sync(laptop_, hub_);
  EXPECT_EQ(Get(laptop_, "kim"), "{\"n\":6}\n");
  EXPECT_EQ(Everything(laptop_).size(), 3u);
  EXPECT_EQ(Everything(laptop_), Everything(hub_));
  EXPECT_EQ(Everything(laptop_), Everything(other));
  // Nothing is left to do, in either direction.
  EXPECT_EQ(Sync(laptop_, hub_)["items"], 0);
  EXPECT_EQ(Sync(hub_, laptop_)["items"], 0);
  // A flatten of one store is exchanged too.
  EXPECT_THAT(Output({"item", "flatten", laptop_, "--all"}),
              Not(StartsWith("0 ")));
  Sync(laptop_, hub_);
  EXPECT_EQ(Everything(laptop_), Everything(hub_));
  EXPECT_EQ(Sync(laptop_, hub_, {"--full"})["items"], 3);
}

TEST_P(ItemSyncTest, TheSummarySaysWhatWentWhichWayAndWhatItCost) {
  Output({"item", "replicate", laptop_});
  for (int i = 0; i < 3; ++i) Inc(laptop_, "kim");
  const std::string first = Output({"item", "sync", laptop_, hub_});
  EXPECT_THAT(first, StartsWith("items compared: 1, all that there are\n"));
  EXPECT_THAT(first, HasSubstr("\n" + laptop_ + " got nothing; "));
  EXPECT_THAT(first, HasSubstr("\n" + hub_ + " got 3 operations in 1 item; "));
  EXPECT_THAT(first, ContainsRegex("[0-9]+ range reads and [0-9]+ writes?, "
                                   "[0-9]+ bytes read and [0-9]+ written"));
  const std::string units =
      "in [0-9]+ requests, [0-9.]+ read and [0-9.]+ write units?, "
      "(under )?[$]0[.]0[0-9]* [(]us-east-1's on-demand price[)]\n";
  if (is_dynamodb()) {
    EXPECT_THAT(first, ContainsRegex(units));
  } else {
    EXPECT_THAT(first, Not(ContainsRegex(units)));
  }
  Inc(hub_, "kim");
  const std::string second = Output({"item", "sync", laptop_, hub_});
  EXPECT_THAT(second, StartsWith("items compared: 1\n"));
  EXPECT_THAT(second,
              HasSubstr("\n" + laptop_ + " got 1 operation in 1 item; "));
}

TEST_P(ItemSyncTest, AStoreThatIsNotReplicatedIsImportedAndSaidSo) {
  Inc(laptop_, "kim");
  Inc(laptop_, "kim");
  const std::string before = Output({"dump", laptop_});
  const Outcome outcome = Cli({"item", "sync", laptop_, hub_});
  EXPECT_EQ(outcome.status, kOk);
  EXPECT_EQ(outcome.err,
            "dynamodown: " + laptop_ +
                " is not replicated: its items are imported into " + hub_ +
                ", and nothing is written to " + laptop_ + "; to make " +
                laptop_ + " replicated, run: dynamodown item replicate " +
                laptop_ + "\n");
  EXPECT_EQ(Output({"dump", laptop_}), before);
  EXPECT_EQ(Get(hub_, "kim"), "{\"n\":2}\n");
  // It can be imported again, and be replicated later.
  EXPECT_EQ(Cli({"item", "sync", hub_, laptop_}).status, kOk);
  EXPECT_EQ(Get(hub_, "kim"), "{\"n\":2}\n");
  Output({"item", "replicate", laptop_});
  Inc(hub_, "kim");
  Sync(laptop_, hub_);
  EXPECT_EQ(Get(laptop_, "kim"), "{\"n\":3}\n");
}

TEST_P(ItemSyncTest, OperationsOfAnotherProgramAreImportedToo) {
  EXPECT_EQ(
      Output({"put", laptop_,
              std::string("chilts/013d58c7276e-0000") + kWriter + "/putItem",
              "{\"nick\":\"chilts\"}"}),
      "");
  EXPECT_EQ(Cli({"item", "sync", laptop_, hub_}).status, kOk);
  EXPECT_EQ(Get(hub_, "chilts"), "{\"nick\":\"chilts\"}\n");
  EXPECT_EQ(Member(StatusOf(hub_), "786ae2e1f629")["forgotten"], true);
}

TEST_P(ItemSyncTest, TwoStoresThatAreNotReplicatedAreRefused) {
  Inc(laptop_, "kim");
  Inc(hub_, "kim");
  EXPECT_THAT(Error(kFailure, {"item", "sync", laptop_, hub_}),
              HasSubstr("neither of the two stores is replicated: make one of "
                        "them replicated first"));
}

TEST_P(ItemSyncTest, OneStoreTwiceIsAWrongArgument) {
  Arguments ways = {hub_};
  if (is_dynamodb()) {
    ways.push_back("dynamodb://" + hub_);
  } else {
    ways.push_back(hub_ + "/");
    ways.push_back("leveldb:" + Folder("laptop") + "/../hub");
  }
  for (const std::string& way : ways) {
    for (const Arguments& pair : {Arguments{hub_, way}, Arguments{way, hub_}}) {
      EXPECT_EQ(Error(kUsage, {"item", "sync", pair[0], pair[1]}),
                "dynamodown: " + pair[0] + " and " + pair[1] +
                    " are one store; try 'dynamodown item sync --help'\n");
    }
  }
}

TEST_P(ItemSyncTest, CopiesAreRefusedUntilOneHasAReplicaOfItsOwn) {
  const std::string replica = Output({"item", "replicate", laptop_});
  Inc(laptop_, "kim");
  std::filesystem::copy(Folder("laptop"), Folder("copy"));
  const std::string copy = "leveldb:" + Folder("copy");
  EXPECT_THAT(Error(kFailure, {"item", "sync", laptop_, copy}),
              AllOf(HasSubstr("one is a copy of the other"),
                    HasSubstr("give the copy a new replica id")));
  const std::string own = Output({"item", "replicate", copy, "--new-id"});
  EXPECT_NE(own, replica);
  Inc(copy, "kim");
  Inc(laptop_, "kim");
  Sync(laptop_, copy);
  EXPECT_EQ(Get(laptop_, "kim"), "{\"n\":3}\n");
  EXPECT_EQ(Get(copy, "kim"), "{\"n\":3}\n");
}

TEST_P(ItemSyncTest, AStoreOfOtherKeysIsNotSynchronized) {
  Output({"item", "replicate", laptop_});
  EXPECT_EQ(Output({"put", hub_, "name", "Yuri"}), "");
  for (const Arguments& pair :
       {Arguments{laptop_, hub_}, Arguments{hub_, laptop_}}) {
    EXPECT_THAT(Error(kFailure, {"item", "sync", pair[0], pair[1]}),
                StartsWith("dynamodown: " + hub_ +
                           " holds no items: its first key is 'name'"));
  }
  EXPECT_THAT(Error(kFailure, {"item", "replicate", hub_}),
              HasSubstr("holds no items"));
  EXPECT_EQ(Output({"scan", hub_}), "name\tYuri\n");
}

TEST_P(ItemSyncTest, AMissingStoreIsNotMade) {
  const std::string missing = "leveldb:" + Folder("missing");
  EXPECT_THAT(Error(kFailure, {"item", "sync", laptop_, missing}),
              HasSubstr("dynamodown create " + missing));
  EXPECT_THAT(Error(kFailure, {"item", "sync", missing, hub_}),
              HasSubstr("dynamodown create " + missing));
  EXPECT_FALSE(std::filesystem::exists(Folder("missing")));
}

TEST_P(ItemSyncTest, WhatIsDamagedIsNamedAndTheRestIsExchanged) {
  Output({"item", "replicate", laptop_});
  Inc(laptop_, "kim");
  const std::string key =
      std::string("bad/013d58c7276e-0000") + kWriter + "/~base";
  EXPECT_EQ(Output({"put", laptop_, key, "{", "--force"}), "");
  const Outcome outcome = Cli({"item", "sync", laptop_, hub_});
  EXPECT_EQ(outcome.status, kFailure);
  EXPECT_THAT(outcome.out, HasSubstr(hub_ + " got 1 operation in 1 item; "));
  EXPECT_THAT(outcome.err, HasSubstr(key));
  EXPECT_EQ(Get(hub_, "kim"), "{\"n\":1}\n");
  EXPECT_EQ(Output({"del", laptop_, key, "--force"}), "");
  EXPECT_EQ(Sync(laptop_, hub_)["first_meeting"], true);
}

TEST_P(ItemSyncTest, WhatIsAheadOfTheClockStaysAndIsTold) {
  Output({"item", "replicate", laptop_});
  Inc(laptop_, "kim");
  EXPECT_EQ(
      Output({"put", laptop_,
              std::string("kim/0fffffffffff-0000") + kWriter + "/incAttrs",
              "{\"n\":1}", "--force"}),
      "");
  EXPECT_THAT(Output({"item", "sync", laptop_, hub_}),
              EndsWith("\n1 operation stayed in " + laptop_ +
                       ": too far ahead of the clock of " + hub_ + "\n"));
  EXPECT_EQ(Sync(laptop_, hub_)["b"]["held_back"], 1);
  EXPECT_EQ(Get(hub_, "kim"), "{\"n\":1}\n");
}

TEST_P(ItemSyncTest, ProgressIsForATerminal) {
  Output({"item", "replicate", laptop_});
  for (int i = 0; i < 3; ++i) Inc(laptop_, "kim");
  Invocation invocation = Call({"item", "sync", laptop_, hub_});
  invocation.error_is_a_terminal = true;
  const Outcome outcome = RunProgram(invocation);
  EXPECT_EQ(outcome.status, kOk);
  // A quick sync shows no progress; a slow one erases it.
  EXPECT_THAT(outcome.err, testing::AnyOf("", EndsWith("\r\x1b[K")));
  EXPECT_THAT(outcome.out, StartsWith("items compared: 1"));
}

// -------------------------------------------------------------------- status

TEST_P(ItemSyncTest, StatusOfAStoreBeforeItIsAnything) {
  EXPECT_EQ(Output({"item", "status", laptop_}),
            "store      " + laptop_ +
                ": no replica yet; the first write makes one\n");
  EXPECT_EQ(StatusOf(laptop_)["replica"], "");
  Inc(laptop_, "kim");
  const json status = StatusOf(laptop_);
  EXPECT_EQ(status["replicated"], false);
  EXPECT_EQ(status["shared"], false);
  EXPECT_EQ(status["watermark"], "");
  EXPECT_EQ(status["held_back_ms"], json());
  EXPECT_EQ(Output({"item", "status", laptop_}),
            "store      " + laptop_ + ", replica " +
                status["replica"].get<std::string>() +
                ", embedded, not replicated\n");
}

TEST_P(ItemSyncTest, StatusSaysHowFarEachIsKnownAndWhoHoldsItBack) {
  const std::string slow = NewLaptop("slow");
  Output({"item", "replicate", laptop_});
  Inc(laptop_, "kim");
  Sync(slow, hub_);
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  Sync(laptop_, hub_);
  const std::string own = ReplicaOf(hub_);
  const std::string of_slow = ReplicaOf(slow);
  const json status = StatusOf(hub_);
  EXPECT_EQ(status["location"], hub_);
  EXPECT_EQ(status["shared"], is_dynamodb());
  EXPECT_EQ(status["replicated"], true);
  EXPECT_EQ(status["held_by"], json::array({of_slow}));
  EXPECT_EQ(status["watermark"], Member(status, of_slow)["known"]);
  EXPECT_GE(status["held_back_ms"], 10);
  EXPECT_EQ(status["members"].size(), 3u);
  EXPECT_EQ(Member(status, own)["self"], true);
  EXPECT_EQ(Member(status, ReplicaOf(laptop_))["met"], true);
  EXPECT_EQ(Member(StatusOf(laptop_), of_slow)["met"], false);
  EXPECT_EQ(status["unmet"], json::array());
  EXPECT_FALSE(status.contains("late"));

  const std::string text = Output({"item", "status", hub_});
  EXPECT_THAT(
      text, StartsWith("store      " + hub_ + ", replica " + own +
                       (is_dynamodb() ? ", many writers\n" : ", embedded\n")));
  const std::string watermark = status["watermark"];
  const std::string time = status["watermark_time"];
  EXPECT_THAT(
      text, HasSubstr("\nstable     up to " + time + "  " + watermark + ", "));
  EXPECT_THAT(text, ContainsRegex("\nheld back  by " + of_slow +
                                  ", [0-9]+ (ms|s) behind the others\n"));
  EXPECT_THAT(text, ContainsRegex("  " + own + "  [^ ]+  [^ ]+  this store\n"));
  EXPECT_THAT(text, ContainsRegex("\nlog        [0-9]+ entr"));
  EXPECT_THAT(Output({"item", "status", laptop_}),
              HasSubstr("  heard of, not met\n"));

  // A flatten beyond that is refused, and says the same.
  Inc(hub_, "kim");
  const json item = json::parse(Output({"item", "get", hub_, "kim", "--json"}));
  EXPECT_THAT(Error(kFailure, {"item", "flatten", hub_, "kim",
                               item["timestamp"].get<std::string>()}),
              HasSubstr("the store " + of_slow + ", known up to " + watermark));
}

TEST_P(ItemSyncTest, ForgettingALostLaptopLetsFlattenGoOn) {
  const std::string lost = NewLaptop("lost");
  Output({"item", "replicate", laptop_});
  Sync(lost, hub_);
  Inc(laptop_, "kim");
  Sync(laptop_, hub_);
  const std::string of_lost = ReplicaOf(lost);
  EXPECT_EQ(StatusOf(hub_)["held_by"], json::array({of_lost}));
  Inc(lost, "kim");  // Nobody will know of it in time.
  EXPECT_EQ(Output({"item", "forget", hub_, of_lost}), "");
  EXPECT_EQ(Output({"item", "forget", hub_, of_lost}), "");
  EXPECT_EQ(Member(StatusOf(hub_), of_lost)["forgotten"], true);
  EXPECT_THAT(Output({"item", "status", hub_}), HasSubstr("  forgotten\n"));
  Inc(hub_, "kim");
  Sync(laptop_, hub_);
  EXPECT_EQ(Member(StatusOf(laptop_), of_lost)["forgotten"], true);
  Inc(laptop_, "kim");
  Sync(laptop_, hub_);
  Sync(laptop_, hub_);
  EXPECT_EQ(Output({"item", "flatten", hub_, "kim"}).substr(0, 2), "3 ");
  // It is found after all.
  Sync(lost, hub_);
  EXPECT_EQ(Member(StatusOf(hub_), of_lost)["forgotten"], false);
  const json late = StatusOf(hub_, {"--late"})["late"];
  ASSERT_EQ(late.size(), 1u);
  EXPECT_EQ(late[0]["name"], "kim");
  const std::string key = late[0]["late"][0]["key"];
  EXPECT_THAT(key, EndsWith(of_lost + "/incAttrs"));
  EXPECT_THAT(Output({"item", "status", hub_, "--late"}),
              EndsWith("\nlate       kim  " + key + "\n"));
  EXPECT_THAT(Output({"item", "status", laptop_, "--late"}),
              EndsWith("\nlate       nothing\n"));
}

TEST_P(ItemSyncTest, ForgettingWhatIsNotThereHasItsOwnExitStatus) {
  Output({"item", "replicate", hub_});
  EXPECT_EQ(Error(kNotFound, {"item", "forget", hub_, "786ae2e1f629"}),
            "dynamodown: " + hub_ + " knows of no replica 786ae2e1f629\n");
  EXPECT_EQ(Error(kNotFound, {"item", "forget", hub_, "--writer", "0001"}),
            "dynamodown: there is no open slot 0001 of another writer in " +
                hub_ + "\n");
  Sync(laptop_, hub_);
  EXPECT_THAT(Error(kFailure, {"item", "forget", hub_, ReplicaOf(hub_)}),
              HasSubstr("cannot forget itself"));
}

TEST_P(ItemSyncTest, ARestoredBackupWaitsForThoseItKnew) {
  const std::string other = NewLaptop("other");
  Output({"item", "replicate", laptop_});
  Inc(laptop_, "kim");
  Sync(laptop_, hub_);
  Sync(other, hub_);
  Sync(laptop_, hub_);
  std::filesystem::copy(Folder("laptop"), Folder("backup"));
  Inc(laptop_, "kim");  // Lost with the laptop, but for what the hub has.
  Sync(laptop_, hub_);
  std::filesystem::remove_all(Folder("laptop"));
  std::filesystem::copy(Folder("backup"), Folder("laptop"));
  const std::string replica =
      Output({"item", "replicate", laptop_, "--restored"});
  EXPECT_EQ(replica, ReplicaOf(laptop_) + "\n");
  const json unmet = StatusOf(laptop_)["unmet"];
  EXPECT_EQ(unmet.size(), 2u);
  EXPECT_THAT(Output({"item", "status", laptop_}),
              HasSubstr("\nto meet    " + unmet[0].get<std::string>() +
                        "\n           " + unmet[1].get<std::string>() + "\n"));
  Sync(laptop_, hub_);
  EXPECT_EQ(StatusOf(laptop_)["unmet"], json::array({ReplicaOf(other)}));
  EXPECT_EQ(Get(laptop_, "kim"), "{\"n\":2}\n");
  Sync(laptop_, other);
  EXPECT_EQ(StatusOf(laptop_)["unmet"], json::array());
}

TEST_P(ItemSyncTest, AWrongArgumentIsNamed) {
  const struct {
    Arguments arguments;
    const char* words;
    const char* help;
  } cases[] = {
      {{"item", "sync"}, "LOCATION is required", "item sync --help"},
      {{"item", "sync", hub_}, "OTHER is required", "item sync --help"},
      {{"item", "sync", hub_, ""}, "OTHER is empty", "item sync --help"},
      {{"item", "sync", hub_, laptop_, "x"}, "unexpected argument 'x'", "sync"},
      {{"item", "sync", hub_, laptop_, "--late"}, "no option --late", "sync"},
      {{"item", "status"}, "LOCATION is required", "item status --help"},
      {{"item", "status", hub_, "x"}, "unexpected argument 'x'", "status"},
      {{"item", "replicate"}, "LOCATION is required", "item replicate"},
      {{"item", "replicate", hub_, "--new-id", "--restored"},
       "--new-id",
       "item replicate --help"},
      {{"item", "forget", hub_}, "REPLICA or --writer SLOT is", "forget"},
      {{"item", "forget", hub_, "kim"}, "'kim' is no replica", "item forget"},
      {{"item", "forget", hub_, "786AE2E1F629"}, "is no replica", "forget"},
      {{"item", "forget", hub_, "--writer", "0"}, "'0' is no slot", "forget"},
      {{"item", "forget", hub_, "--writer", "ffff"}, "is no slot", "forget"},
      {{"item", "forget", hub_, "--writer", "1x"}, "is no slot", "forget"},
      {{"item", "forget", hub_, "786ae2e1f629", "--writer", "1"},
       "--writer",
       "item forget --help"},
  };
  for (const auto& c : cases) {
    const std::string message = Error(kUsage, c.arguments);
    EXPECT_THAT(message, HasSubstr(c.words));
    EXPECT_THAT(message, HasSubstr("; try 'dynamodown "));
    EXPECT_THAT(message, HasSubstr(c.help));
  }
}

INSTANTIATE_TEST_SUITE_P(Stores, ItemSyncTest,
                         testing::Values("embedded", "dynamodb"),
                         [](const auto& store) { return store.param; });

// ---------------------------------------------------------- on DynamoDB alone

using ItemSyncDynamoDbTest = ItemSyncTest;

TEST_P(ItemSyncDynamoDbTest, ThePlaceOfAWriterThatWasKilledCanBeClosed) {
  Output({"item", "replicate", laptop_});
  Inc(laptop_, "kim");
  Sync(laptop_, hub_);
  // The state that a killed program leaves.
  const json before = StatusOf(hub_);
  EXPECT_EQ(Output({"put", hub_, "%dyno/w/0007",
                    R"({"open":true,"promise":"013d58c7276e-0000-ffff-)"
                    R"(ffffffffffff","reserved":"013d58c7276f-0000-ffff-)"
                    R"(ffffffffffff"})",
                    "--force"}),
            "");
  EXPECT_THAT(Output({"item", "status", hub_}),
              HasSubstr("\nwriters    0007  open, writes nothing at or below "
                        "2013-03-11T09:27:59.598Z  013d58c7276e-0000-ffff-"
                        "ffffffffffff; wrote nothing for "));
  const auto open = [this] {
    Arguments slots;
    const json status = StatusOf(hub_);
    for (const json& writer : status["writers"]) {
      if (writer["open"] == true) slots.push_back(writer["slot"]);
    }
    return slots;
  };
  EXPECT_THAT(open(), ElementsAre("0007"));
  // Records are exchanged all the same, but nothing new is stable.
  Inc(laptop_, "kim");
  Sync(laptop_, hub_);
  EXPECT_EQ(Get(hub_, "kim"), "{\"n\":2}\n");
  const std::string own = ReplicaOf(hub_);
  EXPECT_EQ(Member(StatusOf(hub_), own)["known"], Member(before, own)["known"]);
  EXPECT_EQ(Output({"item", "forget", hub_, "--writer", "7"}), "");
  EXPECT_THAT(open(), IsEmpty());
  Error(kNotFound, {"item", "forget", hub_, "--writer", "0007"});
  Sync(laptop_, hub_);
  EXPECT_GT(Member(StatusOf(hub_), own)["known"], Member(before, own)["known"]);
}

TEST_P(ItemSyncDynamoDbTest, AStoreWithAnOpenPlaceIsNotMadeReplicated) {
  Inc(hub_, "kim");
  EXPECT_EQ(Output({"put", hub_, "%dyno/w/0007",
                    R"({"open":true,"promise":"013d58c7276e-0000-ffff-)"
                    R"(ffffffffffff","reserved":"013d58c7276f-0000-ffff-)"
                    R"(ffffffffffff"})",
                    "--force"}),
            "");
  EXPECT_THAT(
      Error(kFailure, {"item", "replicate", hub_}),
      AllOf(HasSubstr("slots open (0007)"), HasSubstr("close that slot")));
  EXPECT_EQ(Output({"item", "forget", hub_, "--writer", "0007"}), "");
  Output({"item", "replicate", hub_});
  EXPECT_EQ(StatusOf(hub_)["replicated"], true);
}

TEST_P(ItemSyncDynamoDbTest, WithoutANetworkTheLaptopStaysAsItIs) {
  Output({"item", "replicate", laptop_});
  Inc(laptop_, "kim");
  environment_["AWS_ENDPOINT_URL_DYNAMODB"] = "http://127.0.0.1:1";
  EXPECT_THAT(
      Error(kFailure, {"item", "sync", laptop_, hub_, "--timeout", "0.5"}),
      HasSubstr("check the endpoint, the region and the network"));
  environment_["AWS_ENDPOINT_URL_DYNAMODB"] = DynamoDbLocal();
  Sync(laptop_, hub_);
  EXPECT_EQ(Get(hub_, "kim"), "{\"n\":1}\n");
}

INSTANTIATE_TEST_SUITE_P(Stores, ItemSyncDynamoDbTest,
                         testing::Values("dynamodb"),
                         [](const auto& store) { return store.param; });

}  // namespace
}  // namespace dynamodown
