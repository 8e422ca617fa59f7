#include "sanerf/mask_aggregator/composited_view.h"

#include <algorithm>

#include "sanerf/core/job.h"
#include "sanerf/mask_aggregator/ray_compositor.h"
#include "sanerf/nerf/trace.h"

namespace sanerf::mask_aggregator {
namespace {

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

void CompositeView(const nerf::NerfModel& nerf, LabelSources sources, const ViewToComposite& view,
                   const std::function<void(const CompositedPixel&)>& use, const Job& job) {
  const size_t num_outputs = NumOutputs(sources);
  const double file_from_model = 1 / nerf.model_from_file().scale;
  const bool colored = view.with_radiance;
  nerf::TraceRequest what{.rays = colored, .opacity = colored, .geometry = HasField(sources), .color = colored};
  if (colored) what.min_weight = nerf::kVisibleWeight;
  RayCompositor compositor(sources);
  const auto use_block = [&](const nerf::PixelBlock& block, const nerf::TracedRays& all) {
    nerf::TracedRays dense;
    if (colored) {
      dense = all;
      dense.DropSamples(nerf::kMinSampleWeight);
    }
    const nerf::TracedRays& rays = colored ? dense : all;
    const RayCompositor::Composited composited = compositor.Of(rays);
    size_t ray = 0;
    for (int y = block.y0; y < block.y1; ++y) {
      for (int x = block.x0; x < block.x1; ++x, ++ray) {
        CompositedPixel pixel{x, y, &composited.outputs[ray * num_outputs], 0, 0};
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
  std::vector<float> sums;
  sums.reserve(rays.size() * NumOutputs(sources));
  RayCompositor compositor(sources);
  for (size_t begin = 0; begin < rays.size(); begin += kRaysAtATime) {
    const auto some = rays.subspan(begin, std::min(kRaysAtATime, rays.size() - begin));
    const nerf::TracedRays traced = nerf::Trace(nerf, some, {.geometry = HasField(sources)}, job);
    const std::vector<float> part = compositor.Of(traced).outputs;
    sums.insert(sums.end(), part.begin(), part.end());
  }
  return sums;
}

}  // namespace sanerf::mask_aggregator
