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

// The terms below add their gradients and return their loss.

template <class T>
double PointDepthLoss(const RayLossOptions& o, const RaySamples<T>& samples, const PointOnRay<T>& point, T scale,
                      T transmittance, const T* weights, T* grad_weights, T* grad_transmittance) {
  const T by = T(o.point_depth) * point.weight, tolerance = T(o.point_tolerance) * T(o.point_tolerance);
  double loss = double(by) * transmittance;
  *grad_transmittance += scale * by;
  for (int i = 0; i < samples.n; ++i) {
    const T off = (samples.t[i] - point.distance) / point.distance;
    const T rho = off * off / (off * off + tolerance);
    loss += double(by) * rho * weights[i];
    grad_weights[i] += scale * by * rho;
  }
  return loss;
}

template <class T>
double RayEndLoss(const RayLossOptions& o, T alpha, T scale, T transmittance, T* grad_transmittance) {
  constexpr double kFloor = 0.01;  // of the logarithms' arguments: bounds the pull at a ray that misses everything
  const T ends = 1 - transmittance + T(kFloor), passes = transmittance + T(kFloor);
  *grad_transmittance += scale * T(o.ray_end) * (alpha / ends - (1 - alpha) / passes);
  return -double(o.ray_end) * double(alpha * std::log(ends) + (1 - alpha) * std::log(passes));
}

template <class T>
double OcclusionLoss(const RayLossOptions& o, const RaySamples<T>& samples, T end, T scale, T* grad_sigma) {
  double loss = 0;
  for (int i = 0; i < samples.n && samples.t[i] < end; ++i) {
    const T thickness = T(o.occlusion) * (1 - samples.t[i] / end) * samples.dt[i];  // for a density of 1
    loss += double(thickness) * samples.sigma[i];
    grad_sigma[i] += scale * thickness;
  }
  return loss;
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
  const RayLight<T> light{{color[0], color[1], color[2]}, 1 - transmittance};
  T shown[3] = {color[0], color[1], color[2]};
  if (target.look != nullptr) ShowLight(*target.look, light, shown);
  T grad_color[3], grad_transmittance = 0;
  for (int c = 0; c < 3; ++c) {
    const T r = shown[c] + transmittance * target.background[c] - target.rgb[c];
    result.squared += double(r) * r;
    const bool linear = o.huber && std::fabs(r) > o.huber_delta;
    result.loss += linear ? o.huber_delta * (std::fabs(r) - 0.5 * o.huber_delta) : 0.5 * r * r;
    grad_color[c] = grad.scale * (linear ? std::copysign(T(o.huber_delta), r) : r);
    grad_transmittance += grad_color[c] * target.background[c];
  }
  if (target.look != nullptr) {  // from here on of the light, before the photo shows it in its way
    RayLight<T> grad_light;
    const T grad_shown[3] = {grad_color[0], grad_color[1], grad_color[2]};
    ShowLightBackward(*target.look, light, grad_shown, &grad_light, grad.look);
    std::copy_n(grad_light.color, 3, grad_color);
    grad_transmittance -= grad_light.opacity;
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
  if (o.point_depth > 0 && target.point.weight > 0)
    result.loss +=
        PointDepthLoss(o, samples, target.point, grad.scale, transmittance, weights, grad_weights, &grad_transmittance);
  if (o.ray_end > 0) result.loss += RayEndLoss(o, target.alpha, grad.scale, transmittance, &grad_transmittance);
  kernels::CompositeBackward(n, samples.sigma, samples.dt, weights, transmittance, grad_weights, grad_transmittance,
                             grad.sigma);
  for (int i = 0; i < n && samples.t[i] < o.near_gradients; ++i) {
    const T share = samples.t[i] / T(o.near_gradients);
    grad.sigma[i] *= share * share;
    for (int c = 0; c < 3; ++c) grad.rgb[3 * i + c] *= share * share;
  }
  // After those: what the photos teach is damped close to the camera, this is meant for there.
  if (o.occlusion > 0 && target.occlusion_end > 0)
    result.loss += OcclusionLoss(o, samples, target.occlusion_end, grad.scale, grad.sigma);
  return result;
}

template RayLossResult RayLoss(const RayLossOptions&, const RaySamples<float>&, const RayTarget<float>&,
                               const RayGradient<float>&, std::vector<float>*);
template RayLossResult RayLoss(const RayLossOptions&, const RaySamples<double>&, const RayTarget<double>&,
                               const RayGradient<double>&, std::vector<double>*);

}  // namespace sanerf::nerf
