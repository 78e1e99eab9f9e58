// Reads stunnel's activity from its log, whose lines end like
//
//     Service [x] (FD=8) bound to 127.0.0.1:39509
//     Service [x] accepted connection from 127.0.0.1:46266
//     TLS accepted: new session negotiated
//     Connection closed: 38 byte(s) sent to TLS, 124 byte(s) sent to socket
//
// The last line appears once for each connection, however it ended.

#include "tls/stunnel.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <thread>
#include <vector>

#include "cli/program.h"

namespace dynamodown_test {
namespace {

constexpr char kHandedOn[] = " byte(s) sent to socket";

bool Await(const std::function<bool()>& condition) {
  for (int i = 0; i < 2000; ++i) {
    if (condition()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return false;
}

int Count(const std::string& text, const std::string& words) {
  int count = 0;
  for (size_t at = text.find(words); at != std::string::npos;
       at = text.find(words, at + 1)) {
    ++count;
  }
  return count;
}

/// Returns the number before `end`.
long NumberBefore(const std::string& text, size_t end) {
  const size_t last = text.find_last_not_of("0123456789", end - 1);
  return std::stol(text.substr(last + 1, end - last - 1));
}

}  // namespace

Stunnel::Stunnel(const std::string& folder, const std::string& identity,
                 int port, const std::string& settings) {
  static std::atomic<int> number = 0;
  base_ = folder + "/stunnel-" + std::to_string(++number);
  std::ofstream(base_ + ".conf")
      << "foreground = yes\ndebug = info\npid =\n[x]\naccept = 127.0.0.1:0\n"
      << "connect = 127.0.0.1:" << port << "\ncert = " << identity << "\n"
      << settings;

  // It ends with this program, even if that is killed.
  std::vector<std::string> strings = {"setpriv", "--pdeathsig", "TERM", STUNNEL,
                                      base_ + ".conf"};
  std::vector<char*> arguments;
  for (std::string& string : strings) arguments.push_back(string.data());
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, 2, (base_ + ".log").c_str(),
                                   O_WRONLY | O_CREAT | O_APPEND, 0600);
  posix_spawn_file_actions_adddup2(&actions, 2, 1);
  EXPECT_EQ(posix_spawnp(&pid_, "setpriv", &actions, nullptr, arguments.data(),
                         environ),
            0);
  posix_spawn_file_actions_destroy(&actions);

  const std::string bound = " bound to 127.0.0.1:";
  if (!Await([&] { return Count(Log(), "Accepting new connections") > 0; })) {
    ADD_FAILURE() << "stunnel does not start: " << Log();
    return;
  }
  const std::string log = Log();
  port_ = std::atoi(log.c_str() + log.find(bound) + bound.size());
}

Stunnel::~Stunnel() {
  if (pid_ <= 0) return;
  kill(pid_, SIGTERM);
  waitpid(pid_, nullptr, 0);
}

int Stunnel::connections() const {
  return Count(Log(), " accepted connection from ");
}

int Stunnel::handshakes() const { return Count(Log(), "TLS accepted: "); }

bool Stunnel::AwaitCloseNotify() const {
  return Await([&] { return Count(Log(), "sent close_notify alert") > 0; });
}

long Stunnel::AwaitBytesHandedOn() const {
  if (!Await([&] { return Count(Log(), kHandedOn) >= connections(); })) {
    return -1;
  }
  const std::string log = Log();
  long bytes = 0;
  for (size_t at = log.find(kHandedOn); at != std::string::npos;
       at = log.find(kHandedOn, at + 1)) {
    bytes += NumberBefore(log, at);
  }
  return bytes;
}

std::string Stunnel::Log() const {
  return dynamodown::ReadFile(base_ + ".log");
}

}  // namespace dynamodown_test
