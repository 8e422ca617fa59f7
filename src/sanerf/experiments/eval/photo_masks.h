// Masks of the photos themselves (`segment --refine-photos`) as a Segmenter, to be scored beside those that are
// rendered. They follow the edges of the photos that they are scored on: no answer to how an unseen view is segmented.
#pragma once

#include <vector>

#include "sanerf/run/stored_object.h"
#include "sanerf/scene/scene.h"
#include "sanerf/segmentation/segmenter.h"

namespace sanerf::experiments {

class PhotoMasks : public segmentation::Segmenter {
 public:
  // scene must outlive this.
  PhotoMasks(const scene::Scene& scene, std::vector<run::StoredObject> objects)
      : scene_(scene), objects_(std::move(objects)) {}

  // Throws Error for an object without such masks.
  void Fit(const mask_decoder::Prompts& prompts, const Job& job) override;
  // Throws Error for a mask that is missing or not of the photo's size.
  std::vector<ImageU8> MasksFor(int view_idx, const Job& job) override;

 private:
  const scene::Scene& scene_;
  std::vector<run::StoredObject> objects_;
};

}  // namespace sanerf::experiments
