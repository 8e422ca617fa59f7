#include "sanerf/mask_aggregator/ray_compositor.h"

#include <algorithm>
#include <memory>
#include <numeric>
#include <utility>

#include "sanerf/core/check.h"
#include "sanerf/mask_aggregator/object_gradient.h"

namespace sanerf::mask_aggregator {

RayCompositor::RayCompositor(LabelSources sources) : sources_(sources), workers_(sources.size()) {
  SANERF_CHECK(!sources.empty());
}

RayCompositor::~RayCompositor() = default;

RayCompositor::Composited RayCompositor::Of(const nerf::TracedRays& rays) {
  std::vector<int> all(static_cast<size_t>(rays.num_rays()));
  std::iota(all.begin(), all.end(), 0);
  return Of(rays, all);
}

RayCompositor::Composited RayCompositor::Of(const nerf::TracedRays& rays, std::span<const int> chosen) {
  if (sources_[0].labels.empty()) return OfOne(0, rays, chosen);
  const size_t num_rays = chosen.size(), num_all = NumOutputs(sources_);
  Composited all{std::vector<float>(num_rays * num_all, 0.0f), std::vector<float>(num_rays, 0.0f)};
  for (size_t i = 0; i < sources_.size(); ++i) {
    const Composited one = OfOne(i, rays, chosen);
    for (size_t ray = 0; ray < num_rays; ++ray)
      sources_[i].Join(&one.outputs[ray * sources_[i].num_outputs()], &all.outputs[ray * num_all]);
    if (one.known.empty()) all.known.clear();
    for (size_t ray = 0; ray < all.known.size(); ++ray) all.known[ray] = std::max(all.known[ray], one.known[ray]);
  }
  return all;
}

RayCompositor::Composited RayCompositor::OfOne(size_t index, const nerf::TracedRays& rays,
                                               std::span<const int> chosen) {
  const LabelSource& source = sources_[index];
  if (source.support != nullptr) return OfConfined(index, rays, chosen);
  const size_t num = source.num_outputs();
  std::vector<float> sums(chosen.size() * num, 0.0f);
  if (source.field != nullptr)
    sums = workers_[index].Take([&] { return std::make_unique<ObjectGradient>(*source.field); })->Logits(rays, chosen);
  if (source.prior == nullptr) return {std::move(sums), {}};
  std::vector<float> known(chosen.size(), 0.0f);
  for (size_t i = 0; i < chosen.size(); ++i)
    for (size_t s = size_t(rays.first[size_t(chosen[i])]); s < size_t(rays.first[size_t(chosen[i]) + 1]); ++s)
      known[i] += rays.weight[s] * source.prior->AddTo(rays.unit[s].data(), rays.weight[s], &sums[i * num]);
  return {std::move(sums), std::move(known)};
}

RayCompositor::Composited RayCompositor::OfConfined(size_t index, const nerf::TracedRays& rays,
                                                    std::span<const int> chosen) {
  const LabelSource& source = sources_[index];
  const size_t num = source.num_outputs();
  nerf::TracedRays points;  // each sample as a ray of its own, which ends there
  for (const int ray : chosen) {
    for (size_t s = size_t(rays.first[size_t(ray)]); s < size_t(rays.first[size_t(ray) + 1]); ++s) {
      points.unit.push_back(rays.unit[s]);
      if (source.field != nullptr) points.geometry.push_back(rays.geometry[s]);
      points.first.push_back(int64_t(points.unit.size()));
    }
  }
  points.weight.assign(points.unit.size(), 1);
  std::vector<int> all(points.unit.size());
  std::iota(all.begin(), all.end(), 0);
  std::vector<float> of_samples(points.unit.size() * num, 0.0f);
  if (source.field != nullptr)
    of_samples =
        workers_[index].Take([&] { return std::make_unique<ObjectGradient>(*source.field); })->Logits(points, all);

  Composited sums{std::vector<float>(chosen.size() * num, 0.0f),
                  std::vector<float>(source.prior != nullptr ? chosen.size() : 0, 0.0f)};
  size_t point = 0;
  for (size_t i = 0; i < chosen.size(); ++i) {
    for (size_t s = size_t(rays.first[size_t(chosen[i])]); s < size_t(rays.first[size_t(chosen[i]) + 1]); ++s) {
      const float* position = points.unit[point].data();
      float* logits = &of_samples[point++ * num];
      if (source.prior != nullptr) sums.known[i] += rays.weight[s] * source.prior->AddTo(position, 1, logits);
      source.support->Restrict(position, logits);
      for (size_t l = 0; l < num; ++l) sums.outputs[i * num + l] += rays.weight[s] * logits[l];
    }
  }
  return sums;
}

}  // namespace sanerf::mask_aggregator
