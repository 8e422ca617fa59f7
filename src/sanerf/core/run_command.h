// Runs another program and waits for it.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <vector>

#include "sanerf/core/job.h"

namespace sanerf {

struct CommandResult {
  bool started = false;  // false: there is no such program
  int exit_code = -1;    // 128 + signal when it was killed
  std::string output;    // stdout and stderr, the last 4 KiB
};

// arguments[0] is looked up in PATH; no shell is involved. A request to stop ends the program; throws InterruptedError
// then.
CommandResult RunCommand(const std::vector<std::string>& arguments, const std::filesystem::path& working_folder,
                         const Job& job);

// Waits for the end of a child of this process: its exit code, or 128 + the signal that killed it.
int WaitForExit(pid_t child);

}  // namespace sanerf
