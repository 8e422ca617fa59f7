// Rays of feature maps through the frozen radiance field. The geometry does not change any more, so each is traced
// once.
#pragma once

#include <vector>

#include "sanerf/nerf/ray_samples.h"
#include "sanerf/sam/sam_frame.h"

namespace sanerf {

struct FeatureRays {
  // What the radiance field says about a whole ray: geometry feature (composited), spherical harmonics of its
  // direction, colour, nearness 1 / (1 + depth) (0 = nothing there), opacity.
  static constexpr int kInputs = RadianceField::kGeometry + 16 + 3 + 1 + 1;
  struct Sample {
    float unit[3];  // in the grid's unit cube
    float weight;   // those of a ray add up to one: what is missing to that is told by the opacity
  };
  std::vector<int64_t> first = {0};  // sample of each ray, front to back; one more at the end
  std::vector<Sample> samples;
  std::vector<float> inputs;    // [ray][kInputs]
  std::vector<float> geometry;  // [sample][RadianceField::kGeometry]; may be left out

  int64_t size() const { return int64_t(first.size()) - 1; }
  void Append(const FeatureRays& other);
};

// Buffers of one thread.
class FeatureRayTracer {
 public:
  explicit FeatureRayTracer(const NerfModel& nerf) : nerf_(nerf), tracer_(nerf.traced(), /*keep_waves=*/true) {}

  FeatureRays Trace(const std::vector<Ray>& rays, bool keep_geometry);  // unit: rays of the model frame

 private:
  void AddDirections(const std::vector<Ray>& rays, FeatureRays* out);
  void AddColours(FeatureRays* out);

  const NerfModel& nerf_;
  RayTracer tracer_;
  Buffer colour_in_, hidden_, rgb_;
};

// The cells of a feature map that lie on the image, row by row, and their rays: through the middle of the cell. Map
// and square share their frame, so cell (x, y) of a side of n covers [x, x + 1) x [y, y + 1) times 1024 / n.
struct MapRays {
  std::vector<int> cells;  // y * side + x
  std::vector<Ray> rays;   // model frame
};
MapRays RaysOfMap(const SamFrame& frame, int side, const Camera& model_camera);

}  // namespace sanerf
