#include "sanerf/core/tone_map.h"

#include <algorithm>
#include <cmath>

namespace sanerf {
namespace {

constexpr float kShoulder = 0.8f;  // of white, in linear light

float RolledOff(float light) {
  return light <= kShoulder ? light
                            : kShoulder + (1 - kShoulder) * (1 - std::exp((kShoulder - light) / (1 - kShoulder)));
}

float SrgbEncoded(float light) {
  return light <= 0.0031308f ? 12.92f * light : 1.055f * std::pow(light, 1 / 2.4f) - 0.055f;
}

uint8_t InEightBits(float value) { return uint8_t(std::lround(255 * std::clamp(value, 0.0f, 1.0f))); }

}  // namespace

ImageU8 ToneMapped(const ImageF& linear, float exposure) {
  ImageU8 image(linear.width, linear.height, linear.channels);
  const int num_colors = linear.channels - (HasAlpha(linear.channels) ? 1 : 0);
  for (size_t i = 0; i < linear.data.size(); ++i) {
    const bool is_color = int(i % size_t(linear.channels)) < num_colors;
    const float value = linear.data[i];
    image.data[i] = InEightBits(is_color ? SrgbEncoded(RolledOff(std::max(0.0f, value * exposure))) : value);
  }
  return image;
}

}  // namespace sanerf
