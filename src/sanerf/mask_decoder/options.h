// Options of the masks in 2D.
#pragma once

#include "sanerf/core/option_values.h"

namespace sanerf::mask_decoder {

// Which of SAM's masks is taken: as its model is best used (MaskRule), or always the same way.
enum class RuleChoice { kOfModel, kHighestIou, kSingle };

struct MaskDecoderOptions {
  double depth_tolerance = 0.02;           // absolute, model units
  double relative_depth_tolerance = 0.03;  // of the depth
  RuleChoice rule = RuleChoice::kOfModel;
  int seed_points = 0;       // 0 = the paper's rule: only what the user gave is lifted
  double specks = 0.01;      // largest island or hole that is removed, as a share of the mask
  double min_agreement = 0;  // of the depth inside a mask with that of other views; 0 = not asked

  template <class V>
  void Visit(V&& v) {
    v("depth_tolerance", depth_tolerance,
      "a point is visible when its depth is within this of the rendered depth (model units)", Range(0, 100));
    v("relative_depth_tolerance", relative_depth_tolerance, "or within this share of the depth", Range(0, 10));
    v("rule", rule,
      "which of SAM's masks: the best for the model, the one with the highest predicted IoU (paper), or the single "
      "mask",
      OneOf(Choice{"auto", RuleChoice::kOfModel}, Choice{"highest_iou", RuleChoice::kHighestIou},
            Choice{"single", RuleChoice::kSingle}));
    v("seed_points", seed_points,
      "points added from the mask of each clicked view before going to the others (0 = none, the paper's rule)",
      Range(0, 100));
    v("specks", specks, "islands and holes of a mask up to this share of its area are removed (0 = none)",
      Range(0, 0.5));
    v("min_agreement", min_agreement,
      "a mask is left out when less of the depth inside it is confirmed by the nearest other views (0 = not asked)",
      Range(0, 1));
  }
};

}  // namespace sanerf::mask_decoder
