// SA3D's constants as its authors' release sets them (Jumpat/SegmentAnythingin3D, commit 35739ac); what is no option
// here is named where it is used.
#pragma once

#include <string>

#include "sanerf/core/option_values.h"

namespace sanerf::baselines {

struct Sa3dOptions {
  std::string first_view;    // release: chosen by the user
  int prompts = 10;          // README's commands: 10, for LLFF 20; default of its configs.py: 3
  int voxels = 320;          // per axis of [-1, 1]^3; configs of unbounded and LLFF scenes: 320
  float min_weight = 0.1f;   // fast_color_thres of the segmentation configs
  float first_negative = 5;  // lambda of the view with the user's mask (sam3d.py:513)
  float negative = 1;        // lambda of the others (configs.py:70)
  float min_iou = 0.5f;      // of SAM's mask with the rendered one, else the view is passed over (sam3d.py:386)
  float threshold = 0.1f;    // of a rendered score (render_utils.py:177)

  template <class V>
  void Visit(V&& v) {
    v("first_view", first_view, "the view whose mask SA3D starts from (empty = the one of highest confidence)",
      Text("the name of a view"));
    v("prompts", prompts, "points that SA3D gives to SAM in each further view, at most", Range(1, 100));
    v("voxels", voxels, "voxels per axis of [-1, 1]^3 in the model frame", Range(8, 1024));
    v("min_weight", min_weight, "samples that carry no more of a ray's light get no score", Range(0, 0.99));
    v("first_negative", first_negative, "weight of background pixels in the first view", Range(0, 1000));
    v("negative", negative, "weight of background pixels in the other views", Range(0, 1000));
    v("min_iou", min_iou, "a view is passed over when SAM's mask and the rendered one have a smaller IoU", Range(0, 1));
    v("threshold", threshold, "a pixel belongs to the object when its rendered score is larger", Range(-1000, 1000));
  }
};

}  // namespace sanerf::baselines
