#include "sanerf/core/console_sink.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string>

#include "sanerf/core/console.h"
#include "sanerf/core/units.h"

namespace sanerf {
namespace {

constexpr double kSecondsBeforeShown = 2;
constexpr double kSecondsBetweenRedraws = 0.1;
constexpr double kSecondsBetweenLines = 10;
constexpr int kBarWidth = 16;

std::string Bar(double share) {
  const int filled = int(std::clamp(share, 0.0, 1.0) * kBarWidth);
  return fmt::format("[{:#<{}}{:.<{}}]", "", filled, "", kBarWidth - filled);
}

// "12.1 steps/s", or "2.9 s/view" when one takes longer than a second.
std::string Rate(double per_second, std::string_view unit) {
  if (per_second >= 1) return fmt::format("{} {}/s", FormatCount(per_second), unit);
  const bool plural = unit.size() > 1 && unit.back() == 's';
  return fmt::format("{}/{}", FormatDuration(1 / per_second), plural ? unit.substr(0, unit.size() - 1) : unit);
}

std::string LastLine(const Event& event) {
  return fmt::format("{}  {} {} in {}{}{}", event.title, event.done - event.already_done, event.unit,
                     FormatDuration(event.seconds), event.text.empty() ? "" : "  ", event.text);
}

std::string ProgressLine(const Event& event, bool with_bar) {
  std::string line = fmt::format("{}  ", event.title);
  const double share = event.total > 0 ? double(event.done) / double(event.total) : 0;
  if (with_bar) line += Bar(share) + " ";
  line += fmt::format("{}/{}  {:.0f}%", event.done, event.total, std::floor(100 * share));
  if (!event.text.empty()) line += fmt::format("  {}", event.text);
  if (event.done > event.already_done && event.seconds > 0) {
    const double per_second = double(event.done - event.already_done) / event.seconds;
    line += "  " + Rate(per_second, event.unit);
    if (event.total > event.done) line += "  ETA " + FormatDuration(double(event.total - event.done) / per_second);
  }
  return line;
}

}  // namespace

ConsoleSink::ConsoleSink(Verbosity verbosity) : verbosity_(verbosity), on_terminal_(StderrIsTerminal()) {}

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
  const bool has_ended = event.kind == Event::Kind::kFinished || event.kind == Event::Kind::kAbandoned;
  Shown task = tasks_[event.task_id];
  if (has_ended) {
    tasks_.erase(event.task_id);
    if (task.is_shown && on_terminal_) SetLiveLine("");
  }
  if (event.kind == Event::Kind::kAbandoned || event.kind == Event::Kind::kStarted) return;
  if (verbosity_ == Verbosity::kQuiet) return;
  if (!task.is_shown && event.seconds < kSecondsBeforeShown) return;
  if (has_ended) return PrintStderrLine(LastLine(event));

  const auto now = Clock::now();
  const std::chrono::duration<double> wait(on_terminal_ ? kSecondsBetweenRedraws : kSecondsBetweenLines);
  if (task.is_shown && now - task.last_print < wait) return;
  tasks_[event.task_id] = {true, now};
  if (on_terminal_) {
    SetLiveLine(ProgressLine(event, /*with_bar=*/true));
  } else {
    PrintStderrLine(ProgressLine(event, /*with_bar=*/false));
  }
}

}  // namespace sanerf
