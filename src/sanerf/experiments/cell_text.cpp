#include "sanerf/experiments/cell_text.h"

#include <fmt/format.h>

#include <cmath>

namespace sanerf::experiments {

std::string Percent(double share) { return std::isnan(share) ? "-" : fmt::format("{:.2f}", 100 * share); }

std::string PercentWithSpread(double mean, double deviation, bool has_spread) {
  return has_spread && !std::isnan(mean) ? fmt::format("{} ± {}", Percent(mean), Percent(deviation)) : Percent(mean);
}

std::string CsvNumber(double value) { return std::isnan(value) ? "" : fmt::format("{:.6f}", value); }

std::string CsvCell(const std::string& text) {
  if (text.find_first_of(",\"\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + "\"";
}

}  // namespace sanerf::experiments
