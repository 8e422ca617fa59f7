#include "sanerf/viewer/desk/colors.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace sanerf::viewer {
namespace {

// Of middle lightness, neighbors in the list far apart in hue.
constexpr std::array<uint32_t, 12> kColors = {0xe8590c, 0x1c7ed6, 0x2f9e44, 0xc2255c, 0x9c36b5, 0x0c8599,
                                              0xb08900, 0x6741d9, 0x5c940d, 0xe03131, 0x3b5bdb, 0xa0522d};
constexpr double kGoldenTurn = 0.61803398875;  // of the wheel: never near one of the last few
constexpr double kSaturation = 0.65, kLightness = 0.45;

}  // namespace

uint32_t ColorOf(int index) {
  if (index >= 0 && index < int(kColors.size())) return kColors[size_t(index)];
  const double hue = std::fmod(std::abs(double(index)) * kGoldenTurn, 1.0) * 12;
  const auto channel = [&](double n) {
    const double k = std::fmod(n + hue, 12.0), a = kSaturation * std::min(kLightness, 1 - kLightness);
    return uint32_t(std::lround(255 * (kLightness - a * std::max(-1.0, std::min({k - 3, 9 - k, 1.0})))));
  };
  return channel(0) << 16 | channel(8) << 8 | channel(4);
}

std::string HexColor(uint32_t color) { return fmt::format("#{:06x}", color & 0xffffff); }

}  // namespace sanerf::viewer
