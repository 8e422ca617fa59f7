#include "sanerf/core/job.h"

#include <algorithm>
#include <atomic>

#include "sanerf/core/error.h"

namespace sanerf {
namespace {

uint64_t NextTaskId() {
  static std::atomic<uint64_t> last{0};
  return ++last;
}

}  // namespace

Job Job::With(EventSink& sink) const {
  Job job = *this;
  job.sinks_.push_back(&sink);
  return job;
}

Job Job::To(EventSink& sink) const {
  Job job = *this;
  job.sinks_ = {&sink};
  return job;
}

Job Job::With(StopToken stop) const {
  Job job = *this;
  job.stops_.push_back(std::move(stop));
  return job;
}

Job Job::WithThreads(int num_threads) const {
  Job job = *this;
  job.num_threads_ = num_threads;
  return job;
}

Job Job::InBackground() const {
  Job job = *this;
  job.is_background_ = true;
  return job;
}

bool Job::stop_requested() const {
  return std::any_of(stops_.begin(), stops_.end(), [](const StopToken& stop) { return stop.stop_requested(); });
}

void Job::ThrowIfStopped(std::string_view what, std::string_view hint) const {
  if (stop_requested()) throw InterruptedError(std::string(what) + " interrupted", "", std::string(hint));
}

void Job::Report(Event::Kind kind, std::string_view text) const {
  Event event;
  event.kind = kind;
  event.text = text;
  Report(event);
}

void Job::Report(const Event& event) const {
  for (EventSink* sink : sinks_) sink->Take(event);
}

Task::Task(const Job& job, std::string title, int64_t total, std::string unit, int64_t already_done)
    : job_(job),
      id_(NextTaskId()),
      title_(std::move(title)),
      unit_(std::move(unit)),
      already_done_(already_done),
      total_(total),
      done_(already_done) {
  Report(Event::Kind::kStarted, "");
}

Task::~Task() {
  const std::lock_guard lock(mutex_);
  if (!ended_) Report(Event::Kind::kAbandoned, "");
}

void Task::Update(int64_t done, std::string_view text) {
  const std::lock_guard lock(mutex_);
  if (ended_) return;
  done_ = std::max(done_, done);
  if (!text.empty()) text_ = text;
  Report(Event::Kind::kProgress, text_);
}

void Task::Metrics(int64_t step, std::span<const Metric> metrics) {
  const std::lock_guard lock(mutex_);
  done_ = std::max(done_, step);
  Report(Event::Kind::kMetrics, "", metrics);
}

void Task::SetTotal(int64_t total) {
  const std::lock_guard lock(mutex_);
  total_ = total;
}

void Task::Finish(std::string_view text) {
  const std::lock_guard lock(mutex_);
  if (ended_) return;
  ended_ = true;
  if (!text.empty()) text_ = text;
  Report(Event::Kind::kFinished, text_);
}

void Task::Report(Event::Kind kind, std::string_view text, std::span<const Metric> metrics) {
  Event event;
  event.kind = kind;
  event.text = text;
  event.task_id = id_;
  event.title = title_;
  event.unit = unit_;
  event.done = done_;
  event.total = total_;
  event.already_done = already_done_;
  event.seconds = seconds();
  event.metrics = metrics;
  job_.Report(event);
}

}  // namespace sanerf
