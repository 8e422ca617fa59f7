// The whole program but for main.
#pragma once

#include <string>
#include <vector>

namespace sanerf::cli {

std::vector<std::string> CommandNames();  // "demo", …: all that there are, with help and version

// Parses, runs, prints errors; returns the exit code (0, 1, 2, 3, 130 or 141: see `sanerf --help`).
int RunCommandLine(const std::vector<std::string>& arguments);

}  // namespace sanerf::cli
