// The training photos in memory and the rays drawn from them.
#pragma once

#include <vector>

#include "sanerf/core/job.h"
#include "sanerf/core/random.h"
#include "sanerf/nerf/ray_tracer.h"
#include "sanerf/scene/scene.h"

namespace sanerf::nerf {

struct TrainingRay {
  Ray ray;
  float rgb[3];     // of the photo, sRGB-encoded [0, 1], not premultiplied
  float alpha = 1;  // [0, 1]
  int photo = 0;    // index into view_idxs()
};

class TrainingPhotos {
 public:
  // Loads the training views, shrunk by `downscale`; cameras go to the model frame. Throws Error when there is none, or
  // with the names of all photos that cannot be read; InterruptedError.
  TrainingPhotos(const scene::Scene& scene, int downscale, const Job& job);

  TrainingRay Draw(Random* random) const;                           // uniform over photos, then over pixels
  const std::vector<Camera>& cameras() const { return cameras_; }   // model frame, by photo
  const std::vector<int>& view_idxs() const { return view_idxs_; }  // places in the scene's views, by photo
  const float* mean_rgb() const { return mean_rgb_; }               // of all photos, as rgb above

 private:
  void Load(const scene::Scene& scene, int downscale, const Job& job);

  std::vector<int> view_idxs_;
  std::vector<Camera> cameras_;  // model frame
  std::vector<ImageU8> images_;
  float mean_rgb_[3] = {0, 0, 0};
};

}  // namespace sanerf::nerf
