// A run in the making.
#pragma once

#include <filesystem>
#include <vector>

namespace sanerf::run {

// Made before the run's lock is taken; at the end, when no run.json has come of it, removes the folders and the lock's
// file that were not there before: what was refused or stopped too early leaves nothing.
class NewRun {
 public:
  explicit NewRun(const std::filesystem::path& run);
  ~NewRun();
  NewRun(const NewRun&) = delete;
  NewRun& operator=(const NewRun&) = delete;

 private:
  std::filesystem::path run_;
  std::vector<std::filesystem::path> missing_;  // when it began, the innermost first
};

}  // namespace sanerf::run
