#include "sanerf/nerf/ray_renderer.h"

#include <algorithm>

#include "sanerf/kernels/tiled.h"

namespace sanerf::nerf {

using kernels::TiledSize;

namespace {
constexpr float kVisibleWeight = 1e-3f;  // samples below it are not asked for their color
}

RayRenderer::RayRenderer(const TracedField& traced) : traced_(traced), tracer_(traced, kVisibleWeight) {}

void RayRenderer::AddColors() {
  const int64_t n = tracer_.num_tiles();
  tracer_.Gather(tracer_.tracer().density_out(), RadianceField::kGeometry, &geometry_);
  tracer_.Gather(tracer_.tracer().directions(), 3, &directions_);
  inputs_.Reserve(TiledSize(n, RadianceField::kColorInputs));
  hidden_.Reserve(TiledSize(n, traced_.field.color.shape().HiddenWidth()));
  rgb_.Reserve(TiledSize(n, 3));
  traced_.field.Color(geometry_.data(), directions_.data(), n, inputs_.data(), hidden_.data(), rgb_.data());
  tracer_.AddWeighted(rgb_.data(), 3, rgb_sums_.data());
}

const std::vector<RenderedRay>& RayRenderer::Render(std::vector<Ray> rays) {
  rgb_sums_.assign(3 * rays.size(), 0);
  depths_.assign(rays.size(), RayDepth());
  rendered_.assign(rays.size(), RenderedRay());
  tracer_.Begin(std::move(rays));
  while (tracer_.NextWave()) {
    tracer_.tracer().AddDepths(depths_.data());
    AddColors();
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
