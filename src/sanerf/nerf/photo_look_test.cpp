#include "sanerf/nerf/photo_look.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "sanerf/core/random.h"

namespace sanerf::nerf {
namespace {

constexpr Appearance kKinds[] = {Appearance::kGain, Appearance::kAffine, Appearance::kBilateral};

// A look near the identity, a ray and what the loss asks of its shown color: loss = sum over channels of ask * shown.
struct LookProblem {
  std::vector<double> values;
  RayLight<double> light;
  double ask[3];
  PhotoLook<double> look;

  LookProblem(Appearance kind, uint64_t seed) {
    Random random(seed);
    for (int i = 0; i < NumLookValues(kind); ++i)
      values.push_back(double(IdentityOfLook(kind, i)) + 0.4 * (random.NextDouble() - 0.5));
    light.opacity = 0.3 + 0.7 * random.NextDouble();
    for (int c = 0; c < 3; ++c)
      light.color[c] = light.opacity * random.NextDouble(), ask[c] = random.NextDouble() - 0.5;
    look = {kind, values.data(), random.NextDouble(), random.NextDouble()};
  }
  double Loss() const {
    double shown[3], loss = 0;
    ShowLight(look, light, shown);
    for (int c = 0; c < 3; ++c) loss += ask[c] * shown[c];
    return loss;
  }
};

template <class Loss>
double Slope(double* value, const Loss& loss) {
  constexpr double kStep = 1e-6;
  const double kept = *value;
  *value = kept + kStep;
  const double up = loss();
  *value = kept - kStep;
  const double down = loss();
  *value = kept;
  return (up - down) / (2 * kStep);
}

TEST(PhotoLook, BackwardAgainstFiniteDifferences) {
  for (const Appearance kind : kKinds) {
    for (uint64_t seed = 1; seed <= 6; ++seed) {
      LookProblem problem(kind, seed);
      RayLight<double> grad_light;
      LookGradient<double> grad_look;
      ShowLightBackward(problem.look, problem.light, problem.ask, &grad_light, &grad_look);
      std::vector<double> grad_values(problem.values.size());
      AddLookGradient(kind, grad_look, grad_values.data());
      const auto loss = [&] { return problem.Loss(); };
      for (int c = 0; c < 3; ++c) EXPECT_NEAR(grad_light.color[c], Slope(&problem.light.color[c], loss), 1e-8) << c;
      EXPECT_NEAR(grad_light.opacity, Slope(&problem.light.opacity, loss), 1e-8);
      for (size_t i = 0; i < problem.values.size(); ++i)
        ASSERT_NEAR(grad_values[i], Slope(&problem.values[i], loss), 1e-8) << int(kind) << " value " << i;
    }
  }
}

TEST(PhotoLook, PenaltyAgainstFiniteDifferences) {
  const LookRegularization weights{0.3f, 0.7f};
  for (const Appearance kind : kKinds) {
    LookProblem problem(kind, 11);
    std::vector<double> grad(problem.values.size()), unused(problem.values.size());
    LookPenalty(problem.look, weights, 0.25, grad.data());
    for (size_t i = 0; i < problem.values.size(); i += 7) {
      const double slope =
          Slope(&problem.values[i], [&] { return LookPenalty(problem.look, weights, 0.25, unused.data()); });
      ASSERT_NEAR(grad[i], 0.25 * slope, 1e-9) << int(kind) << " value " << i;
    }
  }
}

TEST(PhotoLook, TheIdentityChangesNothingAndCostsNothing) {
  for (const Appearance kind : kKinds) {
    LookProblem problem(kind, 3);
    for (size_t i = 0; i < problem.values.size(); ++i) problem.values[i] = double(IdentityOfLook(kind, int(i)));
    double shown[3];
    ShowLight(problem.look, problem.light, shown);
    for (int c = 0; c < 3; ++c) EXPECT_NEAR(shown[c], problem.light.color[c], 1e-12);
    std::vector<double> grad(problem.values.size());
    EXPECT_EQ(LookPenalty(problem.look, {1, 1}, 1.0, grad.data()), 0);
    for (const double g : grad) ASSERT_EQ(g, 0);
  }
}

// The naive twin: every node of the grid weighted by how near it is, as a tent along each axis.
TEST(PhotoLook, SlicesTrilinearly) {
  for (uint64_t seed = 1; seed <= 4; ++seed) {
    LookProblem problem(Appearance::kBilateral, seed);
    double luminance = 0;
    for (int c = 0; c < 3; ++c) luminance += double(kLuminance[c]) * problem.light.color[c];
    const auto tent = [](double at, int node, int nodes) {
      return std::max(0.0, 1 - std::abs(at * (nodes - 1) - node));
    };
    double affine[kAffineValues] = {};
    for (int node = 0; node < kLookNodes; ++node) {
      const int x = node % kLookAcross, y = node / kLookAcross % kLookDown, z = node / kLookAcross / kLookDown;
      const double weight = tent(problem.look.across, x, kLookAcross) * tent(problem.look.down, y, kLookDown) *
                            tent(luminance, z, kLookLuminances);
      for (int k = 0; k < kAffineValues; ++k) affine[k] += weight * problem.values[size_t(kAffineValues * node + k)];
    }
    double shown[3];
    ShowLight(problem.look, problem.light, shown);
    for (int c = 0; c < 3; ++c) {
      const double* row = affine + 4 * c;
      const double want = row[0] * problem.light.color[0] + row[1] * problem.light.color[1] +
                          row[2] * problem.light.color[2] + row[3] * problem.light.opacity;
      EXPECT_NEAR(shown[c], want, 1e-12) << c;
    }
  }
}

// Neighbors that differ by 1 in one value: of 7 * 8 * 4 pairs across with 12 values, 8 * 4 differ; none along the
// others.
TEST(PhotoLook, TotalVariationOfAStep) {
  LookProblem problem(Appearance::kBilateral, 1);
  for (int node = 0; node < kLookNodes; ++node)
    for (int k = 0; k < kAffineValues; ++k)
      problem.values[size_t(kAffineValues * node + k)] = k == 5 && node % kLookAcross > 2 ? 1 : 0;
  std::vector<double> grad(problem.values.size());
  EXPECT_NEAR(LookPenalty(problem.look, {0, 2}, 1.0, grad.data()), 2.0 * (8 * 4) / (7 * 8 * 4 * 12), 1e-9);
}

// Where the ray lets the background through, a constant is added only to what is the scene's.
TEST(PhotoLook, ConstantsAreAddedToTheCoveredPartAlone) {
  const double values[kAffineValues] = {1, 0, 0, 0.2, 0, 1, 0, 0.2, 0, 0, 1, 0.2};
  double shown[3];
  ShowLight<double>({Appearance::kAffine, values}, {{0.1, 0.1, 0.1}, 0.5}, shown);
  for (const double s : shown) EXPECT_NEAR(s, 0.2, 1e-12);
  ShowLight<double>({Appearance::kAffine, values}, {{0, 0, 0}, 0}, shown);
  for (const double s : shown) EXPECT_EQ(s, 0);
}

TEST(PhotoLook, MeanTransformOfEachKind) {
  const float gains[3] = {std::log(0.5f), 0, std::log(2.0f)};
  const auto of_gain = MeanTransform(Appearance::kGain, gains);
  EXPECT_FLOAT_EQ(of_gain[0], 0.5f);
  EXPECT_FLOAT_EQ(of_gain[5], 1);
  EXPECT_FLOAT_EQ(of_gain[10], 2);
  EXPECT_EQ(of_gain[1], 0);
  std::vector<float> grid(size_t(NumLookValues(Appearance::kBilateral)));
  for (size_t i = 0; i < grid.size(); ++i) grid[i] = i % 12 == 7 ? float(i / 12 % 2) : 0;  // the half of the nodes
  EXPECT_NEAR(MeanTransform(Appearance::kBilateral, grid.data())[7], 0.5, 1e-4);
}

}  // namespace
}  // namespace sanerf::nerf
