// Photos that lie on their side in their files, as EXIF says and viewers show them.
#pragma once

#include <utility>

#include "sanerf/core/orientation.h"
#include "sanerf/scene/listing.h"

namespace sanerf::scene {

// Everything behind this works on upright pictures. Cameras that belong to the pixels as stored, which is so when their
// sizes fit, are turned with them; cameras that fit only the upright picture stay. What was decided becomes a note.
void TurnUpright(SceneListing& listing);

// A picture of any scale that belongs to the view's photo, a mask perhaps: turned as the photo when it lies as the
// photo does in its file. Which one it is tells its shape; `as_stored`: where both fit.
template <class T>
Image<T> UprightAsPhoto(Image<T> picture, const View& view, bool as_stored) {
  if (view.orientation == 1) return picture;
  const auto fits = [&](int width, int height) { return HaveSameShape(picture.width, picture.height, width, height); };
  const int width = view.camera.width, height = view.camera.height;
  const bool fits_upright = fits(width, height),
             fits_stored = LiesOnItsSide(view.orientation) ? fits(height, width) : fits_upright;
  if (!fits_stored || (fits_upright && !as_stored)) return picture;
  return Upright(std::move(picture), view.orientation);
}

}  // namespace sanerf::scene
