// What one training ray contributes: composite its samples, compare with the photo, send the error back to densities and colours.
#pragma once

#include <string>
#include <vector>

namespace sanerf {

struct RayLossOptions {
  bool huber = true;
  float huber_delta = 0.1f;
  bool last_sample_background = false;  // otherwise `background` shows behind the ray
  float distortion = 0;
};

struct RaySamples {  // front to back
  int n = 0;
  const float *sigma, *t, *dt;
  const float* rgb;  // [n][3]
};

struct RayLossResult {
  double loss = 0;      // photometric + distortion
  double squared = 0;   // sum over channels of the squared photometric error, for PSNR
};

// Adds nothing: writes grad_sigma [n] and grad_rgb [n][3], all multiplied by `scale`. `scratch` is resized as needed.
RayLossResult RayLoss(const RayLossOptions& options, const RaySamples& samples, const float target[3],
                      const float background[3], float scale, std::vector<float>* scratch, float* grad_sigma,
                      float* grad_rgb);

}  // namespace sanerf
