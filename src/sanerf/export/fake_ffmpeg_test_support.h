// A program called ffmpeg that a test writes, first in PATH for the length of a scope. For tests only.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <string>

#include "sanerf/core/files.h"
#include "sanerf/core/folder_test_support.h"

namespace sanerf::exports {

class FakeFfmpeg {
 public:
  // script: what it does, in sh; "$@" are its arguments, "$out" the last of them. Empty: there is no ffmpeg at all.
  explicit FakeFfmpeg(const std::string& script) {
    const char* path = std::getenv("PATH");
    path_ = path == nullptr ? "" : path;
    if (script.empty()) {
      setenv("PATH", folder_.path().c_str(), 1);
      return;
    }
    WriteFileAtomic(folder_ / "ffmpeg", "#!/bin/sh\nfor out; do :; done\n" + script + "\n");
    std::filesystem::permissions(folder_ / "ffmpeg", std::filesystem::perms::owner_all);
    setenv("PATH", (folder_.path().string() + ":" + path_).c_str(), 1);
  }
  ~FakeFfmpeg() { setenv("PATH", path_.c_str(), 1); }
  FakeFfmpeg(const FakeFfmpeg&) = delete;
  FakeFfmpeg& operator=(const FakeFfmpeg&) = delete;

 private:
  TestFolder folder_;
  std::string path_;
};

// Keeps what it is fed as the video.
inline constexpr char kKeepsFrames[] = "cat > \"$out\"";
// Reads a part, writes a part, and is killed.
inline constexpr char kIsKilled[] = "head -c 100 > \"$out\"; kill -9 $$";
inline constexpr char kHasNoEncoder[] = "echo \"Unknown encoder 'libx264'\" >&2; exit 1";

}  // namespace sanerf::exports
