#include "sanerf/core/image_ops.h"

#include <algorithm>
#include <cmath>

#include "sanerf/core/check.h"
#include "sanerf/core/parallel.h"
#include "sanerf/core/quantiles.h"

namespace sanerf {
namespace {

constexpr int64_t kRowsPerChunk = 16;

// The weights with which input samples enter one output sample.
struct Tap {
  int first = 0;
  std::vector<float> weights;
};

// Triangle filter, as wide as the step between output samples when shrinking.
std::vector<Tap> TriangleTaps(int size_in, int size_out) {
  const double scale = double(size_in) / size_out, support = std::max(1.0, scale);
  std::vector<Tap> taps(size_t(size_out), Tap{});
  for (int i = 0; i < size_out; ++i) {
    const double center = (i + 0.5) * scale;
    const int first = std::max(0, int(std::floor(center - support + 0.5)));
    const int last = std::min(size_in, int(std::floor(center + support + 0.5)));  // one past the end
    Tap& tap = taps[size_t(i)];
    tap.first = first;
    double sum = 0;
    for (int j = first; j < last; ++j) sum += std::max(0.0, 1 - std::abs((j + 0.5 - center) / support));
    for (int j = first; j < last; ++j) {
      tap.weights.push_back(float(std::max(0.0, 1 - std::abs((j + 0.5 - center) / support)) / sum));
    }
  }
  return taps;
}

// out[o * inner + i] = sum over taps of in[(first + k) * inner + i], for each of `outer` blocks.
void ResampleAxis(const float* in, float* out, const std::vector<Tap>& taps, int64_t outer, int64_t size_in,
                  int64_t inner) {
  const int64_t size_out = int64_t(taps.size());
  ParallelForChunks(outer * size_out, std::max<int64_t>(1, kRowsPerChunk * 1024 / std::max<int64_t>(1, inner)),
                    [&](int64_t begin, int64_t end) {
                      for (int64_t row = begin; row < end; ++row) {
                        const Tap& tap = taps[size_t(row % size_out)];
                        const float* source = in + (row / size_out * size_in + tap.first) * inner;
                        float* target = out + row * inner;
                        std::fill(target, target + inner, 0.0f);
                        for (const float weight : tap.weights) {
                          for (int64_t i = 0; i < inner; ++i) target[i] += weight * source[i];
                          source += inner;
                        }
                      }
                    });
}

}  // namespace

ImageF ToFloat(const ImageU8& image) {
  ImageF out(image.width, image.height, image.channels);
  std::transform(image.data.begin(), image.data.end(), out.data.begin(), [](uint8_t v) { return float(v) / 255.0f; });
  return out;
}

ImageU8 ToU8(const ImageF& image) {
  ImageU8 out(image.width, image.height, image.channels);
  std::transform(image.data.begin(), image.data.end(), out.data.begin(), [](float v) {
    return uint8_t(v > 0 ? std::lround(std::min(v, 1.0f) * 255.0f) : 0);  // NaN becomes 0
  });
  return out;
}

ImageF Resize(const ImageF& image, int width, int height) {
  SANERF_CHECK_GT(width, 0);
  SANERF_CHECK_GT(height, 0);
  SANERF_CHECK(!image.empty());
  if (width == image.width && height == image.height) return image;
  ImageF wide(width, image.height, image.channels);
  ResampleAxis(image.data.data(), wide.data.data(), TriangleTaps(image.width, width), image.height, image.width,
               image.channels);
  ImageF out(width, height, image.channels);
  ResampleAxis(wide.data.data(), out.data.data(), TriangleTaps(image.height, height), 1, image.height,
               int64_t(width) * image.channels);
  return out;
}

ImageU8 Resize(const ImageU8& image, int width, int height) {
  if (width == image.width && height == image.height) return image;
  return ToU8(Resize(ToFloat(image), width, height));
}

ImageU8 ResizeNearest(const ImageU8& image, int width, int height) {
  SANERF_CHECK(!image.empty());
  if (width == image.width && height == image.height) return image;
  ImageU8 out(width, height, image.channels);
  for (int y = 0; y < height; ++y) {
    const int source_y = std::min(image.height - 1, int((y + 0.5) * image.height / height));
    for (int x = 0; x < width; ++x) {
      const int source_x = std::min(image.width - 1, int((x + 0.5) * image.width / width));
      std::copy_n(image.Pixel(source_x, source_y), image.channels, out.Pixel(x, y));
    }
  }
  return out;
}

namespace {

// The 4-connected regions of the pixels that are (or are not) zero, as pixel indices.
std::vector<std::vector<int64_t>> Regions(const ImageU8& mask, bool of_zero) {
  std::vector<uint8_t> seen(size_t(mask.num_pixels()), 0);
  std::vector<std::vector<int64_t>> regions;
  for (int64_t start = 0; start < mask.num_pixels(); ++start) {
    if (seen[size_t(start)] || (mask.data[size_t(start)] == 0) != of_zero) continue;
    std::vector<int64_t> region = {start};
    seen[size_t(start)] = 1;
    const auto visit = [&](int64_t i) {
      if (seen[size_t(i)] || (mask.data[size_t(i)] == 0) != of_zero) return;
      seen[size_t(i)] = 1;
      region.push_back(i);
    };
    for (size_t next = 0; next < region.size(); ++next) {
      const int64_t i = region[next], x = i % mask.width;
      if (x > 0) visit(i - 1);
      if (x + 1 < mask.width) visit(i + 1);
      if (i >= mask.width) visit(i - mask.width);
      if (i + mask.width < mask.num_pixels()) visit(i + mask.width);
    }
    regions.push_back(std::move(region));
  }
  return regions;
}

}  // namespace

void RemoveSpecks(int64_t max_pixels, ImageU8* mask) {
  const auto islands = Regions(*mask, false);
  size_t largest = 0;
  for (const auto& island : islands) largest = std::max(largest, island.size());
  for (const auto& island : islands)
    if (int64_t(island.size()) <= max_pixels && island.size() < largest)
      for (const int64_t i : island) mask->data[size_t(i)] = 0;
  for (const auto& hole : Regions(*mask, true))
    if (int64_t(hole.size()) <= max_pixels)
      for (const int64_t i : hole) mask->data[size_t(i)] = 255;
}

ImageF CompositeOver(const ImageF& image, const float background[3]) {
  if (image.channels == 3) return image;
  SANERF_CHECK(image.channels == 1 || image.channels == 2 || image.channels == 4);
  const bool is_gray = image.channels <= 2, has_alpha = image.channels % 2 == 0;
  ImageF out(image.width, image.height, 3);
  for (int64_t i = 0; i < image.num_pixels(); ++i) {
    const float* source = &image.data[size_t(i * image.channels)];
    const float alpha = has_alpha ? source[image.channels - 1] : 1.0f;
    for (int c = 0; c < 3; ++c) {
      out.data[size_t(i * 3 + c)] = alpha * source[is_gray ? 0 : c] + (1 - alpha) * background[c];
    }
  }
  return out;
}

ImageU8 ToRgb(const ImageU8& image) {
  if (image.channels == 3) return image;
  SANERF_CHECK(image.channels == 1 || image.channels == 2 || image.channels == 4);
  ImageU8 out(image.width, image.height, 3);
  for (int64_t i = 0; i < image.num_pixels(); ++i) {
    const uint8_t* source = &image.data[size_t(i * image.channels)];
    for (int c = 0; c < 3; ++c) out.data[size_t(i * 3 + c)] = source[image.channels <= 2 ? 0 : c];
  }
  return out;
}

namespace {

// Perceptually ordered colors, v in [0, 1]: polynomial fit of degree 5 to Google's Turbo color map.
void TurboColor(float v, uint8_t rgb[3]) {
  static constexpr float kCoefficients[3][6] = {
      {0.13572138f, 4.61539260f, -42.66032258f, 132.13108234f, -152.94239396f, 59.28637943f},
      {0.09140261f, 2.19418839f, 4.84296658f, -14.18503333f, 4.27729857f, 2.82956604f},
      {0.10667330f, 12.64194608f, -60.58204836f, 110.36276771f, -89.90310912f, 27.34824973f}};
  const float x = std::clamp(v, 0.0f, 1.0f);
  for (int c = 0; c < 3; ++c) {
    float value = 0;
    for (int i = 5; i >= 0; --i) value = value * x + kCoefficients[c][i];
    rgb[c] = uint8_t(std::lround(std::clamp(value, 0.0f, 1.0f) * 255.0f));
  }
}

bool IsDepth(float d) { return std::isfinite(d) && d > 0; }

}  // namespace

DepthRange DepthRangeOf(const ImageF& depth) {
  std::vector<float> valid;
  std::copy_if(depth.data.begin(), depth.data.end(), std::back_inserter(valid), IsDepth);
  if (valid.empty()) return {};
  return {Quantile(valid, 0.02), Quantile(valid, 0.98)};
}

ImageU8 ColorizeDepth(const ImageF& depth, const DepthRange& shown) {
  SANERF_CHECK_EQ(depth.channels, 1);
  ImageU8 out(depth.width, depth.height, 3);
  const float range = std::max(shown.far - shown.near, 1e-6f * std::max(1.0f, shown.far));
  for (size_t i = 0; i < depth.data.size(); ++i) {
    if (IsDepth(depth.data[i])) TurboColor(1 - (depth.data[i] - shown.near) / range, &out.data[3 * i]);
  }
  return out;
}

ImageU8 MaskOfLabel(const ImageU8& labels, int label) {
  ImageU8 mask(labels.width, labels.height, 1);
  for (size_t i = 0; i < labels.data.size(); ++i) mask.data[i] = labels.data[i] == label ? 255 : 0;
  return mask;
}

ImageF Channel(const ImageF& image, int channel) {
  ImageF out(image.width, image.height, 1);
  for (size_t i = 0; i < out.data.size(); ++i) out.data[i] = image.data[i * size_t(image.channels) + size_t(channel)];
  return out;
}

}  // namespace sanerf
