// What to ignore in the views of a session, read when it is first asked for: for its vote and for its field.
#pragma once

#include <vector>

#include "sanerf/core/image.h"
#include "sanerf/core/job.h"
#include "sanerf/segmentation/segmentation_input.h"

namespace sanerf::segmentation {

class IgnoredViews {
 public:
  explicit IgnoredViews(SegmentationInput input);

  // Of the input's views, in their order, at the size of their masks (scene::LoadIgnoredPixels). Throws Error for a
  // mask that cannot be read, InterruptedError.
  const std::vector<ImageU8>& Read(const Job& job);

 private:
  SegmentationInput input_;  // without SAM
  std::vector<ImageU8> ignored_;
};

}  // namespace sanerf::segmentation
