// The constants of Panoptic Lifting, each beside the authors' value and its file. What Contrastive Lift shares is in
// lift_options.h.
#pragma once

#include "sanerf/baselines/lift_options.h"

namespace sanerf::baselines {

struct PanopticLiftingOptions {
  // Authors: 25, for the things among Mask2Former's segments (config/panopli.yaml). Of SAM's every surface has
  // segments.
  int slots = 64;
  // Authors: from epoch 6 of 10, the instances being trained from 3 on (yaml): 3/7 of their steps.
  double segments_from = 0.43;
  int segments = 32;  // authors: 32 per batch
  int rays_per_segment = 16;
  // Authors: 0.1 * 1.2, beside other losses of the semantics with 0.1; alone with the instances' loss it is the same
  // share of a loss whose weight there is 1.
  double segment_weight = 0.12;
  int min_rays = 16;
  LiftOptions lift = Lift();

  template <class V>
  void Visit(V&& v) {
    v("slots", slots, "labels of the field, each an object at most (authors: 25)",
      Range(2, mask_aggregator::kMaxFieldOutputs));
    v("segments_from", segments_from, "share of the steps after which segment consistency sets in (above 1 = never)",
      Range(0, 10));
    v("segments", segments, "2D segments per step that are made consistent", Range(1, 1024));
    v("rays_per_segment", rays_per_segment, "rays of each such segment", Range(1, 1024));
    v("segment_weight", segment_weight, "weight of segment consistency (0 = off)", Range(0, 100));
    v("min_rays", min_rays, "training rays that a slot must win to be an object", Range(1, 1'000'000));
    lift.Visit(v);
  }

 private:
  // A coarse field: the authors' network sees positions and nothing finer. With a fine one places that the assignment
  // once gave to the wrong slot keep it. And the more confident mask on top: parts, which come and go between views,
  // take slots from wholes.
  static LiftOptions Lift() {
    LiftOptions lift;
    lift.on_top = OnTop::kConfident;
    lift.field = {8, 2, 17, 4, 64, 64, 2};
    return lift;
  }
};

}  // namespace sanerf::baselines
