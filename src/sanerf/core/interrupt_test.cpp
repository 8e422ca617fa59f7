#include "sanerf/core/interrupt.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <functional>

namespace sanerf {
namespace {

// The exit code of a process of its own that calls this.
int ExitCodeOf(const std::function<int()>& body) {
  const pid_t pid = fork();
  if (pid == 0) _exit(body());
  int status = 0;
  waitpid(pid, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

TEST(Interrupt, IsRequestedAndCleared) {
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGPIPE}) {
    ClearInterrupt();
    InstallInterruptHandler();
    const StopToken token = InterruptToken();
    EXPECT_FALSE(token.stop_requested());
    raise(signal);
    EXPECT_TRUE(token.stop_requested()) << signal;
  }
  ClearInterrupt();
  EXPECT_FALSE(InterruptToken().stop_requested());
}

TEST(Interrupt, TheSecondCtrlCOrTermStopsAtOnce) {
  for (const int second : {SIGINT, SIGTERM}) {
    for (const int first : {SIGINT, SIGTERM, SIGHUP, SIGPIPE}) {
      const int code = ExitCodeOf([&] {
        InstallInterruptHandler();
        raise(first);
        raise(second);
        return 7;
      });
      EXPECT_EQ(code, 130) << first << " then " << second;
    }
  }
}

TEST(Interrupt, AClosedPipeOrTerminalIsOneRequestHoweverOftenItIsSignaled) {
  const int code = ExitCodeOf([] {
    InstallInterruptHandler();
    int ends[2];
    if (pipe(ends) != 0) return 1;
    close(ends[0]);
    for (int i = 0; i < 3; ++i)
      if (write(ends[1], "x", 1) >= 0 || errno != EPIPE) return 2;
    raise(SIGHUP);
    raise(SIGHUP);
    return InterruptToken().stop_requested() ? 7 : 3;
  });
  EXPECT_EQ(code, 7);
}

TEST(Interrupt, UnderNohupAClosedTerminalStopsNothing) {
  const int code = ExitCodeOf([] {
    std::signal(SIGHUP, SIG_IGN);
    InstallInterruptHandler();
    raise(SIGHUP);
    return InterruptToken().stop_requested() ? 3 : 7;
  });
  EXPECT_EQ(code, 7);
}

}  // namespace
}  // namespace sanerf
