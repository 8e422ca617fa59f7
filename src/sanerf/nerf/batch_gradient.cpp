#include "sanerf/nerf/batch_gradient.h"

#include <algorithm>

#include "sanerf/kernels/tiled.h"

namespace sanerf::nerf {

using kernels::kTile;
using kernels::Tiled;
using kernels::TiledSize;

namespace {
constexpr int kGeo = RadianceField::kGeometry;
constexpr int kIn = RadianceField::kColorInputs;
}  // namespace

BatchGradient::BatchGradient(const RadianceField& field, const OccupancyGrid& occupancy, const TraceOptions& trace,
                             const RayLossOptions& loss)
    : field_(field), occupancy_(occupancy), loss_(loss), tracer_(field, occupancy, trace, /*keep_waves=*/true) {
  scratch_ = nn::Buffer(std::max(field.density.ScratchSize(), field.color.ScratchSize()));
}

void BatchGradient::ColorOfWave() {
  const int64_t begin = tracer_.wave_begin_tile(), end = tracer_.end_tile();
  const int hidden = field_.color.shape().HiddenWidth();
  color_in_.Grow(TiledSize(end, kIn));
  color_hidden_.Grow(TiledSize(end, hidden));
  rgb_.Grow(TiledSize(end, 3));
  const Tiled<float> in(color_in_.data(), kIn), of_layers(color_hidden_.data(), hidden), rgb(rgb_.data(), 3);
  field_.Color(tracer_.density_out().Tile(begin), tracer_.directions().Tile(begin), end - begin, in.Tile(begin),
               of_layers.Tile(begin), rgb.Tile(begin));
}

void BatchGradient::RayLosses(const RayGroup& group, float loss_scale, GroupGradient* out) {
  const std::vector<TrainingRay>& rays = group.rays;
  const std::vector<RaySegment>& segments = tracer_.segments();
  first_segment_.assign(rays.size(), -1);
  next_segment_.assign(segments.size(), -1);
  for (int i = int(segments.size()) - 1; i >= 0; --i) {
    next_segment_[size_t(i)] = first_segment_[size_t(segments[size_t(i)].ray)];
    first_segment_[size_t(segments[size_t(i)].ray)] = i;
  }
  const Tiled<const float> all_rgb(rgb_.data(), 3);
  const Tiled<float> all_grad_rgb(grad_rgb_.data(), 3), all_grad_density(grad_density_out_.data(), kGeo);
  for (size_t r = 0; r < rays.size(); ++r) {
    // Gather the ray's samples, front to back.
    slots_.clear();
    for (int i = first_segment_[r]; i >= 0; i = next_segment_[size_t(i)])
      for (int k = 0; k < segments[size_t(i)].count; ++k) slots_.push_back(segments[size_t(i)].slot + k);
    const int n = int(slots_.size());
    ray_values_.resize(size_t(n) * 10 + 1);
    float *sigma = ray_values_.data(), *t = sigma + n, *dt = t + n, *rgb = dt + n, *grad_sigma = rgb + 3 * n,
          *grad_rgb = grad_sigma + n;
    for (int i = 0; i < n; ++i) {
      const int slot = slots_[size_t(i)];
      sigma[i] = tracer_.sigma()[slot];
      t[i] = tracer_.t()[slot];
      dt[i] = tracer_.dt()[slot];
      all_rgb.Get(slot, rgb + 3 * i);
    }
    const float* background = &group.backgrounds[3 * r];
    float target[3];
    for (int c = 0; c < 3; ++c) target[c] = rays[r].alpha * rays[r].rgb[c] + (1 - rays[r].alpha) * background[c];
    RayTarget<float> seen{target, background, nullptr, rays[r].alpha};
    LookGradient<float>* grad_look = nullptr;
    if (!group.looks.empty()) {
      out->grad_looks[r].photo = rays[r].photo;
      grad_look = &out->grad_looks[r].of_ray;
      seen.look = &group.looks[r];
    }
    if (!group.occlusion_ends.empty()) seen.occlusion_end = group.occlusion_ends[r];
    if (!group.points.empty()) seen.point = group.points[r];
    const RayLossResult result = RayLoss<float>(loss_, {n, sigma, t, dt, rgb}, seen,
                                                {loss_scale, grad_sigma, grad_rgb, grad_look}, &ray_scratch_);
    out->field.loss += result.loss * loss_scale;
    out->squared += result.squared;
    for (int i = 0; i < n; ++i) {
      float p[3];
      OccupancyGrid::Seen seen{0, sigma[i]};
      for (int a = 0; a < 3; ++a) p[a] = rays_[r].origin[a] + t[i] * rays_[r].direction[a];
      if (occupancy_.CellOf(p, &seen.cell)) out->seen.push_back(seen);
    }
    // Back through the heads: sigma = exp(out_0), rgb = sigmoid(raw).
    for (int i = 0; i < n; ++i) {
      const int slot = slots_[size_t(i)];
      all_grad_density(slot, 0) = grad_sigma[i] * sigma[i];
      for (int c = 0; c < 3; ++c) all_grad_rgb(slot, c) = grad_rgb[3 * i + c] * rgb[3 * i + c] * (1 - rgb[3 * i + c]);
    }
    out->num_samples += n;
  }
}

void BatchGradient::Compute(const RayGroup& group, const Schedule& schedule, GroupGradient* out) {
  loss_.distortion = schedule.distortion;
  rays_.resize(group.rays.size());
  for (size_t i = 0; i < group.rays.size(); ++i) rays_[i] = group.rays[i].ray;
  tracer_.SetStepScale(schedule.step_scale);
  tracer_.Begin(rays_.data(), group.jitter.data(), int(rays_.size()));
  while (tracer_.NextWave()) ColorOfWave();

  const int64_t n = tracer_.end_tile();
  out->field.grid.num_tiles = n;
  out->num_samples = 0;
  out->seen.clear();
  out->grad_looks.assign(group.looks.size(), {});
  out->field.loss = out->squared = 0;
  grad_rgb_.Reserve(TiledSize(n, 3));
  grad_density_out_.Reserve(TiledSize(n, kGeo));
  grad_rgb_.Fill(0);
  grad_density_out_.Fill(0);
  out->field.Clear(field_.networks());
  RayLosses(group, schedule.loss_scale, out);

  grad_color_in_.Reserve(TiledSize(n, kIn));
  field_.color.Backward(color_in_.data(), color_hidden_.data(), grad_rgb_.data(), n, grad_color_in_.data(),
                        out->field.networks[1].data(), scratch_.data());
  const Tiled<const float> grad_color_in(grad_color_in_.data(), kIn);
  const Tiled<float> grad_density_out(grad_density_out_.data(), kGeo);
  for (int64_t tile = 0; tile < n; ++tile)
    for (int i = 0; i < kGeo * kTile; ++i) grad_density_out.Tile(tile)[i] += grad_color_in.Tile(tile)[i];
  out->field.grid.grad_features.Reserve(TiledSize(n, field_.grid.num_outputs()));
  field_.density.Backward(tracer_.features(), tracer_.density_hidden(), grad_density_out_.data(), n,
                          out->field.grid.grad_features.data(), out->field.networks[0].data(), scratch_.data());
  out->field.grid.positions.Reserve(TiledSize(n, 3));
  std::copy_n(tracer_.positions().data(), TiledSize(n, 3), out->field.grid.positions.data());
}

}  // namespace sanerf::nerf
