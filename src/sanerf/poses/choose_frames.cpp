#include "sanerf/poses/choose_frames.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>

namespace sanerf::poses {
namespace {

constexpr double kStandingStill = 0.25;  // of the mean motion: what every candidate moves at least

// How far along the way each candidate is, from 0 to 1.
std::vector<double> WayOf(const std::vector<Candidate>& candidates) {
  double total = 0;
  for (size_t i = 1; i < candidates.size(); ++i) total += candidates[i].motion;
  const double least = total > 0 ? kStandingStill * total / double(candidates.size() - 1) : 1;
  std::vector<double> way = {0};
  for (size_t i = 1; i < candidates.size(); ++i) way.push_back(way.back() + std::max(least, candidates[i].motion));
  for (double& at : way) at /= way.back();
  return way;
}

}  // namespace

std::vector<int> ChooseFrames(const std::vector<Candidate>& candidates, int count) {
  const int n = int(candidates.size());
  std::vector<int> chosen;
  if (n <= count) {
    chosen.resize(size_t(n));
    std::iota(chosen.begin(), chosen.end(), 0);
    return chosen;
  }
  const std::vector<double> way = WayOf(candidates);
  int begin = 0;
  for (int part = 0; part < count; ++part) {
    // At least one each: a jump over several parts leaves as many candidates for those behind it as they are.
    int end = begin + 1;
    while (end < n - (count - part - 1) && (part + 1 == count || way[size_t(end)] < double(part + 1) / count)) ++end;
    const double middle = 0.5 * (begin + end - 1);
    int best = begin;
    for (int i = begin + 1; i < end; ++i) {
      const double a = candidates[size_t(i)].sharpness, b = candidates[size_t(best)].sharpness;
      if (a > b || (a == b && std::abs(i - middle) < std::abs(best - middle))) best = i;
    }
    chosen.push_back(best);
    begin = end;
  }
  return chosen;
}

}  // namespace sanerf::poses
