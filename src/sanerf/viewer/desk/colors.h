// One accent color per object: easy to tell apart, and visible on light and dark.
#pragma once

#include <cstdint>
#include <string>

namespace sanerf::viewer {

uint32_t ColorOf(int index);           // 0xRRGGBB; the first dozen differ most, later ones go on around the wheel
std::string HexColor(uint32_t color);  // "#e8590c"

}  // namespace sanerf::viewer
