// What one training ray contributes: composite its samples (paper Eq. 1), compare with the photo, send the error back
// to densities and colors.
#pragma once

#include <string>
#include <vector>

#include "sanerf/nerf/photo_look.h"

namespace sanerf::nerf {

struct RayLossOptions {
  bool huber = true;
  float huber_delta = 0.1f;
  float distortion = 0;  // weight of the distortion loss of mip-NeRF 360 (Barron et al. 2022, Eq. 15)
  // Gradients of samples nearer to the camera than this are multiplied by (t / near_gradients)^2 (Philip and
  // Deschaintre, Floaters No More, 2023, section 3.2): a place close to one camera gets many of its rays and would
  // learn to explain that photo alone, as fog. 0 = off. Not the derivative of any loss.
  float near_gradients = 0;
  // Weight of the optical thickness between the camera and RayTarget::occlusion_end, the nearer the heavier: sum over
  // samples of (1 - t / occlusion_end) sigma dt. Density there explains one photo alone (Yang et al., FreeNeRF, 2023,
  // section 4.3, whose mask of the first samples depends on how they are placed; a thickness has no unit).
  float occlusion = 0;
  // Weight of the cross entropy between the ray's opacity and the photo's alpha: where a photo is opaque, a ray ends.
  float ray_end = 0;
  // Weight of RayTarget::point: sum over samples of weight * rho((t - distance) / distance), and of what is behind the
  // last sample times 1; rho(x) = x^2 / (x^2 + tolerance^2) (Geman and McClure 1985). That is how far, in the mean, the
  // light comes from beside the point, up to 1: a point that is wrong pulls no more than that.
  float point_depth = 0;
  float point_tolerance = 0.03f;
};

// A point of a sparse reconstruction that the ray passes through.
template <class T>
struct PointOnRay {
  T distance = 0;  // ray parameter
  T weight = 0;    // 0 = there is none
};

template <class T>
struct RaySamples {  // front to back; density, ray parameter and step length in model units
  int n = 0;
  const T *sigma, *t, *dt;
  const T* rgb;  // [n][3]
};

template <class T>
struct RayTarget {
  const T *rgb, *background;  // [3]; what shows behind the ray is no light of the scene and keeps its brightness
  const PhotoLook<T>* look = nullptr;  // how the photo shows the scene's light; null = as it is
  T alpha = 1;                         // of the photo
  T occlusion_end = 0;                 // ray parameter; see RayLossOptions
  PointOnRay<T> point = {};
};

// Where the gradients go, all multiplied by `scale`.
template <class T>
struct RayGradient {
  T scale;
  T* sigma;                         // [n]
  T* rgb;                           // [n][3]
  LookGradient<T>* look = nullptr;  // when the target has one
};

struct RayLossResult {
  double loss = 0;     // all of it
  double squared = 0;  // sum over channels of the squared photometric error, for PSNR
};

// Writes the gradients. `scratch` is resized as needed. Instantiated for float (the program) and double (the proofs).
template <class T>
RayLossResult RayLoss(const RayLossOptions& options, const RaySamples<T>& samples, const RayTarget<T>& target,
                      const RayGradient<T>& grad, std::vector<T>* scratch);

}  // namespace sanerf::nerf
