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

// By the window's first pixel: whether it has an ignored one.
std::vector<bool> WindowsToSkip(const ImageU8& ignored, int row) {
  std::vector<int> before(size_t(ignored.width) + 1, 0);  // ignored pixels of the columns to the left
  for (int x = 0; x < ignored.width; ++x) {
    int count = 0;
    for (int dy = 0; dy < kWindow; ++dy) count += ignored.At(x, row + dy) != 0;
    before[size_t(x) + 1] = before[size_t(x)] + count;
  }
  std::vector<bool> skip(size_t(ignored.width - kWindow + 1));
  for (size_t x = 0; x < skip.size(); ++x) skip[x] = before[x + kWindow] > before[x];
  return skip;
}

struct RowSum {
  double sum = 0;
  int64_t count = 0;
};

// Sum of SSIM over the valid pixels of one channel, in one output row: vertical sums first, then horizontal ones.
RowSum SsimRow(const ImageF& a, const ImageF& b, const ImageU8& ignored, int channel, int row) {
  static const std::array<double, kWindow> window = GaussianWindow();
  std::vector<Moments> columns(size_t(a.width));
  for (int dy = 0; dy < kWindow; ++dy) {
    for (int x = 0; x < a.width; ++x) {
      const double va = a.At(x, row + dy, channel), vb = b.At(x, row + dy, channel);
      columns[size_t(x)].Add(window[size_t(dy)], {va, vb, va * va, vb * vb, va * vb});
    }
  }
  const std::vector<bool> skip = ignored.empty() ? std::vector<bool>() : WindowsToSkip(ignored, row);
  RowSum total;
  for (int x = 0; x + kWindow <= a.width; ++x) {
    if (!skip.empty() && skip[size_t(x)]) continue;
    Moments m;
    for (int dx = 0; dx < kWindow; ++dx) m.Add(window[size_t(dx)], columns[size_t(x + dx)]);
    total.sum += SsimOf(m);
    ++total.count;
  }
  return total;
}

void CheckSameShape(const ImageF& a, const ImageF& b) {
  SANERF_CHECK_EQ(a.width, b.width);
  SANERF_CHECK_EQ(a.height, b.height);
  SANERF_CHECK_EQ(a.channels, b.channels);
  SANERF_CHECK(!a.empty());
}

void CheckIgnored(const ImageF& image, const ImageU8& ignored) {
  SANERF_CHECK(ignored.empty() ||
               (ignored.width == image.width && ignored.height == image.height && ignored.channels == 1));
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

double Psnr(const ImageF& a, const ImageF& b, const ImageU8& ignored) {
  CheckSameShape(a, b);
  CheckIgnored(a, ignored);
  double sum = 0;
  int64_t count = 0;
  for (int64_t p = 0; p < a.num_pixels(); ++p) {
    if (!ignored.empty() && ignored.data[size_t(p)] != 0) continue;
    for (int c = 0; c < a.channels; ++c) {
      const size_t i = size_t(p * a.channels + c);
      const double difference = double(a.data[i]) - double(b.data[i]);
      sum += difference * difference;
    }
    count += a.channels;
  }
  if (count == 0) return std::numeric_limits<double>::quiet_NaN();
  if (sum == 0) return std::numeric_limits<double>::infinity();
  return -10 * std::log10(sum / double(count));
}

double Ssim(const ImageF& a, const ImageF& b, const ImageU8& ignored) {
  CheckSameShape(a, b);
  CheckIgnored(a, ignored);
  SANERF_CHECK_GE(a.width, kWindow);
  SANERF_CHECK_GE(a.height, kWindow);
  const int rows = a.height - kWindow + 1;
  std::vector<RowSum> of_rows(size_t(rows) * size_t(a.channels));
  ParallelFor(int64_t(of_rows.size()), [&](int64_t i) {
    of_rows[size_t(i)] = SsimRow(a, b, ignored, int(i) % a.channels, int(i) / a.channels);
  });
  double sum = 0;
  int64_t count = 0;
  for (const RowSum& row : of_rows) {
    sum += row.sum;
    count += row.count;
  }
  return count == 0 ? std::numeric_limits<double>::quiet_NaN() : sum / double(count);
}

}  // namespace sanerf::eval
