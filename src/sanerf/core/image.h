// Images: row-major from the top left, channels interleaved.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace sanerf {

template <class T>
struct Image {
  int width = 0, height = 0, channels = 0;
  std::vector<T> data;

  Image() = default;
  Image(int w, int h, int c, T fill = T{}) : width(w), height(h), channels(c), data(size_t(w) * h * c, fill) {}

  bool empty() const { return data.empty(); }
  int64_t num_pixels() const { return int64_t(width) * height; }
  T& At(int x, int y, int c = 0) { return data[(size_t(y) * width + x) * channels + c]; }
  const T& At(int x, int y, int c = 0) const { return data[(size_t(y) * width + x) * channels + c]; }
  T* Pixel(int x, int y) { return &data[(size_t(y) * width + x) * channels]; }
  const T* Pixel(int x, int y) const { return &data[(size_t(y) * width + x) * channels]; }
};

using ImageU8 = Image<uint8_t>;  // sRGB-encoded color, masks, labels
using ImageU16 = Image<uint16_t>;
using ImageF = Image<float>;  // color in [0, 1] (sRGB-encoded, as the photos are), depth, probabilities

// Of a picture's channels: gray + alpha, RGBA.
inline bool HasAlpha(int num_channels) { return num_channels == 2 || num_channels == 4; }

// What an image file says about itself.
struct ImageInfo {
  int width = 0, height = 0, channels = 0, bits = 8;  // as stored
  int orientation = 1;                                // EXIF's, see orientation.h
  bool is_linear = false;                             // linear light, of any range (OpenEXR)
};

// Larger images are refused before memory is asked for, and so are those that the file is too short to hold.
inline constexpr int64_t kMaxImagePixels = int64_t{1} << 28;

}  // namespace sanerf
