// Tests on real files and real processes, and therefore in real time. Each wait
// has a limit. If a step must happen before a timeout, the test tries longer
// timeouts until the step happens in time.

#include "base/machine.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include "support/temp_dir.h"

namespace dynamodown {
namespace {

using dynamodown_test::TempDir;
using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::HasSubstr;
using testing::Not;

constexpr size_t kBytesMax = 1 << 20;
constexpr seconds kLong{60};  // Never reached.
constexpr milliseconds kShort{200};

// ------------------------------------------------------------- environment

TEST(MachineEnvironment, UnsetAndEmptyAreTheSame) {
  const EnvironmentVariables variables = ThisMachine().variables;
  setenv("DYNAMODOWN_MACHINE_TEST", "a value", 1);
  EXPECT_EQ(variables("DYNAMODOWN_MACHINE_TEST"), "a value");
  setenv("DYNAMODOWN_MACHINE_TEST", "", 1);
  EXPECT_EQ(variables("DYNAMODOWN_MACHINE_TEST"), std::nullopt);
  unsetenv("DYNAMODOWN_MACHINE_TEST");
  EXPECT_EQ(variables("DYNAMODOWN_MACHINE_TEST"), std::nullopt);
}

// ------------------------------------------------------------------- files

class MachineFileTest : public testing::Test {
 protected:
  std::string Write(const std::string& bytes) {
    const std::string path = folder_.Child("file");
    std::ofstream(path, std::ios::binary) << bytes;
    return path;
  }
  static Result<std::optional<std::string>> Read(const std::string& path) {
    return ThisMachine().read_file(path);
  }
  static void ExpectRefused(const std::string& path, const char* reason) {
    const auto read = Read(path);
    ASSERT_FALSE(read.ok()) << path;
    EXPECT_EQ(read.error().kind, ErrorKind::kInvalidArgument);
    EXPECT_EQ(read.error().message, "cannot read " + path + ": " + reason);
  }

  const TempDir folder_;
};

TEST_F(MachineFileTest, IsReadAsItIs) {
  for (const std::string& bytes :
       {std::string(), std::string("a\r\n\0b\xff", 6), std::string(5'000, 'x'),
        std::string(kBytesMax, 'y')}) {
    const auto read = Read(Write(bytes));
    ASSERT_TRUE(read.ok()) << read.error().message;
    EXPECT_TRUE(**read == bytes) << bytes.size();
  }
}

TEST_F(MachineFileTest, IsNothingIfItIsMissing) {
  const std::string file = Write("x");
  for (const std::string& path : {folder_.Child("no"), folder_.Child("no/no"),
                                  file + "/no", std::string()}) {
    const auto read = Read(path);
    ASSERT_TRUE(read.ok()) << path;
    EXPECT_EQ(*read, std::nullopt);
  }
}

TEST_F(MachineFileTest, IsRefusedIfItIsADirectory) {
  ExpectRefused(folder_.path(), "Is a directory");
}

TEST_F(MachineFileTest, IsRefusedIfItIsAPipe) {
  const std::string path = folder_.Child("fifo");
  ASSERT_EQ(mkfifo(path.c_str(), 0600), 0);
  ExpectRefused(path, "it is a pipe");  // And does not wait for a writer.
  EXPECT_EQ(**Read("/dev/null"), "");
}

TEST_F(MachineFileTest, IsRefusedIfItIsOverOneMegabyte) {
  ExpectRefused(Write(std::string(kBytesMax + 1, 'x')),
                "it is longer than 1 MB");
  ExpectRefused("/dev/zero", "it is longer than 1 MB");
}

TEST_F(MachineFileTest, IsRefusedIfItCannotBeOpened) {
  // Not even the user root can open a symbolic link whose target is the link.
  const std::string path = folder_.Child("circle");
  std::filesystem::create_symlink(path, path);
  ExpectRefused(path, "Too many levels of symbolic links");
}

TEST_F(MachineFileTest, IsRefusedWithoutPermissionUnlessTheUserIsRoot) {
  const std::string path = Write("x");
  std::filesystem::permissions(path, std::filesystem::perms::none);
  if (geteuid() == 0) {
    EXPECT_EQ(**Read(path), "x");
  } else {
    ExpectRefused(path, "Permission denied");
  }
}

TEST_F(MachineFileTest, LeavesNothingOpen) {
  const std::string path = Write("x");
  const int before = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  close(before);
  for (int i = 0; i < 10; ++i) {
    EXPECT_TRUE(Read(path).ok());
    EXPECT_FALSE(Read(folder_.path()).ok());
    EXPECT_TRUE(Read(folder_.Child("no")).ok());
  }
  const int after = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  close(after);
  EXPECT_EQ(after, before);
}

// ---------------------------------------------------------------- commands

Result<CommandOutcome> OutcomeOf(const std::string& command,
                                 milliseconds timeout = kLong) {
  return ThisMachine().run_command(command, timeout);
}

void ExpectOutcome(const std::string& command, int status,
                   const std::string& output) {
  const Result<CommandOutcome> outcome = OutcomeOf(command);
  ASSERT_TRUE(outcome.ok()) << command << ": " << outcome.error().message;
  EXPECT_EQ(outcome->status, status) << command;
  EXPECT_EQ(outcome->output, output) << command;
}

TEST(MachineCommand, HasAStatusAndAnOutput) {
  ExpectOutcome("true", 0, "");
  ExpectOutcome("exit 3", 3, "");
  ExpectOutcome("echo one; echo two; exit 255", 255, "one\ntwo\n");
  ExpectOutcome("printf 'a\\000\\377'", 0, std::string("a\0\xff", 3));
  ExpectOutcome("", 0, "");
}

TEST(MachineCommand, RunsInTheShell) {
  ExpectOutcome("for i in 1 2; do echo \"<$i>\"; done | tail -n 1", 0, "<2>\n");
  // The shell's complaint goes to standard error.
  testing::internal::CaptureStderr();
  ExpectOutcome("/no/such/program", 127, "");
  EXPECT_THAT(testing::internal::GetCapturedStderr(),
              HasSubstr("/no/such/program"));
}

TEST(MachineCommand, KilledByASignalReportsTheSignalsNumber) {
  ExpectOutcome("echo before; kill -9 $$", 128 + 9, "before\n");
  ExpectOutcome("kill -15 $$", 128 + 15, "");
}

TEST(MachineCommand, InheritsTheEnvironmentAndTheCurrentFolder) {
  setenv("DYNAMODOWN_MACHINE_TEST", "a value", 1);
  ExpectOutcome("echo \"$DYNAMODOWN_MACHINE_TEST\"", 0, "a value\n");
  unsetenv("DYNAMODOWN_MACHINE_TEST");
  ExpectOutcome("pwd -P", 0, std::filesystem::canonical(".").string() + "\n");
}

TEST(MachineCommand, HasAnEmptyStandardInput) {
  const int before = dup(STDIN_FILENO);
  ASSERT_GE(before, 0);
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  ASSERT_EQ(write(ends[1], "ours\n", 5), 5);
  ASSERT_EQ(dup2(ends[0], STDIN_FILENO), STDIN_FILENO);
  ExpectOutcome("cat; echo end", 0, "end\n");
  ExpectOutcome("read line || echo nothing", 0, "nothing\n");
  dup2(before, STDIN_FILENO);
  for (const int fd : {ends[0], ends[1], before}) close(fd);
}

TEST(MachineCommand, InheritsStandardError) {
  testing::internal::CaptureStderr();
  ExpectOutcome("echo out; echo complaint >&2", 0, "out\n");
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "complaint\n");
}

TEST(MachineCommand, HasNoOtherFileOpen) {
  const int high = fcntl(STDIN_FILENO, F_DUPFD, 100);  // Without CLOEXEC.
  const int low = fcntl(STDIN_FILENO, F_DUPFD, 3);
  ASSERT_GE(high, 100);
  ASSERT_GE(low, 3);
  for (const int fd : {high, low}) {
    const std::string file = "/proc/$$/fd/" + std::to_string(fd);
    ExpectOutcome("test -e /proc/$$/fd/2 && ! test -e " + file, 0, "");
  }
  close(low);
  close(high);
}

TEST(MachineCommand, InheritsNoSignalSettings) {
  // Act like a program that leaves signals to another thread or ignores them.
  sigset_t term, before;
  sigemptyset(&term);
  sigaddset(&term, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &term, &before);
  const auto pipe_before = signal(SIGPIPE, SIG_IGN);
  ExpectOutcome("kill -TERM $$; echo alive", 128 + SIGTERM, "");
  ExpectOutcome("kill -PIPE $$; echo alive", 128 + SIGPIPE, "");
  signal(SIGPIPE, pipe_before);
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

TEST(MachineCommand, HasNoStatusIfTheProcessIgnoresSigchld) {
  const auto before = signal(SIGCHLD, SIG_IGN);
  ExpectOutcome("echo printed; exit 3", -1, "printed\n");
  signal(SIGCHLD, before);
}

TEST(MachineCommand, MayCloseItsOutputAndGoOn) {
  ExpectOutcome("echo said; exec >&-; sleep 0.1; exit 7", 7, "said\n");
}

/// Waits up to 30 s until the last writer of `fifo` has closed it. Returns
/// false if `fifo` still has a writer.
bool LostItsWriters(int fifo, int wait_ms = 30'000) {
  pollfd end = {fifo, 0, 0};  // poll always reports POLLHUP.
  return poll(&end, 1, wait_ms) == 1 && (end.revents & POLLHUP) != 0;
}

/// A fifo that commands open, so that a test sees whether they still run.
class Fifo {
 public:
  Fifo() {
    EXPECT_EQ(mkfifo(path.c_str(), 0600), 0);
    fd = open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    EXPECT_GE(fd, 0);
  }
  ~Fifo() { close(fd); }
  /// Waits until a command has written a line, and returns it.
  std::string Line() const {
    pollfd readable = {fd, POLLIN, 0};
    char text[64] = {};
    if (poll(&readable, 1, 30'000) != 1) return {};
    const ssize_t n = read(fd, text, sizeof text);
    return std::string(text, n > 0 ? static_cast<size_t>(n) : 0);
  }

  const TempDir folder;
  const std::string path = folder.Child("fifo");
  int fd = -1;
};

// A command has ended when its shell has, whatever it leaves behind.

TEST(MachineCommand, MayLeaveProcessesRunningThatHoldItsOutput) {
  for (const char* output : {"", " >/dev/null", " 2>&1"}) {
    const Fifo fifo;
    const auto start = std::chrono::steady_clock::now();
    ExpectOutcome("sh -c 'exec 9>" + fifo.path +
                      "; echo $$ >&9; exec sleep 1000'" + output +
                      " & sleep 0.1; echo done",
                  0, "done\n");
    EXPECT_LT(std::chrono::steady_clock::now() - start, seconds(20));
    const int left = std::atoi(fifo.Line().c_str());
    ASSERT_GT(left, 1);
    EXPECT_FALSE(LostItsWriters(fifo.fd, 300)) << "it was killed";
    kill(left, SIGKILL);
    EXPECT_TRUE(LostItsWriters(fifo.fd));
  }
}

TEST(MachineCommand, MayLeaveAProcessThatGoesOnPrinting) {
  const Result<CommandOutcome> outcome = OutcomeOf(
      "(while echo more; do sleep 0.01; done) 2>/dev/null & "
      "sleep 0.1; echo last");
  ASSERT_TRUE(outcome.ok()) << outcome.error().message;
  EXPECT_THAT(outcome->output, HasSubstr("more\n"));
  EXPECT_THAT(outcome->output, HasSubstr("last\n"));
}

// ------------------------------------------------ the terminal, and signals

/// Runs a command in a process of its own on a terminal of its own. The exit
/// status of the process is that of the command, which may print 60 bytes.
class OnATerminal {
 public:
  explicit OnATerminal(const std::string& command) {
    pid_ = forkpty(&terminal_, nullptr, nullptr, nullptr);
    if (pid_ != 0) return;
    const Result<CommandOutcome> outcome = OutcomeOf(command);
    if (!outcome.ok()) _exit(99);
    dprintf(STDOUT_FILENO, "<%s>", outcome->output.c_str());
    _exit(outcome->status);
  }
  ~OnATerminal() { close(terminal_); }

  void Type(const std::string& text) const {
    EXPECT_EQ(write(terminal_, text.data(), text.size()),
              static_cast<ssize_t>(text.size()));
  }
  void Kill(int signal) const { kill(pid_, signal); }
  /// Reads the terminal until `text` appears on it.
  bool Shows(const std::string& text) {
    char buffer[256];
    while (shown_.find(text) == std::string::npos) {
      pollfd readable = {terminal_, POLLIN, 0};
      if (poll(&readable, 1, 30'000) != 1) return false;
      const ssize_t n = read(terminal_, buffer, sizeof buffer);
      if (n <= 0) return false;
      shown_.append(buffer, static_cast<size_t>(n));
    }
    return true;
  }
  /// Waits until the process has ended. Returns its wait status.
  int Status() const {
    int status = 0;
    EXPECT_EQ(waitpid(pid_, &status, 0), pid_);
    return status;
  }

 private:
  int terminal_ = -1;
  pid_t pid_ = -1;
  std::string shown_;
};

TEST(MachineCommand, MayAskAtTheTerminal) {
  for (const char* from : {"", " </dev/tty"}) {
    OnATerminal run(std::string("printf 'code? ' >&2; read code") + from +
                    "; echo \"got $code\"; exit 3");
    EXPECT_TRUE(run.Shows("code? ")) << from;
    run.Type("123456\n");
    EXPECT_TRUE(run.Shows("<got 123456")) << from;
    const int status = run.Status();
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 3) << status;
  }
}

/// Writes a shell script that opens `fifo`, writes the line "on" to it and goes
/// on until it is killed. Returns the script's path.
std::string ScriptThatHolds(const Fifo& fifo) {
  std::string path = fifo.folder.Child("script");
  std::ofstream(path) << "#!/bin/sh\nexec 9>'" << fifo.path
                      << "'\necho on >&9\nexec sleep 1000\n";
  std::filesystem::permissions(path, std::filesystem::perms::owner_all);
  return path;
}

// The innermost program reports that it runs. The test types Control-C only
// then, since dash blocks signals while it forks, and a program that it starts
// at this moment gets no signal.
TEST(MachineCommand, EndsWithThisProcessOnControlC) {
  for (const char* how :
       {"exec SCRIPT", "SCRIPT; echo x", "sh -c 'SCRIPT; :'; echo x"}) {
    const Fifo fifo;
    std::string command = how;
    command.replace(command.find("SCRIPT"), 6, ScriptThatHolds(fifo));
    const OnATerminal run(command);
    EXPECT_EQ(fifo.Line(), "on\n") << how;
    run.Type("\x03");
    const int status = run.Status();
    EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGINT) << status;
    EXPECT_TRUE(LostItsWriters(fifo.fd)) << how;
  }
}

TEST(MachineCommand, EndsIfThisProcessIsKilled) {
  for (const int signal : {SIGTERM, SIGKILL}) {
    for (const char* how : {"SCRIPT", "  SCRIPT # comment", "sh SCRIPT",
                            "sh 'SCRIPT' \"$HOME\" x", "exec SCRIPT"}) {
      const Fifo fifo;
      std::string command = how;
      command.replace(command.find("SCRIPT"), 6, ScriptThatHolds(fifo));
      const OnATerminal run(command);
      EXPECT_EQ(fifo.Line(), "on\n") << how;
      run.Kill(signal);
      run.Status();
      EXPECT_TRUE(LostItsWriters(fifo.fd)) << how;
    }
  }
}

TEST(MachineCommand, OfOneProgramBehavesAsInTheShell) {
  ExpectOutcome("echo one  'two  three' \"$((1+1))\"", 0, "one two  three 2\n");
  ExpectOutcome("  printf '%s\\n' a # b", 0, "a\n");
  ExpectOutcome("exit 3", 3, "");
  ExpectOutcome("test a = b", 1, "");
  ExpectOutcome("X=1 printenv X", 0, "1\n");
  ExpectOutcome("cd /", 0, "");
  ExpectOutcome("false", 1, "");
  testing::internal::CaptureStderr();
  ExpectOutcome("no-such-program-here x", 127, "");
  ExpectOutcome("echo 'unbalanced", 2, "");
  EXPECT_THAT(testing::internal::GetCapturedStderr(),
              HasSubstr("no-such-program-here: not found"));
}

TEST(MachineCommand, MayPrintOneMegabyteAndNotMore) {
  const std::string bytes = std::to_string(kBytesMax);
  const Result<CommandOutcome> most =
      OutcomeOf("head -c " + bytes + " /dev/zero; exit 1");
  ASSERT_TRUE(most.ok()) << most.error().message;
  EXPECT_EQ(most->output.size(), kBytesMax);
  EXPECT_EQ(most->status, 1);
  for (const std::string& command :
       {"head -c " + bytes + " /dev/zero; echo", std::string("yes")}) {
    const Result<CommandOutcome> more = OutcomeOf(command);
    ASSERT_FALSE(more.ok()) << command;
    EXPECT_EQ(more.error().kind, ErrorKind::kUnavailable);
    EXPECT_EQ(more.error().message, "the command printed more than 1 MB");
  }
}

TEST(MachineCommand, SaysWhyItCannotBeStarted) {
  const Result<CommandOutcome> outcome =
      OutcomeOf(": " + std::string(3 << 20, 'x'));
  ASSERT_FALSE(outcome.ok());
  EXPECT_EQ(outcome.error().kind, ErrorKind::kUnavailable);
  EXPECT_EQ(outcome.error().message,
            "cannot run a command: Argument list too long");
}

TEST(MachineCommand, IsNeverQuotedInAnError) {
  const std::string secret = "hunter2";
  for (const std::string& command :
       {"sleep 100; : " + secret, "yes " + secret,
        "exec >&-; sleep 100; : " + secret,
        ": " + secret + std::string(3 << 20, 'x')}) {
    const Result<CommandOutcome> outcome =
        OutcomeOf(command, milliseconds(500));
    ASSERT_FALSE(outcome.ok());
    EXPECT_THAT(outcome.error().message, Not(HasSubstr(secret)));
    EXPECT_THAT(outcome.error().message, Not(HasSubstr("sleep")));
  }
}

TEST(MachineCommand, FailsAtItsTimeout) {
  for (const char* command :
       {"sleep 100", "echo said; sleep 100", "exec >&-; sleep 100",
        "sleep 100 & wait", "while :; do :; done",
        "trap '' TERM INT HUP; sleep 100"}) {
    const auto start = std::chrono::steady_clock::now();
    const Result<CommandOutcome> outcome = OutcomeOf(command, kShort);
    const auto taken = std::chrono::steady_clock::now() - start;
    ASSERT_FALSE(outcome.ok()) << command;
    EXPECT_EQ(outcome.error().kind, ErrorKind::kTimeout);
    EXPECT_GE(taken, kShort) << command;
    EXPECT_LT(taken, seconds(30)) << command;
  }
  EXPECT_EQ(OutcomeOf("sleep 100", milliseconds(1100)).error().message,
            "the command did not end in 1 s");
}

/// A program that starts a shell script from a second thread.
constexpr char kSpawner[] = R"(
const {Worker, isMainThread, workerData} = require('node:worker_threads');
const {spawn} = require('node:child_process');
if (isMainThread) {
  new Worker(__filename, {workerData: process.argv[2]});
} else {
  spawn('sh', [workerData]);
  setInterval(() => {}, 1000);
}
)";

TEST(MachineCommand, IsKilledAtItsTimeoutWithAllThatItStarted) {
  for (const std::string& form :
       {std::string("sh SCRIPT & sleep 1000; wait"),
        std::string("setsid sh SCRIPT & sleep 1000; wait"),
        std::string("sh -c 'sh \"$0\"; :' SCRIPT & sleep 1000; wait"),
        // Processes whose parent has ended.
        std::string("(sh SCRIPT &); sleep 1000"),
        std::string("(setsid sh -c '(sh \"$0\" &); :' SCRIPT &); sleep 1000"),
        std::string("(sh SCRIPT &) & wait; sleep 1000"),
        std::string("node SPAWNER SCRIPT")}) {
    const Fifo fifo;
    // The grandchild keeps the fifo open until it ends.
    const std::string script = fifo.folder.Child("script");
    std::ofstream(script) << "exec 9>'" << fifo.path
                          << "'; echo on >&9; trap '' TERM; sleep 1000; :\n";
    std::string run = form;
    run.replace(run.find("SCRIPT"), 6, script);
    const std::string spawner = fifo.folder.Child("spawner.js");
    std::ofstream(spawner) << kSpawner;
    const size_t named = run.find("SPAWNER");
    if (named != std::string::npos) run.replace(named, 7, spawner);
    bool started = false;
    for (milliseconds timeout = kShort; !started && timeout < kLong;
         timeout *= 5) {
      const Result<CommandOutcome> outcome = OutcomeOf(run, timeout);
      ASSERT_FALSE(outcome.ok()) << form;
      EXPECT_EQ(outcome.error().kind, ErrorKind::kTimeout) << form;
      char said[64];
      started = read(fifo.fd, said, sizeof said) > 0;
    }
    ASSERT_TRUE(started) << form;
    EXPECT_TRUE(LostItsWriters(fifo.fd)) << form;
  }
}

TEST(MachineCommand, LeavesNothingOpenAndNoZombie) {
  const int before = open("/dev/null", O_RDONLY | O_CLOEXEC);
  close(before);
  ExpectOutcome("echo x", 0, "x\n");
  EXPECT_FALSE(OutcomeOf("yes").ok());
  EXPECT_FALSE(OutcomeOf("sleep 100", kShort).ok());
  EXPECT_FALSE(OutcomeOf(std::string(3 << 20, 'x')).ok());
  const int after = open("/dev/null", O_RDONLY | O_CLOEXEC);
  close(after);
  EXPECT_EQ(after, before);
  errno = 0;
  EXPECT_EQ(waitpid(-1, nullptr, WNOHANG), -1);
  EXPECT_EQ(errno, ECHILD);
}

}  // namespace
}  // namespace dynamodown
