// What masks make of a photo's pixels in training.
#pragma once

#include <filesystem>

#include "sanerf/core/image.h"
#include "sanerf/nerf/options.h"
#include "sanerf/scene/scene.h"

namespace sanerf::nerf {

// Which of a training's photos' pixels are of what is to be learned.
struct PhotoUse {
  Turntable turntable = Turntable::kOff;
  Outside outside = Outside::kIgnored;
  // A folder with masks of a thing, by view (InsideFile): all outside it is empty, whatever `outside` says. "" = none.
  std::filesystem::path inside = {};
};
std::filesystem::path InsideFile(const std::filesystem::path& folder, int view_idx);

struct PixelUses {
  ImageU8 left_out;  // 255: never drawn; empty image = none
  ImageU8 empty;     // 255: there is nothing, the ray ends nowhere; empty image = none
};
// At this size. An outline is believed on neither side: between what is inside and what is empty lies a band that is
// never drawn. Nothing of a photo is drawn in whose mask of the thing there is nothing. Throws Error for a mask that
// cannot be read.
PixelUses UsesOfPixels(const scene::Scene& scene, int view_idx, const PhotoUse& use, int width, int height);

}  // namespace sanerf::nerf
