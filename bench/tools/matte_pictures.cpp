#include "bench/tools/matte_pictures.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <numbers>

#include "sanerf/core/parallel.h"
#include "sanerf/core/random.h"

namespace sanerf {
namespace {

constexpr int kWidth = 640, kHeight = 320;  // of a photo of 640 pixels one of SAM's cells is 3
constexpr int kTruePlaces = 8;              // per side of a pixel
constexpr int kLabelPlaces = 4;             // as a cut-out counts them
constexpr double kPi = std::numbers::pi;

using Inside = std::function<bool(double x, double y)>;

struct Shape {
  const char* name;
  Inside object, labels;  // a label field knows the body of a hairy thing, not its hairs
};

bool InBlob(double x, double y) {
  const double u = x - 320, v = y - 160, angle = std::atan2(v, u);
  return std::hypot(u / 1.8, v) < 95 + 12 * std::sin(5 * angle) + 4 * std::sin(17 * angle);
}

// Three bent rods that are 1, 2 and 3 pixels thick.
bool InRods(double x, double y) {
  for (int rod = 0; rod < 3; ++rod) {
    const double middle = 80.0 * (rod + 1) + 20 * std::sin(x / 70 + rod), slope = 20.0 / 70 * std::cos(x / 70 + rod);
    if (std::abs(y - middle) < 0.5 * (rod + 1) * std::hypot(1, slope)) return x > 30 && x < 610;
  }
  return false;
}

// A disc with hairs all around, 0.6 pixels thick at the root and pointed, each bent its own way.
constexpr int kNumHairs = 300;
constexpr double kBody = 100, kHairLength = 8, kHairRadius = 0.3;
bool InHairs(double x, double y) {
  const double u = x - 320, v = y - 160, out = std::hypot(u, v) - kBody;
  if (out < 0) return true;
  if (out > kHairLength) return false;
  const double turn = std::atan2(v, u) / (2 * kPi) * kNumHairs;
  for (int near = -2; near <= 2; ++near) {
    const int hair = int(std::floor(turn)) + near;
    Random random(7, uint64_t((hair + 2 * kNumHairs) % kNumHairs));
    const double length = kHairLength * (0.5 + 0.5 * random.NextDouble()), bend = 2 * random.NextDouble() - 1;
    const double root = hair + random.NextDouble(), share = out / length;
    const double off = (turn - root - bend * share * share) * 2 * kPi * (kBody + out) / kNumHairs;
    if (share < 1 && std::abs(off) < kHairRadius * (1 - share)) return true;
  }
  return false;
}

bool InBodyOfHairs(double x, double y) { return std::hypot(x - 320, y - 160) < kBody + kHairLength / 4; }

ImageF ShareInside(const Inside& inside, int places, double displacement) {
  ImageF share(kWidth, kHeight, 1);
  ParallelFor(kHeight, [&](int64_t row) {
    for (int x = 0; x < kWidth; ++x) {
      int count = 0;
      for (int v = 0; v < places; ++v)
        for (int u = 0; u < places; ++u)
          count += inside(x + (u + 0.5) / places - displacement, double(row) + (v + 0.5) / places - displacement);
      share.At(x, int(row)) = float(count) / float(places * places);
    }
  });
  return share;
}

// By 1, 2, 1 along both axes: a label field does not know an outline to the pixel.
ImageF Blurred(const ImageF& image) {
  ImageF blurred = image;
  for (int y = 1; y + 1 < image.height; ++y)
    for (int x = 1; x + 1 < image.width; ++x) {
      float sum = 0;
      for (int v = -1; v <= 1; ++v)
        for (int u = -1; u <= 1; ++u) sum += float((2 - std::abs(u)) * (2 - std::abs(v))) * image.At(x + u, y + v);
      blurred.At(x, y) = sum / 16;
    }
  return blurred;
}

double Gaussian(Random* random) {
  return std::sqrt(-2 * std::log(1 - random->NextDouble())) * std::cos(2 * kPi * random->NextDouble());
}

using Color = std::array<double, 3>;

// The color, a little brighter on one side than on the other.
ImageF Shaded(const Color& color, double phase) {
  ImageF image(kWidth, kHeight, 3);
  for (int y = 0; y < kHeight; ++y)
    for (int x = 0; x < kWidth; ++x)
      for (size_t c = 0; c < 3; ++c)
        image.At(x, y, int(c)) = float(color[c] * (1 + 0.1 * std::sin(x / 90.0 + y / 60.0 + phase)));
  return image;
}

// Waves of 5 to 40 pixels in all directions, of brightness and a little of color.
void AddTexture(ImageF* image) {
  constexpr int kWaves = 24;
  Random random(3);
  for (int wave = 0; wave < kWaves; ++wave) {
    const double length = 5 * std::pow(8, random.NextDouble()), angle = 2 * kPi * random.NextDouble();
    const double u = 2 * kPi * std::cos(angle) / length, v = 2 * kPi * std::sin(angle) / length;
    const double phase = 2 * kPi * random.NextDouble();
    const Color height = {0.02 + 0.01 * random.NextDouble(), 0.02 + 0.01 * random.NextDouble(),
                          0.02 + 0.01 * random.NextDouble()};
    for (int y = 0; y < image->height; ++y)
      for (int x = 0; x < image->width; ++x)
        for (size_t c = 0; c < 3; ++c) image->At(x, y, int(c)) += float(height[c] * std::sin(u * x + v * y + phase));
  }
}

// What a camera adds to light: a part that grows with it and one that does not, about two of 255 steps at half light.
float WithNoise(double value, Random* random) {
  const double deviation = std::sqrt(1e-5 + 1e-4 * std::max(0.0, value));
  return float(std::clamp(value + deviation * Gaussian(random), 0.0, 1.0));
}

ImageF Photo(const ImageF& alpha, const ImageF& foreground, const ImageF& background, uint64_t number) {
  ImageF rgb(kWidth, kHeight, 3);
  Random random(1, number);
  for (size_t i = 0; i < alpha.data.size(); ++i)
    for (size_t c = 3 * i; c < 3 * i + 3; ++c) {
      const double a = double(alpha.data[i]);
      rgb.data[c] = WithNoise(a * double(foreground.data[c]) + (1 - a) * double(background.data[c]), &random);
    }
  return rgb;
}

}  // namespace

std::vector<MattePicture> MakeMattePictures() {
  const std::array<Shape, 3> shapes = {
      {{"outline", InBlob, InBlob}, {"rods", InRods, InRods}, {"hairs", InHairs, InBodyOfHairs}}};
  struct Contrast {
    const char* name;
    Color object;
  };
  const Color room = {0.45, 0.50, 0.42};
  const std::array<Contrast, 3> contrasts = {
      {{"strong", {0.85, 0.15, 0.10}}, {"middle", {0.62, 0.42, 0.34}}, {"weak", {0.50, 0.48, 0.40}}}};
  std::vector<MattePicture> pictures;
  for (const Shape& shape : shapes) {
    const ImageF alpha = ShareInside(shape.object, kTruePlaces, 0);
    for (const int displacement : {0, 1, 2}) {
      // Diagonally: nowhere along the rods, and only at two ends of the others, does it leave an outline in place.
      const ImageF coverage = Blurred(ShareInside(shape.labels, kLabelPlaces, displacement / std::numbers::sqrt2));
      for (const Contrast& contrast : contrasts)
        for (const bool is_textured : {false, true}) {
          const ImageF foreground = Shaded(contrast.object, 0);
          ImageF background = Shaded(room, 2);
          if (is_textured) AddTexture(&background);
          pictures.push_back({shape.name, std::to_string(displacement) + " px", contrast.name,
                              is_textured ? "textured" : "plain", Photo(alpha, foreground, background, pictures.size()),
                              coverage, alpha, foreground});
        }
    }
  }
  return pictures;
}

}  // namespace sanerf
