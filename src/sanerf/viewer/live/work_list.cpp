#include "sanerf/viewer/live/work_list.h"

namespace sanerf::viewer {
namespace {

constexpr double kSecondsBetween = 0.1;  // of the progress events of one task

Json Shown(const Event& event) {
  const int64_t done_here = event.done - event.already_done, left = event.total - event.done;
  Json eta = nullptr;
  if (event.total > 0 && done_here > 0 && event.seconds > 0) eta = event.seconds * double(left) / double(done_here);
  return {{"id", event.task_id},  {"title", std::string(event.title)}, {"done", event.done},
          {"total", event.total}, {"unit", std::string(event.unit)},   {"seconds", event.seconds},
          {"eta", eta},           {"text", std::string(event.text)}};
}

}  // namespace

StopToken WorkList::Line::token() const {
  const std::lock_guard lock(control_->mutex);
  return control_->stop.token();
}

void WorkList::Line::TakeUpAgain() {
  const std::lock_guard lock(control_->mutex);
  if (control_->stop.token().stop_requested()) control_->stop = StopSource();  // else nobody could cancel what goes on
}

void WorkList::Control::Cancel() {
  if (on_cancel) {
    on_cancel();
    return;
  }
  const std::lock_guard lock(mutex);
  stop.RequestStop();
}

void WorkList::Take(const Event& event, Line* line) {
  switch (event.kind) {
    case Event::Kind::kStarted:
    case Event::Kind::kProgress: {
      const Json shown = Shown(event);
      {
        const std::lock_guard lock(mutex_);
        Entry& entry = tasks_.try_emplace(event.task_id, Entry{line, Json(), -1}).first->second;
        entry.shown = shown;
        if (entry.told_at >= 0 && event.seconds < entry.told_at + kSecondsBetween) return;
        entry.told_at = event.seconds;
      }
      audience_.Say("progress", shown);
      return;
    }
    case Event::Kind::kFinished:
    case Event::Kind::kAbandoned: {
      {
        const std::lock_guard lock(mutex_);
        tasks_.erase(event.task_id);
      }
      Json gone = Shown(event);
      gone["done"] = -1;
      audience_.Say("progress", gone);
      return;
    }
    case Event::Kind::kMetrics: {
      Json values = Json::object();
      for (const Metric& metric : event.metrics) values[std::string(metric.name)] = OrNull(metric.value);
      audience_.Say("metric", {{"task", event.task_id}, {"step", event.done}, {"values", values}});
      return;
    }
    case Event::Kind::kWarning:
      Message(MessageKind::kWarning, std::string(event.text));
      return;
    case Event::Kind::kInfo:
    case Event::Kind::kDetail:
    case Event::Kind::kSaved:
      return;  // for a log; a person at the page sees it happen
  }
}

Json WorkList::AsJson() const {
  const std::lock_guard lock(mutex_);
  Json work = Json::array();
  for (const auto& [id, entry] : tasks_) work.push_back(entry.shown);
  return work;
}

bool WorkList::Cancel(int64_t id) {
  std::shared_ptr<Control> control;
  {
    const std::lock_guard lock(mutex_);
    const auto task = tasks_.find(uint64_t(id));
    if (id <= 0 || task == tasks_.end()) return false;
    control = task->second.line->control_;
  }
  control->Cancel();  // which may wait for the task's last event
  return true;
}

void WorkList::Forget(Line* line) {
  const std::lock_guard lock(mutex_);
  std::erase_if(tasks_, [&](const auto& task) { return task.second.line == line; });
}

}  // namespace sanerf::viewer
