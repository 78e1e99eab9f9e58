#include "base/fork.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <functional>

namespace dynamodown {
namespace {

/// Runs `call` in a forked child, which exits with the result of `call`.
/// Returns the child's exit status.
int InChild(const std::function<int()>& call) {
  const pid_t child = fork();
  if (child == 0) _exit(call());
  int status = 0;
  EXPECT_EQ(waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status));
  return WEXITSTATUS(status);
}

TEST(ForkTest, AForkedChildIsNotTheCreatorOfEarlierObjects) {
  const CreatorProcess parent;
  EXPECT_TRUE(parent.IsThis());
  const int status = InChild([&parent] {
    if (parent.IsThis()) return 1;
    const CreatorProcess child;
    if (!child.IsThis()) return 2;
    return InChild([&parent, &child] {
      return parent.IsThis() || child.IsThis() ? 3 : 0;
    });
  });
  EXPECT_EQ(status, 0);
  EXPECT_TRUE(parent.IsThis());
}

}  // namespace
}  // namespace dynamodown
