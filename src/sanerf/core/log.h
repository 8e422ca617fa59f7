// Human text on stderr. Never on stdout: that is for results.
#pragma once

#include <fmt/format.h>

#include <string_view>

namespace sanerf {

enum class LogLevel { kQuiet, kNormal, kVerbose };  // -q, nothing, -v

void SetLogLevel(LogLevel level);
LogLevel GetLogLevel();

void LogLine(LogLevel needed, std::string_view prefix, std::string_view text);  // printed when level >= needed

template <class... A>
void LogInfo(fmt::format_string<A...> format, A&&... args) {
  LogLine(LogLevel::kNormal, "", fmt::format(format, std::forward<A>(args)...));
}
template <class... A>
void LogDetail(fmt::format_string<A...> format, A&&... args) {
  LogLine(LogLevel::kVerbose, "", fmt::format(format, std::forward<A>(args)...));
}
template <class... A>
void LogWarning(fmt::format_string<A...> format, A&&... args) {  // shown also with -q
  LogLine(LogLevel::kQuiet, "warning: ", fmt::format(format, std::forward<A>(args)...));
}

}  // namespace sanerf
