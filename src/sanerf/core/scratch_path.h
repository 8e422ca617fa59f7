// A file or folder that a stage needs only while it works.
#pragma once

#include <filesystem>

namespace sanerf {

// Removes the path with everything in it now (what a killed process left) and at the end, however that comes.
class ScratchPath {
 public:
  explicit ScratchPath(std::filesystem::path path) : path_(std::move(path)) { std::filesystem::remove_all(path_); }
  ~ScratchPath() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  ScratchPath(const ScratchPath&) = delete;
  ScratchPath& operator=(const ScratchPath&) = delete;

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace sanerf
