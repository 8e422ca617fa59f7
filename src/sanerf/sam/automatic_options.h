// Options of GenerateMasks (automatic_masks.h).
#pragma once

#include "sanerf/core/option_values.h"

namespace sanerf::sam {

// Defaults are measured with the catalogue's models (docs/studies/automatic.md); SAM's own are in brackets.
struct AutomaticMaskOptions {
  int grid = 16;
  float predicted_iou = 0.8f;
  float stability = 0.8f;
  float stability_offset = 1;
  float nms = 0.7f;
  float duplicate = 0.85f;
  float min_area = 0.0005f;
  float skip_area = 0.01f;
  float skip_stability = 0.95f;

  template <class V>
  void Visit(V&& v) {
    v("grid", grid, "points per side of the grid of prompts in a view (SAM: 32)", Range(1, 128));
    v("predicted_iou", predicted_iou, "masks that the model rates below this are dropped (SAM: 0.88, SAM 2: 0.8)",
      Range(-1, 1));
    v("stability", stability, "least IoU of a mask at a raised and at a lowered threshold (SAM: 0.95)", Range(0, 1));
    v("stability_offset", stability_offset, "by how much the threshold is raised and lowered (SAM: 1)", Range(0, 10));
    v("nms", nms, "of masks whose boxes overlap more than this the better rated is kept (SAM: 0.7)", Range(0, 1));
    v("duplicate", duplicate, "of masks that overlap more than this themselves the better rated is kept", Range(0, 1));
    v("min_area", min_area, "smallest mask, as a share of the view (SAM: 0)", Range(0, 1));
    v("skip_area", skip_area,
      "points on a stable mask up to this share of the view are not prompted again (0 = prompt all, as SAM)",
      Range(0, 1));
    v("skip_stability", skip_stability, "stability from which a mask answers for the points on it", Range(0, 1));
  }
};

}  // namespace sanerf::sam
