#include "sanerf/core/own_process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <vector>

#include "sanerf/core/error.h"
#include "sanerf/core/run_command.h"

namespace sanerf {
namespace {

constexpr unsigned kLongest = 300;  // seconds
constexpr char kMade = 'm', kFailed = 'f', kUsedWrongly = 'u';

bool WriteAll(int to, const std::string& bytes) {
  for (size_t done = 0; done < bytes.size();) {
    const ssize_t count = write(to, bytes.data() + done, bytes.size() - done);
    if (count < 0 && errno != EINTR) return false;
    if (count > 0) done += size_t(count);
  }
  return true;
}

std::string ReadAll(int from) {
  std::string bytes;
  std::vector<char> some(size_t{1} << 16);  // as much as a pipe holds
  for (;;) {
    const ssize_t count = read(from, some.data(), some.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return bytes;
    bytes.append(some.data(), size_t(count));
  }
}

// Texts hold any bytes but this: they may name files.
constexpr char kTextEnd = '\0';

std::string Described(char kind, const Error& error) {
  return fmt::format("{}{}{}{}{}{}", kind, error.summary(), kTextEnd, error.why(), kTextEnd, error.hint());
}

template <class E>
[[noreturn]] void ThrowDescribed(const std::string& described) {
  const size_t why = described.find(kTextEnd) + 1, hint = described.find(kTextEnd, why) + 1;
  throw E(described.substr(1, why - 2), described.substr(why, hint - why - 1), described.substr(hint));
}

[[noreturn]] void Make(const std::function<std::string()>& make, int to) {
  // Handlers are for this program's own signals and crashes.
  for (const int signal : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGALRM, SIGPIPE, SIGTERM, SIGHUP})
    std::signal(signal, SIG_DFL);
  std::signal(SIGINT, SIG_IGN);  // Ctrl-C reaches both; the other one decides
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  const rlimit no_dump{0, 0};
  setrlimit(RLIMIT_CORE, &no_dump);
  alarm(kLongest);
  std::string result;
  try {
    result = make();
    result.insert(result.begin(), kMade);
  } catch (const UsageError& error) {
    result = Described(kUsedWrongly, error);
  } catch (const Error& error) {
    result = Described(kFailed, error);
  } catch (const std::exception& error) {
    result = Described(kFailed, Error(error.what()));
  }
  _exit(WriteAll(to, result) ? 0 : 1);
}

}  // namespace

std::string InOwnProcess(const std::function<std::string()>& make, const std::string& what, const std::string& hint) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) throw Error(what, std::strerror(errno));
  const pid_t process = fork();
  if (process == 0) {
    close(ends[0]);
    Make(make, ends[1]);
  }
  const int why_not = errno;
  close(ends[1]);
  if (process < 0) {
    close(ends[0]);
    throw Error(what, std::strerror(why_not));
  }
  std::string result = ReadAll(ends[0]);
  close(ends[0]);
  const int exit_code = WaitForExit(process);
  if (exit_code == 128 + SIGALRM) throw Error(what, "what reads it did not come to an end", hint);
  if (exit_code != 0 || result.empty()) throw Error(what, "what reads it has crashed", hint);
  if (result[0] == kMade) return result.erase(0, 1);
  if (result[0] == kUsedWrongly) ThrowDescribed<UsageError>(result);
  ThrowDescribed<Error>(result);
}

}  // namespace sanerf
