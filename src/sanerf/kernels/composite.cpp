#include "sanerf/kernels/composite.h"

#include <cmath>

namespace sanerf::kernels {

template <class T>
T CompositeWeights(int n, const T* sigma, const T* dt, T* weights, T transmittance) {
  for (int i = 0; i < n; ++i) {
    const T pass = std::exp(-sigma[i] * dt[i]);
    weights[i] = transmittance * (1 - pass);
    transmittance *= pass;
  }
  return transmittance;
}

template <class T>
void CompositeValues(int n, const T* weights, const T* values, int channels, T* out) {
  for (int c = 0; c < channels; ++c) out[c] = 0;
  for (int i = 0; i < n; ++i)
    for (int c = 0; c < channels; ++c) out[c] += weights[i] * values[i * channels + c];
}

template <class T>
void CompositeBackward(int n, const T* sigma, const T* dt, const T* weights, T transmittance, const T* grad_weights,
                       T grad_transmittance, T* grad_sigma) {
  // From the back: `behind` is what the samples behind i lose when i absorbs more.
  T behind = grad_transmittance * transmittance;
  for (int i = n - 1; i >= 0; --i) {
    grad_sigma[i] = -behind;
    behind += grad_weights[i] * weights[i];
  }
  T front = 1;
  for (int i = 0; i < n; ++i) {
    front *= std::exp(-sigma[i] * dt[i]);  // T_{i+1}
    grad_sigma[i] = dt[i] * (grad_sigma[i] + grad_weights[i] * front);
  }
}

template <class T>
T DistortionLoss(int n, const T* weights, const T* s, const T* ds, T scale, T* grad_weights) {
  // sum_j w_j |s_i - s_j| splits at i into prefix and suffix sums, so the double sum costs O(n).
  double weight_total = 0, moment_total = 0;
  for (int i = 0; i < n; ++i) {
    weight_total += weights[i];
    moment_total += double(weights[i]) * s[i];
  }
  double weight_before = 0, moment_before = 0, loss = 0;
  for (int i = 0; i < n; ++i) {
    const double w = weights[i];
    const double weight_after = weight_total - weight_before - w,
                 moment_after = moment_total - moment_before - w * s[i];
    const double spread = s[i] * weight_before - moment_before + moment_after - s[i] * weight_after;
    loss += w * spread + w * w * ds[i] / 3;
    grad_weights[i] += T(scale * (2 * spread + 2 * w * ds[i] / 3));
    weight_before += w;
    moment_before += w * s[i];
  }
  return T(loss);
}

#define SANERF_INSTANTIATE(T)                                                             \
  template T CompositeWeights(int, const T*, const T*, T*, T);                            \
  template void CompositeValues(int, const T*, const T*, int, T*);                        \
  template void CompositeBackward(int, const T*, const T*, const T*, T, const T*, T, T*); \
  template T DistortionLoss(int, const T*, const T*, const T*, T, T*)
SANERF_INSTANTIATE(float);
SANERF_INSTANTIATE(double);
#undef SANERF_INSTANTIATE

}  // namespace sanerf::kernels
