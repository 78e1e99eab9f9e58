// Damaged embedded stores at the command line. The tests damage each kind of
// file, and run each command. No command may succeed while records are gone,
// and a command that refuses the store may change nothing.

#include <unistd.h>

#include <filesystem>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "cli_fixture.h"
#include "support/embedded_files.h"

namespace dynamodown {
namespace {

using dynamodown_test::CopyDirectory;
using dynamodown_test::FileState;
using dynamodown_test::MakeKilledStore;
using dynamodown_test::StateOf;
using dynamodown_test::WriteFile;
using testing::AnyOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

using State = std::map<std::string, FileState>;

class DamageTest : public CliFixture {
 protected:
  /// A damage: what it is, and the file that a message must name.
  struct Damage {
    std::string what;
    std::string file;
    std::function<void()> make;
  };

  DamageTest() {
    records_ = MakeKilledStore(directory_.path() / "whole");
    whole_ = StateOf(directory_.path() / "whole");
  }

  void Restore() { CopyDirectory(directory_.path() / "whole", path_); }
  State Now() const { return StateOf(path_); }

  std::string FileThat(const std::string& begins, const std::string& ends,
                       bool last = false) const {
    std::string found;
    for (const auto& [name, state] : whole_) {
      if (!name.starts_with(begins) || !name.ends_with(ends)) continue;
      if (found.empty() || last) found = name;
    }
    return found;
  }
  Damage Flip(const std::string& file, size_t byte, int bit) {
    return {"a flipped bit of " + file, file, [=, this] {
              std::string bytes = whole_.at(file).bytes;
              bytes[byte] = static_cast<char>(bytes[byte] ^ (1 << bit));
              WriteFile(path_ / file, bytes);
            }};
  }
  Damage Cut(const std::string& file, size_t bytes) {
    return {"a cut " + file, file, [=, this] {
              WriteFile(path_ / file, whole_.at(file).bytes.substr(0, bytes));
            }};
  }
  Damage Remove(const std::string& file) {
    return {"a missing " + file, file,
            [=, this] { std::filesystem::remove(path_ / file); }};
  }

  /// The doctor reads no tables.
  std::string TableAdvice() const {
    return "run: dynamodown verify " + store_ +
           "; then copy what can be read: dynamodown repair " + store_ +
           " COPY\n";
  }

  /// Damages that Open finds.
  std::vector<Damage> Damages() {
    const std::string old_log = FileThat("", ".log");
    const std::string new_log = FileThat("", ".log", true);
    const std::string manifest = FileThat("MANIFEST", "");
    const std::string table = FileThat("", ".ldb");
    return {
        Flip(old_log, 40, 3),
        // The length of the first record.
        Flip(old_log, 5, 7),
        Flip(new_log, 40, 3),
        Flip(new_log, 5, 7),
        Cut(old_log, 5'000),
        Remove(old_log),
        Flip(manifest, 10, 0),
        Flip(manifest, 5, 7),
        Cut(manifest, 60),
        Flip("CURRENT", 12, 1),
        Cut("CURRENT", 0),
        Cut(table, 700),
        Remove(table),
    };
  }

  TemporaryDirectory directory_;
  const std::filesystem::path path_ = directory_.path() / "db";
  const std::string store_ = "leveldb:" + path_.string();
  std::map<std::string, std::string> records_;
  State whole_;
};

TEST_F(DamageTest, EveryCommandRefusesADamagedStoreAndChangesNothing) {
  const std::string other = "leveldb:" + (directory_.path() / "other").string();
  Output({"create", other});
  const std::vector<Arguments> commands = {
      {"get", store_, "a0"},
      {"scan", store_, "--limit", "1"},
      {"count", store_},
      {"info", store_},
      {"dump", store_},
      {"put", store_, "k", "v"},
      {"del", store_, "a0"},
      {"batch", store_},
      {"load", store_},
      {"item", "get", store_, "kim"},
      {"item", "scan", store_},
      {"item", "status", store_},
      {"item", "put", store_, "kim", "{}"},
      {"item", "sync", store_, other},
      {"item", "sync", other, store_},
  };
  for (const Damage& damage : Damages()) {
    Restore();
    damage.make();
    const State before = Now();
    for (const Arguments& command : commands) {
      SCOPED_TRACE(damage.what + ": " + testing::PrintToString(command));
      const std::string error = Error(kFailure, command);
      EXPECT_THAT(error, HasSubstr(damage.file));
      EXPECT_THAT(error,
                  EndsWith(damage.file.ends_with(".ldb")
                               ? TableAdvice()
                               : "run: dynamodown doctor " + store_ + "\n"));
    }
    SCOPED_TRACE(damage.what);
    const Outcome doctor = Cli({"doctor", store_});
    EXPECT_EQ(doctor.status, kFailure);
    EXPECT_THAT(doctor.out, HasSubstr(damage.file));
    EXPECT_THAT(doctor.out, HasSubstr(" -> "));
    EXPECT_THAT(doctor.out, HasSubstr("dynamodown repair " + store_));
    const Outcome verified = Cli({"verify", store_});
    EXPECT_EQ(verified.status, kNotFound) << verified.err;
    EXPECT_THAT(verified.out, HasSubstr(damage.file));
    EXPECT_EQ(Now(), before);
  }
}

TEST_F(DamageTest, ABlockOfATableIsRefusedWhereItIsRead) {
  const Damage damage = Flip(FileThat("", ".ldb"), 20, 2);
  for (const Arguments& command :
       std::vector<Arguments>{{"get", store_, "a0"},
                              {"scan", store_, "--keys-only"},
                              {"count", store_},
                              {"dump", store_},
                              {"item", "scan", store_}}) {
    Restore();
    damage.make();
    const Outcome outcome = Cli(command);
    EXPECT_EQ(outcome.status, kFailure) << testing::PrintToString(command);
    EXPECT_THAT(outcome.err, HasSubstr(damage.file));
    // The failure of a dump also tells what was dumped.
    std::string advice = TableAdvice();
    if (command[0] == "dump") advice.pop_back();
    EXPECT_THAT(outcome.err, command[0] == "dump"
                                 ? testing::Matcher<std::string>(
                                       HasSubstr(advice + "; dumped "))
                                 : EndsWith(advice));
  }
}

TEST_F(DamageTest, AnItemThatCannotBeReadIsAdvisedToBeVerified) {
  Output({"create", store_});
  Output({"item", "put", store_, "kim", "{\"a\":1}"});
  Output({"put", store_, "no item", "v", "--force"});
  EXPECT_THAT(Cli({"item", "scan", store_, "--names-only"}).err,
              EndsWith("run: dynamodown verify " + store_ + "\n"));
  EXPECT_EQ(Cli({"verify", store_}).status, kNotFound);
}

TEST_F(DamageTest, AStoreOfAKilledProcessAndATornLogOpen) {
  Restore();
  EXPECT_EQ(Output({"count", store_}), std::to_string(records_.size()) + "\n");
  Restore();
  const std::string log = FileThat("", ".log", true);
  Cut(log, whole_.at(log).bytes.size() - 3).make();
  EXPECT_EQ(Cli({"doctor", store_}).status, kOk);
  EXPECT_EQ(Cli({"verify", store_}).status, kOk);
  EXPECT_EQ(Cli({"count", store_}).status, kOk);
}

TEST_F(DamageTest, DoctorAndVerifyChangeNothingInAWholeStore) {
  Restore();
  const State before = Now();
  EXPECT_EQ(Cli({"doctor", store_}).status, kOk);
  EXPECT_THAT(Output({"verify", store_}),
              HasSubstr(std::to_string(records_.size()) + " records"));
  EXPECT_EQ(Now(), before);
}

// LevelDB gives a table that it writes in its recovery the number of a
// leftover.
TEST_F(DamageTest, VerifyChangesNoLeftover) {
  Restore();
  for (int number = 1; number < 60; ++number) {
    std::string digits = std::to_string(number);
    digits.insert(0, 6 - digits.size(), '0');
    for (const std::string& name : {digits + ".ldb", digits + ".sst",
                                    digits + ".dbtmp", "MANIFEST-" + digits}) {
      if (!whole_.contains(name)) WriteFile(path_ / name, "left over");
    }
  }
  const State before = Now();
  const Outcome outcome = Cli({"verify", store_});
  EXPECT_EQ(outcome.status, kNotFound) << outcome.err;
  EXPECT_THAT(outcome.out,
              HasSubstr(std::to_string(records_.size()) + " records"));
  EXPECT_THAT(outcome.out, HasSubstr(" 0 damaged, "));
  EXPECT_EQ(Now(), before);
}

TEST_F(DamageTest, VerifyWritesNowhere) {
  namespace fs = std::filesystem;
  Restore();
  const auto readable =
      fs::perms::owner_read | fs::perms::group_read | fs::perms::others_read;
  const auto searchable = readable | fs::perms::owner_exec |
                          fs::perms::group_exec | fs::perms::others_exec;
  for (const auto& file : fs::directory_iterator(path_)) {
    fs::permissions(file, readable);
  }
  fs::permissions(path_, searchable);
  fs::permissions(directory_.path(), searchable, fs::perm_options::add);
  environment_["TMPDIR"] = (directory_.path() / "no such directory").string();
  const State before = Now();
  // Permissions do not bind root.
  constexpr uid_t kNobody = 65534;
  const uid_t user = geteuid();
#ifdef __SANITIZE_ADDRESS__
  // The leak sanitizer cannot attach to a process that has changed its user.
  constexpr bool kMayChangeUser = false;
#else
  constexpr bool kMayChangeUser = true;
#endif
  ASSERT_EQ(seteuid(user == 0 && kMayChangeUser ? kNobody : user), 0);
  // The user nobody may lack the permission to run a program in root's home.
  if (eaccess(DYNAMODOWN_CLI, X_OK) != 0) {
    ASSERT_EQ(seteuid(user), 0);
  }
  const Outcome outcome = Cli({"verify", store_});
  ASSERT_EQ(seteuid(user), 0);
  EXPECT_EQ(outcome.status, kOk) << outcome.err;
  EXPECT_THAT(outcome.out,
              HasSubstr(std::to_string(records_.size()) + " records"));
  EXPECT_EQ(Now(), before);
  fs::permissions(path_, fs::perms::owner_all);
}

// LevelDB goes by the size in the MANIFEST.
TEST_F(DamageTest, BytesBehindATableAreIgnored) {
  const std::string table = FileThat("", ".ldb");
  const std::string& bytes = whole_.at(table).bytes;
  for (const std::string& behind : {std::string(1, 'x'), std::string(512, '\0'),
                                    bytes, bytes.substr(bytes.size() - 48)}) {
    Restore();
    WriteFile(path_ / table, bytes + behind);
    const std::string all = std::to_string(records_.size()) + " records";
    EXPECT_THAT(Output({"verify", store_}), HasSubstr(all));
    const std::string copy = (directory_.path() / "copy").string();
    EXPECT_THAT(Output({"repair", store_, copy}), HasSubstr(all));
    std::filesystem::remove_all(copy);
    EXPECT_EQ(Output({"count", store_}),
              std::to_string(records_.size()) + "\n");
  }
  Restore();
  WriteFile(path_ / table, "moved" + bytes);
  EXPECT_THAT(Cli({"verify", store_}).out, HasSubstr("damaged  " + table));
}

// LevelDB opens 000005.ldb first.
TEST_F(DamageTest, AnSstBesideAnLdbIsALeftover) {
  const std::string table = FileThat("", ".ldb");
  const std::string beside = table.substr(0, table.size() - 4) + ".sst";
  Restore();
  WriteFile(path_ / beside, "no table");
  const std::string all = std::to_string(records_.size()) + " records";
  const Outcome verified = Cli({"verify", store_});
  EXPECT_THAT(verified.out, HasSubstr("leftover " + beside));
  EXPECT_THAT(verified.out, HasSubstr(all));
  EXPECT_THAT(verified.out, HasSubstr(" 0 damaged, 1 leftover"));
  const std::string copy = (directory_.path() / "copy").string();
  EXPECT_THAT(Output({"repair", store_, copy}), HasSubstr(all));
  Restore();
  std::filesystem::rename(path_ / table, path_ / beside);
  EXPECT_THAT(Output({"verify", store_}), HasSubstr(all));
}

TEST_F(DamageTest, OneDamageOfATableIsCountedOnce) {
  const std::string table = FileThat("", ".ldb");
  const size_t size = whole_.at(table).bytes.size();
  for (const Damage& damage :
       {Flip(table, 20, 1), Flip(table, size - 60, 1), Flip(table, size - 1, 1),
        Cut(table, size - 1), Cut(table, 700), Cut(table, 0), Remove(table)}) {
    SCOPED_TRACE(damage.what);
    Restore();
    damage.make();
    const Outcome outcome = Cli({"verify", store_, "--json"});
    const size_t end = outcome.out.find('\n');
    const auto problem = nlohmann::json::parse(outcome.out.substr(0, end));
    EXPECT_EQ(problem["where"], table);
    EXPECT_LE(problem["bytes"], size);
    EXPECT_GT(problem["bytes"], 0u);
    const auto sums = nlohmann::json::parse(outcome.out.substr(end + 1));
    EXPECT_EQ(sums["damaged"], 1);
  }
}

TEST_F(DamageTest, ACopyInsideTheStoreIsRefused) {
  Restore();
  const std::filesystem::path link = directory_.path() / "link";
  std::filesystem::create_directory_symlink(path_, link);
  const State before = Now();
  for (const auto& copy :
       {path_ / "copy", path_ / "sub" / "copy", path_ / ".." / "db" / "copy",
        link / "copy", path_, link, path_ / "", path_.parent_path(),
        path_.parent_path() / ""}) {
    const std::string error = Error(kFailure, {"repair", store_, copy});
    EXPECT_THAT(error, AnyOf(HasSubstr("inside the store"),
                             HasSubstr(" exists; give another directory")))
        << copy;
    EXPECT_EQ(Now(), before);
  }
  const std::string beside = path_.string() + ".copy";
  EXPECT_EQ(Cli({"repair", store_, beside}).status, kOk);
}

TEST_F(DamageTest, VerifyReadsTheItemsToo) {
  Output({"create", store_});
  Output({"item", "put", store_, "kim", "{\"a\":1}"});
  EXPECT_THAT(Output({"verify", store_}), HasSubstr("; no problems\n"));
  Output({"put", store_, "no item", "v", "--force"});
  const State before = Now();
  const Outcome outcome = Cli({"verify", store_});
  EXPECT_EQ(outcome.status, kNotFound);
  EXPECT_THAT(outcome.out, HasSubstr("damaged  the items"));
  EXPECT_EQ(Now(), before);
}

TEST_F(DamageTest, RepairCopiesWhatCanBeReadAndSaysWhatIsLost) {
  Restore();
  const std::string log = FileThat("", ".log", true);
  Flip(log, 30, 0).make();
  const State before = Now();
  const std::string copy = (directory_.path() / "copy").string();
  const Outcome outcome = Cli({"repair", store_, copy});
  EXPECT_EQ(outcome.status, kNotFound) << outcome.err;
  EXPECT_EQ(Cli({"repair", "leveldb:" + copy, copy + "2"}).status, kOk);
  EXPECT_THAT(outcome.out, HasSubstr("damaged  " + log));
  EXPECT_THAT(outcome.out,
              HasSubstr("copied " + std::to_string(records_.size() - 1) +
                        " records, "));
  EXPECT_THAT(outcome.out, HasSubstr("; problems: 1 damaged, 0 leftover\n"));
  EXPECT_EQ(Now(), before);
  EXPECT_EQ(Output({"count", "leveldb:" + copy}),
            std::to_string(records_.size() - 1) + "\n");
  EXPECT_THAT(Error(kFailure, {"repair", store_, "leveldb:" + copy}),
              HasSubstr("exists"));
  EXPECT_THAT(Error(kFailure, {"repair", "table/hash", "elsewhere"}),
              HasSubstr("embedded store"));
}

TEST_F(DamageTest, TheDoctorHasAnAnswerToEachErrorThatNamesIt) {
  Restore();
  Cut("CURRENT", 0).make();
  const std::string file = "leveldb:" + (path_ / "CURRENT").string();
  const std::string dead = "dynamodb://table/x?max_attempts=1&region=";
  for (const std::string& location :
       {store_, file, std::string("table/x"), dead + "Frankfurt",
        dead + "eu-west-1&endpoint=http://127.0.0.1:1"}) {
    SCOPED_TRACE(location);
    const std::string error = Error(kFailure, {"get", location, "k"});
    EXPECT_THAT(error, HasSubstr("run: dynamodown doctor "));
    const Outcome doctor = Cli({"doctor", location});
    EXPECT_EQ(doctor.status, kFailure) << doctor.out << doctor.err;
    // Each finding that failed has its own advice in the next line.
    size_t failed = 0;
    for (size_t at = 0;
         (at = doctor.out.find("failed ", at)) != std::string::npos; ++at) {
      ++failed;
      const size_t next = doctor.out.find('\n', at) + 1;
      EXPECT_EQ(doctor.out.find("-> ", next),
                doctor.out.find_first_not_of(' ', next))
          << doctor.out;
    }
    EXPECT_GE(failed, 1u) << doctor.out;
  }
}

TEST_F(DamageTest, JsonHasALineForEachProblemAndTheSums) {
  Restore();
  const std::string log = FileThat("", ".log", true);
  Flip(log, 30, 0).make();
  const Outcome outcome = Cli({"verify", store_, "--json"});
  const size_t end = outcome.out.find('\n');
  const auto problem = nlohmann::json::parse(outcome.out.substr(0, end));
  EXPECT_EQ(problem["problem"], "damaged");
  EXPECT_EQ(problem["where"], log);
  const auto sums = nlohmann::json::parse(outcome.out.substr(end + 1));
  EXPECT_EQ(sums["records"], records_.size() - 1);
  EXPECT_EQ(sums["damaged"], 1);
}

}  // namespace
}  // namespace dynamodown
