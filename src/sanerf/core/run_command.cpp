#include "sanerf/core/run_command.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <sstream>
#include <utility>

#include "sanerf/core/error.h"
#include "sanerf/core/job.h"
#include "sanerf/core/stopwatch.h"

extern char** environ;

namespace fs = std::filesystem;

namespace sanerf {
namespace {

constexpr size_t kKeptOutput = 4096;
constexpr size_t kLongestLine = size_t{1} << 16;
constexpr int kLookMilliseconds = 100;
constexpr double kGraceSeconds = 5;  // between being asked to end and being ended

int ExitCodeOf(int status) { return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status); }

struct Pipe {
  int read = -1, write = -1;

  explicit Pipe(const std::string& program) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) throw Error("cannot run " + program, std::strerror(errno));
    read = ends[0], write = ends[1];
  }
  ~Pipe() { CloseRead(), CloseWrite(); }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  void CloseRead() { Close(&read); }
  void CloseWrite() { Close(&write); }

 private:
  static void Close(int* end) {
    if (*end >= 0) close(*end);
    *end = -1;
  }
};

// The text that programs are started with: pointers into strings that outlive them.
std::vector<char*> PointersTo(const std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (const std::string& text : texts) pointers.push_back(const_cast<char*>(text.c_str()));
  pointers.push_back(nullptr);
  return pointers;
}

std::vector<std::string> EnvironmentWith(const std::vector<std::string>& additions) {
  std::vector<std::string> all = additions;
  for (char** variable = environ; variable != nullptr && *variable != nullptr; ++variable) {
    const std::string_view text = *variable;
    const std::string_view name = text.substr(0, text.find('=') + 1);
    bool is_replaced = false;
    for (const std::string& addition : additions) is_replaced = is_replaced || addition.starts_with(name);
    if (!is_replaced) all.emplace_back(text);
  }
  return all;
}

// A program that runs; ended when this is destroyed before it has ended by itself.
class Child {
 public:
  Child(const fs::path& program, const std::vector<std::string>& arguments, const CommandOptions& options)
      : name_(arguments[0]), lines_(name_), stdout_(name_) {
    // All memory is asked for before the fork: other threads may hold the allocator's lock.
    const std::vector<std::string> environment = EnvironmentWith(options.environment);
    const std::vector<char*> argv = PointersTo(arguments), envp = PointersTo(environment);
    const int out = options.on_stdout ? stdout_.write : lines_.write;
    const pid_t parent = getpid();
    Pipe failure(name_);
    pid_ = fork();
    if (pid_ < 0) throw Error("cannot run " + name_, std::strerror(errno));
    if (pid_ == 0) {
      setpgid(0, 0);
      prctl(PR_SET_PDEATHSIG, SIGKILL);
      const int nothing = open("/dev/null", O_RDONLY);
      if (getppid() == parent && nothing >= 0 && dup2(nothing, STDIN_FILENO) >= 0 && dup2(out, STDOUT_FILENO) >= 0 &&
          dup2(lines_.write, STDERR_FILENO) >= 0 && chdir(options.working_folder.c_str()) == 0)
        execve(program.c_str(), argv.data(), envp.data());
      const int why = errno;
      [[maybe_unused]] const ssize_t written = write(failure.write, &why, sizeof why);
      _exit(127);
    }
    setpgid(pid_, pid_);  // here as well: it may be ended before it has come that far
    lines_.CloseWrite();
    stdout_.CloseWrite();
    failure.CloseWrite();
    int why = 0;
    ssize_t size = 0;
    while ((size = read(failure.read, &why, sizeof why)) < 0 && errno == EINTR) {
    }
    if (size <= 0) return;
    WaitForExit(pid_);
    pid_ = 0;
    if (why != ENOENT && why != EACCES) throw Error("cannot run " + name_, std::strerror(why));
  }
  ~Child() {
    if (pid_ > 0) End();
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  bool has_started() const { return pid_ > 0; }

  // Until every writer has closed both pipes, or a request to stop.
  std::string Drain(const CommandOptions& options, const Job& job) {
    std::string kept;
    while ((lines_.read >= 0 || stdout_.read >= 0) && !job.stop_requested()) {
      pollfd both[2] = {{lines_.read, POLLIN, 0}, {stdout_.read, POLLIN, 0}};  // a negative one is passed over
      if (poll(both, 2, kLookMilliseconds) <= 0) continue;
      if (both[0].revents != 0) {
        const std::string_view bytes = ReadSome(&lines_);
        kept.append(bytes);
        if (kept.size() > kKeptOutput) kept.erase(0, kept.size() - kKeptOutput);
        TakeLines(bytes, options);
      }
      if (both[1].revents != 0) {
        const std::string_view bytes = ReadSome(&stdout_);
        if (!bytes.empty() && options.on_stdout) options.on_stdout(bytes);
      }
    }
    if (!line_.empty() && options.on_line && !job.stop_requested()) options.on_line(line_);
    return kept;
  }

  // None when a stop was requested before it has ended.
  std::optional<int> Wait(const Job& job) {
    int status = 0;
    for (;;) {
      const pid_t ended = waitpid(pid_, &status, WNOHANG);
      if (ended == pid_) break;
      if (ended < 0 && errno != EINTR) break;  // somebody else has waited for it
      if (job.stop_requested()) return std::nullopt;
      usleep(5000);
    }
    pid_ = 0;
    return ExitCodeOf(status);
  }

 private:
  std::string_view ReadSome(Pipe* pipe) {
    const ssize_t n = read(pipe->read, buffer_, sizeof buffer_);
    if (n < 0 && errno == EINTR) return {};
    if (n <= 0) pipe->CloseRead();
    return n <= 0 ? std::string_view() : std::string_view(buffer_, size_t(n));
  }

  void TakeLines(std::string_view bytes, const CommandOptions& options) {
    if (!options.on_line) return;
    for (const char c : bytes) {
      if (c != '\n' && c != '\r' && line_.size() < kLongestLine) {
        line_ += c;
      } else if (!line_.empty()) {
        const std::string line = std::exchange(line_, "");
        options.on_line(line);
      }
    }
  }

  void End() {
    kill(-pid_, SIGTERM);
    const Stopwatch watch;
    while (watch.seconds() < kGraceSeconds) {
      const pid_t ended = waitpid(pid_, nullptr, WNOHANG);
      if (ended == pid_ || (ended < 0 && errno != EINTR)) {
        kill(-pid_, SIGKILL);  // what it has left of its group
        return;
      }
      usleep(5000);
    }
    kill(-pid_, SIGKILL);
    WaitForExit(pid_);
  }

  const std::string name_;
  Pipe lines_, stdout_;
  pid_t pid_ = 0;
  std::string line_;
  char buffer_[1 << 16];
};

bool MayBeRun(const fs::path& path) {
  struct stat is {};
  return stat(path.c_str(), &is) == 0 && S_ISREG(is.st_mode) && access(path.c_str(), X_OK) == 0;
}

}  // namespace

int WaitForExit(pid_t child) {
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return ExitCodeOf(status);
}

std::optional<fs::path> FindProgram(const std::string& name) {
  if (name.empty()) return std::nullopt;
  if (name.find('/') != std::string::npos) {
    const fs::path path = fs::absolute(name);
    return MayBeRun(path) ? std::optional(path) : std::nullopt;
  }
  const char* set = std::getenv("PATH");
  std::istringstream folders(set != nullptr ? set : "/usr/local/bin:/usr/bin:/bin");
  for (std::string folder; std::getline(folders, folder, ':');) {
    const fs::path path = fs::absolute(folder.empty() ? "." : folder) / name;
    if (MayBeRun(path)) return path;
  }
  return std::nullopt;
}

CommandResult RunCommand(const std::vector<std::string>& arguments, const CommandOptions& options, const Job& job) {
  CommandResult result;
  const std::optional<fs::path> program = FindProgram(arguments.at(0));
  if (!program) return result;
  if (job.stop_requested()) throw InterruptedError("stopped before " + arguments[0] + " was started");
  const auto child = std::make_unique<Child>(*program, arguments, options);  // its buffer is large for a stack
  if (!child->has_started()) return result;
  result.started = true;
  result.output = child->Drain(options, job);
  const std::optional<int> exit_code = job.stop_requested() ? std::nullopt : child->Wait(job);
  if (!exit_code) throw InterruptedError("stopped while " + arguments[0] + " was running");
  result.exit_code = *exit_code;
  return result;
}

CommandResult RunCommand(const std::vector<std::string>& arguments, const fs::path& working_folder, const Job& job) {
  CommandOptions options;
  options.working_folder = working_folder;
  return RunCommand(arguments, options, job);
}

}  // namespace sanerf
