// What of a radiance field changes with time: masked space-time hashing (Wang et al. 2023, MSTH). The features of a
// place x at time t are
//
//   m(x) H3(x) + (1 - m(x)) H4(x, t),      m(x) = sigmoid(l(x)),
//
// H3 the static hash grid, H4 one with a time axis, l a dense grid of its own that starts at -1: at first most may
// move. Where m says that a place stands still, H4 is not asked, and the place costs what it costs in a field without
// time. In training some such places are asked
// all the same (sample_features.h).
#pragma once

#include "sanerf/nerf/options.h"
#include "sanerf/nn/hash_grid.h"

namespace sanerf::nerf {

// Of the tables. num_moments: at least 2; contracted: see RadianceField.
nn::HashGridOptions MovingGridOptions(const NerfOptions& options, bool contracted, int num_moments);
nn::HashGridOptions MaskGridOptions(const NerfOptions& options);

class MovingPart {
 public:
  static constexpr char kGridName[] = "moving_grid", kMaskName[] = "moving_mask";  // in checkpoints
  static constexpr float kMaskStart = -1;  // of l; what the grid of l holds is added
  static constexpr float kStill = 0.99f;   // from this m on a place stands still

  MovingPart(const NerfOptions& options, bool contracted, int num_moments, uint64_t seed);

  int num_moments() const { return num_moments_; }
  float mask_rate() const { return mask_rate_; }  // learning rate of the mask, as a multiple of the other grids'
  // The fourth coordinate of H4 of a time of the scene, 0 to 1: moment i of n, at i / (n - 1), is the middle of the
  // i-th of n equal parts, where the finest level has its i-th node.
  float UnitTime(float time) const { return (time * float(num_moments_ - 1) + 0.5f) / float(num_moments_); }
  // The moment nearest to a time.
  int MomentOf(float time) const;
  float TimeOf(int moment) const { return float(moment) / float(num_moments_ - 1); }

  nn::HashGrid grid;  // H4: as many outputs as the static grid
  nn::HashGrid mask;  // one level of two features, the first is l - kMaskStart, the second is not used

 private:
  int num_moments_;
  float mask_rate_;
};

}  // namespace sanerf::nerf
