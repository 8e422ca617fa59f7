#include "sanerf/core/guided_filter.h"

#include <Eigen/Dense>
#include <algorithm>

#include "sanerf/core/check.h"

namespace sanerf {
namespace {

// Means along one axis of windows of 2 radius + 1 entries, cut at both ends. Entries are `stride` apart and have
// `channels` values; sums is scratch.
void MeansAlong(const float* in, float* out, int size, int64_t stride, int channels, int radius,
                std::vector<double>* sums) {
  const size_t n = size_t(channels);
  sums->assign(size_t(size + 1) * n, 0);
  for (int i = 0; i < size; ++i)
    for (size_t c = 0; c < n; ++c)
      (*sums)[size_t(i + 1) * n + c] = (*sums)[size_t(i) * n + c] + double(in[i * stride + int64_t(c)]);
  for (int i = 0; i < size; ++i) {
    const int first = std::max(0, i - radius), end = std::min(size, i + radius + 1);
    for (size_t c = 0; c < n; ++c)
      out[i * stride + int64_t(c)] =
          float(((*sums)[size_t(end) * n + c] - (*sums)[size_t(first) * n + c]) / (end - first));
  }
}

// Per pixel: the input, the color, color x input, and the six different products of two color channels.
constexpr int kMoments = 13;

ImageF MomentsOf(const ImageF& guide, const ImageF& input) {
  ImageF moments(guide.width, guide.height, kMoments);
  for (int64_t i = 0; i < guide.num_pixels(); ++i) {
    const float* color = &guide.data[size_t(3 * i)];
    const float value = input.data[size_t(i)];
    float* out = &moments.data[size_t(kMoments * i)];
    *out++ = value;
    for (int c = 0; c < 3; ++c) *out++ = color[c];
    for (int c = 0; c < 3; ++c) *out++ = color[c] * value;
    for (int c = 0; c < 3; ++c)
      for (int d = c; d < 3; ++d) *out++ = color[c] * color[d];
  }
  return moments;
}

// The window's fit from its mean moments: three factors of the color, and a constant.
Eigen::Vector4d FitWindow(const float* means, double regularization) {
  const Eigen::Vector3d color(means[1], means[2], means[3]);
  Eigen::Vector3d covariance(means[4], means[5], means[6]);
  covariance -= double(means[0]) * color;
  Eigen::Matrix3d variance;
  const float* product = means + 7;
  for (int c = 0; c < 3; ++c)
    for (int d = c; d < 3; ++d) variance(c, d) = variance(d, c) = double(*product++) - color[c] * color[d];
  variance.diagonal().array() += regularization;
  const Eigen::Vector3d factors = variance.ldlt().solve(covariance);
  return {factors[0], factors[1], factors[2], double(means[0]) - factors.dot(color)};
}

}  // namespace

ImageF WindowMeans(const ImageF& image, int radius, const Job& job) {
  ImageF along_rows(image.width, image.height, image.channels), means = along_rows;
  const int64_t row = int64_t(image.width) * image.channels;
  std::vector<double> sums;
  for (int y = 0; y < image.height; ++y) {
    job.ThrowIfStopped("the smoothing of a picture");
    MeansAlong(&image.data[size_t(y * row)], &along_rows.data[size_t(y * row)], image.width, image.channels,
               image.channels, radius, &sums);
  }
  for (int x = 0; x < image.width; ++x) {
    job.ThrowIfStopped("the smoothing of a picture");
    const size_t first = size_t(x) * size_t(image.channels);
    MeansAlong(&along_rows.data[first], &means.data[first], image.height, row, image.channels, radius, &sums);
  }
  return means;
}

ImageF GuidedFilter(const ImageF& guide, const ImageF& input, int radius, double regularization, const Job& job) {
  SANERF_CHECK(guide.channels == 3 && input.channels == 1);
  SANERF_CHECK(guide.width == input.width && guide.height == input.height);
  SANERF_CHECK(radius >= 1 && regularization > 0);
  const ImageF moments = WindowMeans(MomentsOf(guide, input), radius, job);
  ImageF fits(guide.width, guide.height, 4);
  for (int64_t i = 0; i < guide.num_pixels(); ++i) {
    const Eigen::Vector4f fit = FitWindow(&moments.data[size_t(kMoments * i)], regularization).cast<float>();
    std::copy_n(fit.data(), 4, &fits.data[size_t(4 * i)]);
  }
  fits = WindowMeans(fits, radius, job);
  ImageF filtered(guide.width, guide.height, 1);
  for (int64_t i = 0; i < guide.num_pixels(); ++i) {
    const float *fit = &fits.data[size_t(4 * i)], *color = &guide.data[size_t(3 * i)];
    filtered.data[size_t(i)] = fit[0] * color[0] + fit[1] * color[1] + fit[2] * color[2] + fit[3];
  }
  return filtered;
}

}  // namespace sanerf
