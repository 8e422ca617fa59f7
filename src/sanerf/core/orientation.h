// How a photo lies in its file, as EXIF notes it: 1 upright, 3 upside down, 6 and 8 on its side; 2, 4, 5, 7 the same in
// a mirror.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "sanerf/core/image.h"

namespace sanerf {

// Of the TIFF structure that EXIF is kept in (JPEG's APP1 behind "Exif", PNG's eXIf, a TIFF file itself). 1 where it
// notes none, or what cannot be one.
int ExifOrientation(std::string_view tiff);

inline bool LiesOnItsSide(int orientation) { return orientation >= 5; }
// The same without the mirror.
int TurnAlone(int orientation);
// Turns by 90 degrees clockwise that make it upright; of those without a mirror.
int NumTurnsClockwise(int orientation);

// As a viewer shows it.
template <class T>
Image<T> Upright(Image<T> stored, int orientation) {
  if (orientation <= 1) return stored;
  const int w = stored.width, h = stored.height;
  Image<T> image(LiesOnItsSide(orientation) ? h : w, LiesOnItsSide(orientation) ? w : h, stored.channels);
  for (int y = 0; y < image.height; ++y) {
    for (int x = 0; x < image.width; ++x) {
      const bool swaps = LiesOnItsSide(orientation);
      int from_x = swaps ? y : x, from_y = swaps ? x : y;
      if (orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8) from_x = w - 1 - from_x;
      if (orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7) from_y = h - 1 - from_y;
      const T* from = stored.Pixel(from_x, from_y);
      T* to = image.Pixel(x, y);
      for (int c = 0; c < stored.channels; ++c) to[c] = from[c];
    }
  }
  return image;
}

// The other way: how an upright picture lies in a file that notes `orientation`.
template <class T>
Image<T> AsStored(Image<T> upright, int orientation) {
  const int inverse = orientation == 6 ? 8 : orientation == 8 ? 6 : orientation;  // the others undo themselves
  return Upright(std::move(upright), inverse);
}

// The TIFF structure of EXIF that says this orientation and nothing else.
std::string ExifWithOrientation(int orientation);

}  // namespace sanerf
