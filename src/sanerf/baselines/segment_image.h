// SAM's automatic masks of one view lie in each other (a mug, its handle, its print); the methods that lift segments
// want every pixel in one segment at most.
#pragma once

#include <vector>

#include "sanerf/baselines/options.h"
#include "sanerf/core/image.h"
#include "sanerf/segmentation/automatic/mask_overlaps.h"

namespace sanerf::baselines {

struct SegmentImage {
  ImageU16 segments;              // 0 = in no mask, else 1 + index
  std::vector<float> confidence;  // of each segment: its mask's predicted IoU, [0, 1]
};

// Paints the masks over each other: smaller ones last (OnTop::kSmaller, so that parts and things on other things
// survive), or those with the higher predicted IoU (OnTop::kConfident). Segments of which fewer than min_pixels remain
// visible are specks: what lies below them takes their pixels.
SegmentImage FlattenMasks(const std::vector<const segmentation::FoundMask*>& masks, OnTop on_top, int64_t min_pixels);

}  // namespace sanerf::baselines
