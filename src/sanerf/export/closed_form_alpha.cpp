#include "sanerf/export/closed_form_alpha.h"

#include <fmt/format.h>

#include <Eigen/Dense>
#include <Eigen/Sparse>
#include <algorithm>
#include <array>
#include <vector>

namespace sanerf::exports {
namespace {

constexpr int kSamCells = 256;             // per side of a mask as SAM returns it
constexpr double kRegularization = 1e-5;   // of a window's color variance, colors in [0, 1]
constexpr double kSolverTolerance = 1e-4;  // of the right-hand side; a byte of alpha is 4e-3
constexpr float kMixed = -1;               // no coverage

void GoOn(const Job& job) { job.ThrowIfStopped("the cut-out"); }

// The value that all have within `radius` along an axis, else kMixed. Entries are `stride` apart; runs is scratch.
void FlatAlong(float* values, int size, int64_t stride, int radius, std::vector<std::pair<float, int>>* runs) {
  runs->resize(size_t(size));  // value, and how many of it end here
  for (int i = 0; i < size; ++i) {
    const float value = values[i * stride];
    const bool goes_on = i > 0 && (*runs)[size_t(i - 1)].first == value;
    (*runs)[size_t(i)] = {value, goes_on ? (*runs)[size_t(i - 1)].second + 1 : 1};
  }
  for (int i = 0; i < size; ++i) {
    const int first = std::max(0, i - radius), last = std::min(size - 1, i + radius);
    const auto& [value, run] = (*runs)[size_t(last)];
    values[i * stride] = run > last - first ? value : kMixed;
  }
}

// Numbers of the pixels whose alpha is looked for, those with an outline within `radius`; -1 for the others.
struct Unknowns {
  Unknowns(const ImageF& coverage, int radius, const Job& job) : index(size_t(coverage.num_pixels()), -1) {
    ImageF flat = coverage;
    std::vector<std::pair<float, int>> runs;
    for (int y = 0; y < flat.height; ++y) {
      GoOn(job);
      FlatAlong(flat.Pixel(0, y), flat.width, 1, radius, &runs);
    }
    for (int x = 0; x < flat.width; ++x) {
      GoOn(job);
      FlatAlong(flat.Pixel(x, 0), flat.height, flat.width, radius, &runs);
    }
    for (size_t i = 0; i < index.size(); ++i)
      if (flat.data[i] == kMixed) index[i] = count++;
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

// The unknowns' factors. A window joins pixels that are at most two apart, so that each has a row of 25: a list of what
// all windows add would take several times the memory.
class Factors {
 public:
  Factors(const Unknowns& unknowns, int width, int height)
      : unknowns_(unknowns), width_(width), height_(height), factors_(size_t(unknowns.count) * kNeighbors) {}

  // x, y: by how much the other pixel is farther to the right and below.
  void Add(int row, int x, int y, double factor) {
    factors_[size_t(row) * kNeighbors + size_t((y + kReach) * kSide + x + kReach)] += factor;
  }
  Matrix System(const Job& job) const {
    Matrix system(unknowns_.count, unknowns_.count);
    system.reserve(Eigen::VectorXi::Constant(unknowns_.count, kNeighbors));
    for (int y = 0; y < height_; ++y) {
      GoOn(job);
      for (int x = 0; x < width_; ++x)
        if (const int row = IndexAt(x, y); row >= 0) AddRow(row, x, y, &system);
    }
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

struct Equations {
  Matrix system;
  Eigen::VectorXd target, prior;
};

Equations MakeEquations(const ImageF& rgb, const ImageF& coverage, const Unknowns& unknowns, const CoveragePrior& keep,
                        const Job& job) {
  Factors factors(unknowns, rgb.width, rgb.height);
  Eigen::VectorXd weight = Eigen::VectorXd::Constant(unknowns.count, keep.weight);  // of the prior
  Eigen::VectorXd prior(unknowns.count), target = Eigen::VectorXd::Zero(unknowns.count);
  for (size_t i = 0; i < unknowns.index.size(); ++i)
    if (unknowns.index[i] >= 0) prior[unknowns.index[i]] = double(coverage.data[i]);
  for (int y = 1; y + 1 < rgb.height; ++y) {
    GoOn(job);
    for (int x = 1; x + 1 < rgb.width; ++x) {
      // The band is wider than a window: one that touches it far from its center has the same alpha all over.
      const int center = unknowns.index[size_t(y) * size_t(rgb.width) + size_t(x)];
      if (center < 0) continue;
      const Window window = WindowAround(rgb, x, y);
      weight[center] *= keep.noise / (keep.noise + window.variance);
      for (int a = 0; a < kWindow; ++a) {
        const int row = unknowns.index[size_t(window.pixels[size_t(a)])];
        if (row < 0) continue;
        for (int b = 0; b < kWindow; ++b) {
          const int64_t pixel = window.pixels[size_t(b)];
          if (unknowns.index[size_t(pixel)] >= 0) {
            factors.Add(row, b % 3 - a % 3, b / 3 - a / 3, window.laplacian(a, b));
          } else {
            target[row] -= window.laplacian(a, b) * double(coverage.data[size_t(pixel)]);
          }
        }
      }
    }
  }
  for (int i = 0; i < unknowns.count; ++i) factors.Add(i, 0, 0, weight[i]);
  target += weight.cwiseProduct(prior);
  return {factors.System(job), std::move(target), std::move(prior)};
}

// The solver has no call of its own for whoever wants to watch it; it asks for this once in every iteration.
class WatchedPreconditioner : public Eigen::DiagonalPreconditioner<double> {
 public:
  std::function<void()> on_iteration;

  template <class Residual>
  auto solve(const Eigen::MatrixBase<Residual>& residual) const {
    on_iteration();
    return Eigen::DiagonalPreconditioner<double>::solve(residual);
  }
};

Eigen::VectorXd Solved(const Equations& equations, const OnPart& on_part, const Job& job) {
  Eigen::ConjugateGradient<Matrix, Eigen::Lower | Eigen::Upper, WatchedPreconditioner> solver;
  solver.preconditioner().on_iteration = [&, num_done = 0]() mutable {
    GoOn(job);
    on_part(fmt::format("alpha, iteration {}", ++num_done));
  };
  solver.compute(equations.system);
  solver.setTolerance(kSolverTolerance);
  return solver.solveWithGuess(equations.target, equations.prior);
}

}  // namespace

int BandRadius(const ImageF& image) { return (std::max(image.width, image.height) + kSamCells - 1) / kSamCells; }

ImageF ClosedFormAlpha(const ImageF& rgb, const ImageF& coverage, const CoveragePrior& prior, const OnPart& on_part,
                       const Job& job) {
  on_part("outline");
  const Unknowns unknowns(coverage, BandRadius(rgb), job);
  ImageF alpha = coverage;
  if (unknowns.count == 0) return alpha;
  on_part("colors along the outline");
  const Equations equations = MakeEquations(rgb, coverage, unknowns, prior, job);
  const Eigen::VectorXd solved = Solved(equations, on_part, job);
  for (size_t i = 0; i < unknowns.index.size(); ++i)
    if (unknowns.index[i] >= 0) alpha.data[i] = float(std::clamp(solved[unknowns.index[i]], 0.0, 1.0));
  return alpha;
}

}  // namespace sanerf::exports
