// A sink that keeps what a job reports, for tests.
#pragma once

#include <mutex>
#include <string>
#include <vector>

#include "sanerf/core/events.h"

namespace sanerf {

class EventRecorder : public EventSink {
 public:
  void Take(const Event& event) override {
    const std::lock_guard lock(mutex_);
    lines_.push_back(LineOf(event));
    if (event.task_id != 0) task_ids_.push_back(event.task_id);
  }

  // "warning TEXT", "progress TITLE DONE/TOTAL UNIT: TEXT".
  std::vector<std::string> Lines() const {
    const std::lock_guard lock(mutex_);
    return lines_;
  }
  // The sentences of one kind, "warning" say.
  std::vector<std::string> Texts(const std::string& kind) const {
    std::vector<std::string> texts;
    for (const std::string& line : Lines())
      if (line.starts_with(kind + " ")) texts.push_back(line.substr(kind.size() + 1));
    return texts;
  }
  std::vector<uint64_t> task_ids() const {
    const std::lock_guard lock(mutex_);
    return task_ids_;
  }

 private:
  static std::string LineOf(const Event& event) {
    constexpr const char* kNames[] = {"started", "progress", "finished", "abandoned", "metrics",
                                      "info",    "detail",   "warning",  "saved"};
    std::string line = kNames[int(event.kind)];
    if (event.task_id != 0) {
      line += ' ' + std::string(event.title) + ' ' + std::to_string(event.done) + '/' + std::to_string(event.total) +
              " " + std::string(event.unit);
      if (!event.text.empty()) line += ":";
    }
    for (const Metric& metric : event.metrics) {
      std::string value = std::to_string(metric.value);
      value.erase(value.find_last_not_of('0') + 1);
      line += ' ' + std::string(metric.name) + '=' + value;
    }
    if (!event.text.empty()) line += ' ' + std::string(event.text);
    return line;
  }

  mutable std::mutex mutex_;
  std::vector<std::string> lines_;
  std::vector<uint64_t> task_ids_;
};

}  // namespace sanerf
