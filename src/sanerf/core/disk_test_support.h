// A small file system in a folder of its own, for tests of a disk that is full or read-only. For tests only.
#pragma once

#include <gtest/gtest.h>
#include <sys/mount.h>

#include <cerrno>
#include <cstring>
#include <fstream>

#include "sanerf/core/folder_test_support.h"

namespace sanerf {

class TestDisk {
 public:
  explicit TestDisk(int kib = 256) {
    const std::string options = "size=" + std::to_string(kib) + "k";
    if (mount("tmpfs", folder_.path().c_str(), "tmpfs", 0, options.c_str()) != 0) why_not_ = std::strerror(errno);
  }
  ~TestDisk() {
    if (why_not_.empty()) umount2(folder_.path().c_str(), MNT_DETACH);
  }
  TestDisk(const TestDisk&) = delete;
  TestDisk& operator=(const TestDisk&) = delete;

  // Why there is none, as only root may mount one; "" when it is there. A test skips with this reason.
  std::string why_not() const { return why_not_.empty() ? "" : "cannot mount a small disk: " + why_not_; }
  std::filesystem::path operator/(const std::string& name) const { return folder_ / name; }

  // Takes all but `bytes` of the free space.
  void LeaveFree(size_t bytes) const {
    const size_t available = std::filesystem::space(folder_.path()).available;
    if (available > bytes) std::ofstream(folder_ / "filler", std::ios::app) << std::string(available - bytes, 'x');
  }
  void MakeReadOnly() const {  // until the end
    EXPECT_EQ(mount(nullptr, folder_.path().c_str(), nullptr, MS_REMOUNT | MS_RDONLY, nullptr), 0);
  }
  void FreeAgain() const { std::filesystem::remove(folder_ / "filler"); }

 private:
  TestFolder folder_;
  std::string why_not_;
};

}  // namespace sanerf
