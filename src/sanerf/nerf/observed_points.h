// The scene's own sparse points, where it has them, as depths of the training photos' pixels.
#pragma once

#include <vector>

#include "sanerf/core/random.h"
#include "sanerf/nerf/training_photos.h"
#include "sanerf/scene/scene.h"

namespace sanerf::nerf {

// A point in a photo that it was found in.
struct Observation {
  int photo = 0, x = 0, y = 0;  // the pixel that it falls into
  float distance = 0;           // along the ray through that pixel's middle, model units
  float weight = 0;             // 0 to 1
};

class ObservedPoints {
 public:
  // Of points that two training photos at least found: what held-out ones found is not looked at, nor what lies in
  // ignored pixels. Empty where the scene has no such points.
  //
  // The depth of a triangulated point varies with the square of its reprojection error, over the number of photos that
  // found it. weight = 1 / (1 + that, as a multiple of what it is at the medians of both): a half for a usual point.
  ObservedPoints(const scene::Scene& scene, const TrainingPhotos& photos);

  bool empty() const { return observations_.empty(); }
  const std::vector<Observation>& all() const { return observations_; }
  const Observation& Draw(Random* random) const {
    return observations_[random->NextBelow(uint32_t(observations_.size()))];
  }

 private:
  std::vector<Observation> observations_;
};

}  // namespace sanerf::nerf
