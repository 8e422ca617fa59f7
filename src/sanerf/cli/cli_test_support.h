// Runs command lines in a process of their own. For tests only.
#pragma once

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <string>
#include <vector>

#include "sanerf/cli/command.h"
#include "sanerf/core/files.h"
#include "sanerf/core/interrupt.h"
#include "sanerf/core/test_folder.h"

namespace sanerf {

struct CommandResult {
  int exit_code = -1;
  std::string out, err;
};

class CommandProcess {
 public:
  // Starts `sanerf ARGUMENTS` in `folder`. The parent has started no thread, so the child may go on as main() would.
  CommandProcess(const std::vector<std::string>& arguments, const std::filesystem::path& folder) {
    pid_ = fork();
    if (pid_ != 0) return;
    Redirect(STDOUT_FILENO, streams_ / "out");
    Redirect(STDERR_FILENO, streams_ / "err");
    if (chdir(folder.c_str()) != 0) _exit(99);
    InstallInterruptHandler();
    const int code = RunCommandLine(arguments);
    std::fflush(stdout);
    _exit(code);
  }

  void Send(int signal) const { kill(pid_, signal); }
  std::string ErrSoFar() const { return std::filesystem::exists(streams_ / "err") ? ReadFile(streams_ / "err") : ""; }

  CommandResult Wait() {
    int status = 0;
    waitpid(pid_, &status, 0);
    return {WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status), ReadFile(streams_ / "out"),
            ReadFile(streams_ / "err")};
  }

 private:
  static void Redirect(int stream, const std::filesystem::path& file) {
    const int descriptor = open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (descriptor < 0 || dup2(descriptor, stream) < 0) _exit(98);
  }

  TestFolder streams_;
  pid_t pid_;
};

inline CommandResult RunSanerf(const std::vector<std::string>& arguments,
                               const std::filesystem::path& folder = "/tmp") {
  return CommandProcess(arguments, folder).Wait();
}

}  // namespace sanerf
