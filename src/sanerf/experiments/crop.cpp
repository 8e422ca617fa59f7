#include "sanerf/experiments/crop.h"

namespace sanerf::experiments {
namespace {

constexpr double kRoom = 0.25;  // around the object, of its longer side, on each side
constexpr int kMinCrop = 48;    // pixels: less cannot be recognized

}  // namespace

Crop CropAround(const ImageU8& mask) {
  int x0 = mask.width, y0 = mask.height, x1 = 0, y1 = 0;
  for (int y = 0; y < mask.height; ++y)
    for (int x = 0; x < mask.width; ++x) {
      if (mask.At(x, y) == 0) continue;
      x0 = std::min(x0, x), x1 = std::max(x1, x + 1), y0 = std::min(y0, y), y1 = std::max(y1, y + 1);
    }
  if (x0 >= x1) return {0, 0, mask.width, mask.height};
  const int side = std::max(kMinCrop, int((1 + 2 * kRoom) * std::max(x1 - x0, y1 - y0)));
  Crop crop;
  crop.width = std::min(side, mask.width);
  crop.height = std::min(side, mask.height);
  crop.x = std::clamp((x0 + x1 - crop.width) / 2, 0, mask.width - crop.width);
  crop.y = std::clamp((y0 + y1 - crop.height) / 2, 0, mask.height - crop.height);
  return crop;
}

}  // namespace sanerf::experiments
