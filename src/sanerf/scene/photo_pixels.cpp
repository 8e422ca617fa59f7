#include "sanerf/scene/photo_pixels.h"

#include <algorithm>

#include "sanerf/core/image_io.h"
#include "sanerf/core/image_ops.h"
#include "sanerf/core/orientation.h"

namespace sanerf::scene {

ImageU8 ReadPhoto(const std::filesystem::path& path, int orientation, float exposure) {
  return Upright(ReadImage(path, exposure), orientation);
}

ImageF InColor(const ImageU8& stored, bool ignores_alpha) {
  ImageF image = ToFloat(stored);
  const bool has_alpha = HasAlpha(image.channels), is_gray = image.channels < 3;
  if (!is_gray && !(has_alpha && ignores_alpha)) return image;
  ImageF color(image.width, image.height, has_alpha && !ignores_alpha ? 4 : 3);
  for (int64_t p = 0; p < image.num_pixels(); ++p) {
    const float* from = &image.data[size_t(p * image.channels)];
    float* to = &color.data[size_t(p * color.channels)];
    for (int c = 0; c < 3; ++c) to[c] = from[is_gray ? 0 : c];
    if (color.channels == 4) to[3] = from[image.channels - 1];
  }
  return color;
}

ImageF ResizedInColor(ImageF image, int width, int height) {
  if (width == image.width && height == image.height) return image;
  if (image.channels == 3) return Resize(image, width, height);
  for (int64_t p = 0; p < image.num_pixels(); ++p) {
    for (int c = 0; c < 3; ++c) image.data[p * 4 + c] *= image.data[p * 4 + 3];
  }
  ImageF resized = Resize(image, width, height);
  for (int64_t p = 0; p < resized.num_pixels(); ++p) {
    const float alpha = resized.data[p * 4 + 3];
    for (int c = 0; c < 3 && alpha > 0; ++c) resized.data[p * 4 + c] = std::min(1.0f, resized.data[p * 4 + c] / alpha);
  }
  return resized;
}

ImageF WithoutUnseen(ImageF image, const Camera& camera) {
  if (camera.SeesWholePicture()) return image;
  const Camera resized = camera.Resized(image.width, image.height);
  ImageF cut(image.width, image.height, 4, 1.0f);
  for (int y = 0; y < image.height; ++y) {
    for (int x = 0; x < image.width; ++x) {
      float* pixel = cut.Pixel(x, y);
      std::copy_n(image.Pixel(x, y), image.channels, pixel);
      if (!resized.HasRay({x + 0.5, y + 0.5})) std::fill_n(pixel, 4, 0.0f);
    }
  }
  return cut;
}

}  // namespace sanerf::scene
