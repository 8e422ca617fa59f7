// What one training ray contributes: composite its samples (paper Eq. 1), compare with the photo, send the error back
// to densities and colors.
#pragma once

#include <string>
#include <vector>

namespace sanerf::nerf {

struct RayLossOptions {
  bool huber = true;
  float huber_delta = 0.1f;
  float distortion = 0;  // weight of the distortion loss of mip-NeRF 360 (Barron et al. 2022, Eq. 15)
  // Gradients of samples nearer to the camera than this are multiplied by (t / near_gradients)^2 (Philip and
  // Deschaintre, Floaters No More, 2023, section 3.2): a place close to one camera gets many of its rays and would
  // learn to explain that photo alone, as fog. 0 = off. Not the derivative of any loss.
  float near_gradients = 0;
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
  const T* gain = nullptr;    // [3]: how much brighter the photo is than the scene; null = 1
};

// Where the gradients go, all multiplied by `scale`.
template <class T>
struct RayGradient {
  T scale;
  T* sigma;           // [n]
  T* rgb;             // [n][3]
  T* gain = nullptr;  // [3]; when the target has one
};

struct RayLossResult {
  double loss = 0;     // photometric + distortion
  double squared = 0;  // sum over channels of the squared photometric error, for PSNR
};

// Writes the gradients. `scratch` is resized as needed. Instantiated for float (the program) and double (the proofs).
template <class T>
RayLossResult RayLoss(const RayLossOptions& options, const RaySamples<T>& samples, const RayTarget<T>& target,
                      const RayGradient<T>& grad, std::vector<T>* scratch);

}  // namespace sanerf::nerf
