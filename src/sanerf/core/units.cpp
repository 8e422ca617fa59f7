#include "sanerf/core/units.h"

#include <fmt/format.h>

#include <cmath>

namespace sanerf {

std::string FormatDuration(double seconds) {
  if (!(seconds >= 0 && seconds < 0x1p53)) return "?";  // beyond, doubles tell no seconds apart
  if (seconds < 0.9995) return fmt::format("{:.0f}ms", seconds * 1000);
  if (seconds < 59.95) return fmt::format("{:.1f}s", seconds);
  const int64_t whole = int64_t(std::llround(seconds));
  if (whole < 3600) return fmt::format("{}m{:02d}s", whole / 60, whole % 60);
  return fmt::format("{}h{:02d}m", whole / 3600, whole % 3600 / 60);
}

std::string FormatCount(double count) {
  const double magnitude = std::abs(count);
  if (magnitude < 100 && count != std::floor(count)) return fmt::format("{:.1f}", count);
  if (magnitude < 999.5) return fmt::format("{:.0f}", count);
  if (magnitude < 999.5e3) return fmt::format("{:.1f}k", count / 1e3);
  if (magnitude < 999.5e6) return fmt::format("{:.2f}M", count / 1e6);
  return fmt::format("{:.2f}G", count / 1e9);
}

std::string FormatBytes(double bytes) {
  if (bytes < 999.5) return fmt::format("{:.0f} B", bytes);
  if (bytes < 999.5e3) return fmt::format("{:.1f} kB", bytes / 1e3);
  if (bytes < 999.5e6) return fmt::format("{:.1f} MB", bytes / 1e6);
  return fmt::format("{:.2f} GB", bytes / 1e9);
}

std::string HexFingerprint(uint64_t fingerprint) { return fmt::format("{:016x}", fingerprint); }

}  // namespace sanerf
