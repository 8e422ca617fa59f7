#include "sanerf/nerf/ray_loss.h"

#include <algorithm>
#include <cmath>

#include "sanerf/kernels/composite.h"

namespace sanerf::nerf {

namespace {
// Normalized distance of the release: half the range for t < 1, the other half for everything beyond.
template <class T>
T Normalize(T t) {
  return t < 1 ? T(0.5) * t : 1 - T(0.5) / t;
}
}  // namespace

template <class T>
RayLossResult RayLoss(const RayLossOptions& o, const RaySamples<T>& samples, const RayTarget<T>& target,
                      const RayGradient<T>& grad, std::vector<T>* scratch) {
  const int n = samples.n;
  scratch->resize(size_t(4 * n) + 1);
  T *weights = scratch->data(), *grad_weights = weights + n, *s = grad_weights + n, *ds = s + n;
  const T transmittance = kernels::CompositeWeights(n, samples.sigma, samples.dt, weights);
  T color[3];
  kernels::CompositeValues(n, weights, samples.rgb, 3, color);

  RayLossResult result;
  T grad_color[3], grad_transmittance = 0;
  for (int c = 0; c < 3; ++c) {
    const T brightness = target.gain != nullptr ? target.gain[c] : T(1);
    const T r = brightness * color[c] + transmittance * target.background[c] - target.rgb[c];
    result.squared += double(r) * r;
    const bool linear = o.huber && std::fabs(r) > o.huber_delta;
    result.loss += linear ? o.huber_delta * (std::fabs(r) - 0.5 * o.huber_delta) : 0.5 * r * r;
    grad_color[c] = grad.scale * (linear ? std::copysign(T(o.huber_delta), r) : r);
    grad_transmittance += grad_color[c] * target.background[c];
    if (target.gain != nullptr) grad.gain[c] = grad_color[c] * color[c];
    grad_color[c] *= brightness;  // from here on of the light before the photo's exposure
  }
  for (int i = 0; i < n; ++i) {
    grad_weights[i] = 0;
    for (int c = 0; c < 3; ++c) {
      grad_weights[i] += grad_color[c] * samples.rgb[3 * i + c];
      grad.rgb[3 * i + c] = grad_color[c] * weights[i];
    }
  }
  if (o.distortion > 0 && n > 0) {
    for (int i = 0; i < n; ++i) {
      s[i] = Normalize(samples.t[i]);
      ds[i] = Normalize(samples.t[i] + T(0.5) * samples.dt[i]) - Normalize(samples.t[i] - T(0.5) * samples.dt[i]);
    }
    result.loss +=
        o.distortion * kernels::DistortionLoss(n, weights, s, ds, grad.scale * T(o.distortion), grad_weights);
  }
  kernels::CompositeBackward(n, samples.sigma, samples.dt, weights, transmittance, grad_weights, grad_transmittance,
                             grad.sigma);
  for (int i = 0; i < n && samples.t[i] < o.near_gradients; ++i) {
    const T share = samples.t[i] / T(o.near_gradients);
    grad.sigma[i] *= share * share;
    for (int c = 0; c < 3; ++c) grad.rgb[3 * i + c] *= share * share;
  }
  return result;
}

template RayLossResult RayLoss(const RayLossOptions&, const RaySamples<float>&, const RayTarget<float>&,
                               const RayGradient<float>&, std::vector<float>*);
template RayLossResult RayLoss(const RayLossOptions&, const RaySamples<double>&, const RayTarget<double>&,
                               const RayGradient<double>&, std::vector<double>*);

}  // namespace sanerf::nerf
