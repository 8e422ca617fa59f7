#include "sanerf/core/console.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <mutex>

namespace sanerf {
namespace {

constexpr std::string_view kEraseLine = "\r\033[K";

struct Console {
  std::mutex mutex;
  std::string live_line;
};

// Never destroyed: a static destructor may still want to log.
Console& TheConsole() {
  static Console* console = new Console;
  return *console;
}

// One write per update, so that lines of several processes on one terminal stay whole.
void WriteStderr(std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = write(STDERR_FILENO, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return;  // nobody is listening
    text.remove_prefix(size_t(written));
  }
}

// 80 when unknown.
int TerminalColumns() {
  winsize size{};
  if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return 80;
  return size.ws_col;
}

}  // namespace

bool StderrIsTerminal() {
  const char* term = std::getenv("TERM");
  return isatty(STDERR_FILENO) == 1 && (term == nullptr || std::strcmp(term, "dumb") != 0);
}

void PrintStderrLine(std::string_view text) {
  Console& console = TheConsole();
  const std::lock_guard lock(console.mutex);
  std::string out;
  if (!console.live_line.empty()) out += kEraseLine;
  out += text;
  out += '\n';
  out += console.live_line;
  WriteStderr(out);
}

void SetLiveLine(std::string text) {
  Console& console = TheConsole();
  const std::lock_guard lock(console.mutex);
  const size_t columns = size_t(TerminalColumns());
  if (text.size() >= columns) text.resize(columns - 1);
  if (text.empty() && console.live_line.empty()) return;
  WriteStderr(std::string(kEraseLine) + text);
  console.live_line = std::move(text);
}

}  // namespace sanerf
