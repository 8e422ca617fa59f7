#include "sanerf/core/interrupt.h"

#include <unistd.h>

#include <atomic>
#include <csignal>
#include <cstring>

namespace sanerf {
namespace {

std::atomic<int> g_requests{0};
static_assert(std::atomic<int>::is_always_lock_free, "used in a signal handler");

constexpr int kExitInterrupted = 130;

// Only async-signal-safe calls here.
void HandleSignal(int) {
  if (g_requests.fetch_add(1) > 0) _exit(kExitInterrupted);
  constexpr char kText[] = "\nstopping: saving first (Ctrl-C again stops at once)\n";
  if (isatty(STDERR_FILENO) == 1) [[maybe_unused]]
    const ssize_t written = write(STDERR_FILENO, kText, sizeof(kText) - 1);
}

}  // namespace

void InstallInterruptHandler() {
  struct sigaction action {};
  action.sa_handler = HandleSignal;
  action.sa_flags = SA_RESTART;  // a system call in progress (a write, say) goes on
  sigemptyset(&action.sa_mask);
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
}

bool InterruptRequested() { return g_requests.load(std::memory_order_relaxed) > 0; }
void RequestInterrupt() { g_requests.fetch_add(1); }
void ClearInterrupt() { g_requests.store(0); }

}  // namespace sanerf
