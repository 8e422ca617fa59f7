#include "sanerf/sam/sam_frame.h"

#include <algorithm>
#include <cmath>

#include "sanerf/core/check.h"
#include "sanerf/core/image_ops.h"
#include "sanerf/core/parallel.h"

namespace sanerf::sam {
namespace {

// torchvision's ImageNet statistics; SAM's pixel_mean and pixel_std are the same numbers times 255.
constexpr float kMean[3] = {0.485f, 0.456f, 0.406f};
constexpr float kDeviation[3] = {0.229f, 0.224f, 0.225f};

// Where one axis' pixel centers fall between the cells of the image that is read.
struct AxisSample {
  int lower = 0, upper = 0;
  float weight = 0;  // of upper
};

std::vector<AxisSample> SampleAxis(int size, double cells_per_pixel, int cells) {
  std::vector<AxisSample> samples(static_cast<size_t>(size));
  for (int i = 0; i < size; ++i) {
    const double at = std::clamp((i + 0.5) * cells_per_pixel - 0.5, 0.0, double(cells - 1));
    const int lower = int(at);
    samples[size_t(i)] = {lower, std::min(lower + 1, cells - 1), float(at - lower)};
  }
  return samples;
}

ImageF SampleBilinear(const ImageF& from, const std::vector<AxisSample>& columns, const std::vector<AxisSample>& rows) {
  ImageF image(int(columns.size()), int(rows.size()), 1);
  ParallelFor(image.height, [&](int64_t y) {
    const AxisSample row = rows[size_t(y)];
    const float* above = from.Pixel(0, row.lower);
    const float* below = from.Pixel(0, row.upper);
    float* out = image.Pixel(0, int(y));
    for (const AxisSample& column : columns) {
      const float top = above[column.lower] + (above[column.upper] - above[column.lower]) * column.weight;
      const float bottom = below[column.lower] + (below[column.upper] - below[column.lower]) * column.weight;
      *out++ = top + (bottom - top) * row.weight;
    }
  });
  return image;
}

}  // namespace

SamFrame SamFrame::Stretched(int width, int height) { return {width, height, kSamSize, kSamSize}; }

SamFrame SamFrame::Padded(int width, int height) {
  const double scale = double(kSamSize) / std::max(width, height);
  const auto scaled = [&](int size) { return std::clamp(int(size * scale + 0.5), 1, kSamSize); };
  return {width, height, scaled(width), scaled(height)};
}

std::array<float, 2> SamFrame::ToDecoder(float x, float y) const {
  return {x * float(inner_width) / float(width) - 0.5f, y * float(inner_height) / float(height) - 0.5f};
}

std::vector<float> SamFrame::Normalized(const ImageF& rgb) const {
  SANERF_CHECK_EQ(rgb.channels, 3);
  SANERF_CHECK_EQ(rgb.width, width);
  SANERF_CHECK_EQ(rgb.height, height);
  const ImageF inner = Resize(rgb, inner_width, inner_height);
  std::vector<float> planes(size_t{3} * kSamSize * kSamSize, 0.0f);
  ParallelFor(inner_height, [&](int64_t y) {
    for (int c = 0; c < 3; ++c) {
      float* row = &planes[(size_t(c) * kSamSize + size_t(y)) * kSamSize];
      for (int x = 0; x < inner_width; ++x) row[x] = (inner.At(x, int(y), c) - kMean[c]) / kDeviation[c];
    }
  });
  return planes;
}

ImageF SamFrame::ToImage(const ImageF& logits) const {
  SANERF_CHECK_EQ(logits.channels, 1);
  const auto cells_per_pixel = [](int inner, int size, int cells) { return double(inner) / size * cells / kSamSize; };
  return SampleBilinear(logits, SampleAxis(width, cells_per_pixel(inner_width, width, logits.width), logits.width),
                        SampleAxis(height, cells_per_pixel(inner_height, height, logits.height), logits.height));
}

ImageF SamFrame::FromImage(const ImageF& image, float outside) const {
  SANERF_CHECK_EQ(image.channels, 1);
  const auto pixels_per_cell = [](int inner, int size) { return double(size) / inner * kSamSize / kSamLogitsSize; };
  ImageF logits =
      SampleBilinear(image, SampleAxis(kSamLogitsSize, pixels_per_cell(inner_width, image.width), image.width),
                     SampleAxis(kSamLogitsSize, pixels_per_cell(inner_height, image.height), image.height));
  constexpr double kCell = double(kSamSize) / kSamLogitsSize;
  for (int y = 0; y < kSamLogitsSize; ++y)
    for (int x = 0; x < kSamLogitsSize; ++x)
      if ((x + 0.5) * kCell > inner_width || (y + 0.5) * kCell > inner_height) logits.At(x, y) = outside;
  return logits;
}

}  // namespace sanerf::sam
