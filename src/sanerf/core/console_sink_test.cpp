#include "sanerf/core/console_sink.h"

#include <gtest/gtest.h>
#include <poll.h>
#include <pty.h>
#include <unistd.h>

#include "sanerf/core/console.h"
#include "sanerf/core/job.h"
#include "sanerf/core/system_info.h"

namespace sanerf {
namespace {

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

void SaySomething(Verbosity verbosity) {
  ConsoleSink sink(verbosity);
  const Job job(sink, StopToken());
  job.Info("read 12 photos");
  job.Detail("from a cache");
  job.Warn("careful");
}

TEST(ConsoleSink, SentencesAreShownByVerbosity) {
  const auto shown = [](Verbosity verbosity) {
    testing::internal::CaptureStderr();
    SaySomething(verbosity);
    return testing::internal::GetCapturedStderr();
  };
  EXPECT_EQ(shown(Verbosity::kQuiet), "warning: careful\n");
  EXPECT_EQ(shown(Verbosity::kNormal), "read 12 photos\nwarning: careful\n");
  EXPECT_EQ(shown(Verbosity::kVerbose), "read 12 photos\nfrom a cache\nwarning: careful\n");
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

Event TaskEvent(Event::Kind kind, int64_t done, double seconds, std::string_view text = "") {
  Event event;
  event.kind = kind;
  event.task_id = 7;
  event.title = "train";
  event.unit = "steps";
  event.total = 400;
  event.already_done = 100;
  event.done = done;
  event.seconds = seconds;
  event.text = text;
  return event;
}

TEST(ConsoleSink, ShortTasksStaySilent) {
  testing::internal::CaptureStderr();
  ConsoleSink sink;
  sink.Take(TaskEvent(Event::Kind::kStarted, 100, 0));
  sink.Take(TaskEvent(Event::Kind::kProgress, 200, 1, "loss 1"));
  sink.Take(TaskEvent(Event::Kind::kFinished, 400, 1.9));
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

TEST(ConsoleSink, LongTasksShowPlainLinesWithoutATerminal) {
  testing::internal::CaptureStderr();
  ConsoleSink sink;
  sink.Take(TaskEvent(Event::Kind::kStarted, 100, 0));
  sink.Take(TaskEvent(Event::Kind::kProgress, 200, 2, "loss 0.5"));
  sink.Take(TaskEvent(Event::Kind::kProgress, 300, 2.01, "loss 0.5"));  // too soon for another line
  sink.Take(TaskEvent(Event::Kind::kFinished, 400, 4, "loss 0.1"));
  EXPECT_EQ(testing::internal::GetCapturedStderr(),
            "train  200/400  50%  ETA 4.0s  loss 0.5  50 steps/s\ntrain  300 steps in 4.0s  loss 0.1\n");
}

// What cannot be counted has a title and the time that it has taken.
Event SilentTask(double seconds, std::string_view title, int64_t total) {
  Event event;
  event.kind = Event::Kind::kStarted;
  event.task_id = 8;
  event.title = title;
  event.total = total;
  event.unit = total > 0 ? "views" : "";
  event.seconds = seconds;
  return event;
}

TEST(ConsoleSink, ATaskThatSaysNothingIsShownWithItsTime) {
  const auto shown = [](const Event& event, Verbosity verbosity = Verbosity::kNormal) {
    testing::internal::CaptureStderr();
    ConsoleSink sink(verbosity);
    sink.Take(event);
    sink.ShowSilentTask();
    sink.ShowSilentTask();  // not a terminal: no second line so soon
    return testing::internal::GetCapturedStderr();
  };
  EXPECT_EQ(shown(SilentTask(3, "load the model", 0)), "load the model  3.0s\n");
  EXPECT_EQ(shown(SilentTask(130, "encode", 60)), "encode  0/60  0%  2m10s\n");
  EXPECT_EQ(shown(SilentTask(1, "load the model", 0)), "");
  EXPECT_EQ(shown(SilentTask(3, "load the model", 0), Verbosity::kQuiet), "");
}

TEST(ConsoleSink, OfSilentTasksTheOneReportedLastIsShown) {
  testing::internal::CaptureStderr();
  ConsoleSink sink;
  Event inner = SilentTask(4, "trace rays", 0);
  inner.task_id = 9;
  sink.Take(SilentTask(5, "segment", 0));
  sink.Take(inner);
  inner.kind = Event::Kind::kAbandoned;
  sink.Take(inner);
  sink.ShowSilentTask();
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "segment  5.0s\n");
}

TEST(ConsoleSink, ATaskWithoutAUnitShowsItsShareAndTheTimeLeft) {
  testing::internal::CaptureStderr();
  ConsoleSink sink;
  Event event = SilentTask(30, "auto", 0);
  event.kind = Event::Kind::kProgress;
  event.done = 30'000;
  event.total = 120'000;
  event.text = "search 400/4096 points";
  sink.Take(event);
  event.kind = Event::Kind::kFinished;
  event.text = "";
  sink.Take(event);
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "auto  25%  ETA 1m30s  search 400/4096 points\nauto  30.0s\n");
}

TEST(ConsoleSink, QuietShowsNoTasks) {
  testing::internal::CaptureStderr();
  ConsoleSink sink(Verbosity::kQuiet);
  sink.Take(TaskEvent(Event::Kind::kProgress, 200, 2));
  sink.Take(TaskEvent(Event::Kind::kFinished, 400, 4));
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

TEST(ConsoleSink, AnAbandonedTaskLeavesNoBarOnATerminal) {
  const Terminal terminal;
  if (!terminal.ok()) GTEST_SKIP() << "no pseudo terminals here";
  ConsoleSink sink;
  sink.Take(TaskEvent(Event::Kind::kProgress, 200, 4));
  sink.Take(TaskEvent(Event::Kind::kAbandoned, 200, 5));
  EXPECT_EQ(terminal.Text(), "\r\033[Ktrain  [#####.....] 200/400  50%  ETA 8.0s  25 steps/s\r\033[K");
}

TEST(SystemInfo, NumbersArePlausible) {
  EXPECT_GT(PeakRssBytes(), 1 << 20);
  EXPECT_GT(AvailableMemoryBytes(), 1 << 20);
  EXPECT_FALSE(CpuModelName().empty());
}

}  // namespace
}  // namespace sanerf
