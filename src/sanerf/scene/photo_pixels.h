// From a photo's file to the pixels that everything else works on.
#pragma once

#include <filesystem>

#include "sanerf/core/camera.h"
#include "sanerf/core/image.h"

namespace sanerf::scene {

// Upright; orientation: EXIF's, of what the file has; exposure: of a photo in linear light.
ImageU8 ReadPhoto(const std::filesystem::path& path, int orientation, float exposure = 1);

// 3 or 4 channels of 1, 2, 3 or 4: gray becomes color. ignores_alpha: 3 of all.
ImageF InColor(const ImageU8& stored, bool ignores_alpha = false);

// Colors are weighted by alpha, else what hides behind transparent pixels bleeds into the edges.
ImageF ResizedInColor(ImageF image, int width, int height);

// What the camera's lens does not see becomes transparent (4 channels), as it is rendered. Nothing changes when it sees
// the whole picture.
ImageF WithoutUnseen(ImageF image, const Camera& camera);

}  // namespace sanerf::scene
