// Pixels of a photo that show what does not belong to the scene: people, the tripod, the photographer's shadow.
#pragma once

#include <vector>

#include "sanerf/core/image.h"
#include "sanerf/scene/scene.h"

namespace sanerf::scene {

// 255 where the view's masks say that nothing is to be learned or scored, and where its lens sees nothing, at this size
// (0 = the photo's); empty when there is neither. A pixel is ignored when a part of what it shows is; of a shrunk photo
// a pixel shows a little of what is around it. Black is a value of 0, in a JPEG the dark half. Throws Error for a mask
// that cannot be read or has not the photo's shape.
ImageU8 LoadIgnoredPixels(const View& view, int width = 0, int height = 0);

bool IsJpeg(const std::filesystem::path& path);  // by its extension

// Throws Error for a mask of the view that has not the photo's shape; reads its header alone.
void CheckIgnoreMasks(const View& view);

int64_t NumIgnored(const ImageU8& ignored);

}  // namespace sanerf::scene
