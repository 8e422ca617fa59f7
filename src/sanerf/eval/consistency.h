// View consistency: masks warped by depth into neighboring views and compared there. It needs no ground truth.
#pragma once

#include <vector>

#include "sanerf/core/bit_mask.h"
#include "sanerf/core/camera.h"
#include "sanerf/core/image.h"

namespace sanerf::eval {

struct DepthView {
  Camera camera;
  ImageF depth;  // z-depth in the camera's units, at its size; 0 = nothing there
};

struct ConsistencyOptions {
  int neighbors = 3;              // views that each view is warped into
  double depth_tolerance = 0.02;  // two views show one place when their depths differ by less, as a share of the depth
};

struct ConsistencyScore {
  int64_t intersection = 0, union_ = 0;  // of pixels seen in both views
  int num_pairs = 0;

  // 0 when no pixel of the object is seen in two views: nothing shows that they agree. NaN without a pair of views, as
  // where a single one is held out: nothing was compared.
  double Iou() const;
};

// The views nearest to `view` by the distance of their cameras, nearest first; those that look the other way are left
// out.
std::vector<int> NeighborsOf(int view, const std::vector<DepthView>& views, int count);

// For every pixel of `from` the index of the pixel of `to` that shows the same place; -1 where there is none: nothing
// is there, the place lies outside of the other view, or something else is in front of it (or behind it).
std::vector<int64_t> Correspondences(const DepthView& from, const DepthView& to, double depth_tolerance);

// masks[view][object], of the views' sizes. One score per object: intersections and unions are
// summed over all views with each of their neighbors.
std::vector<ConsistencyScore> ScoreConsistency(const std::vector<DepthView>& views,
                                               const std::vector<std::vector<BitMask>>& masks,
                                               const ConsistencyOptions& options = {});

}  // namespace sanerf::eval
