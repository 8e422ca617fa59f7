// The loss of Contrastive Lift (Bhalgat et al. 2023): embeddings of one view's rays are drawn to those of the same 2D
// segment and away from the rest, as a slowly following copy of the field sees them.
#pragma once

#include <vector>

namespace sanerf::baselines {

// Embeddings [ray][dim] and the rays' segments; confidence of the fast ones only.
template <class T>
struct SlowFastRays {
  int dims;
  const T* fast;
  const std::vector<int>& fast_segments;
  const std::vector<float>& confidence;
  const T* slow;
  const std::vector<int>& slow_segments;
};

// Concentration: mean over the segments with rays on both sides of the mean of -confidence * exp(-|f - c|^2), c the
// mean of the slow embeddings. Contrast: with k = exp(-|f - s|), mean over the fast rays whose segment has slow ones of
// -log(sum of exp(k) over the slow rays of its segment / over all slow rays). Returns their sum, writes the gradient of
// the fast embeddings; the slow ones have none. 0 when no segment is on both sides. Instantiated for float and double.
template <class T>
double SlowFastLoss(const SlowFastRays<T>& rays, T* grad_fast);

}  // namespace sanerf::baselines
