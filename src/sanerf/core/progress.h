// Progress of a long stage: a live bar on a terminal, plain lines every few seconds otherwise, nothing with -q.
#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>
#include <string>

#include "sanerf/core/units.h"

namespace sanerf {

// One per stage. Not shown at all when the stage ends within two seconds.
//   train  1200/5000  24%  loss 0.0061  psnr 28.4  7.9k rays/s  ETA 8m12s
class Progress {
 public:
  // unit: what `total` counts ("steps", "views"); used for the rate ("12.1 steps/s").
  // already_done: where a resumed stage starts; it does not count for the rate.
  Progress(std::string title, int64_t total, std::string unit, int64_t already_done = 0);
  ~Progress();  // erases the live bar
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  // Thread safe. `detail` replaces the middle part ("loss 0.0061  psnr 28.4"); an empty one keeps the last.
  void Update(int64_t done, const std::string& detail = "");
  // Ends the bar with one permanent line: "train  5000 steps in 4m10s".
  void Finish(const std::string& detail = "");
  double seconds() const;

 private:
  void Print(bool final_line);

  std::mutex mutex_;
  std::string title_, unit_, detail_;
  int64_t total_, already_done_, done_;
  bool on_terminal_, finished_ = false, shown_ = false;
  std::chrono::steady_clock::time_point start_, last_print_;
};

}  // namespace sanerf
