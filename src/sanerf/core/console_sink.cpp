#include "sanerf/core/console_sink.h"

#include <fmt/format.h>
#include <signal.h>

#include <algorithm>
#include <cmath>
#include <string>

#include "sanerf/core/console.h"
#include "sanerf/core/phrases.h"
#include "sanerf/core/units.h"

namespace sanerf {
namespace {

constexpr double kSecondsBeforeShown = 2;
constexpr double kSecondsBetweenRedraws = 0.1;
constexpr double kSecondsBetweenLines = 10;
constexpr double kSilentSeconds = 1;  // less than that looks alive by itself
constexpr int kBarWidth = 10;

std::string Bar(double share) {
  const int filled = int(std::clamp(share, 0.0, 1.0) * kBarWidth);
  return fmt::format("[{:#<{}}{:.<{}}]", "", filled, "", kBarWidth - filled);
}

// "views" of a task to "view".
std::string_view One(std::string_view unit) {
  return unit.size() > 1 && unit.back() == 's' ? unit.substr(0, unit.size() - 1) : unit;
}

// "12.1 steps/s", or "2.9s/view" when one takes longer than a second.
std::string Rate(double per_second, std::string_view unit) {
  if (per_second >= 1) return fmt::format("{} {}/s", FormatCount(per_second), unit);
  return fmt::format("{}/{}", FormatDuration(1 / per_second), One(unit));
}

std::string LastLine(const Event& event) {
  std::string line = fmt::format("{}  ", event.title);
  if (!event.unit.empty()) line += Counted(event.done - event.already_done, One(event.unit), event.unit) + " in ";
  return line + fmt::format("{}{}{}", FormatDuration(event.seconds), event.text.empty() ? "" : "  ", event.text);
}

std::string ProgressLine(const Event& event, bool with_bar) {
  std::string line = fmt::format("{}  ", event.title);
  if (event.total > 0) {
    const double share = double(event.done) / double(event.total);
    if (with_bar) line += Bar(share) + " ";
    if (!event.unit.empty()) line += fmt::format("{}/{}  ", event.done, event.total);
    line += fmt::format("{:.0f}%  ", std::floor(100 * share));
  }
  // The remaining time early: a narrow terminal cuts off the end.
  const double per_second = event.seconds > 0 ? double(event.done - event.already_done) / event.seconds : 0;
  const bool is_measured = event.total > 0 && per_second > 0;
  if (is_measured && event.total > event.done)
    line += fmt::format("ETA {}  ", FormatDuration(double(event.total - event.done) / per_second));
  if (!event.text.empty()) line += fmt::format("{}  ", event.text);
  if (is_measured && !event.unit.empty()) line += Rate(per_second, event.unit);
  if (!is_measured) line += FormatDuration(std::floor(event.seconds));
  return line.substr(0, line.find_last_not_of(' ') + 1);
}

}  // namespace

ConsoleSink::ConsoleSink(Verbosity verbosity) : verbosity_(verbosity), on_terminal_(StderrIsTerminal()) {}

ConsoleSink::~ConsoleSink() {
  {
    const std::lock_guard lock(mutex_);
    is_closing_ = true;
  }
  wake_.notify_all();
  if (watcher_.joinable()) watcher_.join();
}

void ConsoleSink::set_verbosity(Verbosity verbosity) {
  const std::lock_guard lock(mutex_);
  verbosity_ = verbosity;
}

void ConsoleSink::Take(const Event& event) {
  const std::lock_guard lock(mutex_);
  switch (event.kind) {
    case Event::Kind::kWarning:
      return PrintStderrLine(fmt::format("warning: {}", event.text));
    case Event::Kind::kInfo:
      if (verbosity_ >= Verbosity::kNormal) PrintStderrLine(event.text);
      return;
    case Event::Kind::kDetail:
      if (verbosity_ >= Verbosity::kVerbose) PrintStderrLine(event.text);
      return;
    case Event::Kind::kStarted:
    case Event::Kind::kProgress:
    case Event::Kind::kFinished:
    case Event::Kind::kAbandoned:
      return TakeTask(event);
    case Event::Kind::kMetrics:
    case Event::Kind::kSaved:
      return;
  }
}

void ConsoleSink::TakeTask(const Event& event) {
  const auto now = Clock::now();
  const bool has_ended = event.kind == Event::Kind::kFinished || event.kind == Event::Kind::kAbandoned;
  Shown& task = tasks_[event.task_id];
  const bool was_shown = task.is_shown;
  task.event = event;
  task.title = event.title;
  task.unit = event.unit;
  task.text = event.text;
  task.started = now - std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(event.seconds));
  task.last_report = now;
  if (!has_ended) {
    if (!watcher_.joinable()) watcher_ = std::thread([this] { Watch(); });
    if (event.kind == Event::Kind::kProgress) Show(event, now, &task);
    return;
  }
  tasks_.erase(event.task_id);
  if (was_shown && on_terminal_) SetLiveLine("");
  if (event.kind == Event::Kind::kAbandoned || verbosity_ == Verbosity::kQuiet) return;
  if (was_shown || event.seconds >= kSecondsBeforeShown) PrintStderrLine(LastLine(event));
}

void ConsoleSink::Show(const Event& event, Clock::time_point now, Shown* task) {
  if (verbosity_ == Verbosity::kQuiet || event.seconds < kSecondsBeforeShown) return;
  const std::chrono::duration<double> wait(on_terminal_ ? kSecondsBetweenRedraws : kSecondsBetweenLines);
  if (task->is_shown && now - task->last_print < wait) return;
  task->is_shown = true;
  task->last_print = now;
  if (on_terminal_) {
    SetLiveLine(ProgressLine(event, /*with_bar=*/true));
  } else {
    PrintStderrLine(ProgressLine(event, /*with_bar=*/false));
  }
}

Event ConsoleSink::Shown::AsProgress(Clock::time_point now) const {
  Event progress = event;
  progress.kind = Event::Kind::kProgress;
  progress.title = title;
  progress.unit = unit;
  progress.text = text;
  progress.metrics = {};
  progress.seconds = std::chrono::duration<double>(now - started).count();
  return progress;
}

void ConsoleSink::ShowSilentTask() {
  const std::lock_guard lock(mutex_);
  const auto now = Clock::now();
  const auto latest = std::max_element(tasks_.begin(), tasks_.end(), [](const auto& a, const auto& b) {
    return a.second.last_report < b.second.last_report;
  });
  if (latest == tasks_.end()) return;
  Shown& task = latest->second;
  if (task.is_shown && now - task.last_report < std::chrono::duration<double>(kSilentSeconds)) return;
  Show(task.AsProgress(now), now, &task);
}

void ConsoleSink::Watch() {
  // Signals are for the threads that know what to do about them.
  sigset_t all;
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, nullptr);
  std::unique_lock lock(mutex_);
  while (!wake_.wait_for(lock, std::chrono::duration<double>(kSilentSeconds / 2), [&] { return is_closing_; })) {
    lock.unlock();
    ShowSilentTask();
    lock.lock();
  }
}

}  // namespace sanerf
