// How one photo shows the light of the scene, for a single ray: automatic exposure, white balance and light that
// changes differ from photo to photo, and a radiance field that has to explain them puts fog in front of the cameras.
//   gain       each channel times exp of a number
//   affine     a 3 x 4 transform of color
//   bilateral  a grid of such transforms over the picture and its luminance, sliced trilinearly (Wang et al., Bilateral
//              Guided Radiance Field Processing, 2024; the grid is Chen et al.'s of 2007). Theirs has 16 x 16 x 8
//              cells; ours is so small that thousands of photos fit in memory.
// The scene's own density and color never depend on the photo.
#pragma once

#include <array>

#include "sanerf/nerf/options.h"

namespace sanerf::nerf {

inline constexpr int kAffineValues = 12;                                   // rows of (red, green, blue, constant)
inline constexpr int kLookAcross = 8, kLookDown = 8, kLookLuminances = 4;  // nodes of a bilateral grid
inline constexpr int kLookNodes = kLookAcross * kLookDown * kLookLuminances;
inline constexpr float kLuminance[3] = {0.299f, 0.587f, 0.114f};  // ITU-R BT.601, as theirs

// Of one photo: 0, 3, 12 or 12 for each node, across first, luminance last.
int NumLookValues(Appearance kind);
// The values that change nothing.
float IdentityOfLook(Appearance kind, int value);

template <class T>
struct PhotoLook {
  Appearance kind = Appearance::kNone;
  const T* values = nullptr;  // [NumLookValues]
  T across = 0, down = 0;     // where in the picture the ray is, [0, 1]
};

// What of a ray its photo's values get their gradient from.
template <class T>
struct LookGradient {
  T affine[kAffineValues] = {};           // d loss / d transform; of a gain the first three: by its logarithm
  T across = 0, down = 0, luminance = 0;  // where it was sliced
};

// color: the ray's light, premultiplied; opacity: how much of the ray it covers, which the transform's constants are
// multiplied with: what shows behind the ray is no light of the scene and stays as it is.
template <class T>
struct RayLight {
  T color[3], opacity;
};
template <class T>
void ShowLight(const PhotoLook<T>& look, const RayLight<T>& light, T shown[3]);
// grad_light is written, and *grad_look.
template <class T>
void ShowLightBackward(const PhotoLook<T>& look, const RayLight<T>& light, const T grad_shown[3],
                       RayLight<T>* grad_light, LookGradient<T>* grad_look);
// Adds to the photo's gradient [NumLookValues].
template <class T>
void AddLookGradient(Appearance kind, const LookGradient<T>& gradient, T* grad_values);

struct LookRegularization {
  float identity = 0, total_variation = 0;
};
// identity * mean over the values of (value - that of the identity)^2 and, of a grid, total_variation * the sum over
// its axes of the mean squared difference of neighbors. Adds scale * the gradient. Not of gains, whose logarithms
// nothing pulls at.
template <class T>
double LookPenalty(const PhotoLook<T>& look, const LookRegularization& weights, T scale, T* grad_values);

// The affine transform in the mean over the grid, of gains as a diagonal.
std::array<float, kAffineValues> MeanTransform(Appearance kind, const float* values);

}  // namespace sanerf::nerf
