#include "sanerf/core/memory_limits.h"

#include <sys/resource.h>

#include <algorithm>
#include <fstream>
#include <sstream>

namespace fs = std::filesystem;

namespace sanerf {
namespace {

// The number after `key` at the beginning of a line; fallback when there is no such line. kB lines come as bytes.
int64_t Field(const fs::path& path, const std::string& key, int64_t fallback) {
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    std::istringstream words(line);
    std::string name, unit;
    int64_t value = 0;
    if (!(words >> name >> value) || name != key) continue;
    words >> unit;
    return unit == "kB" ? value * 1024 : value;
  }
  return fallback;
}

// The file's only number; fallback for "max" and when there is no such file.
int64_t Number(const fs::path& path, int64_t fallback) {
  std::ifstream file(path);
  int64_t value = 0;
  return file >> value ? value : fallback;
}

// Names of the files of one control group.
struct GroupFiles {
  const char *limit, *used, *inactive, *active;
};
constexpr GroupFiles kVersion1 = {"memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file",
                                  "total_active_file"};
constexpr GroupFiles kVersion2 = {"memory.max", "memory.current", "inactive_file", "active_file"};

int64_t GroupRoom(const fs::path& group, const GroupFiles& files) {
  const int64_t limit = Number(group / files.limit, INT64_MAX), used = Number(group / files.used, -1);
  if (limit == INT64_MAX || used < 0) return INT64_MAX;
  const int64_t of_files =
      Field(group / "memory.stat", files.inactive, 0) + Field(group / "memory.stat", files.active, 0);
  return std::max<int64_t>(0, limit - std::max<int64_t>(0, used - of_files));
}

// The tightest of the group and those around it. A container may see its own group as the root: what is not there is
// passed over.
int64_t GroupsRoom(const fs::path& mount, const fs::path& group, const GroupFiles& files) {
  int64_t room = GroupRoom(mount, files);
  fs::path inner = mount;
  for (const fs::path& part : group.relative_path()) {
    inner /= part;
    room = std::min(room, GroupRoom(inner, files));
  }
  return room;
}

bool HasWord(const std::string& list, const std::string& word) {
  std::istringstream words(list);
  for (std::string item; std::getline(words, item, ',');)
    if (item == word) return true;
  return false;
}

int64_t LimitOf(int resource) {
  rlimit limit{};
  if (getrlimit(resource, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return INT64_MAX;
  return int64_t(std::min<rlim_t>(limit.rlim_cur, INT64_MAX));
}

}  // namespace

MemoryRoom MachineRoom(const fs::path& root) {
  const fs::path meminfo = root / "proc/meminfo";
  int64_t room = Field(meminfo, "MemAvailable:", INT64_MAX);
  // The kernel can be set to promise no more than it has.
  if (Number(root / "proc/sys/vm/overcommit_memory", 0) == 2) {
    const int64_t most = Field(meminfo, "CommitLimit:", INT64_MAX), promised = Field(meminfo, "Committed_AS:", 0);
    if (most != INT64_MAX) room = std::min(room, std::max<int64_t>(0, most - promised));
  }
  return {room, "are free"};
}

MemoryRoom ContainerRoom(const fs::path& root) {
  int64_t room = INT64_MAX;
  std::ifstream groups(root / "proc/self/cgroup");
  for (std::string line; std::getline(groups, line);) {  // "NUMBER:CONTROLLERS:GROUP"; version 2 names no controller
    const size_t first = line.find(':'), second = first == std::string::npos ? first : line.find(':', first + 1);
    if (second == std::string::npos) continue;
    const std::string controllers = line.substr(first + 1, second - first - 1), group = line.substr(second + 1);
    if (controllers.empty()) room = std::min(room, GroupsRoom(root / "sys/fs/cgroup", group, kVersion2));
    if (HasWord(controllers, "memory"))
      room = std::min(room, GroupsRoom(root / "sys/fs/cgroup/memory", group, kVersion1));
  }
  return {room, "are left of the container's limit"};
}

MemoryRoom ShellRoom() {
  const auto room = [](int resource, const char* used) {
    const int64_t limit = LimitOf(resource);
    return limit == INT64_MAX ? limit : std::max<int64_t>(0, limit - Field("/proc/self/status", used, 0));
  };
  return {std::min(room(RLIMIT_AS, "VmSize:"), room(RLIMIT_DATA, "VmData:")),
          "are left of the shell's limit (ulimit -v)"};
}

MemoryRoom AvailableMemory() {
  MemoryRoom least = MachineRoom();
  for (const MemoryRoom& room : {ContainerRoom(), ShellRoom()})
    if (room.bytes < least.bytes) least = room;
  return least;
}

}  // namespace sanerf
