#include "sanerf/mask_aggregator/ray_pair_loss.h"

#include <gtest/gtest.h>

#include <cmath>

#include "sanerf/core/random.h"

namespace sanerf::mask_aggregator {
namespace {

TEST(LabelDistance, KnownValues) {
  const double a[2] = {1, 0}, b[2] = {0, 1}, c[2] = {0.5, 0.5};
  const auto distance = [](const RayPairOptions& options, const double* x, const double* y) {
    return LabelDistance(options, 2, x, y, 0.0, static_cast<double*>(nullptr));
  };
  EXPECT_NEAR(distance({}, a, a), std::exp(-10), 1e-9);
  EXPECT_NEAR(distance({}, a, b), 1, 1e-5);
  // a.c = 0.5, the larger norm is a's: exp(-10 * 0.5). Their cosine is 1 / sqrt(2).
  EXPECT_NEAR(distance({}, a, c), std::exp(-5), 1e-7);
  RayPairOptions cosine;
  cosine.cosine = true;
  EXPECT_NEAR(distance(cosine, a, c), std::exp(-10 / std::sqrt(2.0)), 1e-8);
}

TEST(LabelDistance, GradientAgainstDifferences) {
  Random random(3);
  RayPairOptions options;
  options.sharpness = 3;
  for (int trial = 0; trial < 40; ++trial) {
    options.cosine = trial % 2 == 1;
    double a[4], b[4], grad[4] = {0, 0, 0, 0};
    for (int l = 0; l < 4; ++l)
      a[l] = random.NextDouble(), b[l] = 2 * random.NextDouble();  // either norm may be larger
    LabelDistance(options, 4, a, b, 0.7, grad);
    for (int l = 0; l < 4; ++l) {
      const double kept = b[l], h = 1e-6;
      const auto value = [&](double v) {
        b[l] = v;
        return LabelDistance(options, 4, a, b, 0.0, static_cast<double*>(nullptr));
      };
      const double want = 0.7 * (value(kept + h) - value(kept - h)) / (2 * h);
      b[l] = kept;
      EXPECT_NEAR(grad[l], want, 1e-8) << trial << " " << l;
    }
  }
}

struct Rays {
  int count = 12;
  std::vector<double> probabilities, rgb;
  std::vector<int> references = {0, 5, 7};
};

Rays MakeRays() {
  Rays rays;
  Random random(8);
  for (int i = 0; i < rays.count; ++i) {
    const double p = random.NextDouble(), q = (1 - p) * random.NextDouble();
    rays.probabilities.insert(rays.probabilities.end(), {p, q, 1 - p - q});
    const double shade = i % 3 == 0 ? 0.2 : 0.7;  // two colors
    for (int c = 0; c < 3; ++c) rays.rgb.push_back(shade + 0.02 * random.NextDouble());
  }
  return rays;
}

// References are constants: with soft references the loss seen by differences must hold them still.
TEST(RayPairLoss, GradientAgainstDifferences) {
  for (const bool hard : {true, false}) {
    Rays rays = MakeRays();
    RayPairOptions options;
    options.hard = hard;
    options.sharpness = 4;
    std::vector<double> grad(rays.probabilities.size(), 0), unused(grad.size());
    RayPairLoss<double>(options, {rays.count, 3, rays.probabilities.data(), rays.rgb.data(), rays.references}, 0.5,
                        grad.data());
    for (size_t i = 0; i < grad.size(); ++i) {
      const int ray = int(i) / 3;
      double want = 0;
      const double h = 1e-6;
      for (const int k : rays.references) {
        if (k == ray) continue;  // as a reference the ray is a constant
        std::vector<double> moved = rays.probabilities;
        const auto value = [&](double by) {
          moved[i] = rays.probabilities[i] + by;
          return RayPairLoss<double>(options, {rays.count, 3, moved.data(), rays.rgb.data(), {k}}, 0.0, unused.data());
        };
        want += 0.5 * (value(h) - value(-h)) / (2 * h) / double(rays.references.size());
      }
      EXPECT_NEAR(grad[i], want, 1e-7) << hard << " " << i;
    }
  }
}

TEST(RayPairLoss, OnlyRaysThatLookAlikeCount) {
  // Ray 1 looks like ray 0 and says otherwise; ray 2 says otherwise too and looks different.
  const double p[6] = {1, 0, 0, 1, 0, 1}, rgb[9] = {0.5, 0.5, 0.5, 0.52, 0.5, 0.5, 0.9, 0.5, 0.5};
  double grad[6] = {0, 0, 0, 0, 0, 0};
  EXPECT_NEAR(RayPairLoss<double>({}, {3, 2, p, rgb, {0}}, 1.0, grad), 1, 1e-5);
  EXPECT_LT(grad[2], 0);  // more of ray 0's label lowers the loss
  EXPECT_EQ(grad[0], 0);
  EXPECT_EQ(grad[4], 0);
  // Nothing looks like ray 2.
  EXPECT_EQ(RayPairLoss<double>({}, {3, 2, p, rgb, {2}}, 1.0, grad), 0);
}

}  // namespace
}  // namespace sanerf::mask_aggregator
