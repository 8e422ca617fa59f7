#include "sanerf/core/system_info.h"

#include <fmt/format.h>

#include <fstream>
#include <sstream>

#include "sanerf/core/error.h"
#include "sanerf/core/job.h"

namespace sanerf {
namespace {

// The number of a "Key:   123 kB" line of a /proc file, in bytes; 0 when there is no such line.
int64_t ProcKilobytes(const char* path, const std::string& key) {
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    if (line.rfind(key + ":", 0) != 0) continue;
    std::istringstream rest(line.substr(key.size() + 1));
    int64_t kilobytes = 0;
    return rest >> kilobytes ? kilobytes * 1024 : 0;
  }
  return 0;
}

}  // namespace

int64_t RssBytes() { return ProcKilobytes("/proc/self/status", "VmRSS"); }
int64_t PeakRssBytes() { return ProcKilobytes("/proc/self/status", "VmHWM"); }
bool ResetPeakRss() {
  std::ofstream file("/proc/self/clear_refs");
  return bool(file << "5" << std::flush);  // proc(5): resets VmHWM
}
int64_t AvailableMemoryBytes() { return AvailableMemory().bytes; }

void CheckMemory(const std::string& what, double bytes, const std::string& hint, const MemoryRoom& room) {
  if (bytes <= double(room.bytes)) return;
  throw Error(fmt::format("{} need {:.1f} GB of memory", what, bytes / 1e9),
              fmt::format("{:.1f} GB {}", double(room.bytes) / 1e9, room.of), hint);
}

void CheckMemory(const std::string& what, double bytes, const std::string& hint) {
  CheckMemory(what, bytes, hint, AvailableMemory());
}

std::filesystem::path FolderBesideProgram(const std::filesystem::path& relative) {
  std::error_code failed;
  std::filesystem::path above = std::filesystem::read_symlink("/proc/self/exe", failed).parent_path();
  for (int i = 0; i < 4 && above.has_relative_path(); ++i, above = above.parent_path()) {
    const std::filesystem::path folder = std::filesystem::canonical(above / relative, failed);
    if (!failed && std::filesystem::is_directory(folder, failed)) return folder;
  }
  return {};
}

void CheckMemory(const std::string& what, double bytes, const std::string& hint, const Job& job) {
  const MemoryRoom room = AvailableMemory();
  job.Detail(
      fmt::format("memory {}: about {:.2f} GB, {:.1f} GB {}", what, bytes / 1e9, double(room.bytes) / 1e9, room.of));
  CheckMemory(what, bytes, hint, room);
}

std::string CpuModelName() {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);) {
    const size_t colon = line.find(": ");
    if (line.rfind("model name", 0) == 0 && colon != std::string::npos) return line.substr(colon + 2);
  }
  return "unknown processor";
}

std::string VersionString() { return "0.1.0"; }

}  // namespace sanerf
