#include "sanerf/mask_aggregator/view_trust.h"

#include <algorithm>
#include <cmath>

#include "sanerf/core/check.h"

namespace sanerf::mask_aggregator {
namespace {

// Sums over the pixels that count, of one channel.
struct ChannelFit {
  double gain = 0, offset = 0, photo_mean = 0;
};

template <class Use>
void ForCountedPixels(int64_t num_pixels, std::span<const uint8_t> counts, const Use& use) {
  for (size_t i = 0; i < size_t(num_pixels); ++i)
    if (counts.empty() || counts[i] != 0) use(i);
}

ChannelFit FitOf(const ImageF& photo, const ImageF& rendered, size_t channel, std::span<const uint8_t> counts) {
  double n = 0, x = 0, y = 0, xx = 0, xy = 0;
  ForCountedPixels(photo.num_pixels(), counts, [&](size_t i) {
    const double of_render = rendered.data[3 * i + channel], of_photo = photo.data[3 * i + channel];
    n += 1;
    x += of_render;
    y += of_photo;
    xx += of_render * of_render;
    xy += of_render * of_photo;
  });
  ChannelFit fit;
  if (n == 0) return fit;
  fit.photo_mean = y / n;
  const double variance = xx / n - x / n * (x / n), covariance = xy / n - x / n * (y / n);
  // A rendering of one color explains nothing; one whose contrast runs the other way explains no light that there is.
  fit.gain = variance > 1e-9 ? std::max(0.0, covariance / variance) : 0.0;
  fit.offset = fit.photo_mean - fit.gain * x / n;
  return fit;
}

constexpr double kNoContrast = 1.0 / 255;  // mean over pixels and channels
constexpr double kExactShare = 0.01;       // less than what photos' noise leaves

}  // namespace

float ViewTrust::At(double x, double y, int of_width, int of_height) const {
  if (places.empty()) return 1;
  const double u = x * width / of_width, v = y * height / of_height;
  float least = 2, sum = 0;
  for (const Place& place : places) {
    sum += place.weight;
    const PixelWindow& window = place.window;
    if (u >= window.x0 && u < window.x1 && v >= window.y0 && v < window.y1) least = std::min(least, place.weight);
  }
  return least <= 1 ? least : sum / float(places.size());
}

double UnexplainedShare(const ImageF& photo, const ImageF& rendered, std::span<const uint8_t> counts) {
  SANERF_CHECK(photo.channels == 3 && rendered.channels == 3);
  SANERF_CHECK(photo.width == rendered.width && photo.height == rendered.height);
  SANERF_CHECK(counts.empty() || int64_t(counts.size()) == photo.num_pixels());
  double unexplained = 0, contrast = 0, num = 0;
  for (size_t channel = 0; channel < 3; ++channel) {
    const ChannelFit fit = FitOf(photo, rendered, channel, counts);
    ForCountedPixels(photo.num_pixels(), counts, [&](size_t i) {
      const double of_photo = photo.data[3 * i + channel];
      unexplained += std::fabs(of_photo - fit.gain * rendered.data[3 * i + channel] - fit.offset);
      contrast += std::fabs(of_photo - fit.photo_mean);
      num += 1;
    });
  }
  return num == 0 || contrast < kNoContrast * num ? -1 : unexplained / contrast;
}

std::vector<float> TrustFromShares(const std::vector<double>& shares, double power) {
  std::vector<double> known;
  for (const double share : shares)
    if (share >= 0) known.push_back(std::max(share, kExactShare));
  std::vector<float> weights(shares.size(), 1.0f);
  if (known.empty() || power == 0) return weights;
  // The lower of two in the middle: of two views the better one says what is usual.
  const auto middle = known.begin() + long((known.size() - 1) / 2);
  std::nth_element(known.begin(), middle, known.end());
  for (size_t i = 0; i < shares.size(); ++i)
    if (shares[i] >= 0) weights[i] = float(std::min(1.0, std::pow(*middle / std::max(shares[i], kExactShare), power)));
  return weights;
}

}  // namespace sanerf::mask_aggregator
