#include "sanerf/experiments/compare/compare_result.h"

#include <algorithm>

#include "sanerf/experiments/ablate/ablate_results.h"

namespace sanerf::experiments {

using eval::MeanScores;

MeanScores MethodResult::Means() const {
  MeanScores means;
  for (const MethodRun& run : runs) {
    const MeanScores one = eval::MeansOf(run.objects);
    const double share = 1.0 / double(runs.size());
    means.iou += share * one.iou;
    means.accuracy += share * one.accuracy;
    means.boundary_iou += share * one.boundary_iou;
    means.consistency += share * one.consistency;
  }
  return means;
}

MeanScores MethodResult::Deviations() const {
  MeanScores deviations;
  for (double MeanScores::*field :
       {&MeanScores::iou, &MeanScores::accuracy, &MeanScores::boundary_iou, &MeanScores::consistency}) {
    std::vector<double> means;
    for (const MethodRun& run : runs) means.push_back(eval::MeansOf(run.objects).*field);
    deviations.*field = SpreadOf(means).deviation;
  }
  return deviations;
}

double MethodResult::Seconds() const {
  double sum = 0;
  for (const MethodRun& run : runs) sum += run.fit_seconds + run.view_seconds;
  return sum / double(std::max<size_t>(1, runs.size()));
}

int64_t MethodResult::PeakRssBytes() const {
  int64_t peak = 0;
  for (const MethodRun& run : runs) peak = std::max(peak, run.peak_rss_bytes);
  return peak;
}

std::vector<std::string> FailedMethods(const CompareResult& result) {
  std::vector<std::string> titles;
  for (const MethodResult& method : result.methods)
    if (method.runs.empty()) titles.push_back(method.title);
  return titles;
}

}  // namespace sanerf::experiments
