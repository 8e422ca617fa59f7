#include "sanerf/core/whole_task.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "sanerf/core/stopwatch.h"
#include "sanerf/core/units.h"

namespace sanerf {
namespace {

// After this share of a part its own pace counts as much as the expected one: by then a part is long enough to be
// measured, and too short for a wrong expectation to matter.
constexpr double kTrust = 0.05;

std::string TextOf(const Event& event) {
  std::string text(event.title);
  if (event.total > 0) text += fmt::format(" {}/{} {}", event.done, event.total, event.unit);
  if (!event.text.empty()) text += fmt::format("  {}", event.text);
  return text;
}

}  // namespace

WholeTask::WholeTask(const Job& job, const std::string& title, std::vector<Part> parts, std::function<double()> seconds)
    : outer_(job),
      inner_(job.To(*this)),
      seconds_(seconds ? std::move(seconds) : [watch = Stopwatch()] { return watch.seconds(); }),
      task_(job, title) {
  for (Part& part : parts) parts_.push_back({std::move(part), {}, {}});
}

void WholeTask::Expect(const std::vector<Part>& parts) {
  const std::lock_guard lock(mutex_);
  for (const Part& known : parts) {
    for (PartState& part : parts_) {
      if (part.expected.title != known.title) continue;
      if (known.amount >= 0) part.expected.amount = known.amount;
      if (known.seconds_each >= 0) part.expected.seconds_each = known.seconds_each;
    }
  }
  ShowProgress();
}

void WholeTask::Take(const Event& event) {
  if (event.task_id == 0 || event.kind == Event::Kind::kMetrics) return outer_.Report(event);
  const std::lock_guard lock(mutex_);
  Count(event);
  if (event.kind == Event::Kind::kStarted || event.kind == Event::Kind::kProgress) text_ = TextOf(event);
  ShowProgress();
}

int WholeTask::PartOf(std::string_view title) const {
  int best = -1;
  for (size_t i = 0; i < parts_.size(); ++i) {
    const std::string& of_part = parts_[i].expected.title;
    const bool fits = title == of_part || title.starts_with(of_part + " ");
    if (fits && (best < 0 || of_part.size() > parts_[size_t(best)].expected.title.size())) best = int(i);
  }
  return best;
}

void WholeTask::Count(const Event& event) {
  const int index = PartOf(event.title);
  if (index < 0) return;
  current_ = std::max(current_, index);
  PartState& part = parts_[size_t(index)];
  if (event.kind == Event::Kind::kStarted && event.title == part.expected.title && event.total > 0)
    part.expected.amount = part.finished.done + double(event.total - event.already_done);
  const Running now{double(event.done - event.already_done), event.seconds};
  if (event.kind == Event::Kind::kFinished) {
    part.finished.done += now.done;
    part.finished.seconds += now.seconds;
  }
  if (event.kind == Event::Kind::kFinished || event.kind == Event::Kind::kAbandoned) {
    part.tasks.erase(event.task_id);
  } else {
    part.tasks[event.task_id] = now;
  }
}

std::optional<double> WholeTask::SecondsLeftIn(const PartState& part) const {
  const double amount = part.expected.amount;
  if (amount < 0) return std::nullopt;
  Running so_far = part.finished;
  for (const auto& [id, task] : part.tasks) {
    so_far.done += task.done;
    so_far.seconds += task.seconds;
  }
  if (so_far.done >= amount) return 0;
  if (part.expected.seconds_each >= 0) {
    so_far.done += kTrust * amount;
    so_far.seconds += kTrust * amount * part.expected.seconds_each;
    return (amount + kTrust * amount - so_far.done) * so_far.seconds / so_far.done;
  }
  if (so_far.done <= 0) return std::nullopt;
  return (amount - so_far.done) * so_far.seconds / so_far.done;
}

std::optional<double> WholeTask::SecondsLeftUnlocked() const {
  double sum = 0;
  for (size_t i = size_t(current_); i < parts_.size(); ++i) {
    const std::optional<double> left = SecondsLeftIn(parts_[i]);
    if (!left) return std::nullopt;
    sum += *left;
  }
  return sum;
}

std::optional<double> WholeTask::SecondsLeft() const {
  const std::lock_guard lock(mutex_);
  return SecondsLeftUnlocked();
}

void WholeTask::ShowProgress() {
  const double elapsed = seconds_();
  if (const std::optional<double> left = SecondsLeftUnlocked()) {
    if (!has_announced_)
      outer_.Info(fmt::format("time   about {} in all (an estimate from a first measurement on this machine)",
                              FormatDuration(std::round(elapsed + *left))));
    has_announced_ = true;
    task_.SetTotal(std::llround(1000 * (elapsed + *left)));
  }
  task_.Update(std::llround(1000 * elapsed), text_);
}

}  // namespace sanerf
