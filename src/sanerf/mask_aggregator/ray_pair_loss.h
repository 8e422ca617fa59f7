// The ray-pair RGB loss (paper Eq. 9 to 11): rays of one region that look alike should mean the same object.
#pragma once

#include <vector>

namespace sanerf::mask_aggregator {

struct RayPairOptions {
  float tau = 0.1f;      // colors (sRGB in [0, 1]) closer than this are alike (Eq. 10)
  float sharpness = 10;  // w of Eq. 11
  bool cosine = false;   // a.b / (|a| |b|) instead of Eq. 11's a.b / max(|a|^2, |b|^2) (release)
  bool hard = true;  // the reference stands for its most probable label (release), not for its probabilities (paper)
};

// f of Eq. 11: exp(-w a.b / max(|a|^2, |b|^2) - 1e-6), the distance of two probability vectors, or with the cosine in
// the exponent. Adds scale times the gradient with respect to b, unless it is null. Instantiated for float (the
// program) and double (the proofs).
template <class T>
T LabelDistance(const RayPairOptions& options, int num_labels, const T* a, const T* b, T scale, T* grad_b);

template <class T>
struct RayPairs {
  int num_rays, num_labels;
  const T* outputs;                    // [ray][label]
  const T* rgb;                        // [ray][3], as the radiance field renders them
  const std::vector<int>& references;  // the rays r_k
};

// Eq. 9 over rays whose outputs are probabilities. The references are constants, as in the paper. Adds scale times the
// gradient to grad_probabilities and returns the loss; a reference that no other ray looks like counts as 0.
template <class T>
T RayPairLoss(const RayPairOptions& options, const RayPairs<T>& rays, T scale, T* grad_probabilities);

}  // namespace sanerf::mask_aggregator
