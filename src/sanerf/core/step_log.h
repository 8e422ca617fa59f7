// A training's log: the metrics of a task, one JSON object per line, {"step": n, ..., "seconds": s}, flushed line by
// line so that one can look on.
#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <string>

#include "sanerf/core/job.h"
#include "sanerf/core/json_fwd.h"

namespace sanerf {

class StepLog : public EventSink {
 public:
  // Continues the log of a training that goes on after `step`: lines of later steps (they come again) and a last line
  // that a killed process did not finish are taken out, and its time goes on. step 0: a new log. Throws Error when it
  // cannot be written. title: of the task whose metrics are written. job: is warned when the disk is full; the training
  // goes on.
  StepLog(const Job& job, const std::filesystem::path& path, std::string title, int64_t step = 0);

  void Take(const Event& event) override;

 private:
  void Write(const Json& line);

  Job job_;
  std::filesystem::path path_;
  std::string title_;
  std::mutex mutex_;
  std::ofstream file_;
  double seconds_before_ = 0;
  bool is_complete_ = true;
};

}  // namespace sanerf
