// A rectangle of an image's pixels.
#pragma once

#include <algorithm>

#include "sanerf/core/image.h"

namespace sanerf {

struct PixelWindow {
  int x0 = 0, y0 = 0, x1 = 0, y1 = 0;  // x1, y1: one past the end

  int width() const { return x1 - x0; }
  int height() const { return y1 - y0; }
  bool empty() const { return x0 >= x1; }
  // With a margin on all sides, as far as an image of this size goes.
  PixelWindow Grown(int margin_x, int margin_y, int image_width, int image_height) const {
    return {std::max(0, x0 - margin_x), std::max(0, y0 - margin_y), std::min(image_width, x1 + margin_x),
            std::min(image_height, y1 + margin_y)};
  }
};

// The smallest that holds all pixels with is(x, y); empty when there are none.
template <class Is>
PixelWindow WindowOf(int width, int height, const Is& is) {
  PixelWindow window{width, height, 0, 0};
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      if (!is(x, y)) continue;
      window = {std::min(window.x0, x), std::min(window.y0, y), std::max(window.x1, x + 1), std::max(window.y1, y + 1)};
    }
  }
  return window;
}
// Of the non-zero pixels.
inline PixelWindow WindowOf(const ImageU8& mask) {
  return WindowOf(mask.width, mask.height, [&](int x, int y) { return mask.At(x, y) != 0; });
}

template <class T>
Image<T> Cut(const Image<T>& image, const PixelWindow& window) {
  Image<T> cut(window.width(), window.height(), image.channels);
  for (int y = 0; y < cut.height; ++y)
    std::copy_n(image.Pixel(window.x0, window.y0 + y), size_t(cut.width) * size_t(cut.channels), cut.Pixel(0, y));
  return cut;
}

// Its top left corner at (x, y); all of it lies within *onto, which has as many channels.
template <class T>
void Paste(const Image<T>& image, int x, int y, Image<T>* onto) {
  for (int v = 0; v < image.height; ++v)
    std::copy_n(image.Pixel(0, v), size_t(image.width) * size_t(image.channels), onto->Pixel(x, y + v));
}

}  // namespace sanerf
