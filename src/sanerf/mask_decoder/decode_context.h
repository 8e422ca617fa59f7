// What every decoding needs beside its prompt.
#pragma once

#include "sanerf/core/geometry.h"
#include "sanerf/feature_container/feature_container.h"
#include "sanerf/mask_decoder/options.h"
#include "sanerf/sam/sam.h"
#include "sanerf/scene/scene.h"

namespace sanerf::mask_decoder {

// The references must outlive it.
struct DecodeContext {
  const scene::Scene& scene;
  const feature_container::FeatureContainer& container;
  const sam::Sam& sam;         // the model that `container` was encoded with; decoders share it, none uses it itself
  Similarity model_from_file;  // tolerances are in the radiance field's units
  MaskDecoderOptions options;
  bool keeps_candidates = false;  // SAM's answers to the points: refinement rounds ask for them again
};

}  // namespace sanerf::mask_decoder
