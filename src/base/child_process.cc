#include "base/child_process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <set>
#include <system_error>
#include <vector>

#include "base/descriptor.h"

extern char** environ;

namespace dynamodown {
namespace {

constexpr int kExecWaitMs = 1000;
/// The exit status of a child that could not start the command.
constexpr int kCannotRun = 127;

/// Returns the processes that any thread of `process` has started and that have
/// not been waited for.
std::vector<pid_t> ChildrenOf(pid_t process) {
  std::vector<pid_t> all;
  std::error_code error;
  const std::string tasks = "/proc/" + std::to_string(process) + "/task";
  for (const auto& task : std::filesystem::directory_iterator(tasks, error)) {
    std::ifstream children(task.path() / "children");
    for (pid_t child = 0; children >> child;) all.push_back(child);
  }
  return all;
}

/// Kills `process` and all processes that it started. Stops each process before
/// reading the list of its children. A stopped process can neither start more
/// children, nor wait for a child, after which the child's number could become
/// that of a foreign process. But if a process below `process` is killed,
/// `process` may become the parent of that process's children. So the list is
/// read again until it has no new ones.
void KillTree(pid_t process, int depth = 0) {
  constexpr int kDepthMax = 100;
  kill(process, SIGSTOP);
  std::set<pid_t> killed;
  for (size_t before = 1; depth < kDepthMax && killed.size() != before;) {
    before = killed.size();
    for (const pid_t child : ChildrenOf(process)) {
      if (killed.insert(child).second) KillTree(child, depth + 1);
    }
  }
  kill(process, SIGKILL);
}

/// Returns the script that runs `command`. The shell often stays between us and
/// a program that it runs, and only the shell would get our SIGTERM. So if the
/// command is a single program with its arguments, the program takes the
/// shell's place.
std::string ScriptOf(const std::string& command) {
  const size_t begin =
      std::min(command.find_first_not_of(" \t"), command.size());
  const size_t end =
      std::min(command.find_first_of(" \t", begin), command.size());
  const std::string word = command.substr(begin, end - begin);
  const bool is_plain = !word.empty() && word.front() != '-' &&
                        std::ranges::all_of(word, [](unsigned char c) {
                          return std::isalnum(c) != 0 || c == '/' || c == '.' ||
                                 c == '_' || c == '-' || c == '+';
                        });
  if (!is_plain || command.back() == '\\' ||
      command.find_first_of(";&|()<>`\n") != std::string::npos) {
    return command;
  }
  // For a word of the shell's own, `command -v` prints no path.
  return "case $(command -v " + word + ") in /*) exec " + command +
         "\n;; esac\n" + command;
}

/// Sets default signal handling, even if the host program ignores or blocks
/// signals, and exits if `parent` has ended.
void BeginChild(pid_t parent) {
  struct sigaction usual = {};
  usual.sa_handler = SIG_DFL;
  for (int number = 1; number < NSIG; ++number) {
    sigaction(number, &usual, nullptr);
  }
  // The kernel signals when the thread that called fork ends. That thread
  // waits for this child.
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  // The parent may have ended before prctl was called.
  if (getppid() != parent) _exit(kCannotRun);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
}

int StatusOf(int how) {
  return WIFEXITED(how) ? WEXITSTATUS(how) : 128 + WTERMSIG(how);
}

[[noreturn]] void ReportAndExit(int report, int error) {
  [[maybe_unused]] const ssize_t n = write(report, &error, sizeof error);
  _exit(kCannotRun);
}

/// Runs in the forked child, so calls only functions that are safe in a
/// signal handler. If it fails, writes an errno to `report`.
[[noreturn]] void Become(const char* const* arguments, pid_t parent, int input,
                         int output, int report) {
  BeginChild(parent);
  // If the host program has closed its standard files, `input`, `output` and
  // `report` may have the numbers 0 to 2. So move them out of the way first.
  constexpr int kReport = STDERR_FILENO + 1;
  output = fcntl(output, F_DUPFD_CLOEXEC, kReport);
  report = fcntl(report, F_DUPFD_CLOEXEC, kReport);
  if (input != STDIN_FILENO) input = fcntl(input, F_DUPFD_CLOEXEC, kReport);
  if ((input == STDIN_FILENO || dup2(input, STDIN_FILENO) >= 0) &&
      dup2(output, STDOUT_FILENO) >= 0 &&
      (report == kReport || dup3(report, kReport, O_CLOEXEC) >= 0)) {
    report = kReport;
    closefrom(kReport + 1);
    execve("/bin/sh", const_cast<char* const*>(arguments), environ);
  }
  ReportAndExit(report, errno);
}

/// Runs in a process between this process and the shell. The supervisor becomes
/// the parent of processes whose parent has ended, so that KillTree finds them.
/// It ends when the shell ends, with the shell's status. Calls only functions
/// that are safe in a signal handler.
[[noreturn]] void Supervise(const char* const* arguments, pid_t parent,
                            int input, int output, int report) {
  BeginChild(parent);
  // Control-C at the terminal is for the command.
  signal(SIGINT, SIG_IGN);
  signal(SIGQUIT, SIG_IGN);
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  const pid_t self = getpid();
  const pid_t shell = _Fork();
  if (shell == 0) Become(arguments, self, input, output, report);
  if (shell < 0) ReportAndExit(report, errno);
  closefrom(0);
  for (;;) {
    int how = 0;
    const pid_t ended = waitpid(-1, &how, 0);
    if (ended == shell) _exit(StatusOf(how));
    if (ended < 0 && errno != EINTR) _exit(kCannotRun);
  }
}

/// Returns the errno that Become reports, or 0 if it reports none. A
/// successful exec closes `report`, unless another thread forked at the wrong
/// moment, so the wait has a limit.
int FailureOfExec(int report) {
  pollfd readable = {report, POLLIN, 0};
  int error = 0;
  if (poll(&readable, 1, kExecWaitMs) <= 0) return 0;
  return read(report, &error, sizeof error) == sizeof error ? error : 0;
}

}  // namespace

ChildProcess::~ChildProcess() {
  if (pid_ > 0) {
    KillTree(pid_);
    int status = 0;
    Collect(0, &status);
  }
}

int ChildProcess::Start(const std::string& command, int output) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return errno;
  const Descriptor from_child(ends[0]);
  Descriptor to_us(ends[1]);
  const Descriptor nothing(open("/dev/null", O_RDONLY | O_CLOEXEC));
  const int input = isatty(STDIN_FILENO) == 1 ? STDIN_FILENO : nothing.get();
  const std::string script = ScriptOf(command);
  const char* const arguments[] = {"sh", "-c", script.c_str(), nullptr};
  const pid_t parent = getpid();
  // The child must not run this process's signal handlers.
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  pid_ = fork();
  if (pid_ == 0) Supervise(arguments, parent, input, output, to_us.get());
  const int error = pid_ < 0 ? errno : 0;
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  if (error != 0) return error;
  to_us.Close();
  return FailureOfExec(from_child.get());
}

bool ChildProcess::HasEnded(int* status) { return Collect(WNOHANG, status); }

bool ChildProcess::Collect(int flags, int* status) {
  int how = 0;
  pid_t ended = -1;
  do {
    ended = waitpid(pid_, &how, flags);
  } while (ended < 0 && errno == EINTR);
  if (ended == 0) return false;
  pid_ = -1;
  *status = ended < 0 ? -1 : StatusOf(how);
  return true;
}

}  // namespace dynamodown
