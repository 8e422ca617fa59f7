#include "sanerf/export/layers.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include "sanerf/core/check.h"
#include "sanerf/core/image_ops.h"
#include "sanerf/core/pixel_window.h"

namespace sanerf::exports {
namespace {

constexpr float kVeilOpacity = 0.45f;
constexpr float kContourWhite = 0.6f;  // share of it in a contour of the veil's hue
constexpr int kVeilHues = 12;          // to choose from: nearer ones look alike

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

using Rgb = std::array<float, 3>;

// Of the object's pixels in the window, or of all others there; none when there are none.
std::optional<Rgb> MeanColor(const ImageF& rgb, const ImageU8& mask, bool is_object, const PixelWindow& window) {
  double sum[3] = {0, 0, 0};
  int64_t count = 0;
  for (int y = window.y0; y < window.y1; ++y)
    for (int x = window.x0; x < window.x1; ++x) {
      if ((mask.At(x, y) != 0) != is_object) continue;
      ++count;
      for (int c = 0; c < 3; ++c) sum[c] += double(rgb.At(x, y, c));
    }
  if (count == 0) return std::nullopt;
  return Rgb{float(sum[0] / double(count)), float(sum[1] / double(count)), float(sum[2] / double(count))};
}

float Distance(const Rgb& a, const Rgb& b) { return std::hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]); }

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
  const PixelWindow object = WindowOf(mask);
  Veil best;
  if (object.empty()) return best;
  const PixelWindow window = object.Grown(object.width() / 2, object.height() / 2, mask.width, mask.height);
  const Rgb own = *MeanColor(rgb, mask, true, window);
  const std::optional<Rgb> around = MeanColor(rgb, mask, false, window);
  float farthest = -1;
  for (int hue = 0; hue < kVeilHues; ++hue) {
    Veil veil;
    ColorOfHue(double(hue) / kVeilHues, 1, veil.color.data());
    Rgb veiled = own;
    for (size_t c = 0; c < 3; ++c) {
      veiled[c] += kVeilOpacity * (veil.color[c] - own[c]);
      veil.contour[c] = uint8_t(std::lround(255 * (kContourWhite + (1 - kContourWhite) * veil.color[c])));
    }
    float nearest = Distance(veiled, own);
    if (around) nearest = std::min(nearest, Distance(veiled, *around));
    if (nearest <= farthest) continue;
    farthest = nearest;
    best = veil;
  }
  return best;
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
