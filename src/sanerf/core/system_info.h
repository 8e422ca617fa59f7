// What the machine is and what the process uses.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "sanerf/core/job.h"
#include "sanerf/core/memory_limits.h"

namespace sanerf {

int64_t RssBytes();              // that the process has now
int64_t PeakRssBytes();          // since the last ResetPeakRss, or since the start
bool ResetPeakRss();             // false where the kernel does not allow it
int64_t AvailableMemoryBytes();  // what the process may still take: see memory_limits.h
// Throws Error "`what` need … GB of memory: … GB are free" when fewer than `bytes` are there. For what is about to be
// taken: better a sentence now than a killed process later. hint: which option to lower.
void CheckMemory(const std::string& what, double bytes, const std::string& hint);
void CheckMemory(const std::string& what, double bytes, const std::string& hint, const MemoryRoom& room);
// `relative` in one of the four nearest folders above the running program, links to it followed; empty when there is
// none.
std::filesystem::path FolderBesideProgram(const std::filesystem::path& relative);
void CheckMemory(const std::string& what, double bytes, const std::string& hint, const Job& job);  // warns it
std::string CpuModelName();
std::string VersionString();  // "0.1.0"

}  // namespace sanerf
