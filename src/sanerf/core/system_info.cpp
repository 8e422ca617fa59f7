#include "sanerf/core/system_info.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "sanerf/core/error.h"

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

// A container's memory limit less what it uses, or a huge number when there is none.
int64_t ContainerHeadroom() {
  int64_t limit = 0, used = 0;
  std::ifstream limit_file("/sys/fs/cgroup/memory.max"), used_file("/sys/fs/cgroup/memory.current");
  if (limit_file >> limit && used_file >> used) return std::max<int64_t>(0, limit - used);
  return INT64_MAX;  // no limit reads "max"
}

}  // namespace

int64_t PeakRssBytes() { return ProcKilobytes("/proc/self/status", "VmHWM"); }
bool ResetPeakRss() {
  std::ofstream file("/proc/self/clear_refs");
  return bool(file << "5" << std::flush);  // proc(5): resets VmHWM
}
int64_t CurrentRssBytes() { return ProcKilobytes("/proc/self/status", "VmRSS"); }
int64_t AvailableMemoryBytes() { return std::min(ProcKilobytes("/proc/meminfo", "MemAvailable"), ContainerHeadroom()); }

void CheckMemory(const std::string& what, double bytes, const std::string& hint, int64_t available) {
  if (bytes <= double(available)) return;
  throw Error(fmt::format("{} need {:.1f} GB of memory", what, bytes / 1e9), fmt::format("{:.1f} GB are free", double(available) / 1e9),
              hint);
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
