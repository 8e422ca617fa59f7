#include "sanerf/mask_aggregator/composited_view.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "sanerf/core/check.h"
#include "sanerf/core/job.h"
#include "sanerf/core/worker_pool.h"
#include "sanerf/mask_aggregator/object_gradient.h"
#include "sanerf/nerf/trace.h"

namespace sanerf::mask_aggregator {
namespace {

void AddPrior(const LabelPrior& prior, const nerf::TracedRays& rays, std::vector<float>* sums,
              std::vector<float>* known) {
  for (size_t r = 0; r < size_t(rays.num_rays()); ++r)
    for (size_t s = size_t(rays.first[r]); s < size_t(rays.first[r + 1]); ++s)
      (*known)[r] +=
          rays.weight[s] * prior.AddTo(rays.unit[s].data(), rays.weight[s], &(*sums)[r * size_t(prior.num_labels())]);
}

bool HasField(LabelSources sources) {
  return std::any_of(sources.begin(), sources.end(), [](const LabelSource& source) { return source.field != nullptr; });
}

using Workers = WorkerPool<ObjectGradient>;

struct Composited {
  std::vector<float> sums;   // [ray][label]
  std::vector<float> known;  // by ray: see CompositedPixel; empty without a prior
};

Composited CompositeOne(const LabelSource& source, const nerf::TracedRays& rays, Workers* workers) {
  std::vector<float> sums(size_t(rays.num_rays()) * source.num_outputs(), 0.0f);
  if (source.field != nullptr) {
    std::vector<int> all(static_cast<size_t>(rays.num_rays()));
    std::iota(all.begin(), all.end(), 0);
    sums = workers->Take([&] { return std::make_unique<ObjectGradient>(*source.field); })->Logits(rays, all);
  }
  if (source.prior == nullptr) return {std::move(sums), {}};
  std::vector<float> known(size_t(rays.num_rays()), 0.0f);
  AddPrior(*source.prior, rays, &sums, &known);
  return {std::move(sums), std::move(known)};
}

// workers: by source.
Composited Composite(LabelSources sources, const nerf::TracedRays& rays, std::vector<Workers>* workers) {
  if (sources[0].labels.empty()) return CompositeOne(sources[0], rays, &workers->front());
  const size_t num_rays = size_t(rays.num_rays()), num_all = NumOutputs(sources);
  Composited all{std::vector<float>(num_rays * num_all, 0.0f), std::vector<float>(num_rays, 0.0f)};
  for (size_t i = 0; i < sources.size(); ++i) {
    const Composited one = CompositeOne(sources[i], rays, &(*workers)[i]);
    for (size_t ray = 0; ray < num_rays; ++ray)
      sources[i].Join(&one.sums[ray * sources[i].num_outputs()], &all.sums[ray * num_all]);
    if (one.known.empty()) all.known.clear();
    for (size_t ray = 0; ray < all.known.size(); ++ray) all.known[ray] = std::max(all.known[ray], one.known[ray]);
  }
  return all;
}

// What NerfModel::Render shows of a ray; rays: with colors, of all samples that can be seen.
nerf::RenderedRay RadianceOf(const nerf::TracedRays& rays, size_t ray, const float* background) {
  nerf::RenderedRay shown;
  float sums[3] = {0, 0, 0};
  for (size_t s = size_t(rays.first[ray]); s < size_t(rays.first[ray + 1]); ++s)
    for (size_t c = 0; c < 3; ++c) sums[c] += rays.weight[s] * rays.color[s][c];
  shown.opacity = rays.opacity[ray];
  shown.median_t = rays.median_t[ray];
  for (size_t c = 0; c < 3; ++c) shown.rgb[c] = std::clamp(sums[c] + (1 - shown.opacity) * background[c], 0.0f, 1.0f);
  return shown;
}

constexpr size_t kRaysAtATime = 4096;

}  // namespace

size_t NumOutputs(LabelSources sources) {
  size_t num = 1;
  for (const LabelSource& source : sources) num += source.num_outputs() - 1;
  return num;
}

void CompositeView(const nerf::NerfModel& nerf, LabelSources sources, const ViewToComposite& view,
                   const std::function<void(const CompositedPixel&)>& use, const Job& job) {
  SANERF_CHECK(!sources.empty());
  const size_t num_outputs = NumOutputs(sources);
  const double file_from_model = 1 / nerf.model_from_file().scale;
  const bool colored = view.with_radiance;
  nerf::TraceRequest what{.rays = colored, .opacity = colored, .geometry = HasField(sources), .color = colored};
  if (colored) what.min_weight = nerf::kVisibleWeight;
  std::vector<Workers> workers(sources.size());
  const auto use_block = [&](const nerf::PixelBlock& block, const nerf::TracedRays& all) {
    nerf::TracedRays dense;
    if (colored) {
      dense = all;
      dense.DropSamples(nerf::kMinSampleWeight);
    }
    const nerf::TracedRays& rays = colored ? dense : all;
    const Composited composited = Composite(sources, rays, &workers);
    size_t ray = 0;
    for (int y = block.y0; y < block.y1; ++y) {
      for (int x = block.x0; x < block.x1; ++x, ++ray) {
        CompositedPixel pixel{x, y, &composited.sums[ray * num_outputs], 0, 0};
        for (int64_t s = rays.first[ray]; s < rays.first[ray + 1]; ++s) pixel.opacity += rays.weight[size_t(s)];
        pixel.known = composited.known.empty() ? pixel.opacity : composited.known[ray];
        if (colored) {
          pixel.radiance = RadianceOf(all, ray, nerf.background());
          pixel.depth = float(pixel.radiance.median_t * all.z_per_t[ray] * file_from_model);
        }
        use(pixel);
      }
    }
  };
  nerf::TraceBlocks(nerf, view.part, what, use_block, job);
}

std::vector<float> CompositeRays(const nerf::NerfModel& nerf, LabelSources sources, std::span<const nerf::Ray> rays,
                                 const Job& job) {
  SANERF_CHECK(!sources.empty());
  std::vector<float> sums;
  sums.reserve(rays.size() * NumOutputs(sources));
  std::vector<Workers> workers(sources.size());
  for (size_t begin = 0; begin < rays.size(); begin += kRaysAtATime) {
    const auto some = rays.subspan(begin, std::min(kRaysAtATime, rays.size() - begin));
    const nerf::TracedRays traced = nerf::Trace(nerf, some, {.geometry = HasField(sources)}, job);
    const std::vector<float> part = Composite(sources, traced, &workers).sums;
    sums.insert(sums.end(), part.begin(), part.end());
  }
  return sums;
}

}  // namespace sanerf::mask_aggregator
