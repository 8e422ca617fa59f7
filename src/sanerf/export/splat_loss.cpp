#include "sanerf/export/splat_loss.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "sanerf/core/check.h"
#include "sanerf/core/parallel.h"

namespace sanerf::exports {
namespace {

constexpr int kWindowRadius = 5, kWindowTaps = 2 * kWindowRadius + 1;
constexpr double kWindowDeviation = 1.5;
constexpr float kSsimC1 = 0.01f * 0.01f, kSsimC2 = 0.03f * 0.03f;
constexpr int64_t kRowsAtOnce = 16;

std::array<float, kWindowTaps> WindowTaps() {
  std::array<double, kWindowTaps> taps;
  for (int k = 0; k < kWindowTaps; ++k)
    taps[size_t(k)] = std::exp(-std::pow((k - kWindowRadius) / kWindowDeviation, 2) / 2);
  const double sum = std::accumulate(taps.begin(), taps.end(), 0.0);
  std::array<float, kWindowTaps> normalized;
  for (size_t k = 0; k < taps.size(); ++k) normalized[k] = float(taps[k] / sum);
  return normalized;
}

// Planes [plane][height][width] one after the other, all through the window, in place.
void ThroughWindow(int width, int height, float* planes, int64_t num_planes, std::vector<float>* scratch) {
  static const std::array<float, kWindowTaps> taps = WindowTaps();
  const int64_t rows = num_planes * height;
  scratch->resize(size_t(rows) * size_t(width));
  float* across = scratch->data();
  ParallelForChunks(rows, kRowsAtOnce, [&](int64_t begin, int64_t end) {
    std::vector<float> padded(size_t(width) + 2 * kWindowRadius, 0.0f);
    for (int64_t row = begin; row < end; ++row) {
      std::copy_n(planes + row * width, width, padded.data() + kWindowRadius);
      float* out = across + row * width;
      std::fill_n(out, width, 0.0f);
      for (int k = 0; k < kWindowTaps; ++k) {
        const float tap = taps[size_t(k)];
        const float* in = padded.data() + k;
        for (int x = 0; x < width; ++x) out[x] += tap * in[x];
      }
    }
  });
  ParallelForChunks(rows, kRowsAtOnce, [&](int64_t begin, int64_t end) {
    for (int64_t row = begin; row < end; ++row) {
      const int64_t y = row % height;
      float* out = planes + row * width;
      std::fill_n(out, width, 0.0f);
      for (int64_t k = std::max<int64_t>(0, kWindowRadius - y);
           k < std::min<int64_t>(kWindowTaps, height + kWindowRadius - y); ++k) {
        const float tap = taps[size_t(k)];
        const float* in = across + (row + k - kWindowRadius) * width;
        for (int x = 0; x < width; ++x) out[x] += tap * in[x];
      }
    }
  });
}

// Of means, mean squares and mean product in the window; what is asked for of its derivative by those of the first
// picture.
struct SsimAt {
  float value, by_mean, by_square, by_product;
};
SsimAt SsimOf(float mean_a, float mean_b, float aa, float bb, float ab) {
  const float n1 = 2 * mean_a * mean_b + kSsimC1, n2 = 2 * (ab - mean_a * mean_b) + kSsimC2;
  const float d1 = mean_a * mean_a + mean_b * mean_b + kSsimC1,
              d2 = aa - mean_a * mean_a + bb - mean_b * mean_b + kSsimC2;
  const float value = n1 * n2 / (d1 * d2);
  const float by_product = 2 * n1 / (d1 * d2), by_square = -value / d2;
  const float by_mean =
      2 * mean_b * n2 / (d1 * d2) - 2 * mean_a * value / d1 - mean_b * by_product - 2 * mean_a * by_square;
  return {value, by_mean, by_square, by_product};
}

// [5][3][pixels]: a, b, a^2, b^2, a b, through the window.
void WindowMoments(const PlanarImage& a, const PlanarImage& b, std::vector<float>* maps, std::vector<float>* scratch) {
  SANERF_CHECK(a.width == b.width && a.height == b.height);
  const size_t n = a.rgb.size();
  maps->resize(5 * n);
  for (size_t i = 0; i < n; ++i) {
    (*maps)[i] = a.rgb[i];
    (*maps)[n + i] = b.rgb[i];
    (*maps)[2 * n + i] = a.rgb[i] * a.rgb[i];
    (*maps)[3 * n + i] = b.rgb[i] * b.rgb[i];
    (*maps)[4 * n + i] = a.rgb[i] * b.rgb[i];
  }
  ThroughWindow(a.width, a.height, maps->data(), 5 * 3, scratch);
}

}  // namespace

double SplatLoss::Of(const PlanarImage& picture, const PlanarImage& target, PlanarImage* gradient) {
  SANERF_CHECK(picture.width == target.width && picture.height == target.height);
  if (gradient->width != picture.width || gradient->height != picture.height)
    *gradient = PlanarImage(picture.width, picture.height);
  const size_t n = picture.rgb.size();
  const float weight = float((1 - ssim_) / double(n));
  double sum = 0;
  for (size_t i = 0; i < n; ++i) {
    const float error = picture.rgb[i] - target.rgb[i];
    const bool is_squared = error_ == SplatError::kSquared;
    sum += double(is_squared ? error * error : std::fabs(error));
    gradient->rgb[i] = weight * (is_squared ? 2 * error : error > 0 ? 1.0f : error < 0 ? -1.0f : 0.0f);
  }
  const double loss = (1 - ssim_) * sum / double(n);
  return ssim_ > 0 ? loss + AddSsim(picture, target, gradient) : loss;
}

// The window is its own transpose: the gradient by a pixel is that by the moments, through the window, times what the
// pixel adds to them: 1, 2 a, b.
double SplatLoss::AddSsim(const PlanarImage& picture, const PlanarImage& target, PlanarImage* gradient) {
  WindowMoments(picture, target, &maps_, &scratch_);
  const size_t n = picture.rgb.size();
  products_.resize(3 * n);
  const float weight = float(-ssim_ / double(n));
  double sum = 0;
  for (size_t i = 0; i < n; ++i) {
    const SsimAt at = SsimOf(maps_[i], maps_[n + i], maps_[2 * n + i], maps_[3 * n + i], maps_[4 * n + i]);
    sum += double(at.value);
    products_[i] = weight * at.by_mean;
    products_[n + i] = weight * at.by_square;
    products_[2 * n + i] = weight * at.by_product;
  }
  ThroughWindow(picture.width, picture.height, products_.data(), 3 * 3, &scratch_);
  for (size_t i = 0; i < n; ++i)
    gradient->rgb[i] += products_[i] + 2 * picture.rgb[i] * products_[n + i] + target.rgb[i] * products_[2 * n + i];
  return ssim_ * (1 - sum / double(n));
}

}  // namespace sanerf::exports
