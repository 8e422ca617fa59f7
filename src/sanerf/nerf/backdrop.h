// What stands behind a turntable, as one picture: the camera stood still, so the room is the same in all photos of a
// stand. A field of the thing alone is composited over it, and does not have to explain a room that no poses fit.
#pragma once

#include <filesystem>
#include <vector>

#include "sanerf/core/image.h"

namespace sanerf::nerf {

struct Backdrop {
  ImageU8 plate;  // 3 channels
  ImageU8 known;  // 255 where the plate is what is behind; elsewhere the thing, or its shadow, was always in the way
};

// By pixel the median over the photos (3 or 4 channels, of one size), known where most photos agree with it, where a
// path of such pixels leads to the picture's border, and nothing else is near. The path is for things of one color:
// what is always covered by them is as constant as a wall, but an outline that moves lies around it.
Backdrop MakeBackdrop(const std::vector<const ImageU8*>& photos);

// The backdrop as one photo shows it.
struct BackdropInPhoto {
  float gain[3] = {1, 1, 1};  // how much brighter the photo is, per channel
  // 255 where the photo shows the backdrop for certain: known, and all around as well the same color.
  ImageU8 shown;
};
BackdropInPhoto LookFor(const Backdrop& backdrop, const ImageU8& photo);

Backdrop Resized(const Backdrop& backdrop, int width, int height);
// 255 where the photo, of any size, shows one of the backdrops; of that which it shows most of.
ImageU8 ShownIn(const std::vector<Backdrop>& backdrops, const ImageU8& photo);

// backdrop_0.png, backdrop_1.png, … of a folder: the plate, transparent where it is not known. What was there before is
// removed. Throw Error for files that cannot be written, or read.
void StoreBackdrops(const std::filesystem::path& folder, const std::vector<Backdrop>& backdrops);
std::vector<Backdrop> LoadBackdrops(const std::filesystem::path& folder);

}  // namespace sanerf::nerf
