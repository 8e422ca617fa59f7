#include "sanerf/scene/ignored_pixels.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "sanerf/core/error.h"
#include "sanerf/core/image_io.h"
#include "sanerf/core/lower_case.h"
#include "sanerf/scene/listing.h"
#include "sanerf/scene/upright.h"

namespace sanerf::scene {
namespace {

constexpr uint8_t kIgnored = 255;
constexpr double kShrinkingReach = 0.5;  // a pixel of a shrunk photo takes so much from what is around it
constexpr double kRounding = 1e-9;
constexpr int kDark = 128;  // compression leaves no value exactly 0

// 255 where ignored, at the mask's own size.
ImageU8 ReadIgnoreMask(const IgnoreMask& mask) {
  const ImageU8 stored = ReadImage(mask.path);
  const int num_colors = stored.channels - (HasAlpha(stored.channels) ? 1 : 0);
  const int first_light = IsJpeg(mask.path) ? kDark : 1;
  ImageU8 ignored(stored.width, stored.height, 1);
  for (int64_t p = 0; p < stored.num_pixels(); ++p) {
    const uint8_t* pixel = &stored.data[size_t(p * stored.channels)];
    const bool is_black = std::all_of(pixel, pixel + num_colors, [&](uint8_t value) { return value < first_light; });
    if (is_black == mask.where_black) ignored.data[size_t(p)] = kIgnored;
  }
  return ignored;
}

// Marks every pixel of *onto that an ignored pixel of `from` reaches into. margin: what lies around a pixel counts as
// well, so many of its own widths on each side.
void AddAtItsSize(const ImageU8& from, double margin, ImageU8* onto) {
  const auto reach = [&](int i, int size, int other) {  // the pixels of `other` below pixel i of `size`
    const double scale = double(other) / size;
    const int begin = std::clamp(int(std::floor((i - margin) * scale + kRounding)), 0, other - 1);
    return std::pair(begin, std::clamp(int(std::ceil((i + 1 + margin) * scale - kRounding)), begin + 1, other));
  };
  for (int y = 0; y < onto->height; ++y) {
    const auto [y0, y1] = reach(y, onto->height, from.height);
    for (int x = 0; x < onto->width; ++x) {
      const auto [x0, x1] = reach(x, onto->width, from.width);
      for (int v = y0; v < y1 && onto->At(x, y) == 0; ++v)
        if (std::any_of(from.Pixel(x0, v), from.Pixel(x0, v) + (x1 - x0), [](uint8_t value) { return value != 0; }))
          onto->At(x, y) = kIgnored;
    }
  }
}

// Beyond the lens's field of view.
void AddUnseen(const Camera& camera, ImageU8* onto) {
  for (int y = 0; y < onto->height; ++y)
    for (int x = 0; x < onto->width; ++x)
      if (!camera.HasRay({x + 0.5, y + 0.5})) onto->At(x, y) = kIgnored;
}

void CheckShape(const IgnoreMask& mask, int width, int height, const View& view) {
  if (HaveSameShape(width, height, view.camera.width, view.camera.height)) return;
  throw Error(mask.path.string(),
              fmt::format("it says what to ignore in {}, but is {}x{} and the photo {}x{}", view.name, width, height,
                          view.camera.width, view.camera.height),
              "masks may have any size, but the photo's shape: export it again, or take it away");
}

}  // namespace

void CheckIgnoreMasks(const View& view) {
  for (const IgnoreMask& mask : view.ignored) {
    ImageInfo info = ReadImageInfo(mask.path);
    if (LiesOnItsSide(view.orientation) && LiesAsStored(info.width, info.height, view, /*as_stored=*/true))
      std::swap(info.width, info.height);
    CheckShape(mask, info.width, info.height, view);
  }
}

ImageU8 LoadIgnoredPixels(const View& view, int width, int height) {
  const bool sees_all = view.camera.SeesWholePicture();
  if (view.ignored.empty() && sees_all) return {};
  ImageU8 ignored(width > 0 ? width : view.camera.width, height > 0 ? height : view.camera.height, 1);
  const bool is_shrunk = ignored.width < view.camera.width || ignored.height < view.camera.height;
  for (const IgnoreMask& mask : view.ignored) {
    const ImageU8 own = UprightAsPhoto(ReadIgnoreMask(mask), view, /*as_stored=*/true);
    CheckShape(mask, own.width, own.height, view);
    AddAtItsSize(own, is_shrunk ? kShrinkingReach : 0, &ignored);
  }
  if (!sees_all) AddUnseen(view.camera.Resized(ignored.width, ignored.height), &ignored);
  return ignored;
}

bool IsJpeg(const std::filesystem::path& path) {
  const std::string extension = LowerExtension(path);
  return extension == ".jpg" || extension == ".jpeg";
}

int64_t NumIgnored(const ImageU8& ignored) {
  return std::count_if(ignored.data.begin(), ignored.data.end(), [](uint8_t value) { return value != 0; });
}

}  // namespace sanerf::scene
