#include "sanerf/nerf/pixel_uses.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "sanerf/core/error.h"
#include "sanerf/core/image_io.h"
#include "sanerf/core/image_ops.h"
#include "sanerf/scene/ignored_pixels.h"

namespace sanerf::nerf {
namespace {

constexpr double kBand = 0.01;  // of the longest side
constexpr uint8_t kYes = 255;

// 255 wherever a pixel of the mask is within reach: squares, in two passes.
ImageU8 Dilated(const ImageU8& mask, int reach) {
  ImageU8 rows(mask.width, mask.height, 1), out(mask.width, mask.height, 1);
  for (int y = 0; y < mask.height; ++y)
    for (int x = 0; x < mask.width; ++x) {
      const int x0 = std::max(0, x - reach), x1 = std::min(mask.width - 1, x + reach);
      rows.At(x, y) = *std::max_element(mask.Pixel(x0, y), mask.Pixel(x1, y) + 1);
    }
  for (int y = 0; y < mask.height; ++y)
    for (int x = 0; x < mask.width; ++x)
      for (int v = std::max(0, y - reach); v <= std::min(mask.height - 1, y + reach); ++v)
        out.At(x, y) = std::max(out.At(x, y), rows.At(x, v));
  return out;
}

// inside: 255 of what is to be learned.
void LearnInsideAlone(const ImageU8& inside, PixelUses* uses) {
  const int band = std::max(1, int(std::lround(kBand * std::max(inside.width, inside.height))));
  const ImageU8 near = Dilated(inside, band);
  if (uses->left_out.empty()) uses->left_out = ImageU8(inside.width, inside.height, 1);
  uses->empty = ImageU8(inside.width, inside.height, 1);
  for (size_t p = 0; p < inside.data.size(); ++p) {
    if (inside.data[p] != 0 || uses->left_out.data[p] != 0) continue;
    (near.data[p] != 0 ? uses->left_out : uses->empty).data[p] = kYes;
  }
}

}  // namespace

std::filesystem::path InsideFile(const std::filesystem::path& folder, int view_idx) {
  return folder / fmt::format("{:05}.png", view_idx);
}

PixelUses UsesOfPixels(const scene::Scene& scene, int view_idx, const PhotoUse& use, int width, int height) {
  const scene::View& view = scene.views[size_t(view_idx)];
  PixelUses uses;
  uses.left_out = scene::LoadIgnoredPixels(view, width, height);
  if (!use.inside.empty()) {
    const std::filesystem::path file = InsideFile(use.inside, view_idx);
    const ImageU8 stored = ReadImage(file);
    if (stored.channels != 1) throw Error(file.string(), "it is no mask: it has several channels", "train again");
    ImageU8 inside = Resize(stored, width, height);
    for (uint8_t& value : inside.data) value = value != 0 ? kYes : 0;
    const bool shows_it = std::any_of(inside.data.begin(), inside.data.end(), [](uint8_t value) { return value != 0; });
    if (!shows_it) {
      uses.left_out = ImageU8(width, height, 1, kYes);
      return uses;
    }
    LearnInsideAlone(inside, &uses);
  } else if (use.outside == Outside::kEmpty && !view.ignored.empty()) {
    ImageU8 inside(width, height, 1), unseen(width, height, 1);
    const Camera camera = view.camera.Resized(width, height);
    const bool sees_all = camera.SeesWholePicture();
    for (int y = 0; y < height; ++y)
      for (int x = 0; x < width; ++x) {
        inside.At(x, y) = uses.left_out.At(x, y) == 0 ? kYes : 0;
        if (!sees_all && !camera.HasRay({x + 0.5, y + 0.5})) unseen.At(x, y) = kYes;
      }
    uses.left_out = unseen;
    LearnInsideAlone(inside, &uses);
  }
  return uses;
}

}  // namespace sanerf::nerf
