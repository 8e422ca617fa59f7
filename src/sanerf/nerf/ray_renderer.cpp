#include "sanerf/nerf/ray_renderer.h"

#include <algorithm>

#include "sanerf/kernels/isa.h"

namespace sanerf {

using kernels::kTile;

namespace {
constexpr float kVisibleWeight = 1e-3f;  // samples below it are not asked for their colour
}

RayRenderer::RayRenderer(const TracedField& traced) : traced_(traced), tracer_(traced, kVisibleWeight) {}

void RayRenderer::AddOpacities() {
  const RayTracer& samples = tracer_.tracer();
  for (const RaySegment& segment : samples.segments()) {
    RenderedRay& ray = rendered_[size_t(segment.ray)];
    for (int slot = segment.slot; slot < segment.slot + segment.count; ++slot) {
      const float weight = samples.weights()[slot];
      if (ray.opacity < 0.5f && ray.opacity + weight >= 0.5f) {
        // Inside the step the light fades as exp(-sigma (t - t0)): where it passes one half is the median.
        const float share = (0.5f - ray.opacity) / weight;
        ray.median_t = samples.t()[slot] + (share - 0.5f) * samples.dt()[slot];
      }
      ray.opacity += weight;
    }
  }
}

void RayRenderer::AddColours() {
  constexpr int kGeo = RadianceField::kGeometry, kIn = RadianceField::kColourInputs;
  const Mlp& colour = traced_.field.colour;
  const int64_t n = tracer_.num_tiles();
  in_.Reserve(n * kIn * kTile);
  directions_.Reserve(n * 3 * kTile);
  hidden_.Reserve(n * colour.shape().HiddenWidth() * kTile);
  rgb_.Reserve(n * 3 * kTile);
  tracer_.Gather(tracer_.tracer().density_out(), kGeo, kIn, in_.data());
  tracer_.Gather(tracer_.tracer().directions(), 3, 3, directions_.data());
  for (int64_t tile = 0; tile < n; ++tile)
    kernels::Kernels().spherical_harmonics(&directions_[tile * 3 * kTile], 1, &in_[(tile * kIn + kGeo) * kTile]);
  colour.Forward(in_.data(), n, hidden_.data(), rgb_.data());
  kernels::Kernels().sigmoid(rgb_.data(), n * 3 * kTile, rgb_.data());
  tracer_.AddWeighted(rgb_.data(), 3, rgb_sums_.data());
}

const std::vector<RenderedRay>& RayRenderer::Render(std::vector<Ray> rays) {
  rgb_sums_.assign(3 * rays.size(), 0);
  rendered_.assign(rays.size(), RenderedRay());
  tracer_.Begin(std::move(rays));
  while (tracer_.NextWave()) {
    AddOpacities();
    AddColours();
  }
  for (size_t i = 0; i < rendered_.size(); ++i) {
    RenderedRay& ray = rendered_[i];
    for (int c = 0; c < 3; ++c)
      ray.rgb[c] = std::clamp(rgb_sums_[3 * i + size_t(c)] + (1 - ray.opacity) * traced_.background[c], 0.0f, 1.0f);
    ray.opacity = std::min(1.0f, ray.opacity);
  }
  return rendered_;
}

}  // namespace sanerf
