// Photos that lie on their side in their files, as EXIF says and viewers show them.
#pragma once

#include <utility>

#include "sanerf/core/orientation.h"
#include "sanerf/scene/listing.h"

namespace sanerf::scene {

// Everything behind this works on upright pictures. Cameras that belong to the pixels as stored, which is so when their
// sizes fit, are turned with them; cameras that fit only the upright picture stay. What was decided becomes a note.
void TurnUpright(SceneListing& listing);

// Whether a picture of this size, of any scale, that belongs to the view's photo lies as the photo does in its file and
// is to be turned with it. Which one it is tells its shape; `as_stored`: where both fit.
bool LiesAsStored(int width, int height, const View& view, bool as_stored);

// Such a picture, a mask perhaps, turned as the photo when it lies so.
template <class T>
Image<T> UprightAsPhoto(Image<T> picture, const View& view, bool as_stored) {
  if (!LiesAsStored(picture.width, picture.height, view, as_stored)) return picture;
  return Upright(std::move(picture), view.orientation);
}

}  // namespace sanerf::scene
