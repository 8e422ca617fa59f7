// What a way of segmenting stands on, and shares with others: the session, and all that it is compared with.
#pragma once

#include <memory>
#include <vector>

#include "sanerf/feature_container/feature_container.h"
#include "sanerf/mask_decoder/decode_context.h"
#include "sanerf/nerf/model.h"
#include "sanerf/scene/scene.h"

namespace sanerf::segmentation {

struct SegmentationInput {
  std::shared_ptr<const scene::Scene> scene;
  nerf::NerfModel nerf;                                                 // frozen
  std::shared_ptr<const feature_container::FeatureContainer> features;  // holds `views`
  std::shared_ptr<const sam::Sam> sam;                                  // the model that `features` was encoded with
  std::vector<int> views = {};  // of the scene: to make masks in and learn from, never held-out ones

  // Refers to what this points to: good as long as somebody shares it.
  mask_decoder::DecodeContext ForDecoding(const mask_decoder::MaskDecoderOptions& options) const {
    return {*scene, *features, *sam, nerf.model_from_file(), options};
  }
  // Of `views`, in their order.
  std::vector<Camera> WorkingCameras() const {
    std::vector<Camera> cameras;
    for (const int view : views) cameras.push_back(features->WorkingCamera(view));
    return cameras;
  }
};

}  // namespace sanerf::segmentation
