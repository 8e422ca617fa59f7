// What is optimized: 3D Gaussians as columns, their gradients and Adam's moments of the same shape.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "sanerf/export/spherical_harmonics.h"
#include "sanerf/export/splat_projection.h"

namespace sanerf::exports {

// Positions and scales are in the frame of the fit.
struct SplatParameters {
  SplatParameters() = default;
  SplatParameters(int64_t count, int degree);  // all 0

  int color_degree = 0;
  std::vector<float> positions;   // [Gaussian][3]
  std::vector<float> log_scales;  // [Gaussian][3], of standard deviations
  std::vector<float> rotations;   // [Gaussian][4], w x y z, of any length
  std::vector<float> logits;      // of opacities
  std::vector<float> colors;      // [Gaussian][3], coefficients of the function that is the same everywhere
  std::vector<float> details;     // [Gaussian][other functions][3]

  int64_t size() const { return int64_t(logits.size()); }
  int num_details() const { return (color_degree + 1) * (color_degree + 1) - 1; }
  SplatShape<float> Shape(int64_t i) const;
  using Coefficients = std::array<float, 3 * kMostHarmonics>;  // [function][3]
  Coefficients ColorOf(int64_t i) const;
  float LargestScale(int64_t i) const;
  bool IsFinite() const;

  // Those of these numbers, in their order; a number may be there several times.
  SplatParameters Taken(std::span<const int32_t> numbers) const;
  // For what is done to all columns alike.
  static constexpr size_t kColumns = 6;
  std::array<std::vector<float>*, kColumns> Columns();
  std::array<const std::vector<float>*, kColumns> Columns() const;
  std::array<int, kColumns> PerSplat() const;  // values of one Gaussian in each column
};

// Learning rates of a step. Positions move in units of the Gaussian's own size, so that objects of any size and far
// things are alike.
struct SplatRates {
  float position, scale, rotation, opacity;
  float color, details;
};

class SplatAdam {
 public:
  explicit SplatAdam(const SplatParameters& splats) : m_(splats.size(), splats.color_degree), v_(m_) {}

  // Clears the gradient.
  void Step(const SplatRates& rates, SplatParameters* splats, SplatParameters* gradient);
  // Goes on with those of these numbers (SplatParameters::Taken); is_new: begins without moments.
  void Take(std::span<const int32_t> numbers, const std::vector<bool>& is_new);

 private:
  SplatParameters m_, v_;
  int64_t step_ = 0;
};

}  // namespace sanerf::exports
