// Patch features of a vision transformer (DINO) behind ONNX Runtime.
//
//   image    one input [1, 3, H, W], normalized with ImageNet's mean and deviation. A free H or W is the image's own
//            size, rounded to what patches of 7, 8, 14, 16 or 28 pixels divide
//   answers  the first output with three axes: [1, tokens, channels], row by row, after any tokens of the whole image
//            (class, registers); or with four: [1, channels, rows, cols]
#pragma once

#include <filesystem>
#include <string>

#include "sanerf/core/image.h"
#include "sanerf/core/job.h"
#include "sanerf/models/onnx_session.h"

namespace sanerf::baselines {

class PatchFeatures {
 public:
  // Throws Error when the file is missing, is no model, or has no such input and output.
  PatchFeatures(const std::filesystem::path& file, const Job& job);

  std::string name() const { return session_.file().filename().string(); }
  // rgb: 3 channels, [0, 1], any size; stretched to the model's. Returns [1, channels, rows, cols] over the whole
  // image. Throws Error when the tokens are no grid over the image or the values are not finite.
  models::Tensor Encode(const ImageF& rgb, const Job& job) const;

 private:
  models::Tensor TokensToMap(models::Tensor tokens, int64_t height, int64_t width) const;

  models::OnnxSession session_;
  models::TensorInfo input_;
  std::string output_;
};

}  // namespace sanerf::baselines
