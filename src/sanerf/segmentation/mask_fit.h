// Whether an object's field shows the masks that it was fitted to.
#pragma once

#include <vector>

#include "sanerf/core/job.h"
#include "sanerf/mask_aggregator/object_model.h"
#include "sanerf/mask_decoder/decoded_object.h"
#include "sanerf/scene/scene.h"

namespace sanerf::segmentation {

// Of a few views that have a mask, evenly chosen: the field's picture of the object beside the mask, in a window around
// it that is three times as wide and high. Of a mask only those pixels count that it was given where masks overlap: the
// others are shown as another object.
struct MaskFit {
  int num_views = 0;
  int num_missed = 0;   // of these: less than half of what either covers is covered by both
  double mean_iou = 0;  // over these views, [0, 1]

  bool IsUseless() const { return 2 * num_missed > num_views; }
};

// Of each object; masks[i] is that of label i + 1. Throws InterruptedError.
std::vector<MaskFit> CompareWithMasks(const mask_aggregator::ObjectModel& model, const mask_decoder::ObjectMasks& masks,
                                      const scene::Scene& scene, const Job& job);

}  // namespace sanerf::segmentation
