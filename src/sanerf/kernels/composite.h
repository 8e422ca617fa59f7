// Volume rendering of one ray (paper Eq. 1) and its transpose. Samples are contiguous, front to back.
#pragma once

namespace sanerf::kernels {

// weight_i = T_i (1 - exp(-sigma_i dt_i)), T_i = exp(-sum_{j<i} sigma_j dt_j). Returns the transmittance behind the last.
float CompositeWeights(int n, const float* sigma, const float* dt, float* weights);

// out[c] = sum_i weights_i values[i * channels + c].
void CompositeValues(int n, const float* weights, const float* values, int channels, float* out);

// Gradient of a loss that depends on the weights and on the final transmittance:
// d/d sigma_i = dt_i (g_i T_{i+1} - sum_{j>i} g_j w_j - g_T T_end), g = grad_weights, g_T = grad_transmittance.
void CompositeBackward(int n, const float* sigma, const float* dt, const float* weights, float transmittance,
                       const float* grad_weights, float grad_transmittance, float* grad_sigma);

// Distortion loss of mip-NeRF 360 (Barron et al. 2022, Eq. 15) for interval midpoints s and lengths ds:
// sum_ij w_i w_j |s_i - s_j| + 1/3 sum_i w_i^2 ds_i. Adds scale * d/d w_i to grad_weights and returns the loss.
float DistortionLoss(int n, const float* weights, const float* s, const float* ds, float scale, float* grad_weights);

}  // namespace sanerf::kernels
