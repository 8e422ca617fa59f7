#include "sanerf/export/splat_growth.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "sanerf/core/check.h"
#include "sanerf/core/geometry.h"

namespace sanerf::exports {
namespace {

// Two Gaussians of deviation 0.6 at -0.8 and 0.8 have the variance of one of deviation 1: 0.36 + 0.64; their mass is
// that of one when each is 1 / 1.2 as opaque.
constexpr float kChildShift = 0.8f, kChildScale = 0.6f, kChildOpacity = 1 / (2 * kChildScale);
constexpr float kOnePixel = 1;  // standard deviation in the picture; of less there is nothing to split
constexpr float kMostOpaque = 0.999f;

float OpacityOfLogit(float logit) { return 1 / (1 + std::exp(-logit)); }
float LogitOfOpacity(float opacity) {
  const float held = std::clamp(opacity, 1 - kMostOpaque, kMostOpaque);
  return std::log(held / (1 - held));
}

std::vector<int32_t> KeptSplats(const SplatParameters& splats, const SplatTraces& traces, const SplatGrowth& growth) {
  std::vector<int32_t> kept;
  for (int64_t i = 0; i < splats.size(); ++i) {
    const bool is_faint = OpacityOfLogit(splats.logits[size_t(i)]) < growth.min_opacity;
    const bool is_huge = growth.max_scale > 0 && splats.LargestScale(i) > growth.max_scale;
    const bool is_unseen = growth.drop_unseen && traces.seen[size_t(i)] == 0;
    if (!is_faint && !is_huge && !is_unseen) kept.push_back(int32_t(i));
  }
  return kept;
}

// Numbers i and its copy j become its two halves.
void SplitSplat(size_t i, size_t j, SplatParameters* splats) {
  const SplatShape<float> shape = splats->Shape(int64_t(i));
  const int axis = int(std::max_element(shape.log_scale, shape.log_scale + 3) - shape.log_scale);
  const Eigen::Quaternionf rotation(shape.rotation[0], shape.rotation[1], shape.rotation[2], shape.rotation[3]);
  const Eigen::Vector3f shift =
      kChildShift * std::exp(shape.log_scale[axis]) * rotation.normalized().toRotationMatrix().col(axis);
  const float logit = LogitOfOpacity(kChildOpacity * OpacityOfLogit(shape.logit));
  for (const size_t child : {i, j}) {
    for (int a = 0; a < 3; ++a) splats->positions[3 * child + size_t(a)] += child == i ? -shift[a] : shift[a];
    splats->log_scales[3 * child + size_t(axis)] += std::log(kChildScale);
    splats->logits[child] = logit;
  }
}

void DoubleSplat(size_t i, size_t j, SplatParameters* splats) {
  splats->logits[i] = splats->logits[j] = LogitOfOpacity(1 - std::sqrt(1 - OpacityOfLogit(splats->logits[i])));
}

}  // namespace

Grown GrowSplats(const SplatParameters& splats, const SplatTraces& traces, const SplatGrowth& growth) {
  SANERF_CHECK(size_t(splats.size()) == traces.moves.size());
  Grown grown;
  grown.from = KeptSplats(splats, traces, growth);
  const size_t num_kept = grown.from.size();

  // The furthest first; equal ones in their order.
  std::vector<std::pair<float, int32_t>> wanted;  // negative mean move, place among the kept
  for (size_t i = 0; i < num_kept; ++i) {
    const size_t n = size_t(grown.from[i]);
    if (traces.seen[n] > 0 && traces.moves[n] > 0)
      wanted.emplace_back(-traces.moves[n] / float(traces.seen[n]), int32_t(i));
  }
  const int64_t room = std::clamp<int64_t>(growth.count - int64_t(num_kept), 0, int64_t(wanted.size()));
  std::partial_sort(wanted.begin(), wanted.begin() + room, wanted.end());
  wanted.resize(size_t(room));
  for (const auto& [move, place] : wanted) grown.from.push_back(grown.from[size_t(place)]);

  grown.splats = splats.Taken(grown.from);
  grown.is_new.assign(grown.from.size(), false);
  for (size_t k = 0; k < wanted.size(); ++k) {
    const size_t parent = size_t(wanted[k].second), child = num_kept + k;
    const bool is_wide = traces.largest[size_t(grown.from[parent])] > kOnePixel;
    grown.is_new[child] = true;
    grown.is_new[parent] = is_wide;  // of two that are alike one goes on as it was moving, and so they part
    (is_wide ? SplitSplat : DoubleSplat)(parent, child, &grown.splats);
  }
  return grown;
}

}  // namespace sanerf::exports
