// Where a detector sees what the words name: boxes in many photos.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sanerf/core/job.h"
#include "sanerf/detect/text_detector.h"
#include "sanerf/scene/scene.h"
#include "sanerf/segmentation/text/text_boxes.h"

namespace sanerf::segmentation {

struct PhraseInPhotos {
  std::vector<BoxInView> boxes;         // above the detector's threshold, the best ones of each view
  std::optional<NothingFound> nowhere;  // no box anywhere: how close it was, and what there is instead
};
// By phrase. What was seen in how many views is a message of the job's, before anything is made of it. Throws
// InterruptedError.
std::vector<PhraseInPhotos> SearchPhotos(const detect::TextDetector& detector, const std::vector<std::string>& phrases,
                                         const scene::Scene& scene, const std::vector<int>& views, const Job& job);

}  // namespace sanerf::segmentation
