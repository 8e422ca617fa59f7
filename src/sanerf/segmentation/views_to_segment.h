// Which training views an object is segmented in.
#pragma once

#include <vector>

#include "sanerf/mask_decoder/prompts.h"
#include "sanerf/scene/scene.h"

namespace sanerf::segmentation {

// At most max_views of them (SegmentOptions; 0 = all), evenly chosen, those that the prompts name pixels of first.
// Throws UsageError for a view that the scene does not have.
std::vector<int> ViewsToSegment(const mask_decoder::Prompts& prompts, const scene::Scene& scene, int max_views);

}  // namespace sanerf::segmentation
