// The training photos in memory and the rays drawn from them.
#pragma once

#include <optional>
#include <vector>

#include "sanerf/core/job.h"
#include "sanerf/core/random.h"
#include "sanerf/nerf/photo_backdrops.h"
#include "sanerf/nerf/pixel_uses.h"
#include "sanerf/nerf/ray_tracer.h"
#include "sanerf/nerf/view_residuals.h"
#include "sanerf/scene/scene.h"

namespace sanerf::nerf {

struct TrainingRay {
  Ray ray;
  float rgb[3];                        // of the photo, sRGB-encoded [0, 1], not premultiplied
  float alpha = 1;                     // [0, 1]
  int photo = 0;                       // index into view_idxs()
  PhotoBackdrops::Behind behind = {};  // of a turntable: what stands behind the thing at this pixel
};

// The pixels of a photo that may be drawn, y * width + x, as runs: a mask that ignores some would cost more than the
// photo if they were listed.
class PixelRuns {
 public:
  explicit PixelRuns(const ImageU8& ignored);
  int64_t size() const { return runs_.empty() ? 0 : runs_.back().end; }
  int64_t Pixel(int64_t i) const;                    // the i-th of them, in order
  void Mark(uint8_t value, ImageU8* picture) const;  // all of them, in a picture of the photo's size

 private:
  struct Run {
    int64_t first, end;  // its first pixel, and how many pixels there are up to its end
  };
  std::vector<Run> runs_;
};

class TrainingPhotos {
 public:
  // Loads the training views, shrunk by `downscale`; cameras go to the model frame. Views whose masks leave no pixel
  // are left out with a warning. Throws Error when there is none, with the names of all photos that cannot be read, or
  // for a mask that cannot be read; InterruptedError.
  TrainingPhotos(const scene::Scene& scene, int downscale, const Job& job)
      : TrainingPhotos(scene, downscale, PhotoUse{}, job) {}
  TrainingPhotos(const scene::Scene& scene, int downscale, const PhotoUse& use, const Job& job);

  // Uniform over photos, or by their weights, then over the pixels that are not ignored.
  TrainingRay Draw(Random* random) const;
  const std::vector<Camera>& cameras() const { return cameras_; }   // model frame, by photo
  const std::vector<int>& view_idxs() const { return view_idxs_; }  // places in the scene's views, by photo
  const float* mean_rgb() const { return mean_rgb_; }               // of all photos, as rgb above
  const PhotoBackdrops& backdrops() const { return backdrops_; }
  // Every photo shrunk to this longest side, over white; what a training does not learn from does not count.
  std::vector<ComparedPhoto> Compared(const scene::Scene& scene, int longest) const;

  // How often each photo is drawn from, [0, 1], not all 0; 1 for all at first, where nothing has to be looked up.
  void SetWeights(const std::vector<float>& weights);

 private:
  void Load(const scene::Scene& scene, int downscale, const PhotoUse& use, const Job& job);
  void LeaveOutEmptyPhotos(const scene::Scene& scene, const Job& job);

  std::vector<int> view_idxs_;
  std::vector<Camera> cameras_;  // model frame
  std::vector<ImageU8> images_;
  std::vector<std::optional<PixelRuns>> left_;  // of photos that have a mask of what to ignore
  std::vector<ImageU8> empty_;                  // of photos with pixels where there is nothing: 255 there
  PhotoBackdrops backdrops_;                    // of a turntable
  std::vector<uint32_t> weight_ends_;           // sums of the photos' weights; empty = all the same
  float mean_rgb_[3] = {0, 0, 0};
};

}  // namespace sanerf::nerf
