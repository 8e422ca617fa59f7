#include "sanerf/core/progress.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "sanerf/core/console.h"
#include "sanerf/core/log.h"

namespace sanerf {
namespace {

using Clock = std::chrono::steady_clock;

constexpr double kSecondsBeforeShown = 2;
constexpr double kSecondsBetweenRedraws = 0.1;
constexpr double kSecondsBetweenLines = 10;
constexpr int kBarWidth = 16;

double SecondsSince(Clock::time_point t) { return std::chrono::duration<double>(Clock::now() - t).count(); }

std::string Bar(double share) {
  const int filled = int(std::clamp(share, 0.0, 1.0) * kBarWidth);
  return fmt::format("[{:#<{}}{:.<{}}]", "", filled, "", kBarWidth - filled);
}

// "12.1 steps/s", or "2.9 s/view" when one takes longer than a second.
std::string Rate(double per_second, const std::string& unit) {
  if (per_second >= 1) return FormatCount(per_second) + " " + unit + "/s";
  const bool plural = unit.size() > 1 && unit.back() == 's';
  return FormatDuration(1 / per_second) + "/" + (plural ? unit.substr(0, unit.size() - 1) : unit);
}

}  // namespace

Progress::Progress(std::string title, int64_t total, std::string unit, int64_t already_done)
    : title_(std::move(title)),
      unit_(std::move(unit)),
      total_(total),
      already_done_(already_done),
      done_(already_done),
      on_terminal_(StderrIsTerminal()),
      start_(Clock::now()),
      last_print_(start_) {}

Progress::~Progress() {
  if (shown_ && !finished_ && on_terminal_) SetLiveLine("");
}

double Progress::seconds() const { return SecondsSince(start_); }

void Progress::Update(int64_t done, const std::string& detail) {
  const std::lock_guard lock(mutex_);
  done_ = std::max(done_, done);
  if (!detail.empty()) detail_ = detail;
  if (finished_ || GetLogLevel() == LogLevel::kQuiet || seconds() < kSecondsBeforeShown) return;
  const double wait = on_terminal_ ? kSecondsBetweenRedraws : kSecondsBetweenLines;
  if (shown_ && SecondsSince(last_print_) < wait) return;
  Print(/*final_line=*/false);
}

void Progress::Finish(const std::string& detail) {
  const std::lock_guard lock(mutex_);
  if (finished_) return;
  finished_ = true;
  if (!detail.empty()) detail_ = detail;
  if (shown_ && on_terminal_) SetLiveLine("");
  if (GetLogLevel() == LogLevel::kQuiet || (!shown_ && seconds() < kSecondsBeforeShown)) return;
  Print(/*final_line=*/true);
}

void Progress::Print(bool final_line) {
  last_print_ = Clock::now();
  shown_ = true;
  const double elapsed = seconds();
  if (final_line) {
    const std::string tail = detail_.empty() ? "" : "  " + detail_;
    return PrintStderrLine(
        fmt::format("{}  {} {} in {}{}", title_, done_ - already_done_, unit_, FormatDuration(elapsed), tail));
  }
  std::string line = title_ + "  ";
  const double share = total_ > 0 ? double(done_) / double(total_) : 0;
  if (on_terminal_) line += Bar(share) + " ";
  line += fmt::format("{}/{}  {:.0f}%", done_, total_, std::floor(100 * share));
  if (!detail_.empty()) line += "  " + detail_;
  if (done_ > already_done_ && elapsed > 0) {
    const double per_second = double(done_ - already_done_) / elapsed;
    line += "  " + Rate(per_second, unit_);
    if (total_ > done_) line += "  ETA " + FormatDuration(double(total_ - done_) / per_second);
  }
  if (on_terminal_) {
    SetLiveLine(line);
  } else {
    PrintStderrLine(line);
  }
}

}  // namespace sanerf
