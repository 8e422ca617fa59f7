// The kernels once more, as the papers write them: one sample at a time, no tiles, no registers, any float type.
// Tests hold every build against these, and these against finite differences.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "sanerf/kernels/kernels.h"

namespace sanerf::kernels::reference {

// ---- Multiresolution hash grid (Mueller et al. 2022, section 3) ----------------------------------------------------

// Row of a node inside its level.
inline uint64_t RowOfNode(const GridLevel& level, uint32_t x, uint32_t y, uint32_t z) {
  const uint64_t res = level.resolution;
  if (level.dense) return x + res * (y + res * z);
  return (x ^ (y * 2654435761u) ^ (z * 805459861u)) % level.num_rows;  // Eq. 4
}

template <class T>
struct Corner {
  uint64_t row;  // in the whole table
  T weight;
};

// The eight nodes around a point of the unit cube and their trilinear weights.
template <class T>
std::array<Corner<T>, 8> CornersOf(const GridLevel& level, const T position[3]) {
  uint32_t node[3];
  T fraction[3];
  for (int a = 0; a < 3; ++a) {
    const T scaled = std::clamp(position[a] * T(level.resolution) - T(0.5), T(0), T(level.resolution - 1));
    node[a] = uint32_t(std::floor(scaled));
    fraction[a] = scaled - T(node[a]);
  }
  std::array<Corner<T>, 8> corners;
  for (int c = 0; c < 8; ++c) {
    uint32_t at[3];
    T weight = 1;
    for (int a = 0; a < 3; ++a) {
      const bool upper = (c >> a) & 1;
      at[a] = std::min(node[a] + (upper ? 1u : 0u), level.resolution - 1);
      weight *= upper ? fraction[a] : 1 - fraction[a];
    }
    corners[size_t(c)] = {level.row_offset + RowOfNode(level, at[0], at[1], at[2]), weight};
  }
  return corners;
}

// table [row][feature], out [level][feature].
template <class T>
void GridForward(const GridShape& shape, const T* table, const T position[3], T* out) {
  for (int l = 0; l < shape.num_levels; ++l)
    for (int f = 0; f < shape.num_features; ++f) {
      T sum = 0;
      for (const Corner<T>& corner : CornersOf(shape.levels[l], position))
        sum += corner.weight * table[corner.row * uint64_t(shape.num_features) + uint64_t(f)];
      out[l * shape.num_features + f] = sum;
    }
}

template <class T>
void GridBackward(const GridShape& shape, const T position[3], const T* grad_out, T* grad_table) {
  for (int l = 0; l < shape.num_levels; ++l)
    for (int f = 0; f < shape.num_features; ++f)
      for (const Corner<T>& corner : CornersOf(shape.levels[l], position))
        grad_table[corner.row * uint64_t(shape.num_features) + uint64_t(f)] +=
            corner.weight * grad_out[l * shape.num_features + f];
}

// ---- Fully connected networks ---------------------------------------------------------------------------------------

template <class T>
T Activation(T x, float leak) {
  return x > 0 ? x : x * T(leak);
}

// values: the network's input, then the outputs of the layers so far.
template <class T>
std::vector<T> LayerInput(const MlpShape& shape, int layer, const std::vector<std::vector<T>>& values) {
  std::vector<T> input = values[size_t(layer)];
  if (layer > 0 && layer == shape.skip) input.insert(input.end(), values[0].begin(), values[0].end());
  return input;
}

// All layers' outputs, input first; hidden ones activated.
template <class T>
std::vector<std::vector<T>> MlpForward(const MlpShape& shape, const T* weights, const T* x) {
  std::vector<std::vector<T>> values = {std::vector<T>(x, x + shape.widths[0])};
  for (int layer = 0; layer < shape.num_layers; ++layer) {
    const std::vector<T> input = LayerInput(shape, layer, values);
    const int in = int(input.size()), outs = shape.widths[layer + 1];
    std::vector<T> y(size_t(outs), T(0));
    for (int o = 0; o < outs; ++o) {
      if (shape.bias) y[size_t(o)] = weights[in * outs + o];
      for (int i = 0; i < in; ++i) y[size_t(o)] += weights[o * in + i] * input[size_t(i)];
      if (layer + 1 < shape.num_layers) y[size_t(o)] = Activation(y[size_t(o)], shape.leak);
    }
    weights += shape.LayerSize(layer);
    values.push_back(std::move(y));
  }
  return values;
}

// values: of MlpForward. Adds to grad_weights, returns d loss / d x.
template <class T>
std::vector<T> MlpBackward(const MlpShape& shape, const T* weights, const std::vector<std::vector<T>>& values,
                           const T* grad_out, T* grad_weights) {
  std::vector<T> grad(grad_out, grad_out + shape.widths[shape.num_layers]);
  std::vector<T> skipped(size_t(shape.widths[0]), T(0));
  int64_t first = shape.NumWeights();
  for (int layer = shape.num_layers - 1; layer >= 0; --layer) {
    const std::vector<T> input = LayerInput(shape, layer, values);
    const int in = int(input.size()), outs = shape.widths[layer + 1];
    first -= shape.LayerSize(layer);
    if (shape.bias)
      for (int o = 0; o < outs; ++o) grad_weights[first + int64_t(in) * outs + o] += grad[size_t(o)];
    std::vector<T> next(size_t(in), T(0));
    for (int o = 0; o < outs; ++o)
      for (int i = 0; i < in; ++i) {
        grad_weights[first + o * in + i] += grad[size_t(o)] * input[size_t(i)];
        next[size_t(i)] += weights[first + o * in + i] * grad[size_t(o)];
      }
    for (int i = shape.widths[layer]; i < in; ++i) skipped[size_t(i - shape.widths[layer])] = next[size_t(i)];
    next.resize(size_t(shape.widths[layer]));
    if (layer > 0)
      for (size_t i = 0; i < next.size(); ++i) next[i] *= input[i] > 0 ? T(1) : T(shape.leak);
    grad = std::move(next);
  }
  for (size_t i = 0; i < grad.size(); ++i) grad[i] += skipped[i];
  return grad;
}

// ---- Layer normalization (Ba et al. 2016)
// ----------------------------------------------------------------------------

template <class T>
std::vector<T> LayerNormForward(const std::vector<T>& gain, const std::vector<T>& bias, const std::vector<T>& x) {
  T mean = 0, variance = 0;
  for (const T v : x) mean += v / T(x.size());
  for (const T v : x) variance += (v - mean) * (v - mean) / T(x.size());
  std::vector<T> y;
  for (size_t c = 0; c < x.size(); ++c) y.push_back(gain[c] * (x[c] - mean) / std::sqrt(variance + T(1e-5)) + bias[c]);
  return y;
}

// Adds to grad_gain and grad_bias, returns d loss / d x: by the chain rule through mean and variance, one term each.
template <class T>
std::vector<T> LayerNormBackward(const std::vector<T>& gain, const std::vector<T>& x, const std::vector<T>& grad_out,
                                 std::vector<T>* grad_gain, std::vector<T>* grad_bias) {
  const T n = T(x.size());
  T mean = 0, variance = T(1e-5), grad_variance = 0, grad_mean = 0;
  for (const T v : x) mean += v / n;
  for (const T v : x) variance += (v - mean) * (v - mean) / n;
  const T deviation = std::sqrt(variance);
  for (size_t c = 0; c < x.size(); ++c) {
    const T g = grad_out[c] * gain[c];
    (*grad_gain)[c] += grad_out[c] * (x[c] - mean) / deviation;
    (*grad_bias)[c] += grad_out[c];
    grad_variance -= g * (x[c] - mean) / (2 * variance * deviation);
    grad_mean -= g / deviation;
  }
  std::vector<T> grad_x;
  for (size_t c = 0; c < x.size(); ++c)
    grad_x.push_back(grad_out[c] * gain[c] / deviation + grad_mean / n + grad_variance * 2 * (x[c] - mean) / n);
  return grad_x;
}

// ---- Elementwise ----------------------------------------------------------------------------------------------------

template <class T>
T Exp(T x) {
  return std::exp(std::clamp(x, T(-15), T(15)));
}

template <class T>
T Sigmoid(T x) {
  return 1 / (1 + std::exp(-x));
}

// Real spherical harmonics, degrees 0 to 3, from the associated Legendre functions with the Condon-Shortley phase:
// Y_l^m = sqrt(2) N P_l^|m|(cos theta) {cos, sin}(|m| phi). Order l (l + 1) + m.
template <class T>
std::array<T, 16> SphericalHarmonics(T x, T y, T z) {
  const T phi = std::atan2(y, x), r = std::sqrt(x * x + y * y);  // sin(theta)
  // P[l][m] by the usual recurrences: P_m^m = (-1)^m (2m-1)!! sin^m, then upward in l.
  T p[4][4] = {};
  p[0][0] = 1;
  for (int m = 1; m < 4; ++m) p[m][m] = -T(2 * m - 1) * r * p[m - 1][m - 1];
  for (int m = 0; m < 3; ++m) p[m + 1][m] = T(2 * m + 1) * z * p[m][m];
  for (int m = 0; m < 4; ++m)
    for (int l = m + 2; l < 4; ++l) p[l][m] = (T(2 * l - 1) * z * p[l - 1][m] - T(l + m - 1) * p[l - 2][m]) / T(l - m);
  std::array<T, 16> out;
  for (int l = 0; l < 4; ++l)
    for (int m = -l; m <= l; ++m) {
      const int order = std::abs(m);
      T ratio = 1;  // (l - |m|)! / (l + |m|)!
      for (int k = l - order + 1; k <= l + order; ++k) ratio /= T(k);
      const T norm = std::sqrt(T(2 * l + 1) / (4 * std::acos(T(-1))) * ratio) * (m == 0 ? T(1) : std::sqrt(T(2)));
      const T angular = m < 0 ? std::sin(T(order) * phi) : std::cos(T(order) * phi);
      out[size_t(l * (l + 1) + m)] = norm * p[l][order] * angular;
    }
  return out;
}

// Algorithm 1 of Kingma and Ba 2015 for one parameter.
template <class T>
void Adam(const AdamStep& options, T* param, T* grad, T* m, T* v) {
  if (options.skip_zero && *grad == 0) return;
  const T beta1 = options.beta1, beta2 = options.beta2;
  *m = beta1 * *m + (1 - beta1) * *grad;
  *v = beta2 * *v + (1 - beta2) * *grad * *grad;
  const T m_hat = *m / (1 - std::pow(beta1, T(options.step)));
  const T v_hat = *v / (1 - std::pow(beta2, T(options.step)));
  *param -= T(options.lr) * m_hat / (std::sqrt(v_hat) + T(options.epsilon));
  *grad = 0;
}

// ---- 3D Gaussians in a picture (Kerbl et al. 2023, section 6)
// --------------------------------------------------------

template <class T>
struct BlendedSplat {
  std::array<T, kSplatGradients> of;  // by SplatGradient: mean, inverse covariance, opacity, color
};

// A pixel's color over the background; splats: front to back.
template <class T>
std::array<T, 3> SplatPixel(const std::vector<BlendedSplat<T>>& splats, T px, T py,
                            const std::array<T, 3>& background) {
  std::array<T, 3> rgb = {0, 0, 0};
  T light = 1;
  for (const BlendedSplat<T>& splat : splats) {
    if (light < T(kSplatMinLight)) break;
    const auto& s = splat.of;
    const T dx = px - s[kGradX], dy = py - s[kGradY];
    const T square = s[kGradA] * dx * dx + 2 * s[kGradB] * dx * dy + s[kGradC] * dy * dy;
    const T alpha = std::min(T(kSplatMaxAlpha), s[kGradOpacity] * std::exp(-square / 2));
    if (alpha < T(kSplatMinAlpha)) continue;
    for (size_t c = 0; c < 3; ++c) rgb[c] += light * alpha * s[kGradRgb + c];
    light *= 1 - alpha;
  }
  for (size_t c = 0; c < 3; ++c) rgb[c] += light * background[c];
  return rgb;
}

// ---- Volume rendering
// ------------------------------------------------------------------------------------------------

template <class T>
T TransmittanceBefore(const std::vector<T>& sigma, const std::vector<T>& dt, size_t i) {
  T optical_depth = 0;
  for (size_t j = 0; j < i; ++j) optical_depth += sigma[j] * dt[j];
  return std::exp(-optical_depth);
}

// Paper Eq. 1.
template <class T>
std::vector<T> CompositeWeights(const std::vector<T>& sigma, const std::vector<T>& dt) {
  std::vector<T> weights;
  for (size_t i = 0; i < sigma.size(); ++i)
    weights.push_back(TransmittanceBefore(sigma, dt, i) * (1 - std::exp(-sigma[i] * dt[i])));
  return weights;
}

// Mip-NeRF 360 (Barron et al. 2022), Eq. 15, for midpoints s and lengths ds.
template <class T>
T DistortionLoss(const std::vector<T>& weights, const std::vector<T>& s, const std::vector<T>& ds) {
  T loss = 0;
  for (size_t i = 0; i < weights.size(); ++i) {
    for (size_t j = 0; j < weights.size(); ++j) loss += weights[i] * weights[j] * std::abs(s[i] - s[j]);
    loss += weights[i] * weights[i] * ds[i] / 3;
  }
  return loss;
}

}  // namespace sanerf::kernels::reference
