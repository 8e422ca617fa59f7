#include "sanerf/export/matting.h"

#include <Eigen/Dense>
#include <Eigen/Sparse>
#include <algorithm>
#include <array>
#include <vector>

#include "sanerf/core/check.h"
#include "sanerf/core/guided_filter.h"

namespace sanerf::exports {
namespace {

constexpr int kSamCells = 256;             // per side of a mask as SAM returns it: an outline is known to a cell
constexpr double kRegularization = 1e-5;   // of a window's color variance, colors in [0, 1]
constexpr double kNoise = 1e-4;            // variance of colors that says nothing: 1 % of the range
constexpr double kCoverageWeight = 30;     // of the prior where colors say nothing; the Laplacian's diagonal is about 9
constexpr double kSolverTolerance = 1e-4;  // of the right-hand side; a byte of alpha is 4e-3

int BandRadius(const ImageF& image) { return (std::max(image.width, image.height) + kSamCells - 1) / kSamCells; }

// Extreme values of square windows, one axis after the other.
ImageF WindowExtreme(const ImageF& image, int radius, bool largest) {
  const auto better = [&](float a, float b) { return largest ? std::max(a, b) : std::min(a, b); };
  ImageF rows = image, out = image;
  for (int y = 0; y < image.height; ++y)
    for (int x = 0; x < image.width; ++x)
      for (int u = std::max(0, x - radius); u <= std::min(image.width - 1, x + radius); ++u)
        rows.At(x, y) = better(rows.At(x, y), image.At(u, y));
  for (int y = 0; y < image.height; ++y)
    for (int x = 0; x < image.width; ++x)
      for (int v = std::max(0, y - radius); v <= std::min(image.height - 1, y + radius); ++v)
        out.At(x, y) = better(out.At(x, y), rows.At(x, v));
  return out;
}

// Numbers of the pixels whose alpha is looked for, those with an outline within `radius`; -1 for the others.
struct Unknowns {
  Unknowns(const ImageF& coverage, int radius) : index(size_t(coverage.num_pixels()), -1) {
    const ImageF least = WindowExtreme(coverage, radius, false), most = WindowExtreme(coverage, radius, true);
    for (size_t i = 0; i < index.size(); ++i)
      if (most.data[i] > least.data[i]) index[i] = count++;
  }
  std::vector<int> index;
  int count = 0;
};

constexpr int kWindow = 9;  // pixels, 3 x 3

struct Window {
  std::array<int64_t, kWindow> pixels;
  double variance;                                    // of the colors, of all channels together
  Eigen::Matrix<double, kWindow, kWindow> laplacian;  // Levin et al., Eq. 12, of this window alone
};

Window WindowAround(const ImageF& rgb, int x, int y) {
  Window window;
  Eigen::Matrix<double, kWindow, 3> colors;
  for (int k = 0; k < kWindow; ++k) {
    window.pixels[size_t(k)] = int64_t(y + k / 3 - 1) * rgb.width + x + k % 3 - 1;
    for (int c = 0; c < 3; ++c) colors(k, c) = double(rgb.data[size_t(3 * window.pixels[size_t(k)] + c)]);
  }
  colors.rowwise() -= colors.colwise().mean().eval();
  Eigen::Matrix3d variance = colors.transpose() * colors / kWindow;
  window.variance = variance.trace();
  variance.diagonal().array() += kRegularization / kWindow;
  window.laplacian = Eigen::Matrix<double, kWindow, kWindow>::Identity();
  window.laplacian.array() -= 1.0 / kWindow;
  window.laplacian -= colors * variance.ldlt().solve(colors.transpose()) / kWindow;
  return window;
}

using Matrix = Eigen::SparseMatrix<double, Eigen::RowMajor>;

// The unknowns' equations. A window joins pixels that are at most two apart, so that each has a row of 25 factors: a
// list of what all windows add would take several times the memory.
class Equations {
 public:
  Equations(const Unknowns& unknowns, int width, int height)
      : unknowns_(unknowns), width_(width), height_(height), factors_(size_t(unknowns.count) * kNeighbors) {}

  // x, y: by how much the other pixel is farther to the right and below.
  void Add(int row, int x, int y, double factor) {
    factors_[size_t(row) * kNeighbors + size_t((y + kReach) * kSide + x + kReach)] += factor;
  }
  Matrix System() const {
    Matrix system(unknowns_.count, unknowns_.count);
    system.reserve(Eigen::VectorXi::Constant(unknowns_.count, kNeighbors));
    for (int y = 0; y < height_; ++y)
      for (int x = 0; x < width_; ++x)
        if (const int row = IndexAt(x, y); row >= 0) AddRow(row, x, y, &system);
    system.makeCompressed();
    return system;
  }

 private:
  static constexpr int kReach = 2, kSide = 2 * kReach + 1, kNeighbors = kSide * kSide;

  int IndexAt(int x, int y) const { return unknowns_.index[size_t(y) * size_t(width_) + size_t(x)]; }

  void AddRow(int row, int x, int y, Matrix* system) const {
    for (int k = 0; k < kNeighbors; ++k) {
      const int u = x + k % kSide - kReach, v = y + k / kSide - kReach;
      if (u < 0 || v < 0 || u >= width_ || v >= height_) continue;
      const double factor = factors_[size_t(row) * kNeighbors + size_t(k)];
      if (const int column = IndexAt(u, v); column >= 0 && factor != 0) system->insert(row, column) = factor;
    }
  }

  const Unknowns& unknowns_;
  int width_, height_;
  std::vector<double> factors_;  // [unknown][neighbor]
};

ImageF ClosedFormAlpha(const ImageF& rgb, const ImageF& coverage) {
  const Unknowns unknowns(coverage, BandRadius(rgb));
  ImageF alpha = coverage;
  if (unknowns.count == 0) return alpha;
  Equations equations(unknowns, rgb.width, rgb.height);
  Eigen::VectorXd weight = Eigen::VectorXd::Constant(unknowns.count, kCoverageWeight);  // of the prior
  Eigen::VectorXd prior(unknowns.count), target = Eigen::VectorXd::Zero(unknowns.count);
  for (size_t i = 0; i < unknowns.index.size(); ++i)
    if (unknowns.index[i] >= 0) prior[unknowns.index[i]] = double(coverage.data[i]);
  for (int y = 1; y + 1 < rgb.height; ++y) {
    for (int x = 1; x + 1 < rgb.width; ++x) {
      // The band is wider than a window: one that touches it far from its center has the same alpha all over.
      if (unknowns.index[size_t(y) * size_t(rgb.width) + size_t(x)] < 0) continue;
      const Window window = WindowAround(rgb, x, y);
      weight[unknowns.index[size_t(y) * size_t(rgb.width) + size_t(x)]] *= kNoise / (kNoise + window.variance);
      for (int a = 0; a < kWindow; ++a) {
        const int row = unknowns.index[size_t(window.pixels[size_t(a)])];
        if (row < 0) continue;
        for (int b = 0; b < kWindow; ++b) {
          const int64_t pixel = window.pixels[size_t(b)];
          const int column = unknowns.index[size_t(pixel)];
          if (column >= 0) {
            equations.Add(row, b % 3 - a % 3, b / 3 - a / 3, window.laplacian(a, b));
          } else {
            target[row] -= window.laplacian(a, b) * double(coverage.data[size_t(pixel)]);
          }
        }
      }
    }
  }
  for (int i = 0; i < unknowns.count; ++i) equations.Add(i, 0, 0, weight[i]);
  target += weight.cwiseProduct(prior);
  const Matrix system = equations.System();
  Eigen::ConjugateGradient<Matrix, Eigen::Lower | Eigen::Upper> solver(system);
  solver.setTolerance(kSolverTolerance);
  const Eigen::VectorXd solved = solver.solveWithGuess(target, prior);
  for (size_t i = 0; i < unknowns.index.size(); ++i)
    if (unknowns.index[i] >= 0) alpha.data[i] = float(std::clamp(solved[unknowns.index[i]], 0.0, 1.0));
  return alpha;
}

// Window means of the image weighted by `weight`; the image itself where no pixel of the window counts.
ImageF WeightedMeans(const ImageF& image, const ImageF& weight, int radius) {
  ImageF weighted(image.width, image.height, 4);
  for (size_t i = 0; i < weight.data.size(); ++i) {
    for (size_t c = 0; c < 3; ++c) weighted.data[4 * i + c] = weight.data[i] * image.data[3 * i + c];
    weighted.data[4 * i + 3] = weight.data[i];
  }
  weighted = WindowMeans(weighted, radius);
  ImageF means = image;
  for (size_t i = 0; i < weight.data.size(); ++i)
    for (size_t c = 0; weighted.data[4 * i + 3] > 0 && c < 3; ++c)
      means.data[3 * i + c] = weighted.data[4 * i + c] / weighted.data[4 * i + 3];
  return means;
}

ImageF ForegroundOf(const ImageF& rgb, const ImageF& alpha) {
  ImageF others = alpha;
  for (float& value : others.data) value = 1 - value;
  ImageF foreground = rgb, background = rgb;
  const int band = BandRadius(rgb);
  // From anywhere in the band the first windows reach what is surely object and what is surely not; the second ones
  // bring the detail back.
  for (const int radius : {4 * band, band}) {
    const ImageF object = WeightedMeans(foreground, alpha, radius), rest = WeightedMeans(background, others, radius);
    for (size_t i = 0; i < alpha.data.size(); ++i) {
      const float a = alpha.data[i];
      for (size_t c = 3 * i; c < 3 * i + 3; ++c) {
        const float missing = rgb.data[c] - a * object.data[c] - (1 - a) * rest.data[c];
        foreground.data[c] = std::clamp(object.data[c] + a * missing, 0.0f, 1.0f);
        background.data[c] = std::clamp(rest.data[c] + (1 - a) * missing, 0.0f, 1.0f);
      }
    }
  }
  for (size_t i = 0; i < alpha.data.size(); ++i)
    if (alpha.data[i] == 0) std::fill_n(&foreground.data[3 * i], 3, 0.0f);
  return foreground;
}

}  // namespace

Matte MatteOf(const ImageF& rgb, const ImageF& coverage) {
  SANERF_CHECK(rgb.channels == 3 && coverage.channels == 1);
  SANERF_CHECK(rgb.width == coverage.width && rgb.height == coverage.height);
  Matte matte{ClosedFormAlpha(rgb, coverage), ImageF()};
  matte.foreground = ForegroundOf(rgb, matte.alpha);
  return matte;
}

}  // namespace sanerf::exports
