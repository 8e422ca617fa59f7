// From the features under strokes to voxels: the high-confidence region (segment_3d.py of the authors' release), which
// grows until it looks like what the user wants.
#pragma once

#include <vector>

#include "sanerf/baselines/isrf/picture.h"
#include "sanerf/baselines/isrf/region_growing.h"
#include "sanerf/core/job.h"

namespace sanerf::baselines {

// What is rendered under the strokes of either sign, [pixel][channel], of length 1, and what the object looks like to
// the user.
struct UserInput {
  std::vector<float> positive, negative;
  Picture picture;
};

// The authors' slider before it is moved, and its right end.
inline constexpr float kUsualThreshold = 0.4f, kLargestThreshold = 2;

struct SelectedRegion {
  VoxelMask mask;
  float threshold = 0, negative_threshold = 0;  // 0 = nothing is taken away
  int rings = 0, negative_rings = 0;
  double likeness = 0;  // of the picture that the user is content with
};

// Positive region AND NOT negative region. Each takes the voxels that look like its own strokes and more like them than
// like those of the other sign, wherever they are, connected to a stroke or not (as the authors do).
//
// A user moves the slider and presses the button for another ring until the picture is right. By rule: the slider and
// the number of rings are those with the largest likeness, of the positive region first, then of what is left when the
// negative one is taken away. Where no picture shows the object, the slider stays where it was and nothing grows.
// Throws UsageError for options out of range.
SelectedRegion SelectRegion(const Voxels& voxels, const UserInput& input, const SelectOptions& options, uint64_t seed,
                            const Job& job);

}  // namespace sanerf::baselines
