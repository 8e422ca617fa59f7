#include "sanerf/kernels/composite.h"

#include <cmath>

namespace sanerf::kernels {

float CompositeWeights(int n, const float* sigma, const float* dt, float* weights) {
  float transmittance = 1;
  for (int i = 0; i < n; ++i) {
    const float pass = std::exp(-sigma[i] * dt[i]);
    weights[i] = transmittance * (1 - pass);
    transmittance *= pass;
  }
  return transmittance;
}

void CompositeValues(int n, const float* weights, const float* values, int channels, float* out) {
  for (int c = 0; c < channels; ++c) out[c] = 0;
  for (int i = 0; i < n; ++i)
    for (int c = 0; c < channels; ++c) out[c] += weights[i] * values[i * channels + c];
}

void CompositeBackward(int n, const float* sigma, const float* dt, const float* weights, float transmittance,
                       const float* grad_weights, float grad_transmittance, float* grad_sigma) {
  // From the back: `behind` is what the samples behind i lose when i absorbs more.
  float behind = grad_transmittance * transmittance;
  for (int i = n - 1; i >= 0; --i) {
    grad_sigma[i] = -behind;
    behind += grad_weights[i] * weights[i];
  }
  float front = 1;
  for (int i = 0; i < n; ++i) {
    front *= std::exp(-sigma[i] * dt[i]);  // T_{i+1}
    grad_sigma[i] = dt[i] * (grad_sigma[i] + grad_weights[i] * front);
  }
}

float DistortionLoss(int n, const float* weights, const float* s, const float* ds, float scale, float* grad_weights) {
  // sum_j w_j |s_i - s_j| splits at i into prefix and suffix sums, so the double sum costs O(n).
  double weight_total = 0, moment_total = 0;
  for (int i = 0; i < n; ++i) {
    weight_total += weights[i];
    moment_total += double(weights[i]) * s[i];
  }
  double weight_before = 0, moment_before = 0, loss = 0;
  for (int i = 0; i < n; ++i) {
    const double w = weights[i];
    const double weight_after = weight_total - weight_before - w, moment_after = moment_total - moment_before - w * s[i];
    const double spread = s[i] * weight_before - moment_before + moment_after - s[i] * weight_after;
    loss += w * spread + w * w * ds[i] / 3;
    grad_weights[i] += float(scale * (2 * spread + 2 * w * ds[i] / 3));
    weight_before += w;
    moment_before += w * s[i];
  }
  return float(loss);
}

}  // namespace sanerf::kernels
