// dump, load and batch on embedded stores, compared with LevelDB itself.

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "transfer_fixture.h"

namespace dynamodown {
namespace {

using nlohmann::json;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class TransferTest : public TransferFixture {
 protected:
  /// A store that does not exist yet.
  const std::string store_ = Embedded("db");
  const std::string file_ = Path("dump");
  const std::string checkpoint_ = Path("checkpoint");

  bool Exists(const std::string& path) { return std::filesystem::exists(path); }
};

// ----------------------------------------------------------------- round trips

TEST_F(TransferTest, WhatIsDumpedIsLoadedByteForByte) {
  for (const uint64_t seed : {1, 2, 3}) {
    const std::string n = std::to_string(seed);
    const Map map = AnyBytes(seed, 5000, 3000, 1'000'000);
    FillLevelDb("from" + n, map);
    EXPECT_EQ(Output({"dump", Embedded("from" + n), "--output", file_ + n}),
              "");
    const std::string dump = ReadFile(file_ + n);
    EXPECT_EQ(ParseDump(dump), EntriesOf(map));
    EXPECT_TRUE(Output({"dump", Embedded("from" + n)}) == dump);
    EXPECT_TRUE(Output({"dump", Embedded("from" + n), "-o", "-"}) == dump);
    EXPECT_TRUE(Output({"scan", Embedded("from" + n), "--json"}) == dump);
    EXPECT_EQ(Output({"load", Embedded("to" + n), file_ + n}), "");
    EXPECT_EQ(ReadLevelDb("to" + n), EntriesOf(map));
  }
}

TEST_F(TransferTest, AnEmptyStoreIsAnEmptyDump) {
  Output({"create", store_});
  EXPECT_EQ(Output({"dump", store_}), "");
  EXPECT_EQ(Output({"dump", store_, "-o", file_}), "");
  EXPECT_EQ(ReadFile(file_), "");
  EXPECT_EQ(Output({"load", Embedded("to"), file_, "--quiet"}), "");
  EXPECT_FALSE(Exists(Path("to"))) << "there was no record to create it for";
}

TEST_F(TransferTest, BoundsSayWhatIsDumped) {
  FillLevelDb("db", {{"a", "1"}, {"b", "2"}, {"ba", "3"}, {"c", "4"}});
  EXPECT_EQ(Output({"dump", store_, "--from", "b", "--to", "c"}),
            Record("b", "2") + Record("ba", "3"));
  EXPECT_EQ(Output({"dump", store_, "--prefix", "b", "--from", "ba"}),
            Record("ba", "3"));
  EXPECT_EQ(Output({"dump", store_, "--hex", "--from", "63"}),
            Record("c", "4"));
}

// -------------------------------------------------------------- dump's file

TEST_F(TransferTest, AFileThatExistsIsReplacedOnlyByForce) {
  FillLevelDb("db", {{"a", "1"}});
  WriteFile("dump", "mine, and longer than the dump is\n");
  EXPECT_THAT(Error(kFailure, {"dump", store_, "--output", file_}),
              EndsWith("dump exists; --resume continues it, --force replaces "
                       "it\n"));
  EXPECT_EQ(ReadFile(file_), "mine, and longer than the dump is\n");
  EXPECT_EQ(Output({"dump", store_, "--output", file_, "--force"}), "");
  EXPECT_EQ(ReadFile(file_), Record("a", "1"));
  Output({"dump", store_, "--output", file_ + "2", "--force"});
  EXPECT_EQ(ReadFile(file_ + "2"), Record("a", "1"));
}

TEST_F(TransferTest, ADumpIsResumedWhereverItWasCutOff) {
  const Map map = AnyBytes(4, 300, 100, 100'000);
  FillLevelDb("db", map);
  const std::string whole = Output({"dump", store_});
  Random random(5);
  std::vector<size_t> cuts = {
      0,           1, whole.find('\n'), whole.find('\n') + 1, whole.size() - 1,
      whole.size()};
  for (int i = 0; i < 30; ++i) cuts.push_back(random.Below(whole.size()));
  for (const size_t cut : cuts) {
    WriteFile("dump", whole.substr(0, cut));
    EXPECT_EQ(Output({"dump", store_, "-o", file_, "--resume"}), "");
    EXPECT_TRUE(ReadFile(file_) == whole) << cut;
  }
  std::filesystem::remove(file_);
  EXPECT_EQ(Output({"dump", store_, "-o", file_, "--resume"}), "");
  EXPECT_TRUE(ReadFile(file_) == whole);
}

TEST_F(TransferTest, AResumedDumpKeepsToItsBounds) {
  FillLevelDb("db", {{"a", "1"}, {"b1", "2"}, {"b2", "3"}, {"c", "4"}});
  WriteFile("dump", Record("b1", "2"));
  EXPECT_EQ(Output({"dump", store_, "-o", file_, "--resume", "--prefix", "b"}),
            "");
  EXPECT_EQ(ReadFile(file_), Record("b1", "2") + Record("b2", "3"));
  for (const char* bound : {"--prefix=c", "--from=c", "--to=b2"}) {
    EXPECT_THAT(
        Error(kFailure, {"dump", store_, "-o", file_, "--resume", bound}),
        HasSubstr("is another dump"));
    EXPECT_EQ(ReadFile(file_), Record("b1", "2") + Record("b2", "3"));
  }
}

TEST_F(TransferTest, WhatIsNoDumpIsNotResumedAndStaysAsItIs) {
  FillLevelDb("db", {{"a", "1"}});
  const std::string others[] = {
      "hello",
      "hello\n",
      "\n",
      "{\"key\":\"a\"}\n",
      "{\"keys\":\"SECRET\"}\n",
      Record("0", "1") + "\n",
      Record("0", "1") + "something",
      Record("0", "1") + std::string(10, '\0'),
      Record("0", "1") + "not JSON SECRET\n" + "{\"key",
  };
  for (const std::string& other : others) {
    WriteFile("dump", other);
    const std::string message =
        Error(kFailure, {"dump", store_, "-o", file_, "--resume"});
    EXPECT_THAT(message, HasSubstr(file_ + " has no dump in it: ")) << other;
    EXPECT_THAT(message, Not(HasSubstr(kQuoted)));
    EXPECT_EQ(ReadFile(file_), other);
  }
  EXPECT_THAT(
      Error(kFailure, {"dump", store_, "-o", "/dev/null", "--resume"}),
      EndsWith("is not a regular file, so there is nothing to resume\n"));
}

// Only the beginning of the record that comes next can be a dump's own torn
// line.
TEST_F(TransferTest, AResumedDumpCutsNothingThatItDidNotWrite) {
  FillLevelDb("db", {{"a", "1"}, {"b", "2"}, {"c", "3"}});
  const std::string a = Record("a", "1"), b = Record("b", "2");
  const std::string others[] = {
      "{\"keymap\":\"us\",\"secret\":\"mine\"}",
      "{\"key\":\"keep me",
      "{\"key\":\"b\",\"value\":\"2\"}",  // not the first record
      a + "not json, my notes\n" + b + "{\"key\":\"keep me",
      a + "not json, my notes\n" + b,
      a + "{\"key\":\"b\",\"value\":\"other",
      a + "{\"key\":\"c\"",
      a + b + a,                            // not in order
      a + b + Record("c", "3") + "{\"key",  // nothing comes next
      a + "\n" + b,
  };
  for (const std::string& other : others) {
    WriteFile("dump", other);
    EXPECT_THAT(Error(kFailure, {"dump", store_, "-o", file_, "--resume"}),
                HasSubstr(file_ + " has no dump in it: "))
        << other;
    EXPECT_EQ(ReadFile(file_), other);
  }
}

TEST_F(TransferTest, WhatCannotBeADumpSaysSo) {
  FillLevelDb("db", {{"a", "1"}});
  EXPECT_THAT(Error(kFailure, {"dump", store_, "-o", directory_.path()}),
              EndsWith(" is a directory; give the name of a file in it\n"));
  EXPECT_THAT(Error(kFailure, {"dump", store_, "-o", "/dev/null"}),
              EndsWith(" is not a regular file; --force writes to it\n"));
}

TEST_F(TransferTest, ALoadOfNothingSaysThatItMadeNoStore) {
  const Outcome outcome = Cli({"load", store_, "/dev/null"});
  EXPECT_EQ(outcome.status, kOk);
  EXPECT_THAT(outcome.err, HasSubstr("/dev/null is empty, so the store " +
                                     store_ + " was not created"));
  EXPECT_EQ(Cli({"load", store_, "/dev/null", "--quiet"}).err, "");
}

// The store of a checkpoint is known by its path and by its last record.
TEST_F(TransferTest, ACheckpointOfAnotherEmbeddedStoreIsRefused) {
  const std::string records = Records(0, 10);
  std::filesystem::create_directories(Path("one"));
  std::filesystem::create_directories(Path("two"));
  const auto run = [&](const std::string& folder, const std::string& command,
                       const std::string& input) {
    Invocation invocation = Call(
        {"-c",
         "cd \"$0\" && exec " + std::string(DYNAMODOWN_CLI) + " " + command,
         Path(folder)});
    invocation.program = "/bin/bash";
    invocation.input = input;
    return RunProgram(invocation);
  };
  const std::string load = "load leveldb:s --checkpoint ../checkpoint";
  EXPECT_EQ(run("one", load, records + "?").status, kFailure);
  const std::string state = ReadFile(Path("checkpoint"));
  run("two", "load leveldb:s", records);
  Outcome outcome = run("two", load, records);
  EXPECT_EQ(outcome.status, kFailure);
  EXPECT_THAT(outcome.err, HasSubstr("another store"));
  EXPECT_EQ(ReadFile(Path("checkpoint")), state);
  // The same path, but another store since.
  std::filesystem::remove_all(Path("one/s"));
  run("one", "load leveldb:s", Records(0, 10, "other"));
  outcome = run("one", load, records);
  EXPECT_EQ(outcome.status, kFailure);
  EXPECT_THAT(outcome.err, HasSubstr("has another value in the store"));
  // Another spelling of the same path.
  run("one", "load leveldb:s", records);
  EXPECT_EQ(
      run("two", "load leveldb:../one/./s --checkpoint ../checkpoint", records)
          .status,
      kOk);
}

TEST_F(TransferTest, TheCommandThatContinuesALoadTakesAnyFileName) {
  for (const std::string name : {"-x", "--quiet", "plain"}) {
    SCOPED_TRACE(name);
    WriteFile(name, Records(0, 50'000));
    const std::string store = Embedded("of" + name);
    Invocation invocation =
        Call({"-c",
              "cd \"$0\"; " + std::string(DYNAMODOWN_CLI) + " load " + store +
                  " -- " + name + " & sleep 0.15; kill -INT $!; wait $!",
              directory_.path().string()});
    invocation.program = "/bin/bash";
    invocation.arguments[0] = "-mc";  // So SIGINT is not ignored.
    const Outcome outcome = RunProgram(invocation);
    const std::string run = "to continue, run: ";
    const size_t at = outcome.err.find(run);
    if (at == std::string::npos) continue;  // It was too quick.
    const std::string command = outcome.err.substr(
        at + run.size(), outcome.err.find('\n', at) - at - run.size());
    Invocation more = Call(
        {"-c", "set -o pipefail; cd \"$0\"; " + command, directory_.path()});
    more.program = "/bin/bash";
    const Outcome continued = RunProgram(more);
    EXPECT_EQ(continued.status, kOk) << command << continued.err;
    EXPECT_EQ(Output({"count", store}), "50000\n") << command;
  }
}

TEST_F(TransferTest, ResumeAndForceNeedAFile) {
  for (const char* how : {"--resume", "--force"}) {
    EXPECT_THAT(Error(kUsage, {"dump", store_, how}), HasSubstr("--output"));
    EXPECT_THAT(Error(kUsage, {"dump", store_, how, "-o", "-"}),
                HasSubstr("--output"));
  }
  EXPECT_THAT(
      Error(kUsage, {"dump", store_, "-o", file_, "--resume", "--force"}),
      HasSubstr("excludes"));
}

TEST_F(TransferTest, OneDumpAtATimeWritesAFile) {
  FillLevelDb("db", {{"a", "1"}});
  WriteFile("dump", Record("0", "1"));
  const int fd = open(file_.c_str(), O_RDWR | O_CLOEXEC);
  ASSERT_EQ(flock(fd, LOCK_EX), 0);
  for (const char* how : {"--resume", "--force"}) {
    EXPECT_THAT(Error(kFailure, {"dump", store_, "-o", file_, how}),
                HasSubstr("another program is writing " + file_));
    EXPECT_EQ(ReadFile(file_), Record("0", "1"));
  }
  close(fd);
}

TEST_F(TransferTest, OutputThatCannotBeWrittenIsAFailure) {
  FillLevelDb("db", {{"a", std::string(1'000'000, 'v')}});
  EXPECT_EQ(Error(kFailure, {"dump", store_, "-o", "/dev/full", "--force"}),
            "dynamodown: cannot write /dev/full: No space left on device\n");
  EXPECT_THAT(Error(kFailure, {"dump", store_, "-o", Path("no/file")}),
              EndsWith("no/file: No such file or directory\n"));
  // But a reader that stops early has seen enough.
  Invocation invocation = Call({"dump", store_});
  invocation.output_is_closed = true;
  const Outcome outcome = RunProgram(invocation);
  EXPECT_EQ(outcome.status, kOk);
  EXPECT_EQ(outcome.err, "");
}

TEST_F(TransferTest, AMissingStoreLeavesNoFile) {
  EXPECT_THAT(Error(kFailure, {"dump", store_, "-o", file_}),
              HasSubstr("dynamodown create"));
  EXPECT_FALSE(Exists(file_));
}

TEST_F(TransferTest, DamageEndsADumpWithAnError) {
  Map map;
  Random random(6);
  for (size_t i = 0; i < 3000; ++i) map[Numbered(i)] = random.Bytes(500);
  FillLevelDb("db", map);
  OpenLevelDb("db")->CompactRange(nullptr, nullptr);
  const std::string whole = Output({"dump", store_});
  for (const auto& entry : std::filesystem::directory_iterator(Path("db"))) {
    if (entry.path().extension() != ".ldb") continue;
    std::fstream file(entry.path());
    file.seekp(static_cast<std::streamoff>(entry.file_size() / 2));
    file << "damaged";
  }
  const Outcome outcome = Cli({"dump", store_, "-o", file_});
  EXPECT_EQ(outcome.status, kFailure);
  EXPECT_THAT(outcome.err, HasSubstr("Corruption"));
  const std::string before = ReadFile(file_);
  EXPECT_LT(before.size(), whole.size());
  EXPECT_TRUE(whole.starts_with(before));
  EXPECT_EQ(Cli({"dump", store_, "-o", file_, "--resume"}).status, kFailure);
}

// ------------------------------------------------------------------ load

TEST_F(TransferTest, LoadTakesAFileOrStandardInput) {
  const std::string lines = Records(0, 3);
  WriteFile("dump", lines);
  EXPECT_EQ(Output({"load", Embedded("a"), file_}), "");
  EXPECT_EQ(Output({"load", Embedded("b")}, lines), "");
  EXPECT_EQ(Output({"load", Embedded("c"), "-"}, lines), "");
  for (const char* name : {"a", "b", "c"}) {
    EXPECT_EQ(Output({"dump", Embedded(name)}), lines);
  }
  EXPECT_THAT(Error(kFailure, {"load", store_, Path("missing")}),
              EndsWith("missing: No such file or directory\n"));
  EXPECT_FALSE(Exists(Path("db")));
  EXPECT_THAT(Error(kFailure, {"load", store_, directory_.path().string()}),
              HasSubstr("Is a directory"));
}

TEST_F(TransferTest, LoadMakesAMissingStoreUnlessToldNotTo) {
  EXPECT_THAT(Error(kFailure, {"load", store_, "--no-create"}),
              HasSubstr("dynamodown create"));
  EXPECT_FALSE(Exists(Path("db")));
  EXPECT_EQ(Output({"load", store_}, Records(0, 1)), "");
  EXPECT_EQ(Output({"load", store_, "--no-create"}, Records(1, 2)), "");
  EXPECT_EQ(Output({"count", store_}), "2\n");
}

TEST_F(TransferTest, ADumpThatBeginsElsewhereIsNotResumed) {
  Output({"load", store_}, Records(0, 10));
  Output({"dump", store_, "-o", file_, "--from", Numbered(5)});
  const std::string dump = ReadFile(file_);
  EXPECT_EQ(dump, Records(5, 10));
  EXPECT_THAT(Error(kFailure, {"dump", store_, "-o", file_, "--resume"}),
              HasSubstr("does not begin where the store does"));
  EXPECT_EQ(ReadFile(file_), dump);
  WriteFile("dump", Records(5, 6) + Records(2, 3));
  EXPECT_THAT(Error(kFailure, {"dump", store_, "-o", file_, "--resume"}),
              HasSubstr("has no dump in it"));
}

TEST_F(TransferTest, NoStoreIsMadeForNothing) {
  EXPECT_THAT(Error(kFailure, {"load", store_}, "nonsense\n"),
              EndsWith("; the store was not created\n"));
  EXPECT_EQ(Output({"load", store_, "--quiet"}, ""), "");
  EXPECT_FALSE(Exists(Path("db") + "/CURRENT"));
}

TEST_F(TransferTest, OfTwoLinesOnOneKeyTheLaterCounts) {
  std::string lines;
  Map last;
  Random random(7);
  for (int i = 0; i < 9000; ++i) {
    const std::string key = Numbered(random.Below(20));
    last[key] = std::to_string(i);
    lines += Record(key, last[key]);
  }
  EXPECT_EQ(Output({"load", store_}, lines), "");
  EXPECT_EQ(ReadLevelDb("db"), EntriesOf(last));
}

TEST_F(TransferTest, BlankLinesArePassedOverAndTheLastNeedsNoEnd) {
  EXPECT_EQ(Output({"load", store_},
                   "\n" + Record("a", "1") +
                       " \t\r\n\n{\"key\":\"b\","
                       "\"value\":\"2\"}\r\n\n{\"key\":\"c\",\"value\":\"3\"}"),
            "");
  EXPECT_EQ(ReadLevelDb("db"), (Entries{{"a", "1"}, {"b", "2"}, {"c", "3"}}));
}

TEST_F(TransferTest, AMalformedLineIsNamedAndAllBeforeItIsLoaded) {
  const struct {
    const char* line;
    const char* reason;
  } cases[] = {
      {"SECRET", "not JSON, at byte 1"},
      {"[\"SECRET\"]", "not a JSON object"},
      {"{\"key\":\"SECRET\"}", "there is no member \"value\""},
      {"{\"key\":\"a\",\"value\":\"SECRET", "not JSON, at byte 27"},
      {"{\"key\":\"a\",\"value\":\"\xff SECRET\"}", "not UTF-8"},
      {"{\"key\":\"a\",\"value\":\"SECRET\"} x",
       "something follows the object, at byte 30"},
      {"{\"key\":\"a\",\"value\":\"SECRET\",\"ttl\":1}",
       "there is an unknown member \"ttl\""},
      {"{\"key\":\"a\",\"key\":\"SECRET\",\"value\":\"\"}",
       "member \"key\" is there twice"},
      {"{\"key\":\"a\",\"value\":\"SECRET\",\"value_b64\":\"\"}",
       "members \"value\" and \"value_b64\" are both there"},
      {"{\"key\":\"SECRET\",\"value\":1}", "member \"value\" is not a string"},
      {"{\"key\":\"a\",\"value_b64\":\"SECRET\"}",
       "member \"value_b64\" is not base64"},
  };
  int number = 0;
  for (const auto& [line, reason] : cases) {
    const std::string name = "db" + std::to_string(++number);
    // Two chunks, a part of a third with a blank line, then what is wrong.
    const std::string input = Records(0, 4500) + "\n" + Records(4501, 5000) +
                              line + "\n" + Records(5001, 5010);
    EXPECT_THAT(
        Error(kFailure, {"load", Embedded(name)}, input),
        StartsWith("dynamodown: loaded 4999 records (lines 1 to 5000); line "
                   "5001: " +
                   std::string(reason) +
                   "; correct the line, and run: tail -n +5001 INPUT | "));
    EXPECT_EQ(Output({"dump", Embedded(name)}),
              Records(0, 4500) + Records(4501, 5000));
  }
  EXPECT_EQ(Error(kFailure, {"load", store_}, "?\n"),
            "dynamodown: loaded 0 records; line 1: not JSON, at byte 1; the "
            "store was not created\n");
  EXPECT_EQ(Error(kFailure, {"load", store_}, Records(0, 1) + "?\n"),
            "dynamodown: loaded 1 record (line 1); line 2: not JSON, at byte "
            "1; correct the line, and run: tail -n +2 INPUT | " +
                std::string(DYNAMODOWN_CLI) + " load " + store_ + "\n");
}

TEST_F(TransferTest, ALineOver64MegabytesIsRefused) {
  const size_t limit = size_t{64} << 20;
  const std::string around = "{\"key\":\"k\",\"value\":\"\"}";
  const std::string fits = "{\"key\":\"k\",\"value\":\"" +
                           std::string(limit - around.size(), 'v') + "\"}\n";
  EXPECT_EQ(Output({"load", store_}, fits), "");
  // The loaded records can be dumped, and the dump resumed.
  EXPECT_EQ(Output({"dump", store_, "-o", file_}), "");
  EXPECT_TRUE(ReadFile(file_) == fits);
  EXPECT_EQ(Output({"put", store_, "l", "small"}), "");
  EXPECT_EQ(Output({"dump", store_, "-o", file_, "--resume"}), "");
  EXPECT_TRUE(ReadFile(file_) == fits + Record("l", "small"));

  const std::string over = Records(0, 2) + std::string(limit + 1, ' ');
  EXPECT_THAT(Error(kFailure, {"load", store_}, over),
              StartsWith("dynamodown: loaded 2 records (lines 1 to 2); line 3: "
                         "longer than 64 MB; correct "));
  // LevelDB holds what no line does.
  FillLevelDb("large", {{"a", "1"}, {"b", std::string(limit, 'v')}});
  const Outcome outcome = Cli({"dump", Embedded("large")});
  EXPECT_EQ(outcome.status, kFailure);
  EXPECT_THAT(outcome.err, HasSubstr("its line has over 64 MB"));
  EXPECT_EQ(outcome.out, Record("a", "1"));
}

// ------------------------------------------------------------- checkpoints

TEST_F(TransferTest, ALoadGoesOnFromItsCheckpoint) {
  const std::string good = Records(0, 5000);
  WriteFile("input", good + "?\n");
  const Arguments load = {"load", store_, Path("input"), "--checkpoint",
                          checkpoint_};
  const std::string message = Error(kFailure, load);
  EXPECT_THAT(message, HasSubstr("loaded 5000 records (lines 1 to 5000)"));
  const json checkpoint = json::parse(ReadFile(checkpoint_));
  EXPECT_EQ(checkpoint.at("location"), store_);
  EXPECT_EQ(checkpoint.at("line"), 5000);
  EXPECT_EQ(checkpoint.at("bytes"), good.size());
  EXPECT_EQ(checkpoint.at("key"), Numbered(4999));
  // Loaded records are not loaded again.
  Output({"put", store_, Numbered(0), "newer"});
  // Behind the checkpoint the input may change.
  WriteFile("input", good + Records(5000, 5002) + "?\n");
  EXPECT_EQ(Error(kFailure, load),
            "dynamodown: loaded 2 records (lines 5001 to 5002); line 5003: not "
            "JSON, at byte 1; correct the line, and run: " +
                std::string(DYNAMODOWN_CLI) + " load " + store_ + " " +
                Path("input") + " --checkpoint " + checkpoint_ + "\n");
  WriteFile("input", good + Records(5000, 9000));
  EXPECT_EQ(Output(load), "");
  EXPECT_FALSE(Exists(checkpoint_));
  EXPECT_FALSE(Exists(checkpoint_ + ".tmp"));
  EXPECT_EQ(Output({"dump", store_}),
            Record(Numbered(0), "newer") + Records(1, 9000));
}

TEST_F(TransferTest, StandardInputIsResumedToo) {
  const Arguments load = {"load", store_, "--checkpoint", checkpoint_};
  Error(kFailure, load, Records(0, 100) + "\n\n?");
  EXPECT_THAT(Error(kFailure, load, Records(0, 100) + "\n\n?"),
              StartsWith("dynamodown: loaded 0 records (lines 101 to 102); "
                         "line 103: not JSON, at byte 1; correct "));
  EXPECT_EQ(Output(load, Records(0, 200)), "");
  EXPECT_EQ(Output({"dump", store_}), Records(0, 200));
}

TEST_F(TransferTest, ACheckpointThatDoesNotFitIsRefusedInWords) {
  const Arguments load = {"load", store_, "--checkpoint", checkpoint_};
  const std::string good = Records(0, 3000);
  Error(kFailure, load, good + "?");
  const std::string checkpoint = ReadFile(checkpoint_);
  json no_key = json::parse(checkpoint);
  no_key["key"] = "another";
  json no_line = json::parse(checkpoint);
  no_line["line"] = 0;
  std::string changed = good;
  changed[changed.find("value17")] = 'V';

  const struct {
    std::string checkpoint, input, message;
  } cases[] = {
      {checkpoint, changed, "the first 3000 lines of the input are not those"},
      {checkpoint, Records(0, 2999), "the first 3000 lines of the input"},
      {checkpoint, "", "the first 3000 lines of the input are not those"},
      {checkpoint, "\n" + good, "the first 3000 lines of the input"},
      {checkpoint, good.substr(0, good.size() - 1), "the first 3000 lines"},
      {checkpoint, Records(1, 3001), "the first 3000 lines of the input"},
      {no_key.dump(), good, "the first 3000 lines of the input"},
      {no_line.dump(), good, "the first 0 lines of the input"},
      {"", good, checkpoint_ + " is no checkpoint: empty"},
      {"SECRET\n", good, checkpoint_ + " is no checkpoint: not JSON"},
      {"{}\n", good, "is no checkpoint: there is no member \"location\""},
      {checkpoint + checkpoint, good, "is no checkpoint: more than a line"},
      {checkpoint.substr(0, 40), good, "is no checkpoint: not JSON"},
  };
  for (const auto& c : cases) {
    WriteFile("checkpoint", c.checkpoint);
    const std::string message =
        Error(kFailure, load, c.input + Record("new", "SECRET"));
    EXPECT_THAT(message, HasSubstr(c.message));
    EXPECT_THAT(message, Not(HasSubstr(kQuoted)));
    EXPECT_EQ(ReadFile(checkpoint_), c.checkpoint);
    EXPECT_EQ(Output({"count", store_}), "3000\n");
  }

  WriteFile("checkpoint", checkpoint);
  Output({"create", Embedded("other")});
  EXPECT_EQ(
      Error(kFailure, {"load", Embedded("other"), "--checkpoint", checkpoint_},
            good),
      "dynamodown: " + checkpoint_ + ": it belongs to another store, " +
          store_ + "; give this load another checkpoint\n");
  EXPECT_EQ(
      Error(kFailure, {"load", Embedded("none"), "--checkpoint", checkpoint_},
            good),
      "dynamodown: " + checkpoint_ + ": it belongs to another store, " +
          store_ + "; give this load another checkpoint; there is no store " +
          Embedded("none") + "\n");
  EXPECT_THAT(
      Error(kFailure, {"load", Embedded("none"), "--checkpoint", checkpoint_},
            Record("other", "")),
      HasSubstr("; it belongs to the store " + store_ + "; "));
  Output({"destroy", store_});
  EXPECT_THAT(Error(kFailure, load, good),
              HasSubstr("its store does not exist"));
  Output({"create", store_});
  EXPECT_THAT(Error(kFailure, load, good),
              HasSubstr("may be another store with the same name"));
  Output({"destroy", store_});
  EXPECT_FALSE(Exists(Path("db") + "/CURRENT"));
}

TEST_F(TransferTest, ACheckpointThatCannotBeWrittenIsRefusedAtOnce) {
  Output({"create", store_});
  EXPECT_THAT(
      Error(kFailure, {"load", store_, "--checkpoint", Path("no/checkpoint")},
            Records(0, 9000)),
      EndsWith("no/checkpoint: No such file or directory\n"));
  EXPECT_EQ(Output({"count", store_}), "0\n");
  EXPECT_THAT(
      Error(kFailure,
            {"load", store_, "--checkpoint", directory_.path().string()},
            Records(0, 1)),
      HasSubstr("Is a directory"));
}

// ------------------------------------------------------------------- batch

std::string PutLine(const std::string& key, const std::string& value) {
  return json({{"type", "put"}, {"key", key}, {"value", value}}).dump() + "\n";
}
std::string DelLine(const std::string& key) {
  return json({{"type", "del"}, {"key", key}}).dump() + "\n";
}

TEST_F(TransferTest, ABatchPutsAndDeletesAndTheLastOnAKeyCounts) {
  FillLevelDb("db", {{"a", "1"}, {"b", "2"}, {"c", "3"}});
  const std::string lines =
      DelLine("a") + PutLine("a", "new") + PutLine("b", "new") + DelLine("b") +
      "\n{\"type\":\"put\",\"key_b64\":\"/w==\",\"value_b64\":\"AA==\"}";
  for (const char* how : {"", "--unordered"}) {
    const std::string name = std::string("db") + how;
    if (*how != '\0') FillLevelDb(name, {{"b", "2"}, {"c", "3"}});
    Arguments arguments = {"batch", Embedded(name)};
    if (*how != '\0') arguments.push_back(how);
    EXPECT_EQ(Output(arguments, lines), "");
    EXPECT_EQ(ReadLevelDb(name),
              (Entries{{"a", "new"}, {"c", "3"}, {"\xff", {"\0", 1}}}));
  }
  WriteFile("lines", DelLine("c"));
  EXPECT_EQ(Output({"batch", store_, Path("lines")}), "");
  EXPECT_EQ(Output({"batch", store_, "-"}, ""), "");
  EXPECT_EQ(Output({"count", store_}), "2\n");
}

TEST_F(TransferTest, ABatchDoesNotMakeAStore) {
  for (const char* how : {"--verbose", "--unordered"}) {
    EXPECT_EQ(Cli({"batch", store_, how}, DelLine("a")).status, kFailure);
  }
  EXPECT_FALSE(Exists(Path("db")));
}

TEST_F(TransferTest, OfAMalformedBatchNothingIsWritten) {
  Output({"create", store_});
  const char* cases[][2] = {
      {"{\"key\":\"a\",\"value\":\"SECRET\"}", "there is no member \"type\""},
      {"{\"type\":\"SECRET\",\"key\":\"a\"}",
       "member \"type\" is neither \"put\" nor \"del\""},
      {"{\"type\":\"del\",\"key\":\"a\",\"value\":\"SECRET\"}",
       "there is a member \"value\", which a del must not have"},
      {"{\"type\":\"put\",\"key\":\"SECRET\"}",
       "there is no member \"value\", which a put needs"},
      {"SECRET", "not JSON, at byte 1"},
  };
  for (const auto& [line, reason] : cases) {
    const std::string input =
        PutLine("a", "1") + "\n" + line + "\n" + PutLine("b", "2");
    EXPECT_EQ(Error(kFailure, {"batch", store_}, input),
              "dynamodown: line 3: " + std::string(reason) +
                  "; nothing was written\n");
    EXPECT_EQ(Output({"count", store_}), "0\n");
  }
  EXPECT_THAT(Error(kFailure, {"batch", store_, "--unordered"},
                    PutLine("a", "1") + "\nSECRET\n" + PutLine("b", "2")),
              StartsWith("dynamodown: applied 1 operation (lines 1 to 2); line "
                         "3: not JSON, at byte 1; correct the line, and run: "
                         "tail -n +3 "));
  EXPECT_EQ(ReadLevelDb("db"), (Entries{{"a", "1"}}));
}

TEST_F(TransferTest, AnAtomicBatchHasALimitAndAnUnorderedOneNone) {
  Output({"create", store_});
  std::string lines;
  for (size_t i = 0; i < 100'000; ++i) lines += PutLine(Numbered(i), "v");
  EXPECT_EQ(Output({"batch", store_}, lines), "");
  EXPECT_EQ(Output({"count", store_}), "100000\n");
  lines += PutLine("one more", "v");
  const std::string message = Error(kFailure, {"batch", store_}, lines);
  EXPECT_THAT(message,
              StartsWith("dynamodown: line 100001: an atomic batch has "
                         "at most 100000 operations"));
  EXPECT_THAT(message, HasSubstr("--unordered"));
  EXPECT_EQ(Output({"count", store_}), "100000\n");
  EXPECT_EQ(Output({"batch", store_, "--unordered"}, lines), "");
  EXPECT_EQ(Output({"count", store_}), "100001\n");

  std::string large;
  for (const char* key : {"a", "b"}) {
    large += PutLine(key, std::string(33 << 20, 'v'));
  }
  EXPECT_THAT(Error(kFailure, {"batch", store_}, large),
              StartsWith("dynamodown: line 2: an atomic batch has "));
  EXPECT_EQ(Output({"batch", store_, "--unordered"}, large), "");
  EXPECT_EQ(Output({"count", store_}), "100003\n");
}

// ------------------------------------------------------------------ the rest

TEST_F(TransferTest, AnEmbeddedStoreHasNoUnitsToSave) {
  const Arguments calls[] = {
      {"dump", store_, "--max-rcu", "1"},  {"scan", store_, "--max-rcu", "1"},
      {"count", store_, "--max-rcu", "1"}, {"load", store_, "--max-wcu", "1"},
      {"batch", store_, "--max-wcu=1"},    {"del", store_, "k", "--max-wcu=1"},
  };
  for (const Arguments& call : calls) {
    const bool reads = call[2] == "--max-rcu";
    EXPECT_THAT(Error(kUsage, call),
                HasSubstr(std::string(reads ? "--max-rcu" : "--max-wcu") +
                          " has no effect on an embedded store"));
  }
  for (const char* units : {"0.01", "-1", "nan", "inf", "5x", ""}) {
    EXPECT_THAT(Error(kUsage, {"dump", "table/hash", "--max-rcu", units}),
                testing::AllOf(HasSubstr("--max-rcu must be "),
                               HasSubstr("0, or 0.1 to 1e9")));
  }
}

TEST_F(TransferTest, ATerminalSeesTheProgress) {
  FillLevelDb("db", {{"a", "12345"}, {"b", "123"}});
  Invocation dump = Call({"dump", store_, "-o", file_});
  dump.error_is_a_terminal = true;
  Outcome outcome = RunProgram(dump);
  EXPECT_EQ(outcome.status, kOk);
  EXPECT_EQ(WithoutReports(outcome.err), "") << "too quick for a progress line";

  // The line appears while a load waits for its input, and goes away at its
  // end, also after a failure.
  for (const std::string end : {"", "?"}) {
    Invocation call = Call({"load", store_});
    call.error_is_a_terminal = true;
    call.input_is_piped = true;
    Program load(call);
    EXPECT_TRUE(load.Feed(Records(0, 10)));
    std::this_thread::sleep_for(std::chrono::milliseconds(800));
    EXPECT_TRUE(load.Feed(end));
    load.EndInput();
    EXPECT_THAT(load.Wait().err,
                testing::ContainsRegex("^\rloading: 0 records, 0\\.[0-9] s\x1b"
                                       "\\[K.*\r\x1b\\[Kdynamodown: loaded "));
  }
  for (const char* hides : {"--verbose", "--quiet"}) {
    Invocation call = Call({"load", store_, hides});
    call.error_is_a_terminal = true;
    call.input_is_piped = true;
    Program load(call);
    std::this_thread::sleep_for(std::chrono::milliseconds(800));
    load.EndInput();
    EXPECT_THAT(load.Wait().err, Not(HasSubstr("loading")));
  }
}

TEST_F(TransferTest, ATransferEndsWithALineAboutWhatItDid) {
  WriteFile("input", Records(0, 10));
  const struct {
    Arguments arguments;
    const char* line;
  } cases[] = {
      {{"load", store_, Path("input")},
       "dynamodown: loaded 10 records, 150 bytes, [0-9.]+ s\n"},
      {{"dump", store_, "-o", file_},
       "dynamodown: dumped 10 records, 150 bytes, [0-9.]+ s\n"},
      {{"batch", store_, Path("batch")},
       "dynamodown: applied 2 operations, 3 bytes, [0-9.]+ s\n"},
      {{"batch", store_, Path("batch"), "--unordered"},
       "dynamodown: applied 2 operations, 3 bytes, [0-9.]+ s\n"},
  };
  WriteFile("batch", PutLine("a", "1") + DelLine("b"));
  for (auto c : cases) {
    EXPECT_THAT(Cli(c.arguments).err, testing::MatchesRegex(c.line));
    std::filesystem::remove(file_);
    c.arguments.push_back("--quiet");
    EXPECT_EQ(Cli(c.arguments).err, "");
  }
}

}  // namespace
}  // namespace dynamodown
