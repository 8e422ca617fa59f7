#include "sanerf/nerf/ray_renderer.h"

#include <algorithm>

#include "sanerf/nerf/traced_rays.h"

namespace sanerf::nerf {

RayRenderer::RayRenderer(const TracedField& traced, std::unique_ptr<SampleFilter> filter)
    : traced_(traced), filter_(std::move(filter)), tracer_(traced, kVisibleWeight) {
  tracer_.SetFilter(filter_.get());
}

const std::vector<RenderedRay>& RayRenderer::Render(std::vector<Ray> rays) {
  rgb_sums_.assign(3 * rays.size(), 0);
  depths_.assign(rays.size(), RayDepth());
  rendered_.assign(rays.size(), RenderedRay());
  tracer_.Begin(std::move(rays));
  while (tracer_.NextWave()) {
    tracer_.tracer().AddDepths(depths_.data());
    tracer_.AddWeighted(tracer_.Colors(), rgb_sums_.data());
  }
  for (size_t i = 0; i < rendered_.size(); ++i) {
    RenderedRay& ray = rendered_[i];
    const float opacity = depths_[i].opacity;
    for (int c = 0; c < 3; ++c)
      ray.rgb[c] = std::clamp(rgb_sums_[3 * i + size_t(c)] + (1 - opacity) * traced_.background[c], 0.0f, 1.0f);
    ray.opacity = std::min(1.0f, opacity);
    ray.median_t = depths_[i].median_t;
  }
  return rendered_;
}

}  // namespace sanerf::nerf
