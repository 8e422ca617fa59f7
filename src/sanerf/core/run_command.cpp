#include "sanerf/core/run_command.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>

#include "sanerf/core/error.h"
#include "sanerf/core/job.h"

extern char** environ;

namespace sanerf {
namespace {

constexpr size_t kKeptOutput = 4096;
constexpr int kLookMilliseconds = 100;

// Reads until every writer has closed the pipe; keeps the end. A request to stop ends `child`, and then nobody waits
// for what it has started itself.
std::string Drain(int descriptor, pid_t child, const Job& job) {
  std::string kept;
  char buffer[4096];
  for (;;) {
    pollfd readable{descriptor, POLLIN, 0};
    const int ready = poll(&readable, 1, kLookMilliseconds);
    if (job.stop_requested()) {
      kill(child, SIGTERM);
      break;
    }
    if (ready <= 0) continue;
    const ssize_t n = read(descriptor, buffer, sizeof buffer);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) break;
    kept.append(buffer, size_t(n));
    if (kept.size() > kKeptOutput) kept.erase(0, kept.size() - kKeptOutput);
  }
  return kept;
}

}  // namespace

int WaitForExit(pid_t child) {
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

CommandResult RunCommand(const std::vector<std::string>& arguments, const std::filesystem::path& working_folder,
                         const Job& job) {
  std::vector<char*> argv;
  for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);

  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) throw Error("cannot run " + arguments[0], std::strerror(errno));
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, ends[1], STDERR_FILENO);
  posix_spawn_file_actions_addchdir_np(&actions, working_folder.c_str());
  pid_t child = 0;
  const int failed = posix_spawnp(&child, argv[0], &actions, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  close(ends[1]);

  CommandResult result;
  if (failed == 0) {
    result.started = true;
    result.output = Drain(ends[0], child, job);
    result.exit_code = WaitForExit(child);
  }
  close(ends[0]);
  if (failed != 0 && failed != ENOENT && failed != EACCES)
    throw Error("cannot run " + arguments[0], std::strerror(failed));
  // Ctrl-C reaches the child as well; its failure is then not the story.
  if (job.stop_requested()) throw InterruptedError("stopped while " + arguments[0] + " was running");
  return result;
}

}  // namespace sanerf
