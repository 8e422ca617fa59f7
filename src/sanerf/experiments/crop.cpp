#include "sanerf/experiments/crop.h"

#include <algorithm>

namespace sanerf::experiments {
namespace {

constexpr double kRoom = 0.25;  // around the object, of its longer side, on each side
constexpr int kMinCrop = 48;    // pixels: less cannot be recognized

}  // namespace

PixelWindow CropAround(const ImageU8& mask) {
  const PixelWindow object = WindowOf(mask);
  if (object.empty()) return {0, 0, mask.width, mask.height};
  const int side = std::max(kMinCrop, int((1 + 2 * kRoom) * std::max(object.width(), object.height())));
  const int width = std::min(side, mask.width), height = std::min(side, mask.height);
  const int x0 = std::clamp((object.x0 + object.x1 - width) / 2, 0, mask.width - width);
  const int y0 = std::clamp((object.y0 + object.y1 - height) / 2, 0, mask.height - height);
  return {x0, y0, x0 + width, y0 + height};
}

}  // namespace sanerf::experiments
