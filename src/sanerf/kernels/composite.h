// Volume rendering of one ray (paper Eq. 1) and its transpose. Samples are contiguous, front to back.
// Instantiated for float (the program) and double (the proofs).
#pragma once

namespace sanerf::kernels {

// weight_i = T_i (1 - exp(-sigma_i dt_i)), T_i = T_0 exp(-sum_{j<i} sigma_j dt_j). T_0 = transmittance: what the
// samples in front of the first let through. Returns the transmittance behind the last.
template <class T>
T CompositeWeights(int n, const T* sigma, const T* dt, T* weights, T transmittance = 1);

// out[c] = sum_i weights_i values[i * channels + c].
template <class T>
void CompositeValues(int n, const T* weights, const T* values, int channels, T* out);

// Gradient of a loss that depends on the weights and on the final transmittance:
// d/d sigma_i = dt_i (g_i T_{i+1} - sum_{j>i} g_j w_j - g_T T_end), g = grad_weights, g_T = grad_transmittance.
template <class T>
void CompositeBackward(int n, const T* sigma, const T* dt, const T* weights, T transmittance, const T* grad_weights,
                       T grad_transmittance, T* grad_sigma);

// Distortion loss of mip-NeRF 360 (Barron et al. 2022, Eq. 15) for interval midpoints s and lengths ds:
// sum_ij w_i w_j |s_i - s_j| + 1/3 sum_i w_i^2 ds_i. Adds scale * d/d w_i to grad_weights and returns the loss.
template <class T>
T DistortionLoss(int n, const T* weights, const T* s, const T* ds, T scale, T* grad_weights);

}  // namespace sanerf::kernels
