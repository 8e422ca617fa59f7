// What one training ray contributes: composite its samples, compare with the photo, send the error back to densities
// and colors.
#pragma once

#include <string>
#include <vector>

namespace sanerf::nerf {

struct RayLossOptions {
  bool huber = true;
  float huber_delta = 0.1f;
  bool last_sample_background = false;  // otherwise `background` shows behind the ray
  float distortion = 0;
  // Gradients of samples nearer to the camera than this are multiplied by (t / near_gradients)^2 (Philip and
  // Deschaintre, Floaters No More, 2023, section 3.2): a place close to one camera gets many of its rays and would
  // learn to explain that photo alone, as fog. 0 = off. Not the derivative of any loss.
  float near_gradients = 0;
};

template <class T>
struct RaySamples {  // front to back
  int n = 0;
  const T *sigma, *t, *dt;
  const T* rgb;  // [n][3]
};

struct RayLossResult {
  double loss = 0;     // photometric + distortion
  double squared = 0;  // sum over channels of the squared photometric error, for PSNR
};

// Writes grad_sigma [n] and grad_rgb [n][3], both multiplied by `scale`. `scratch` is resized as needed.
// gain: how much brighter the photo is than the scene, per channel; null = 1. grad_gain [3] is then written as well.
// The background behind the ray is no light of the scene and keeps its brightness. Instantiated for float (the program)
// and double (the proofs).
template <class T>
RayLossResult RayLoss(const RayLossOptions& options, const RaySamples<T>& samples, const T target[3],
                      const T background[3], T scale, std::vector<T>* scratch, T* grad_sigma, T* grad_rgb,
                      const T* gain = nullptr, T* grad_gain = nullptr);

}  // namespace sanerf::nerf
