// Folders in the making: a run, or results of several.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace sanerf::run {

// Made before the folder's lock is taken; at the end, when what was to come (`sign`) has not come of it, removes the
// lock's file and, where they are empty, the folders that were not there before: what was refused or stopped too early
// leaves nothing.
class NewFolder {
 public:
  // parts, sign: names in the folder.
  NewFolder(const std::filesystem::path& folder, const std::vector<std::string>& parts, const std::string& sign);
  ~NewFolder();
  NewFolder(const NewFolder&) = delete;
  NewFolder& operator=(const NewFolder&) = delete;

 private:
  std::filesystem::path folder_, sign_;
  std::vector<std::filesystem::path> missing_;  // when it began, the innermost first
};

class NewRun : public NewFolder {
 public:
  explicit NewRun(const std::filesystem::path& run) : NewFolder(run, {"nerf"}, "run.json") {}
};

}  // namespace sanerf::run
