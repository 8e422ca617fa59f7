// Letters of 5 x 7 pixels for captions in pictures, where no font can be expected.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "sanerf/core/image.h"

namespace sanerf::experiments {

// Of a line at this scale, without the gap behind the last letter.
int TextWidth(const std::string& text, int scale);
constexpr int TextHeight(int scale) { return 7 * scale; }

struct TextStyle {
  int scale = 1;
  std::array<uint8_t, 3> rgb = {};
};
// Writes over a picture of 3 channels, its top left corner at (x, y), cut at the picture's edges. Small letters are
// shown as capitals; what has no letter is a box.
void DrawText(const std::string& text, int x, int y, const TextStyle& style, ImageU8* image);

// The text, shortened with ".." at its end to fit into so many pixels.
std::string FittingText(const std::string& text, int width, int scale);

}  // namespace sanerf::experiments
