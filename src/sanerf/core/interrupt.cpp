#include "sanerf/core/interrupt.h"

#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstring>

namespace sanerf {
namespace {

std::atomic<int> g_requests{0};
static_assert(std::atomic<int>::is_always_lock_free, "used in a signal handler");

StopSource& Source() {  // made before the handler is installed, never destroyed
  static StopSource* source = new StopSource;
  return *source;
}

constexpr int kExitInterrupted = 130;

// Only async-signal-safe calls here.
void AskedToStop(int) {
  const int errno_before = errno;
  if (g_requests.fetch_add(1) > 0) _exit(kExitInterrupted);
  Source().RequestStop();
  constexpr char kText[] = "\nstopping: saving first (Ctrl-C again stops at once)\n";
  if (isatty(STDERR_FILENO) == 1) [[maybe_unused]]
    const ssize_t written = write(STDERR_FILENO, kText, sizeof(kText) - 1);
  errno = errno_before;
}

// The reader of our output is gone. Every later write to the pipe raises the signal again, and shell and kernel both
// signal a closed terminal: none of these is a second request.
void OnReaderGone(int) {
  int none = 0;
  if (g_requests.compare_exchange_strong(none, 1)) Source().RequestStop();
}

void Handle(int signal, void (*handler)(int)) {
  struct sigaction action {};
  action.sa_handler = handler;
  action.sa_flags = SA_RESTART;  // a system call in progress (a write, say) goes on
  sigemptyset(&action.sa_mask);
  sigaction(signal, &action, nullptr);
}

bool IsIgnored(int signal) {
  struct sigaction action {};
  return sigaction(signal, nullptr, &action) == 0 && action.sa_handler == SIG_IGN;
}

}  // namespace

StopToken InterruptToken() { return Source().token(); }

void InstallInterruptHandler() {
  Source();
  Handle(SIGINT, AskedToStop);
  Handle(SIGTERM, AskedToStop);
  Handle(SIGPIPE, OnReaderGone);
  if (!IsIgnored(SIGHUP)) Handle(SIGHUP, OnReaderGone);
}

void ClearInterrupt() {
  g_requests.store(0);
  Source() = StopSource();
}

}  // namespace sanerf
