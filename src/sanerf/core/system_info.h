// What the machine is and what the process uses.
#pragma once

#include <cstdint>
#include <string>

namespace sanerf {

int64_t PeakRssBytes();  // since the last ResetPeakRss, or since the start
bool ResetPeakRss();     // false where the kernel does not allow it
int64_t CurrentRssBytes();
int64_t AvailableMemoryBytes();
// Throws Error "`what` need … GB of memory" when fewer than `bytes` are available.
void CheckMemory(const std::string& what, double bytes, const std::string& hint,
                 int64_t available = AvailableMemoryBytes());
std::string CpuModelName();
std::string VersionString();  // "0.1.0"

}  // namespace sanerf
