// Strokes that someone drew over a photo, as NVOS hands them out with the LLFF scenes, turned into clicks.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "sanerf/mask_decoder/prompts.h"
#include "sanerf/scene/scene.h"

namespace sanerf::mask_decoder {

struct Scribbles {
  std::vector<std::filesystem::path> positive, negative;  // pictures: all that is not black was drawn
  std::string view;  // the photo that they were drawn on, when a folder reference_image says so; else empty
};

inline constexpr int kClicksOfStrokes = 8;  // of each kind, at most; a small blot gives fewer

// NVOS: scribbles/SCENE/pos_*.png and neg_*.png, with the photo in reference_image/SCENE. Throws Error when the folder
// has no positive stroke picture.
Scribbles FindScribbles(const std::filesystem::path& folder);

// Clicks on the middle lines of the strokes, as far from each other as possible: first the one nearest to the strokes'
// center, then always the one farthest from those taken. The pictures may have another scale than the photo, but its
// shape. The same pictures give the same clicks. Throws Error for an empty positive stroke or another shape.
ObjectPrompt PromptsFromScribbles(const Scribbles& scribbles, const scene::View& view, const std::string& object_name);

}  // namespace sanerf::mask_decoder
