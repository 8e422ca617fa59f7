#include "sanerf/eval/metrics.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <vector>

#include "sanerf/core/check.h"
#include "sanerf/core/parallel.h"

namespace sanerf::eval {
namespace {

constexpr double kBoundaryShareOfDiagonal = 0.02;

double Ratio(int64_t part, int64_t whole) { return whole == 0 ? 0.0 : double(part) / double(whole); }

// Width of the boundary band in pixels, as in the authors' evaluation code: rounded, at least one.
int BandWidth(int width, int height) {
  return std::max(1, int(std::lround(kBoundaryShareOfDiagonal * std::hypot(double(width), double(height)))));
}

// Pixels of the mask whose distance to the outside is at most `band`. Eroding `band` times by a 3x3 square removes
// exactly the pixels whose chessboard distance to the outside (beyond the frame counts as outside) is <= band, and that
// distance is had in two sweeps.
ImageU8 InnerBoundary(const ImageU8& mask, int band) {
  const int width = mask.width, height = mask.height;
  const int stride = width + 2;
  std::vector<int> distance(size_t(stride) * size_t(height + 2), 0);  // framed by outside pixels
  const auto at = [&](int x, int y) -> int& { return distance[size_t(y + 1) * size_t(stride) + size_t(x + 1)]; };
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      if (mask.At(x, y) != 0) at(x, y) = 1 + std::min({at(x - 1, y), at(x - 1, y - 1), at(x, y - 1), at(x + 1, y - 1)});
    }
  }
  ImageU8 boundary(width, height, 1);
  for (int y = height - 1; y >= 0; --y) {
    for (int x = width - 1; x >= 0; --x) {
      if (mask.At(x, y) == 0) continue;
      int& d = at(x, y);
      d = std::min(d, 1 + std::min({at(x + 1, y), at(x + 1, y + 1), at(x, y + 1), at(x - 1, y + 1)}));
      boundary.At(x, y) = d <= band ? 1 : 0;
    }
  }
  return boundary;
}

constexpr int kWindow = kSsimWindow;

std::array<double, kWindow> GaussianWindow() {
  constexpr double kSigma = 1.5;
  std::array<double, kWindow> window{};
  double sum = 0;
  for (int i = 0; i < kWindow; ++i) {
    const double d = i - kWindow / 2;
    window[size_t(i)] = std::exp(-d * d / (2 * kSigma * kSigma));
    sum += window[size_t(i)];
  }
  for (double& w : window) w /= sum;
  return window;
}

// The five windowed moments that SSIM needs.
struct Moments {
  double a = 0, b = 0, aa = 0, bb = 0, ab = 0;
  void Add(double weight, const Moments& m) {
    a += weight * m.a;
    b += weight * m.b;
    aa += weight * m.aa;
    bb += weight * m.bb;
    ab += weight * m.ab;
  }
};

double SsimOf(const Moments& m) {
  constexpr double kC1 = 0.01 * 0.01, kC2 = 0.03 * 0.03;
  const double variance_a = m.aa - m.a * m.a, variance_b = m.bb - m.b * m.b, covariance = m.ab - m.a * m.b;
  return (2 * m.a * m.b + kC1) * (2 * covariance + kC2) /
         ((m.a * m.a + m.b * m.b + kC1) * (variance_a + variance_b + kC2));
}

// Sum of SSIM over the valid pixels of one channel, in one output row: vertical sums first, then horizontal ones.
double SsimRow(const ImageF& a, const ImageF& b, int channel, int row) {
  static const std::array<double, kWindow> window = GaussianWindow();
  std::vector<Moments> columns(size_t(a.width));
  for (int dy = 0; dy < kWindow; ++dy) {
    for (int x = 0; x < a.width; ++x) {
      const double va = a.At(x, row + dy, channel), vb = b.At(x, row + dy, channel);
      columns[size_t(x)].Add(window[size_t(dy)], {va, vb, va * va, vb * vb, va * vb});
    }
  }
  double sum = 0;
  for (int x = 0; x + kWindow <= a.width; ++x) {
    Moments m;
    for (int dx = 0; dx < kWindow; ++dx) m.Add(window[size_t(dx)], columns[size_t(x + dx)]);
    sum += SsimOf(m);
  }
  return sum;
}

void CheckSameShape(const ImageF& a, const ImageF& b) {
  SANERF_CHECK_EQ(a.width, b.width);
  SANERF_CHECK_EQ(a.height, b.height);
  SANERF_CHECK_EQ(a.channels, b.channels);
  SANERF_CHECK(!a.empty());
}

}  // namespace

void MaskScore::Add(const ImageU8& prediction, const ImageU8& truth) {
  SANERF_CHECK_EQ(prediction.width, truth.width);
  SANERF_CHECK_EQ(prediction.height, truth.height);
  SANERF_CHECK(prediction.channels == 1 && truth.channels == 1);
  const int band = BandWidth(truth.width, truth.height);
  const ImageU8 prediction_boundary = InnerBoundary(prediction, band), truth_boundary = InnerBoundary(truth, band);
  const int64_t union_before = union_;
  for (size_t i = 0; i < truth.data.size(); ++i) {
    const bool p = prediction.data[i] != 0, t = truth.data[i] != 0;
    intersection += p && t;
    union_ += p || t;
    correct += p == t;
    const bool pb = prediction_boundary.data[i] != 0, tb = truth_boundary.data[i] != 0;
    boundary_intersection += pb && tb;
    boundary_union += pb || tb;
  }
  total += truth.num_pixels();
  ++num_views;
  views_without_object += union_ == union_before;
}

MaskScore& MaskScore::operator+=(const MaskScore& other) {
  intersection += other.intersection;
  union_ += other.union_;
  correct += other.correct;
  total += other.total;
  boundary_intersection += other.boundary_intersection;
  boundary_union += other.boundary_union;
  num_views += other.num_views;
  views_without_object += other.views_without_object;
  return *this;
}

double MaskScore::Iou() const { return Ratio(intersection, union_); }
double MaskScore::Accuracy() const { return Ratio(correct, total); }
double MaskScore::BoundaryIou() const { return Ratio(boundary_intersection, boundary_union); }

double Psnr(const ImageF& a, const ImageF& b) {
  CheckSameShape(a, b);
  double sum = 0;
  for (size_t i = 0; i < a.data.size(); ++i) {
    const double difference = double(a.data[i]) - double(b.data[i]);
    sum += difference * difference;
  }
  if (sum == 0) return std::numeric_limits<double>::infinity();
  return -10 * std::log10(sum / double(a.data.size()));
}

double Ssim(const ImageF& a, const ImageF& b) {
  CheckSameShape(a, b);
  SANERF_CHECK_GE(a.width, kWindow);
  SANERF_CHECK_GE(a.height, kWindow);
  const int rows = a.height - kWindow + 1, columns = a.width - kWindow + 1;
  std::vector<double> row_sums(size_t(rows) * size_t(a.channels));
  ParallelFor(int64_t(row_sums.size()),
              [&](int64_t i) { row_sums[size_t(i)] = SsimRow(a, b, int(i) % a.channels, int(i) / a.channels); });
  double sum = 0;
  for (const double row_sum : row_sums) sum += row_sum;
  return sum / (double(rows) * columns * a.channels);
}

}  // namespace sanerf::eval
