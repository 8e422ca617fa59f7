// From the features under strokes to voxels: the high-confidence region (lib/segment_3d.py of the authors' release),
// which grows until it is what the user wants.
#pragma once

#include <vector>

#include "sanerf/baselines/isrf/region_growing.h"
#include "sanerf/baselines/isrf/traced_views.h"

namespace sanerf {

// The pixels under the strokes of one sign.
struct StrokePixels {
  std::vector<float> features;      // rendered there: [pixel][channel], of length 1
  std::vector<size_t> first = {0};  // touch of each pixel's ray; one more at the end
  std::vector<Touch> touches;
};
struct Strokes {
  StrokePixels positive, negative;
};

// The authors' slider before it is moved.
inline constexpr float kUsualThreshold = 0.4f;

// The threshold that takes most of what is wanted and least of what is not, shares of each counted alike; in the middle
// of the range that does so. wanted, unwanted: squared distances to the nearest centroid. kUsualThreshold when either
// is empty.
float SeparatingThreshold(std::vector<float> wanted, std::vector<float> unwanted);

// Share of the pixels that show the mask's voxels (more than half of their light); 0 where there are no strokes.
double CoveredShare(const StrokePixels& strokes, const VoxelMask& mask);

struct SelectedRegion {
  VoxelMask mask;
  float threshold = 0, negative_threshold = 0;
  int64_t confident = 0;  // voxels before they grew
};

// Positive region AND NOT negative region. Each takes the voxels that look like its own strokes and more like them than
// like those of the other sign, wherever they are, connected to a stroke or not (as the authors do).
//
// A user moves the slider and presses the button for another ring until the picture is right. By rule: the threshold is
// the smallest that covers options.seed_share of the own strokes, but never more than what separates the strokes of
// both signs; then rings are added as long as each covers noticeably more of the own strokes than it takes of the
// others. Throws UsageError for options out of range.
SelectedRegion SelectRegion(const Voxels& voxels, const Strokes& strokes, const SelectOptions& options, uint64_t seed);

}  // namespace sanerf
