// Rays through the field in waves: each wave takes the next few occupied samples of every ray that still lets light
// through, and asks the density network for all of them at once. Nothing behind an opaque surface is evaluated.
#pragma once

#include <vector>

#include "sanerf/kernels/tiled.h"
#include "sanerf/nerf/field.h"
#include "sanerf/nerf/occupancy_grid.h"
#include "sanerf/nerf/ray.h"
#include "sanerf/nerf/sample_features.h"
#include "sanerf/nerf/sample_filter.h"
#include "sanerf/nerf/traced_field.h"

namespace sanerf::nerf {

// Of a ray, as far as it has been traced.
struct RayDepth {
  float opacity = 0;
  float median_t = 0;  // ray parameter where half of the light is absorbed; 0 where opacity < 0.5
};

// Consecutive samples of one ray.
struct RaySegment {
  int ray, slot, count;  // samples are slots slot .. slot + count - 1
};

// Buffers of one thread. Slot s is lane s % 64 of tile s / 64 in the tiled layouts.
class RayTracer {
 public:
  // keep_waves: all waves stay in the buffers until the next Begin (training); otherwise each replaces the last.
  RayTracer(const TracedField& traced, bool keep_waves)
      : RayTracer(traced.field, traced.occupancy, traced.options, keep_waves) {}
  RayTracer(const RadianceField& field, const OccupancyGrid& occupancy, const TraceOptions& options, bool keep_waves);

  // Factor on the marching steps from the next Begin on: coarse steps while a young field is all fog.
  void SetStepScale(float scale) {
    march_ = {options_.march.near, options_.march.step * scale, options_.march.cone * scale};
  }
  void SetFilter(SampleFilter* filter) { filter_ = filter; }       // from the next Begin on; null: none; outlives this
  void Begin(const Ray* rays, const float* jitter, int num_rays);  // jitter: [0, 1) per ray, null = 0.5
  bool NextWave();                                                 // false: all rays have ended

  const std::vector<RaySegment>& segments() const { return segments_; }  // of this wave; with keep_waves of all so far
  int64_t wave_begin_tile() const { return wave_begin_; }
  int64_t end_tile() const { return num_tiles_; }
  float transmittance(int ray) const { return transmittance_[size_t(ray)]; }  // behind the last sample
  void AddDepths(RayDepth* depths) const;  // of segments(); [ray], zero at the beginning

  // Per slot.
  const float* t() const { return t_.data(); }
  const float* dt() const { return dt_.data(); }
  const float* sigma() const { return sigma_.data(); }
  const float* weights() const { return weights_.data(); }
  kernels::Tiled<const float> positions() const { return {positions_.data(), 3}; }  // in the unit cube
  kernels::Tiled<const float> directions() const { return {directions_.data(), 3}; }
  // Outputs of the density network, and what its backward needs: grid features, hidden layers.
  kernels::Tiled<const float> density_out() const { return {density_out_.data(), RadianceField::kGeometry}; }
  const float* features() const { return features_.data(); }
  const SampleFeatures& sample_features() const { return sample_features_; }  // by slot
  const float* density_hidden() const { return density_hidden_.data(); }

 private:
  void GrowTo(int64_t num_tiles);
  void PlaceSamples(int per_ray);
  void AskFilter(size_t first_segment);

  const RadianceField& field_;
  const OccupancyGrid& occupancy_;
  TraceOptions options_;
  kernels::MarchOptions march_;
  bool keep_waves_;
  SampleFeatures sample_features_;
  SampleFilter* filter_ = nullptr;
  const Ray* rays_ = nullptr;
  std::vector<kernels::MarchState> marches_;
  std::vector<float> transmittance_;
  std::vector<int> alive_;
  std::vector<RaySegment> segments_;
  std::vector<int> asked_rays_;  // by sample that the filter is asked about
  int64_t wave_begin_ = 0, num_tiles_ = 0;
  nn::Buffer t_, dt_, times_, sigma_, weights_, positions_, directions_, features_, density_hidden_, density_out_;
};

}  // namespace sanerf::nerf
