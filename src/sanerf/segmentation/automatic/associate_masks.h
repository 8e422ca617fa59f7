// Masks of many views to the scene's objects: the same surface in different views is the same object, and of a part and
// the whole that is taken on which the views agree.
#pragma once

#include <vector>

#include "sanerf/core/job.h"
#include "sanerf/segmentation/automatic/auto_options.h"
#include "sanerf/segmentation/automatic/mask_overlaps.h"

namespace sanerf::segmentation {

struct FoundObject {
  std::vector<int> masks;  // at most one per view, positions in the list of masks
  double agreement = 0;    // mean IoU with the other views' masks, 0 for a view that sees the object and has none
  int num_views_seeing = 0;
  double size = 0;  // mean share of the view
};

struct Association {
  std::vector<FoundObject> objects;  // largest first
  // What became no object, in groups of masks that belong together.
  int num_rare = 0, num_unstable = 0, num_background = 0, num_coplanar = 0, num_texture = 0, num_other_levels = 0;
};

// Throws UsageError for options out of range.
Association AssociateMasks(const std::vector<FoundMask>& masks, const MaskOverlaps& overlaps,
                           const AssociateOptions& options, const Job& job);

}  // namespace sanerf::segmentation
