#include "sanerf/core/fed_command.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>

#include "sanerf/core/error.h"
#include "sanerf/core/run_command.h"

extern char** environ;

namespace sanerf {
namespace {

constexpr size_t kKeptOfOutput = 4096;
constexpr int kLookEvery = 100;  // milliseconds
constexpr int kLooksBeforeKill = 20;

void CloseEnd(int* descriptor) {
  if (*descriptor >= 0) close(*descriptor);
  *descriptor = -1;
}

}  // namespace

// Its input is a socket, not a pipe: writing to one that nobody reads any more can be told to raise no signal.
FedCommand::FedCommand(const std::vector<std::string>& arguments, const std::filesystem::path& working_folder)
    : program_(arguments.at(0)) {
  int fed[2] = {-1, -1}, told[2] = {-1, -1};
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fed) != 0)
    throw Error("cannot run " + program_, std::strerror(errno));
  if (pipe2(told, O_CLOEXEC) != 0) {
    const int error = errno;
    close(fed[0]);
    close(fed[1]);
    throw Error("cannot run " + program_, std::strerror(error));
  }
  std::vector<char*> argv;
  for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, fed[1], STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, told[1], STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, told[1], STDERR_FILENO);
  posix_spawn_file_actions_addchdir_np(&actions, working_folder.c_str());
  // In a group of its own: Ctrl-C reaches this process alone, which ends the program.
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
  posix_spawnattr_setpgroup(&attributes, 0);
  const int failed = posix_spawnp(&child_, argv[0], &actions, &attributes, argv.data(), environ);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  close(fed[1]);
  close(told[1]);
  input_ = fed[0];
  printed_ = told[0];
  if (failed == 0) {
    fcntl(printed_, F_SETFL, O_NONBLOCK);
    return;
  }
  child_ = 0;
  CloseEnd(&input_);
  CloseEnd(&printed_);
  throw Error("cannot run " + program_, std::strerror(failed), "install it, or put its folder into PATH");
}

FedCommand::~FedCommand() {
  CloseInput();
  End();
  CloseEnd(&printed_);
}

void FedCommand::CloseInput() { CloseEnd(&input_); }

void FedCommand::TakeOutput() {
  char buffer[4096];
  for (;;) {
    const ssize_t n = read(printed_, buffer, sizeof buffer);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return;
    output_.append(buffer, size_t(n));
    if (output_.size() > kKeptOfOutput) output_.erase(0, output_.size() - kKeptOfOutput);
  }
}

bool FedCommand::Write(std::string_view bytes, const Job& job) {
  while (!bytes.empty()) {
    job.ThrowIfStopped("running " + program_);
    TakeOutput();  // else a program that has much to say waits for us, and we for it
    const ssize_t n = send(input_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (n > 0) {
      bytes.remove_prefix(size_t(n));
    } else if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
      pollfd ends[2] = {{input_, POLLOUT, 0}, {printed_, POLLIN, 0}};
      poll(ends, 2, kLookEvery);
    } else if (n < 0 && errno != EINTR) {
      return false;
    }
  }
  return true;
}

int FedCommand::Finish(const Job& job) {
  CloseInput();
  for (;;) {
    int status = 0;
    const pid_t ended = waitpid(child_, &status, WNOHANG);
    TakeOutput();
    if (ended == child_) {
      child_ = 0;
      return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    }
    job.ThrowIfStopped("running " + program_);
    pollfd end{printed_, POLLIN, 0};
    // Once the program has closed its output, poll returns at once.
    if (poll(&end, 1, kLookEvery) > 0 && (end.revents & POLLIN) == 0) poll(nullptr, 0, kLookEvery / 10);
  }
}

void FedCommand::End() {
  if (child_ == 0) return;
  kill(-child_, SIGTERM);  // its group: a script's children as well
  for (int look = 0; look < kLooksBeforeKill; ++look) {
    TakeOutput();
    if (waitpid(child_, nullptr, WNOHANG) == child_) {
      child_ = 0;
      return;
    }
    poll(nullptr, 0, kLookEvery);
  }
  kill(-child_, SIGKILL);
  WaitForExit(child_);
  child_ = 0;
}

}  // namespace sanerf
