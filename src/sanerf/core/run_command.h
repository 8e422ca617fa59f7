// Runs another program and waits for it.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sanerf/core/job.h"

namespace sanerf {

struct CommandOptions {
  std::filesystem::path working_folder = ".";
  std::vector<std::string> environment;                  // "NAME=value", besides that of this process
  std::function<void(std::string_view)> on_stdout;       // its bytes as they come; none: they are lines like stderr's
  std::function<void(const std::string& line)> on_line;  // of stderr, without its end; a progress bar's states as well
};

struct CommandResult {
  bool started = false;  // false: there is no such program
  int exit_code = -1;    // 128 + signal when it was killed
  std::string output;    // what was written as lines, the last 4 KiB
};

// arguments[0] is looked up in PATH; no shell is involved. The program reads nothing and has a process group of its
// own, so that Ctrl-C reaches this process alone. A request to stop ends the program with all that it has started,
// asked first (SIGTERM) and then not (SIGKILL); throws InterruptedError then. It is ended as well when a callback
// throws, or this process dies.
CommandResult RunCommand(const std::vector<std::string>& arguments, const CommandOptions& options, const Job& job);
CommandResult RunCommand(const std::vector<std::string>& arguments, const std::filesystem::path& working_folder,
                         const Job& job);

// Where PATH has a program of that name that may be run; a name with a slash is a path already.
std::optional<std::filesystem::path> FindProgram(const std::string& name);

// Waits for the end of a child of this process: its exit code, or 128 + the signal that killed it.
int WaitForExit(pid_t child);

}  // namespace sanerf
