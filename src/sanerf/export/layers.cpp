#include "sanerf/export/layers.h"

#include <algorithm>
#include <cmath>

#include "sanerf/core/check.h"
#include "sanerf/core/image_ops.h"

namespace sanerf::exports {
namespace {

constexpr float kVeilOpacity = 0.45f;
constexpr float kGraySaturation = 0.12f;  // of less nobody can name the hue
constexpr float kContourWhite = 0.6f;     // share of it in a contour of the veil's hue

// Fully saturated. hue in [0, 1)
void ColorOfHue(double hue, double value, float rgb[3]) {
  for (int c = 0; c < 3; ++c) {
    const double k = std::fmod((c == 0 ? 5.0 : c == 1 ? 3.0 : 1.0) + 6 * hue, 6.0);
    rgb[c] = float(value - value * std::max(0.0, std::min({k, 4 - k, 1.0})));
  }
}

// Hues a golden angle apart: neighbors in number are far apart in color, however many labels there are.
void LabelColor(int label, float rgb[3]) {
  ColorOfHue(std::fmod(0.05 + 0.61803398875 * (label - 1), 1.0), label % 2 == 1 ? 1.0 : 0.75, rgb);
}

// [0, 1); the color is no gray.
double HueOf(const float rgb[3]) {
  const float high = std::max({rgb[0], rgb[1], rgb[2]}), range = high - std::min({rgb[0], rgb[1], rgb[2]});
  const double sixths = high == rgb[0]   ? (rgb[1] - rgb[2]) / range
                        : high == rgb[1] ? 2 + (rgb[2] - rgb[0]) / range
                                         : 4 + (rgb[0] - rgb[1]) / range;
  return std::fmod(sixths / 6 + 1, 1.0);
}

// Object pixels that touch the outside; the picture's frame is not an outside.
bool IsContour(const ImageU8& mask, int x, int y) {
  if (mask.At(x, y) == 0) return false;
  for (const auto& [dx, dy] : {std::pair{1, 0}, {-1, 0}, {0, 1}, {0, -1}}) {
    const int u = x + dx, v = y + dy;
    if (u >= 0 && v >= 0 && u < mask.width && v < mask.height && mask.At(u, v) == 0) return true;
  }
  return false;
}

}  // namespace

Veil StandingOut(const ImageF& rgb, const ImageU8& mask) {
  SANERF_CHECK(rgb.width == mask.width && rgb.height == mask.height && rgb.channels == 3);
  double sum[3] = {0, 0, 0};
  int64_t count = 0;
  for (size_t i = 0; i < mask.data.size(); ++i) {
    if (mask.data[i] == 0) continue;
    ++count;
    for (size_t c = 0; c < 3; ++c) sum[c] += rgb.data[3 * i + c];
  }
  Veil veil;
  if (count == 0) return veil;
  const float mean[3] = {float(sum[0] / double(count)), float(sum[1] / double(count)), float(sum[2] / double(count))};
  const float high = std::max({mean[0], mean[1], mean[2]}), low = std::min({mean[0], mean[1], mean[2]});
  if (high - low <= kGraySaturation * high) return veil;
  ColorOfHue(std::fmod(HueOf(mean) + 0.5, 1.0), 1, veil.color.data());
  for (size_t c = 0; c < 3; ++c)
    veil.contour[c] = uint8_t(std::lround(255 * (kContourWhite + (1 - kContourWhite) * veil.color[c])));
  return veil;
}

ImageU8 Overlay(const ImageF& rgb, const ImageU8& mask, const Veil& veil) {
  SANERF_CHECK(rgb.width == mask.width && rgb.height == mask.height && rgb.channels == 3);
  ImageF veiled = rgb;
  for (size_t i = 0; i < mask.data.size(); ++i) {
    if (mask.data[i] == 0) continue;
    for (size_t c = 0; c < 3; ++c) veiled.data[3 * i + c] += kVeilOpacity * (veil.color[c] - veiled.data[3 * i + c]);
  }
  ImageU8 out = ToU8(veiled);
  for (int y = 0; y < mask.height; ++y) {
    for (int x = 0; x < mask.width; ++x) {
      if (IsContour(mask, x, y)) std::copy_n(veil.contour.data(), 3, out.Pixel(x, y));
    }
  }
  return out;
}

ImageU8 LabelOverlay(const ImageF& rgb, const ImageU8& labels) {
  SANERF_CHECK(rgb.width == labels.width && rgb.height == labels.height && rgb.channels == 3);
  ImageF veiled = rgb;
  for (int y = 0; y < labels.height; ++y) {
    for (int x = 0; x < labels.width; ++x) {
      const int label = labels.At(x, y);
      const bool is_edge = (x + 1 < labels.width && labels.At(x + 1, y) != label) ||
                           (y + 1 < labels.height && labels.At(x, y + 1) != label);
      float color[3] = {1, 1, 1};
      if (label > 0) LabelColor(label, color);
      const float opacity = is_edge ? 0.9f : label > 0 ? 0.5f : 0.0f;
      for (int c = 0; c < 3; ++c) veiled.At(x, y, c) += opacity * (color[c] - veiled.At(x, y, c));
    }
  }
  return ToU8(veiled);
}

ImageU8 Cutout(const ImageF& rgb, const ImageF& alpha) {
  SANERF_CHECK(rgb.width == alpha.width && rgb.height == alpha.height && rgb.channels == 3 && alpha.channels == 1);
  ImageF rgba(rgb.width, rgb.height, 4);
  for (size_t i = 0; i < alpha.data.size(); ++i) {
    std::copy_n(&rgb.data[3 * i], 3, &rgba.data[4 * i]);
    rgba.data[4 * i + 3] = alpha.data[i];
  }
  return ToU8(rgba);
}

ImageU8 MaskDifference(const ImageU8& mask, const ImageU8& truth) {
  SANERF_CHECK(mask.width == truth.width && mask.height == truth.height);
  static constexpr uint8_t kColors[4][3] = {{24, 24, 28}, {40, 110, 255}, {240, 60, 50}, {235, 235, 235}};
  ImageU8 out(mask.width, mask.height, 3);
  for (size_t i = 0; i < mask.data.size(); ++i) {
    std::copy_n(kColors[(truth.data[i] != 0 ? 2 : 0) + (mask.data[i] != 0 ? 1 : 0)], 3, &out.data[3 * i]);
  }
  return out;
}

}  // namespace sanerf::exports
