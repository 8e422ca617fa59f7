// How far masks of different views cover the same surface: their pixels are lifted with the rendered depth and looked
// up in the other views that see them.
#pragma once

#include <string>
#include <vector>

#include "sanerf/core/bit_mask.h"
#include "sanerf/core/job.h"
#include "sanerf/feature_container/feature_container.h"
#include "sanerf/mask_decoder/visibility.h"

namespace sanerf::segmentation {

struct FoundMask {
  int view_idx = -1;
  BitMask mask;  // at the view's working camera
  float predicted_iou = 0;
  int candidate = 0;
  bool is_coplanar = false;  // see IsCoplanar
};

// Bytes that they take; they grow with the square of the number of masks.
double OverlapBytes(size_t num_masks, size_t num_views);

class MaskOverlaps {
 public:
  // Every step-th pixel in both directions is lifted. Throws InterruptedError, Error when there is not enough memory.
  MaskOverlaps(const std::vector<FoundMask>& masks, const feature_container::FeatureContainer& container,
               const mask_decoder::DepthTolerance& tolerance, int step, const Job& job);

  int num_masks() const { return int(view_of_.size()); }
  int num_views() const { return int(view_idxs_.size()); }
  int view_of(int mask) const { return view_of_[size_t(mask)]; }  // 0 .. num_views - 1
  int64_t size(int mask) const { return size_[size_t(mask)]; }    // lifted pixels

  // Lifted pixels of `mask` that `view` sees, wherever it sees them.
  int64_t Seen(int mask, int view) const { return seen_[At(mask, view)]; }

  // Over the lifted pixels of either mask's view that the other one's view sees as well.
  struct Counts {
    int64_t both = 0, first = 0, second = 0;  // on both masks, on the first, on the second
    double Iou() const { return first + second > both ? double(both) / double(first + second - both) : 0; }
    void Add(const Counts& other) { both += other.both, first += other.first, second += other.second; }
  };
  Counts Of(int first, int second) const;

 private:
  size_t At(int mask, int view) const { return size_t(mask) * view_idxs_.size() + size_t(view); }
  size_t Pair(int a, int b) const { return size_t(a) * view_of_.size() + size_t(b); }

  std::vector<int> view_idxs_, view_of_;
  std::vector<int64_t> size_;
  std::vector<uint32_t> seen_;    // [mask][view]
  std::vector<uint32_t> landed_;  // [mask][view]: lifted pixels of `view` that fall onto the mask
  std::vector<uint32_t> both_;    // [a][b]: lifted pixels of a that fall onto b
};

}  // namespace sanerf::segmentation
