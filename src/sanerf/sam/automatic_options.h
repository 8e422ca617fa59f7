// Options of GenerateMasks (automatic_masks.h).
#pragma once

namespace sanerf {

// Defaults are measured with the catalogue's models (docs/method.md); SAM's own are in brackets.
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
    v("grid", grid, "points per side of the grid of prompts in a view (SAM: 32)");
    v("predicted_iou", predicted_iou, "masks that the model rates below this are dropped (SAM: 0.88, SAM 2: 0.8)");
    v("stability", stability, "least IoU of a mask at a raised and at a lowered threshold (SAM: 0.95)");
    v("stability_offset", stability_offset, "by how much the threshold is raised and lowered (SAM: 1)");
    v("nms", nms, "of masks whose boxes overlap more than this the better rated is kept (SAM: 0.7)");
    v("duplicate", duplicate, "and of masks that overlap more than this themselves");
    v("min_area", min_area, "smallest mask, as a share of the view (SAM: 0)");
    v("skip_area", skip_area, "points on a stable mask up to this share of the view are not asked again (0 = ask all, as SAM)");
    v("skip_stability", skip_stability, "stability from which a mask answers for the points on it");
  }
};

}  // namespace sanerf
