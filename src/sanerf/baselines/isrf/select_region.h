// From the features under strokes to voxels: the high-confidence region (lib/segment_3d.py of the authors' release), which
// grows until it is what the user wants.
#pragma once

#include <vector>

#include "sanerf/baselines/isrf/region_growing.h"

namespace sanerf {

// What is rendered under the strokes: [pixel][channel], of length 1.
struct StrokeFeatures {
  std::vector<float> positive, negative;
};

// The authors' slider before it is moved.
inline constexpr float kUsualThreshold = 0.4f;

// Where the user would leave the slider: the threshold that takes most of what is wanted and least of what is not,
// shares of each counted alike; in the middle of the range that does so. wanted, unwanted: squared distances to the
// nearest centroid. kUsualThreshold when either is empty.
float ChooseThreshold(std::vector<float> wanted, std::vector<float> unwanted);

struct SelectedRegion {
  VoxelMask mask;
  float threshold = 0, negative_threshold = 0;
  int64_t confident = 0;  // voxels before they grew
};

// Positive region AND NOT negative region, each grown from its strokes alone. Voxels are selected wherever they are,
// connected to a stroke or not, as the authors do. Throws UsageError for options out of range.
SelectedRegion SelectRegion(const Voxels& voxels, const StrokeFeatures& strokes, const SelectOptions& options,
                            uint64_t seed);

}  // namespace sanerf
