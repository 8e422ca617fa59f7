// How bright each photo is: automatic exposure and white balance differ from photo to photo, and a radiance field that
// has to explain that puts fog in front of the cameras.
#pragma once

#include <cmath>
#include <vector>

#include "sanerf/nn/parameters.h"
#include "sanerf/nn/training_step.h"

namespace sanerf::nerf {

// The gradient by the gains of one ray's photo.
struct GainGradient {
  int photo = 0;
  float channels[3] = {0, 0, 0};
};

class Exposure {
 public:
  explicit Exposure(size_t num_photos) : num_photos_(num_photos) {
    log_gains_.name = "exposure";
    log_gains_.values = nn::Buffer(int64_t(3 * num_photos));
  }

  // What the scene's light is multiplied with in a channel before it is compared with the photo; 1 at first.
  float Gain(int photo, int channel) const { return std::exp(log_gains_.values[3 * photo + channel]); }

  // d loss / d gain, passed on to the gains' logarithms, which are what is trained.
  void AddGradients(const std::vector<GainGradient>& gradients) {
    for (const GainGradient& gradient : gradients)
      for (int c = 0; c < 3; ++c)
        log_gains_.grads[3 * gradient.photo + c] += gradient.channels[c] * Gain(gradient.photo, c);
  }

  // Keeps the geometric mean over the photos at 1: the scene is shown as bright as the photos are on average.
  void Step(const kernels::AdamStep& step) {
    nn::StepParameters(&log_gains_, step);
    for (int c = 0; c < 3; ++c) {
      double mean = 0;
      for (size_t i = 0; i < num_photos_; ++i)
        mean += double(log_gains_.values[int64_t(3 * i) + c]) / double(num_photos_);
      for (size_t i = 0; i < num_photos_; ++i) log_gains_.values[int64_t(3 * i) + c] -= float(mean);
    }
  }

  nn::Parameters& params() { return log_gains_; }
  const nn::Parameters& params() const { return log_gains_; }

 private:
  size_t num_photos_;
  nn::Parameters log_gains_;  // [photo][3]
};

}  // namespace sanerf::nerf
