#include "sanerf/core/progress.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <pty.h>
#include <unistd.h>

#include <thread>

#include "sanerf/core/console.h"
#include "sanerf/core/log.h"
#include "sanerf/core/system_info.h"

namespace sanerf {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(Format, Durations) {
  EXPECT_EQ(FormatDuration(0.25), "250ms");
  EXPECT_EQ(FormatDuration(0.9999), "1.0s");
  EXPECT_EQ(FormatDuration(4.14), "4.1s");
  EXPECT_EQ(FormatDuration(59.97), "1m00s");
  EXPECT_EQ(FormatDuration(492), "8m12s");
  EXPECT_EQ(FormatDuration(3720), "1h02m");
  EXPECT_EQ(FormatDuration(-1), "?");
}

TEST(Format, CountsAndBytes) {
  EXPECT_EQ(FormatCount(12.14), "12.1");
  EXPECT_EQ(FormatCount(7), "7");
  EXPECT_EQ(FormatCount(7900), "7.9k");
  EXPECT_EQ(FormatCount(1.2e6), "1.20M");
  EXPECT_EQ(FormatBytes(512), "512 B");
  EXPECT_EQ(FormatBytes(2.1e6), "2.1 MB");
}

// A pseudo terminal in the place of stderr.
class Terminal {
 public:
  Terminal() : saved_(dup(STDERR_FILENO)) {
    winsize size{24, 60, 0, 0};
    if (openpty(&controller_, &terminal_, nullptr, nullptr, &size) != 0) return;
    dup2(terminal_, STDERR_FILENO);
    setenv("TERM", "xterm", 1);
  }
  ~Terminal() {
    dup2(saved_, STDERR_FILENO);
    close(saved_);
    close(controller_);
    close(terminal_);
  }
  bool ok() const { return controller_ >= 0; }
  std::string Text() const {
    std::string text;
    pollfd ready{controller_, POLLIN, 0};
    char buffer[4096];
    while (poll(&ready, 1, 100) > 0) {
      const ssize_t size = read(controller_, buffer, sizeof(buffer));
      if (size <= 0) break;
      text.append(buffer, size_t(size));
    }
    return text;
  }

 private:
  int saved_, controller_ = -1, terminal_ = -1;
};

TEST(Log, WithoutATerminalTextIsPlain) {
  testing::internal::CaptureStderr();
  LogInfo("read {} photos", 12);
  LogDetail("only with -v");
  LogWarning("careful");
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "read 12 photos\nwarning: careful\n");
}

TEST(Log, QuietKeepsWarningsOnly) {
  testing::internal::CaptureStderr();
  SetLogLevel(LogLevel::kQuiet);
  LogInfo("nothing");
  LogWarning("careful");
  SetLogLevel(LogLevel::kNormal);
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "warning: careful\n");
}

TEST(Console, LinesDoNotCorruptTheLiveLine) {
  const Terminal terminal;
  if (!terminal.ok()) GTEST_SKIP() << "no pseudo terminals here";
  EXPECT_TRUE(StderrIsTerminal());
  SetLiveLine("bar 10%");
  PrintStderrLine("a line");
  SetLiveLine("");
  EXPECT_EQ(terminal.Text(), "\r\033[Kbar 10%\r\033[Ka line\r\nbar 10%\r\033[K");
}

TEST(Console, LiveLinesAreCutToTheWidth) {
  const Terminal terminal;
  if (!terminal.ok()) GTEST_SKIP() << "no pseudo terminals here";
  SetLiveLine(std::string(100, 'x'));
  SetLiveLine("");
  EXPECT_EQ(terminal.Text(), "\r\033[K" + std::string(59, 'x') + "\r\033[K");
}

TEST(Progress, ShortStagesStaySilent) {
  testing::internal::CaptureStderr();
  Progress progress("train", 10, "steps");
  progress.Update(5, "loss 1");
  progress.Finish();
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

TEST(Progress, LongStagesShowPlainLinesWithoutATerminal) {
  testing::internal::CaptureStderr();
  Progress progress("train", 400, "steps", /*already_done=*/100);
  std::this_thread::sleep_for(std::chrono::milliseconds(2010));
  progress.Update(200, "loss 0.5");
  progress.Update(300);  // too soon for another line
  progress.Finish();
  const std::string text = testing::internal::GetCapturedStderr();
  EXPECT_THAT(text, HasSubstr("train  200/400  50%  loss 0.5  "));
  EXPECT_THAT(text, HasSubstr(" steps/s  ETA "));
  EXPECT_THAT(text, HasSubstr("train  200 steps in "));
  EXPECT_THAT(text, Not(HasSubstr("300/400")));
  EXPECT_THAT(text, Not(HasSubstr("\033")));
}

TEST(SystemInfo, NumbersArePlausible) {
  EXPECT_GT(CurrentRssBytes(), 1 << 20);
  EXPECT_GE(PeakRssBytes(), CurrentRssBytes() / 2);
  EXPECT_GT(AvailableMemoryBytes(), 1 << 20);
  EXPECT_FALSE(CpuModelName().empty());
}

}  // namespace
}  // namespace sanerf
