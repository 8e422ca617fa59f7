#include "sanerf/experiments/eval/training_curves.h"

#include <sstream>

#include "sanerf/core/files.h"
#include "sanerf/core/json.h"

namespace sanerf::experiments {
namespace {

struct ShownMetric {
  const char *key, *title, *unit;
  double factor;
};
constexpr ShownMetric kShownMetrics[] = {{"batch_psnr", "PSNR of the training photos", "dB", 1},
                                         {"held_out_psnr", "PSNR of a held-out photo", "dB", 1},
                                         {"agreement", "agreement with the masks", "%", 100}};

}  // namespace

std::vector<ReportCurve> CurvesIn(const std::filesystem::path& log, const std::string& of) {
  std::error_code missing;
  if (!std::filesystem::is_regular_file(log, missing)) return {};
  std::vector<ReportCurve> curves;
  for (const ShownMetric& metric : kShownMetrics) curves.push_back({of + ": " + metric.title, metric.unit, {}});
  std::istringstream lines(ReadFile(log));
  for (std::string text; std::getline(lines, text);) {
    const Json line = Json::parse(text, nullptr, /*allow_exceptions=*/false);
    if (!line.is_object() || !line.contains("step") || !line["step"].is_number()) continue;
    for (size_t i = 0; i < curves.size(); ++i) {
      const ShownMetric& metric = kShownMetrics[i];
      if (!line.contains(metric.key) || !line[metric.key].is_number()) continue;
      const double value = line[metric.key].get<double>();
      if (value != 0) curves[i].points.emplace_back(line["step"].get<double>(), metric.factor * value);  // 0: not yet
    }
  }
  std::erase_if(curves, [](const ReportCurve& curve) { return curve.points.size() < 2; });
  return curves;
}

}  // namespace sanerf::experiments
