// A training's log: one JSON object per line, {"step": n, ..., "seconds": s}, flushed line by line so that one can look
// on.
#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>

#include "sanerf/core/json.h"

namespace sanerf {

class StepLog {
 public:
  // Continues the log of a training that goes on after `step`: lines of later steps (they come again) and a last line
  // that a killed process did not finish are taken out. step 0: a new log. Throws Error when it cannot be written.
  explicit StepLog(const std::filesystem::path& path, int64_t step = 0);

  // "seconds" of the last line that was kept, for logs whose time goes on; 0 for a new one.
  double seconds_before() const { return seconds_before_; }
  void Write(const Json& line);  // a disk that is full is one warning: the training goes on

 private:
  std::filesystem::path path_;
  std::ofstream file_;
  double seconds_before_ = 0;
  bool is_complete_ = true;
};

}  // namespace sanerf
