// The part of a picture that shows an object.
#pragma once

#include <algorithm>

#include "sanerf/core/image.h"

namespace sanerf::experiments {

// A square around the non-zero pixels with room to see what a mask leaves out or takes too much, within the image.
struct Crop {
  int x = 0, y = 0, width = 0, height = 0;
};
Crop CropAround(const ImageU8& mask);

template <class T>
Image<T> Cut(const Image<T>& image, const Crop& crop) {
  Image<T> cut(crop.width, crop.height, image.channels);
  for (int y = 0; y < crop.height; ++y)
    std::copy_n(image.Pixel(crop.x, crop.y + y), size_t(crop.width) * size_t(image.channels), cut.Pixel(0, y));
  return cut;
}

}  // namespace sanerf::experiments
