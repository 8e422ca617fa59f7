// Several files as one to download.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "sanerf/core/job.h"

namespace sanerf::viewer {

struct ZipEntry {
  std::string name;  // in the archive, with / between folders
  std::filesystem::path file;
};

// Pictures are stored as they are: they are compressed already. Replaces what is at `path`. Reports the task "pack".
// Throws Error (full disk, a file that is gone), InterruptedError; there is no archive then.
void WriteZip(const std::filesystem::path& path, const std::vector<ZipEntry>& entries, const Job& job);

}  // namespace sanerf::viewer
