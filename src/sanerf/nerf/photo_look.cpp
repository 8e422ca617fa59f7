#include "sanerf/nerf/photo_look.h"

#include <algorithm>
#include <cmath>

namespace sanerf::nerf {
namespace {

// The eight nodes around a place of the grid. slope: d weight / d luminance.
template <class T>
struct LookCorners {
  int node[8];
  T weight[8], slope[8];
};

// Place on an axis of that many nodes: the lower node, and how far it is to the next.
template <class T>
int LowerNode(T at, int nodes, T* share) {
  const T scaled = std::clamp(at, T(0), T(1)) * T(nodes - 1);
  const int lower = std::min(int(scaled), nodes - 2);
  *share = scaled - T(lower);
  return lower;
}

template <class T>
LookCorners<T> FindLookCorners(T across, T down, T luminance) {
  T share[3];
  const int x = LowerNode(across, kLookAcross, &share[0]), y = LowerNode(down, kLookDown, &share[1]),
            z = LowerNode(luminance, kLookLuminances, &share[2]);
  const T nodes_per_luminance = luminance >= 0 && luminance <= 1 ? T(kLookLuminances - 1) : T(0);  // clamped outside
  LookCorners<T> corners;
  for (int i = 0; i < 8; ++i) {
    const int dx = i & 1, dy = i >> 1 & 1, dz = i >> 2;
    corners.node[i] = x + dx + kLookAcross * (y + dy + kLookDown * (z + dz));
    const T in_plane = (dx ? share[0] : 1 - share[0]) * (dy ? share[1] : 1 - share[1]);
    corners.weight[i] = in_plane * (dz ? share[2] : 1 - share[2]);
    corners.slope[i] = in_plane * (dz ? nodes_per_luminance : -nodes_per_luminance);
  }
  return corners;
}

template <class T>
T LuminanceOf(const T color[3]) {
  T luminance = 0;
  for (int c = 0; c < 3; ++c) luminance += T(kLuminance[c]) * color[c];
  return luminance;
}

// sums[k] = sum over the corners of factor * the node's values.
template <class T>
void SumCorners(const LookCorners<T>& corners, const T* factors, const T* values, T* sums) {
  std::fill_n(sums, kAffineValues, T(0));
  for (int i = 0; i < 8; ++i)
    for (int k = 0; k < kAffineValues; ++k) sums[k] += factors[i] * values[kAffineValues * corners.node[i] + k];
}

// The transform that a ray of this light is shown with; not of gains.
template <class T>
void SliceTransform(const PhotoLook<T>& look, const RayLight<T>& light, T* affine) {
  if (look.kind == Appearance::kAffine) {
    std::copy_n(look.values, kAffineValues, affine);
  } else {
    const LookCorners<T> corners = FindLookCorners(look.across, look.down, LuminanceOf(light.color));
    SumCorners(corners, corners.weight, look.values, affine);
  }
}

// Row c of a transform applied to the light.
template <class T>
T ApplyRow(const T* row, const RayLight<T>& light) {
  return row[0] * light.color[0] + row[1] * light.color[1] + row[2] * light.color[2] + row[3] * light.opacity;
}

}  // namespace

int NumLookValues(Appearance kind) {
  switch (kind) {
    case Appearance::kNone:
      return 0;
    case Appearance::kGain:
      return 3;
    case Appearance::kAffine:
      return kAffineValues;
    case Appearance::kBilateral:
      break;
  }
  return kLookNodes * kAffineValues;
}

float IdentityOfLook(Appearance kind, int value) {
  if (kind == Appearance::kNone || kind == Appearance::kGain) return 0;
  const int k = value % kAffineValues;
  return k % 4 == k / 4 ? 1.0f : 0.0f;
}

template <class T>
void ShowLight(const PhotoLook<T>& look, const RayLight<T>& light, T shown[3]) {
  if (look.kind == Appearance::kNone) {
    std::copy_n(light.color, 3, shown);
  } else if (look.kind == Appearance::kGain) {
    for (int c = 0; c < 3; ++c) shown[c] = std::exp(look.values[c]) * light.color[c];
  } else {
    T affine[kAffineValues];
    SliceTransform(look, light, affine);
    for (int c = 0; c < 3; ++c) shown[c] = ApplyRow(affine + 4 * c, light);
  }
}

template <class T>
void ShowLightBackward(const PhotoLook<T>& look, const RayLight<T>& light, const T grad_shown[3],
                       RayLight<T>* grad_light, LookGradient<T>* grad_look) {
  *grad_light = {{grad_shown[0], grad_shown[1], grad_shown[2]}, 0};
  *grad_look = {};
  if (look.kind == Appearance::kNone) return;
  if (look.kind == Appearance::kGain) {
    for (int c = 0; c < 3; ++c) {
      const T gain = std::exp(look.values[c]);
      grad_look->affine[c] = grad_shown[c] * light.color[c] * gain;
      grad_light->color[c] = grad_shown[c] * gain;
    }
    return;
  }
  T affine[kAffineValues];
  SliceTransform(look, light, affine);
  for (int k = 0; k < 3; ++k) grad_light->color[k] = 0;
  for (int c = 0; c < 3; ++c) {
    for (int k = 0; k < 3; ++k) {
      grad_look->affine[4 * c + k] = grad_shown[c] * light.color[k];
      grad_light->color[k] += grad_shown[c] * affine[4 * c + k];
    }
    grad_look->affine[4 * c + 3] = grad_shown[c] * light.opacity;
    grad_light->opacity += grad_shown[c] * affine[4 * c + 3];
  }
  if (look.kind != Appearance::kBilateral) return;
  grad_look->across = look.across, grad_look->down = look.down, grad_look->luminance = LuminanceOf(light.color);
  // The light's luminance also chooses where the grid is sliced.
  const LookCorners<T> corners = FindLookCorners(look.across, look.down, grad_look->luminance);
  T slope[kAffineValues], grad_luminance = 0;
  SumCorners(corners, corners.slope, look.values, slope);
  for (int c = 0; c < 3; ++c) grad_luminance += grad_shown[c] * ApplyRow(slope + 4 * c, light);
  for (int k = 0; k < 3; ++k) grad_light->color[k] += grad_luminance * T(kLuminance[k]);
}

template <class T>
void AddLookGradient(Appearance kind, const LookGradient<T>& gradient, T* grad_values) {
  if (kind == Appearance::kBilateral) {
    const LookCorners<T> corners = FindLookCorners(gradient.across, gradient.down, gradient.luminance);
    for (int i = 0; i < 8; ++i)
      for (int k = 0; k < kAffineValues; ++k)
        grad_values[kAffineValues * corners.node[i] + k] += corners.weight[i] * gradient.affine[k];
  } else {
    for (int k = 0; k < NumLookValues(kind); ++k) grad_values[k] += gradient.affine[k];
  }
}

namespace {

// Mean squared difference of neighbors along one axis of the grid, whose nodes are `stride` apart.
template <class T>
double AxisVariation(const T* values, int stride, int nodes, T scale, T* grad_values) {
  const int pairs = kLookNodes / nodes * (nodes - 1);
  const T norm = T(1) / T(pairs * kAffineValues);
  double sum = 0;
  for (int node = 0; node < kLookNodes; ++node) {
    if (node / stride % nodes == nodes - 1) continue;
    const int a = node * kAffineValues, b = (node + stride) * kAffineValues;
    for (int k = 0; k < kAffineValues; ++k) {
      const T difference = values[a + k] - values[b + k];
      sum += double(difference) * difference;
      grad_values[a + k] += 2 * scale * norm * difference;
      grad_values[b + k] -= 2 * scale * norm * difference;
    }
  }
  return sum * double(norm);
}

}  // namespace

template <class T>
double LookPenalty(const PhotoLook<T>& look, const LookRegularization& weights, T scale, T* grad_values) {
  if (look.kind == Appearance::kNone || look.kind == Appearance::kGain) return 0;
  double penalty = 0;
  if (weights.identity > 0) {
    const int n = NumLookValues(look.kind);
    const T norm = T(weights.identity) / T(n);
    for (int i = 0; i < n; ++i) {
      const T difference = look.values[i] - T(IdentityOfLook(look.kind, i));
      penalty += double(norm) * difference * difference;
      grad_values[i] += 2 * scale * norm * difference;
    }
  }
  if (weights.total_variation > 0 && look.kind == Appearance::kBilateral) {
    const T by = scale * T(weights.total_variation);
    const double variation = AxisVariation(look.values, 1, kLookAcross, by, grad_values) +
                             AxisVariation(look.values, kLookAcross, kLookDown, by, grad_values) +
                             AxisVariation(look.values, kLookAcross * kLookDown, kLookLuminances, by, grad_values);
    penalty += weights.total_variation * variation;
  }
  return penalty;
}

std::array<float, kAffineValues> MeanTransform(Appearance kind, const float* values) {
  std::array<float, kAffineValues> mean = {};
  if (kind == Appearance::kNone || kind == Appearance::kGain) {
    for (int c = 0; c < 3; ++c) mean[size_t(5 * c)] = kind == Appearance::kNone ? 1.0f : std::exp(values[c]);
    return mean;
  }
  const int num_nodes = NumLookValues(kind) / kAffineValues;
  for (int i = 0; i < NumLookValues(kind); ++i) mean[size_t(i % kAffineValues)] += values[i] / float(num_nodes);
  return mean;
}

#define SANERF_INSTANTIATE_LOOK(T)                                                                   \
  template void ShowLight(const PhotoLook<T>&, const RayLight<T>&, T[3]);                            \
  template void ShowLightBackward(const PhotoLook<T>&, const RayLight<T>&, const T[3], RayLight<T>*, \
                                  LookGradient<T>*);                                                 \
  template void AddLookGradient(Appearance, const LookGradient<T>&, T*);                             \
  template double LookPenalty(const PhotoLook<T>&, const LookRegularization&, T, T*);
SANERF_INSTANTIATE_LOOK(float)   // the program
SANERF_INSTANTIATE_LOOK(double)  // the proofs
#undef SANERF_INSTANTIATE_LOOK

}  // namespace sanerf::nerf
