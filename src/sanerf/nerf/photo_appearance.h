// How every training photo shows the scene's light, learned together with the field.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "sanerf/nerf/photo_look.h"
#include "sanerf/nn/parameters.h"

namespace sanerf::nn {
class CheckpointReader;
struct CheckpointWriter;
}  // namespace sanerf::nn

namespace sanerf::nerf {

struct RayLookGradient {
  int photo = 0;
  LookGradient<float> of_ray;
};

class PhotoAppearance {
 public:
  // kind: not kNone. photos: their names, which evaluation finds them by.
  PhotoAppearance(Appearance kind, std::vector<std::string> photos);

  Appearance kind() const { return kind_; }
  const std::vector<std::string>& photos() const { return photos_; }
  // across, down: of the pixel, as shares of the photo's sides.
  PhotoLook<float> Look(int photo, float across, float down) const {
    return {kind_, values_.values.data() + int64_t(photo) * NumLookValues(kind_), across, down};
  }
  // The affine transform that it amounts to, in the mean over a grid.
  std::array<float, kAffineValues> TransformOf(int photo) const;

  // Of one step's rays, in a fixed order. Each ray also brings its photo's penalty, as its share of the mean over the
  // step's rays: photos without a ray cost nothing and stay as they are.
  void AddGradients(const std::vector<RayLookGradient>& gradients);
  // Afterwards the mean over the photos is the identity: the scene is shown as the photos show it on average. (Of gains
  // the geometric mean.)
  void Step(const kernels::AdamStep& step, int64_t num_rays, const LookRegularization& weights);

  nn::Parameters& params() { return values_; }
  const nn::Parameters& params() const { return values_; }
  void AddTo(nn::CheckpointWriter* writer) const;  // values, and the photos' names in the header
  void ReadValues(const nn::CheckpointReader& reader);

  // What AddTo wrote; null where there is none, as in checkpoints of finished trainings before it was kept. Throws
  // Error.
  static std::shared_ptr<const PhotoAppearance> Read(const nn::CheckpointReader& reader, Appearance kind,
                                                     const std::string& file);

 private:
  void Center();

  Appearance kind_;
  std::vector<std::string> photos_;
  nn::Parameters values_;          // [photo][NumLookValues]
  std::vector<int64_t> num_rays_;  // of this step, by photo
};

}  // namespace sanerf::nerf
