// The command line writes a few files: dumps and checkpoints. These tests check
// that it touches no other file, and that a file keeps its content until its
// new content is complete.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "transfer_fixture.h"

namespace dynamodown {
namespace {

namespace fs = std::filesystem;

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr char kMine[] = "mine\n";

class ForeignFilesTest : public TransferFixture {
 protected:
  const std::string store_ = Embedded("db");
  const std::string checkpoint_ = Path("checkpoint");
  const std::string dump_ = Path("dump");

  /// The names in the folder `name`.
  std::vector<std::string> Names(const std::string& name) {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(Path(name))) {
      names.push_back(entry.path().filename());
    }
    std::sort(names.begin(), names.end());
    return names;
  }

  /// Runs the command line with files of at most `blocks` KB, like on a disk
  /// that is full.
  Outcome OnAFullDisk(int blocks, const Arguments& arguments,
                      const std::string& input = "") {
    Invocation invocation = Call(
        {"-c", "ulimit -f " + std::to_string(blocks) + "; exec \"$0\" \"$@\"",
         DYNAMODOWN_CLI});
    invocation.program = "/bin/bash";
    invocation.arguments.insert(invocation.arguments.end(), arguments.begin(),
                                arguments.end());
    invocation.input = input;
    invocation.error_is_a_terminal = true;  // The limit would hold for a file.
    return RunProgram(invocation);
  }

  void AwaitFile(const std::string& path) {
    for (int i = 0; i < 1000 && !fs::exists(path); ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    ASSERT_TRUE(fs::exists(path)) << path;
  }
};

// Each name that a program might choose for a draft or a lock.
const char* const kNeighbours[] = {".tmp", ".lock", ".new", ".bak",
                                   "~",    ".part", ".0",   ".draft"};

TEST_F(ForeignFilesTest, NeighboursOfACheckpointAndOfADumpStayAsTheyAre) {
  fs::create_directory(Path("out"));
  fs::create_directory(Path("other"));
  for (const std::string base : {"checkpoint", "dump"}) {
    for (const std::string end : kNeighbours) {
      for (const bool is_link : {false, true}) {
        SCOPED_TRACE(base + end + (is_link ? " as a link" : ""));
        const std::string path = Path("out/" + base + end);
        const std::string victim = Path("other/victim");
        WriteFile("other/victim", kMine);
        is_link ? fs::create_symlink(victim, path)
                : void(WriteFile("out/" + base + end, kMine));
        fs::remove(Path("out/dump"));
        WriteFile("out/dump", "old\n");
        EXPECT_EQ(Cli({"load", store_, "--checkpoint", Path("out/checkpoint")},
                      Records(0, 10))
                      .status,
                  kOk);
        EXPECT_EQ(
            Cli({"dump", store_, "-o", Path("out/dump"), "--force"}).status,
            kOk);
        EXPECT_EQ(ReadFile(Path("out/dump")), Records(0, 10));
        EXPECT_EQ(ReadFile(victim), kMine);
        EXPECT_EQ(ReadFile(path), kMine);
        EXPECT_EQ(fs::is_symlink(path), is_link);
        std::vector<std::string> names = {"dump", base + end};
        std::sort(names.begin(), names.end());
        EXPECT_EQ(Names("out"), names);
        fs::remove(path);
      }
    }
  }
}

TEST_F(ForeignFilesTest, AFileThatIsNoCheckpointIsRefusedAndKept) {
  Output({"create", store_});
  const struct {
    const char* name;
    std::function<void(const std::string& path)> make;
    const char* message;
  } cases[] = {
      {"another file", [&](const auto&) { WriteFile("checkpoint", kMine); },
       "is no checkpoint"},
      {"an empty file", [&](const auto&) { WriteFile("checkpoint", ""); },
       "is no checkpoint: empty"},
      {"a link to another file",
       [&](const std::string& path) {
         WriteFile("victim", kMine);
         fs::create_symlink(Path("victim"), path);
       },
       "is no checkpoint"},
      {"a link that leads nowhere",
       [&](const std::string& path) {
         fs::create_symlink(Path("nothing"), path);
       },
       "a symbolic link that leads nowhere"},
      {"a pipe",
       [](const std::string& path) {
         EXPECT_EQ(mkfifo(path.c_str(), 0600), 0);
       },
       "is not a regular file"},
      {"a folder", [](const std::string& path) { fs::create_directory(path); },
       "Is a directory"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    c.make(checkpoint_);
    const fs::file_type type = fs::symlink_status(checkpoint_).type();
    EXPECT_THAT(Error(kFailure, {"load", store_, "--checkpoint", checkpoint_},
                      Records(0, 10)),
                HasSubstr(c.message));
    EXPECT_EQ(fs::symlink_status(checkpoint_).type(), type);
    EXPECT_FALSE(fs::exists(Path("nothing")));
    if (fs::exists(Path("victim"))) {
      EXPECT_EQ(ReadFile(Path("victim")), kMine);
    }
    EXPECT_EQ(Output({"count", store_}), "0\n");
    fs::remove(checkpoint_);
  }
}

TEST_F(ForeignFilesTest,
       AFolderThatCannotBeWrittenIsRefusedBeforeTheFirstLine) {
  Output({"create", store_});
  for (const std::string folder : {"/sys", "/proc", "/no such folder"}) {
    const std::string message =
        Error(kFailure, {"load", store_, "--checkpoint", folder + "/c"},
              Records(0, 10));
    EXPECT_THAT(message, HasSubstr(" " + folder + "/c: "));
    EXPECT_EQ(Output({"count", store_}), "0\n");
    EXPECT_THAT(
        Error(kFailure, {"dump", store_, "--output", folder + "/d", "--force"}),
        HasSubstr("cannot write " + folder + "/d: "));
  }
}

TEST_F(ForeignFilesTest, ASecondLoadOnACheckpointIsRefusedInWords) {
  for (const bool resumes : {false, true}) {
    SCOPED_TRACE(resumes ? "a load that continues" : "a new load");
    const std::string first = Embedded(resumes ? "resumed" : "new");
    const std::string second = first + ".other";
    Output({"create", first});
    Output({"create", second});
    if (resumes) {
      EXPECT_EQ(Cli({"load", first, "--checkpoint", checkpoint_},
                    Records(0, 100) + "?")
                    .status,
                kFailure);
    }
    Invocation call = Call({"load", first, "--checkpoint", checkpoint_});
    call.input_is_piped = true;
    Program load(call);
    EXPECT_TRUE(load.Feed(Records(0, 100)));
    AwaitFile(checkpoint_);
    // A load that continues reads the loaded lines before it opens its store.
    if (resumes) std::this_thread::sleep_for(std::chrono::milliseconds(500));
    const std::string state = ReadFile(checkpoint_);
    EXPECT_THAT(Error(kFailure, {"load", second, "--checkpoint", checkpoint_},
                      Records(0, 100)),
                StartsWith("dynamodown: another load is using the checkpoint " +
                           checkpoint_));
    EXPECT_EQ(ReadFile(checkpoint_), state);
    EXPECT_EQ(Output({"count", second}), "0\n");
    EXPECT_TRUE(load.Feed(Records(100, 5000)));
    load.EndInput();
    EXPECT_EQ(load.Wait().status, kOk);
    EXPECT_FALSE(fs::exists(checkpoint_));
    EXPECT_EQ(Output({"count", first}), "5000\n");
  }
}

TEST_F(ForeignFilesTest, ALoadThatWasKilledLeavesItsCheckpointUnlocked) {
  Output({"create", store_});
  const Arguments load = {"load", store_, "--checkpoint", checkpoint_};
  {
    Invocation call = Call(load);
    call.input_is_piped = true;
    Program killed(call);
    EXPECT_TRUE(killed.Feed(Records(0, 5000)));
    AwaitFile(checkpoint_);
    killed.Kill();
    killed.Wait();
  }
  EXPECT_EQ(Cli(load, Records(0, 6000)).status, kOk);
  EXPECT_EQ(Output({"count", store_}), "6000\n");
  EXPECT_FALSE(fs::exists(checkpoint_));
}

TEST_F(ForeignFilesTest, ALinkStandsForTheFileItLeadsTo) {
  fs::create_directory(Path("real"));
  Output({"create", store_});
  WriteFile("input", Records(0, 10) + "?");
  fs::create_symlink(Path("real/dump"), dump_);
  WriteFile("real/dump", "old\n");
  EXPECT_EQ(Cli({"load", store_, Path("input"), "--checkpoint",
                 Path("real/checkpoint")})
                .status,
            kFailure);
  fs::create_symlink(Path("real/checkpoint"), checkpoint_);
  EXPECT_THAT(
      Cli({"load", store_, Path("input"), "--checkpoint", checkpoint_}).err,
      HasSubstr("line 11"));
  EXPECT_TRUE(fs::is_symlink(checkpoint_));
  EXPECT_EQ(Cli({"dump", store_, "-o", dump_, "--force"}).status, kOk);
  EXPECT_TRUE(fs::is_symlink(dump_));
  EXPECT_EQ(ReadFile(Path("real/dump")), Records(0, 10));
}

// -------------------------------------------------------- a dump that fails

TEST_F(ForeignFilesTest, ADumpThatFailsLeavesTheFileThatItWouldReplace) {
  fs::create_directory(Path("out"));
  const std::string dump = Path("out/dump");
  FillLevelDb("small", {{"a", "1"}});
  FillLevelDb("large", {{"a", "1"}, {"b", std::string(3'000'000, 'v')}});
  // No line can hold the second record.
  FillLevelDb("too large", {{"a", "1"}, {"b", std::string(65 << 20, 'v')}});
  const std::string old = Records(0, 10);
  const struct {
    const char* name;
    std::function<Outcome()> run;
  } cases[] = {
      {"no such store",
       [&] {
         return Cli({"dump", Embedded("none"), "-o", dump, "--force"});
       }},
      {"a full disk",
       [&] {
         return OnAFullDisk(1000,
                            {"dump", Embedded("large"), "-o", dump, "--force"});
       }},
      {"a disk without any room",
       [&] {
         return OnAFullDisk(0,
                            {"dump", Embedded("small"), "-o", dump, "--force"});
       }},
      {"a record that no line can hold",
       [&] {
         return Cli({"dump", Embedded("too large"), "-o", dump, "--force"});
       }},
      {"a service that does not answer",
       [&] {
         return Cli({"dump", "table/hash", "-o", dump, "--force", "--endpoint",
                     "http://127.0.0.1:1", "--timeout", "0.5"});
       }},
  };
  for (const auto& c : cases) {
    for (const std::string& before : {old, std::string()}) {
      SCOPED_TRACE(c.name + before);
      WriteFile("out/dump", before);
      const Outcome outcome = c.run();
      EXPECT_EQ(outcome.status, kFailure) << outcome.err;
      EXPECT_THAT(outcome.err, HasSubstr("dynamodown: "));
      EXPECT_EQ(ReadFile(dump), before);
      EXPECT_EQ(Names("out"), std::vector<std::string>{"dump"});
    }
    fs::remove(dump);
    EXPECT_EQ(c.run().status, kFailure);
    EXPECT_EQ(Names("out"), std::vector<std::string>{}) << c.name;
  }
}

TEST_F(ForeignFilesTest, ARepairThatFailsLeavesNoCopy) {
  fs::create_directory(Path("out"));
  FillLevelDb("db", {{"a", std::string(3'000'000, 'v')}});
  const Outcome outcome =
      OnAFullDisk(1000, {"repair", store_, Path("out/copy")});
  EXPECT_EQ(outcome.status, kFailure);
  EXPECT_THAT(outcome.err, HasSubstr(Path("out/copy")));
  EXPECT_THAT(outcome.err, HasSubstr("no copy was made"));
  EXPECT_THAT(outcome.err, Not(HasSubstr("doctor")));
  EXPECT_EQ(Names("out"), std::vector<std::string>{});
  EXPECT_THAT(Cli({"repair", store_, Path("out/copy")}).out,
              HasSubstr("no problems"));
  EXPECT_EQ(Names("out"), std::vector<std::string>{"copy"});
}

TEST_F(ForeignFilesTest, AReplacedDumpKeepsItsMode) {
  FillLevelDb("db", {{"a", "1"}});
  WriteFile("dump", "old\n");
  fs::permissions(dump_, fs::perms::owner_read | fs::perms::owner_write);
  EXPECT_EQ(Cli({"dump", store_, "-o", dump_, "--force"}).status, kOk);
  EXPECT_EQ(fs::status(dump_).permissions(),
            fs::perms::owner_read | fs::perms::owner_write);
  EXPECT_EQ(ReadFile(dump_), Record("a", "1"));
}

TEST_F(ForeignFilesTest, AFullDiskEndsALoadWithItsCheckpointInWords) {
  Output({"create", store_});
  fs::create_directory(Path("out"));
  const Outcome outcome = OnAFullDisk(
      0, {"load", store_, "--checkpoint", Path("out/c")}, Records(0, 10));
  EXPECT_EQ(outcome.status, kFailure);
  EXPECT_THAT(outcome.err, HasSubstr("File too large"));
  EXPECT_EQ(Names("out"), std::vector<std::string>{});
}

}  // namespace
}  // namespace dynamodown
