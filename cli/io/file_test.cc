#include "io/file.h"

#include <gtest/gtest.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

namespace cli {
namespace {

class DraftTest : public testing::Test {
 protected:
  DraftTest() {
    std::string name = testing::TempDir() + "draftXXXXXX";
    directory_ = mkdtemp(name.data());
    target_ = directory_ + "/target";
  }
  ~DraftTest() override { std::filesystem::remove_all(directory_); }

  static mode_t ModeOf(const Draft& draft) {
    struct stat facts = {};
    EXPECT_EQ(fstat(draft.file().fd(), &facts), 0);
    return facts.st_mode & 07777;
  }
  void MakeTarget(mode_t mode) const {
    std::ofstream(target_) << "before";
    ASSERT_EQ(chmod(target_.c_str(), mode), 0);
  }

  std::string directory_, target_;
};

/// From now on this process's calls of fchmod(2) fail with EPERM, as on some
/// network file systems.
bool MakeFchmodFail() {
  sock_filter program[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_fchmod, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  const sock_fprog filter = {4, program};
  return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
         prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) == 0;
}

TEST_F(DraftTest, HasTheModeOfTheFileThatItReplaces) {
  for (const mode_t mode : {0600u, 0640u, 0644u, 0666u, 0444u}) {
    MakeTarget(mode);
    Draft draft;
    EXPECT_EQ(draft.Open(target_), std::nullopt);
    EXPECT_EQ(ModeOf(draft), mode);
    EXPECT_EQ(draft.Commit(), std::nullopt);
    struct stat facts = {};
    ASSERT_EQ(stat(target_.c_str(), &facts), 0);
    EXPECT_EQ(facts.st_mode & 07777, mode);
    std::filesystem::remove(target_);
  }
}

TEST_F(DraftTest, OfANewFileHasTheModeOfANewFile) {
  const mode_t before = umask(027);
  Draft draft;
  EXPECT_EQ(draft.Open(target_), std::nullopt);
  EXPECT_EQ(ModeOf(draft), 0640u);
  umask(before);
}

// A child process, because the failure of fchmod lasts.
TEST_F(DraftTest, FailsIfItCannotHaveTheMode) {
  MakeTarget(0640);
  const pid_t child = fork();
  if (child == 0) {
    if (!MakeFchmodFail()) _exit(10);
    int wrong = 0;
    {
      Draft draft;
      const Complaint complaint = draft.Open(target_);
      if (!complaint || complaint->find(target_) == std::string::npos) {
        wrong |= 1;
      }
      if (ModeOf(draft) != 0600) wrong |= 2;
    }
    std::ptrdiff_t files = 0;
    for ([[maybe_unused]] const auto& file :
         std::filesystem::directory_iterator(directory_)) {
      ++files;
    }
    if (files != 1) wrong |= 4;  // Only the target, as it was.
    _exit(wrong);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 0);
}

}  // namespace
}  // namespace cli
