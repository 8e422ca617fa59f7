#include "sanerf/nerf/ray_tracer.h"

#include <algorithm>

#include "sanerf/kernels/composite.h"
#include "sanerf/kernels/isa.h"
#include "sanerf/kernels/tiled.h"

namespace sanerf::nerf {

using kernels::kTile;
using kernels::Tiled;
using kernels::TiledSize;

namespace {
constexpr int kWaveSamples =
    2048;  // aimed at per wave: enough to fill tiles, few enough to waste little behind surfaces
constexpr int kMinPerRay = 4, kMaxPerRay = 64;
}  // namespace

RayTracer::RayTracer(const RadianceField& field, const OccupancyGrid& occupancy, const TraceOptions& options,
                     bool keep_waves)
    : field_(field),
      occupancy_(occupancy),
      options_(options),
      march_(options.march),
      keep_waves_(keep_waves),
      sample_features_(field, /*for_training=*/keep_waves) {}

void RayTracer::Begin(const Ray* rays, const float* jitter, int num_rays) {
  rays_ = rays;
  marches_.resize(size_t(num_rays));
  transmittance_.assign(size_t(num_rays), 1.0f);
  alive_.resize(size_t(num_rays));
  segments_.clear();
  wave_begin_ = num_tiles_ = 0;
  sample_features_.Begin();
  for (int i = 0; i < num_rays; ++i) {
    alive_[size_t(i)] = i;
    std::copy_n(rays[i].origin, 3, marches_[size_t(i)].origin);
    std::copy_n(rays[i].direction, 3, marches_[size_t(i)].direction);
    kernels::StartMarch(occupancy_.view(rays[i].time), march_, jitter ? jitter[i] : 0.5f, &marches_[size_t(i)]);
  }
  if (filter_ != nullptr) filter_->Begin(num_rays);
}

void RayTracer::GrowTo(int64_t num_tiles) {
  for (nn::Buffer* buffer : {&t_, &dt_, &sigma_, &weights_}) buffer->Grow(TiledSize(num_tiles, 1));
  if (field_.moving) times_.Grow(TiledSize(num_tiles, 1));
  positions_.Grow(TiledSize(num_tiles, 3));
  directions_.Grow(TiledSize(num_tiles, 3));
  features_.Grow(TiledSize(num_tiles, field_.grid.num_outputs()));
  density_hidden_.Grow(TiledSize(num_tiles, field_.density.shape().HiddenWidth()));
  density_out_.Grow(TiledSize(num_tiles, RadianceField::kGeometry));
}

// Marches every alive ray by at most per_ray samples and lays them out one after the other.
void RayTracer::PlaceSamples(int per_ray) {
  GrowTo(wave_begin_ + kernels::NumTiles(int64_t(alive_.size()) * per_ray));
  const Tiled<float> positions(positions_.data(), 3), directions(directions_.data(), 3);
  int slot = int(wave_begin_) * kTile;
  for (const int ray : alive_) {
    kernels::MarchState& march = marches_[size_t(ray)];
    const float time = rays_[ray].time;
    const int count = kernels::March(occupancy_.view(time), march_, &march, per_ray, &t_[slot], &dt_[slot]);
    if (count == 0) continue;
    for (int s = slot; s < slot + count; ++s) {
      float p[3], unit[3];
      for (int a = 0; a < 3; ++a) p[a] = march.origin[a] + t_[s] * march.direction[a];
      field_.ToUnit(p, unit);
      positions.Set(s, unit);
      directions.Set(s, march.direction);
      if (field_.moving) times_[s] = time;
    }
    segments_.push_back({ray, slot, count});
    slot += count;
  }
  num_tiles_ = kernels::NumTiles(slot);
  for (; slot < num_tiles_ * kTile; ++slot) {  // padding: harmless numbers
    constexpr float kMiddle[3] = {0.5f, 0.5f, 0.5f}, kNone[3] = {0, 0, 0};
    t_[slot] = dt_[slot] = 0;
    if (field_.moving) times_[slot] = 0;
    positions.Set(slot, kMiddle);
    directions.Set(slot, kNone);
  }
}

// About the samples of this wave, which lie in their slots one after the other.
void RayTracer::AskFilter(size_t first_segment) {
  asked_rays_.clear();
  for (size_t i = first_segment; i < segments_.size(); ++i)
    asked_rays_.insert(asked_rays_.end(), size_t(segments_[i].count), segments_[i].ray);
  const int64_t first = wave_begin_ * kTile;
  const size_t count = asked_rays_.size();
  const SampleColumns samples(asked_rays_, {t_.data() + first, count}, {dt_.data() + first, count},
                              {positions(), density_out(), first});
  filter_->Filter(samples, {sigma_.data() + first, count});
}

bool RayTracer::NextWave() {
  if (!keep_waves_) {
    segments_.clear();
    num_tiles_ = 0;
    sample_features_.Begin();
  }
  wave_begin_ = num_tiles_;
  const size_t first_segment = segments_.size();
  if (alive_.empty()) return false;
  PlaceSamples(std::clamp(kWaveSamples / int(alive_.size()), kMinPerRay, kMaxPerRay));

  const int64_t b = wave_begin_, n = num_tiles_ - wave_begin_;
  const Tiled<float> positions(positions_.data(), 3), features(features_.data(), field_.grid.num_outputs()),
      hidden(density_hidden_.data(), field_.density.shape().HiddenWidth()),
      out(density_out_.data(), RadianceField::kGeometry), sigma(sigma_.data(), 1);
  sample_features_.Forward(positions.Tile(b), field_.moving ? times_.data() + b * kTile : nullptr, b * kTile, n,
                           features.Tile(b));
  field_.density.Forward(features.Tile(b), n, hidden.Tile(b), out.Tile(b));
  for (int64_t tile = b; tile < num_tiles_; ++tile) kernels::Kernels().exp(out.Tile(tile), kTile, sigma.Tile(tile));

  if (filter_ != nullptr) AskFilter(first_segment);
  for (size_t i = first_segment; i < segments_.size(); ++i) {
    const RaySegment& segment = segments_[i];
    float& transmittance = transmittance_[size_t(segment.ray)];
    transmittance = kernels::CompositeWeights(segment.count, &sigma_[segment.slot], &dt_[segment.slot],
                                              &weights_[segment.slot], transmittance);
  }
  for (int64_t s = segments_.size() > first_segment ? segments_.back().slot + segments_.back().count
                                                    : num_tiles_ * kTile;
       s < num_tiles_ * kTile; ++s)
    weights_[s] = 0;
  std::erase_if(alive_, [&](int ray) {
    return transmittance_[size_t(ray)] < options_.stop_transmittance ||
           marches_[size_t(ray)].t >= marches_[size_t(ray)].t_end;
  });
  return segments_.size() > first_segment || !alive_.empty();
}

void RayTracer::AddDepths(RayDepth* depths) const {
  for (const RaySegment& segment : segments_) {
    RayDepth& ray = depths[segment.ray];
    for (int slot = segment.slot; slot < segment.slot + segment.count; ++slot) {
      const float weight = weights_[slot];
      if (ray.opacity < 0.5f && ray.opacity + weight >= 0.5f) {
        // Inside the step the light fades as exp(-sigma (t - t0)): where it passes one half is the median.
        const float share = (0.5f - ray.opacity) / weight;
        ray.median_t = t_[slot] + (share - 0.5f) * dt_[slot];
      }
      ray.opacity += weight;
    }
  }
}

}  // namespace sanerf::nerf
