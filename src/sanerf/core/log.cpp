#include "sanerf/core/log.h"

#include <atomic>

#include "sanerf/core/console.h"

namespace sanerf {
namespace {

std::atomic<LogLevel> g_level{LogLevel::kNormal};

}  // namespace

void SetLogLevel(LogLevel level) { g_level = level; }
LogLevel GetLogLevel() { return g_level; }

void LogLine(LogLevel needed, std::string_view prefix, std::string_view text) {
  if (g_level.load() < needed) return;
  PrintStderrLine(std::string(prefix) + std::string(text));
}

}  // namespace sanerf
