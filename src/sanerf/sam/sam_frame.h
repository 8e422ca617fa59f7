// Between the pixels of an encoded image and SAM's own square frame.
#pragma once

#include <array>

#include "sanerf/core/image.h"

namespace sanerf::sam {

inline constexpr int kSamSize = 1024;       // side of the square that the encoder sees
inline constexpr int kSamLogitsSize = 256;  // side of the decoder's masks

// The image fills the rectangle [0, inner_width) x [0, inner_height) of the square; the rest is padding.
struct SamFrame {
  int width = 0, height = 0;  // of the image
  int inner_width = kSamSize, inner_height = kSamSize;

  static SamFrame Stretched(int width, int height);  // SAM 2: both sides become 1024
  static SamFrame Padded(int width, int height);     // SAM: the longest side becomes 1024, rounded as SAM's own resize

  // Coordinates for the decoder of a position in the image (pixel centers at +0.5). SAM numbers pixel centers with
  // integers and adds the half pixel itself after the scaling: u = x * inner / size is the same position in the square,
  // u - 0.5 its name there.
  std::array<float, 2> ToDecoder(float x, float y) const;

  // Position in the image (pixel centers at +0.5) of a position in the square; beyond the image in the padding.
  std::array<double, 2> ToPixel(double u, double v) const {
    return {u * width / inner_width, v * height / inner_height};
  }

  // The normalized planes [3, 1024, 1024] of an RGB image (mean and deviation of ImageNet; padding is zero).
  std::vector<float> Normalized(const ImageF& rgb) const;
  // Logits of the square, any resolution, sampled bilinearly at the image's pixel centers.
  ImageF ToImage(const ImageF& logits) const;
  // The way back, as a mask prompt: a map of the image at any resolution to 256 x 256 cells of the square; padding gets
  // the value `outside`.
  ImageF FromImage(const ImageF& image, float outside) const;
};

}  // namespace sanerf::sam
