// Where in their photos clicks and boxes lie: from what a user reads off a photo to the pixels of the working camera.
#pragma once

#include <algorithm>
#include <vector>

#include "sanerf/core/camera.h"
#include "sanerf/mask_decoder/prompts.h"
#include "sanerf/sam/sam.h"
#include "sanerf/scene/scene.h"

namespace sanerf::mask_decoder {

// A user names pixels by index, the index is the pixel's center; continuous coordinates have the first center at 0.5.
inline Vec2 PhotoPixel(const Vec2& xy) { return xy + Vec2(0.5, 0.5); }

inline Vec2 WorkingPixel(const Vec2& photo_px, const Camera& photo, const Camera& working) {
  return {photo_px.x() * working.width / photo.width, photo_px.y() * working.height / photo.height};
}

// The part of the box inside the image; empty (x0 >= x1) when there is none.
inline sam::SamPrompt::Box WorkingBox(const BoxPrompt& box, const Camera& photo, const Camera& working) {
  const Vec2 low = WorkingPixel(PhotoPixel({box.x0, box.y0}), photo, working);
  const Vec2 high = WorkingPixel(PhotoPixel({box.x1, box.y1}), photo, working);
  return {static_cast<float>(std::max(low.x(), 0.0)), static_cast<float>(std::max(low.y(), 0.0)),
          static_cast<float>(std::min(high.x(), double(working.width))),
          static_cast<float>(std::min(high.y(), double(working.height)))};
}

std::string Describe(const ClickPrompt& click, const scene::View& view);  // "point (3,4) in view a.png"
std::string Describe(const BoxPrompt& box, const scene::View& view);
// Throws UsageError; of a box, which goes from left to right and down, a part must be inside.
void CheckInside(const ClickPrompt& click, const scene::View& view);
void CheckInside(const BoxPrompt& box, const scene::View& view);

// Throws UsageError for an unknown view, a click or box outside its image and a point that is nowhere: all that is
// wrong with the places of an object's prompts before any view is encoded.
void CheckPlaces(const ObjectPrompt& object, const scene::Scene& scene);

// The views whose pixels the prompts name, in order: they must be encoded for the prompts to be lifted to 3D. Throws
// UsageError for an unknown view.
std::vector<int> PromptedViews(const Prompts& prompts, const scene::Scene& scene);

}  // namespace sanerf::mask_decoder
