// Runs command lines in a process of their own. For tests only.
#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <functional>
#include <sstream>
#include <string>
#include <vector>

#include "sanerf/cli/command.h"
#include "sanerf/cli/command_line.h"
#include "sanerf/core/files.h"
#include "sanerf/core/folder_test_support.h"
#include "sanerf/core/interrupt.h"

namespace sanerf::cli {

// All commands but those that only explain the others.
inline std::vector<std::string> CommandsThatWork() {
  std::vector<std::string> names;
  for (const std::string& name : CommandNames())
    if (name != "help" && name != "version") names.push_back(name);
  return names;
}

struct ProgramResult {
  int exit_code = -1;
  std::string out, err;
};

class CommandProcess {
 public:
  // Starts `sanerf ARGUMENTS` in `folder`. The parent has started no thread, so the child may go on as main() would.
  // out: where its stdout goes; empty = to a file that Wait reads. prepare: called in the new process first.
  CommandProcess(
      const std::vector<std::string>& arguments, const std::filesystem::path& folder,
      const std::filesystem::path& out = "", const std::function<void()>& prepare = [] {}) {
    std::fflush(nullptr);  // else the child writes what the parent has not yet
    pid_ = fork();
    if (pid_ != 0) return;
    Redirect(STDOUT_FILENO, out.empty() ? streams_ / "out" : out);
    Redirect(STDERR_FILENO, streams_ / "err");
    if (chdir(folder.c_str()) != 0) _exit(99);
    InstallInterruptHandler();
    prepare();
    const int code = RunCommandLine(arguments);
    std::fflush(stdout);
    _exit(code);
  }

  void Send(int signal) const { kill(pid_, signal); }
  std::string ErrSoFar() const { return SoFar("err"); }

  ProgramResult Wait() {
    int status = 0;
    waitpid(pid_, &status, 0);
    return {WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status), SoFar("out"), SoFar("err")};
  }

 private:
  std::string SoFar(const std::string& stream) const {
    return std::filesystem::exists(streams_ / stream) ? ReadFile(streams_ / stream) : "";
  }
  static void Redirect(int stream, const std::filesystem::path& file) {
    const int descriptor = open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (descriptor < 0 || dup2(descriptor, stream) < 0) _exit(98);
  }

  TestFolder streams_;
  pid_t pid_;
};

inline ProgramResult RunSanerf(const std::vector<std::string>& arguments,
                               const std::filesystem::path& folder = "/tmp") {
  return CommandProcess(arguments, folder).Wait();
}

// What a failed command leaves on the screen: one line "error: …", after it at most one "hint: …", and nothing else.
inline ::testing::AssertionResult EndsInOneError(const ProgramResult& result) {
  std::vector<std::string> lines;
  std::istringstream stream(result.err);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  const auto starts_with = [&](size_t i, const char* start) { return lines[i].rfind(start, 0) == 0; };
  size_t error = 0;
  while (error < lines.size() && !starts_with(error, "error: ")) ++error;
  const bool has_hint = error + 1 < lines.size() && starts_with(error + 1, "hint: ");
  if (error < lines.size() && error + 1 + size_t(has_hint) == lines.size() && !starts_with(error, "error: internal"))
    return ::testing::AssertionSuccess();
  return ::testing::AssertionFailure() << "stderr is:\n" << result.err;
}

}  // namespace sanerf::cli
