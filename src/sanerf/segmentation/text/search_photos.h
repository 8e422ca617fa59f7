// Where a detector sees what the words name: boxes in many photos.
#pragma once

#include <string>
#include <vector>

#include "sanerf/core/job.h"
#include "sanerf/detect/text_detector.h"
#include "sanerf/scene/scene.h"
#include "sanerf/segmentation/text/text_boxes.h"

namespace sanerf::segmentation {

// Per phrase the boxes above the detector's threshold, the best ones of each of the views. Throws Error for a phrase
// that has none anywhere: how close it was, and what there is instead; InterruptedError.
std::vector<std::vector<BoxInView>> SearchPhotos(const detect::TextDetector& detector,
                                                 const std::vector<std::string>& phrases, const scene::Scene& scene,
                                                 const std::vector<int>& views, const Job& job);

}  // namespace sanerf::segmentation
