// Forward and backward of one group of training rays, on one thread. The hash grid's share is left as (position,
// gradient) pairs: it is scattered level by level afterwards, in group order, so that the result does not depend on
// threads.
#pragma once

#include <vector>

#include "sanerf/nerf/photo_appearance.h"
#include "sanerf/nerf/ray_loss.h"
#include "sanerf/nerf/ray_tracer.h"
#include "sanerf/nerf/training_photos.h"

namespace sanerf::nerf {

struct GroupGradient {
  int64_t num_samples = 0;
  nn::FieldGradient field;                  // loss: of the group, its share of the batch's mean
  std::vector<OccupancyGrid::Seen> seen;    // densities met, for the occupancy grid
  std::vector<RayLookGradient> grad_looks;  // of each ray; empty without looks
  double squared = 0;                       // sum over rays and channels of the squared error, for PSNR
};

struct RayGroup {
  std::vector<TrainingRay> rays;
  std::vector<float> jitter;       // [0, 1) of a step
  std::vector<float> backgrounds;  // [ray][3]
  // By ray; each may be empty.
  std::vector<PhotoLook<float>> looks;    // how its photo shows the light; empty = as it is
  std::vector<float> occlusion_ends;      // RayTarget::occlusion_end
  std::vector<PointOnRay<float>> points;  // RayTarget::point
};

class BatchGradient {
 public:
  BatchGradient(const RadianceField& field, const OccupancyGrid& occupancy, const TraceOptions& trace,
                const RayLossOptions& loss);

  // loss_scale: 1 / number of rays of the whole batch; step_scale: factor on the marching steps; distortion: weight of
  // that loss now.
  struct Schedule {
    float loss_scale = 1, step_scale = 1, distortion = 0;
  };
  // Replaces everything in *out.
  void Compute(const RayGroup& group, const Schedule& schedule, GroupGradient* out);

 private:
  void ColorOfWave();
  void RayLosses(const RayGroup& group, float loss_scale, GroupGradient* out);

  const RadianceField& field_;
  const OccupancyGrid& occupancy_;
  RayLossOptions loss_;
  RayTracer tracer_;
  nn::Buffer color_in_, color_hidden_, rgb_;  // tiled; rgb after the sigmoid
  nn::Buffer grad_rgb_, grad_color_in_, grad_density_out_, scratch_;
  std::vector<Ray> rays_;
  std::vector<int> first_segment_, next_segment_;  // chains of segments per ray
  std::vector<int> slots_;
  std::vector<float> ray_values_, ray_scratch_;
};

}  // namespace sanerf::nerf
