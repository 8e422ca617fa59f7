// How much memory the process may still take: what the machine has free, what its container leaves, what its shell
// allows.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace sanerf {

struct MemoryRoom {
  int64_t bytes = INT64_MAX;  // INT64_MAX: no limit, or none that is known
  std::string of;             // "are free", "are left of the container's limit", ...
};

// root: of the file system that holds proc/ and sys/; a made-up one in tests.
MemoryRoom MachineRoom(const std::filesystem::path& root = "/");
// Of the control groups (version 1 and 2) around the process. What they hold of file contents can be given back, so it
// does not count as used.
MemoryRoom ContainerRoom(const std::filesystem::path& root = "/");
MemoryRoom ShellRoom();  // ulimit -v and -d

MemoryRoom AvailableMemory();  // the smallest of the three

}  // namespace sanerf
