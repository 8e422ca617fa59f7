#include "sanerf/export/splat_start.h"

#include <gtest/gtest.h>

#include <cmath>

#include "sanerf/core/random.h"

namespace sanerf::exports {
namespace {

using Eigen::Vector3f;

// A square of side 1 in the plane z = 0.3, gray from left to right, seen from above.
std::vector<SurfacePoint> SquareOfPoints(int count) {
  std::vector<SurfacePoint> points;
  Random random(5);
  for (int i = 0; i < count; ++i) {
    const float x = random.NextFloat() - 0.5f, y = random.NextFloat() - 0.5f;
    points.push_back({{x, y, 0.3f}, Vector3f::UnitZ(), Vector3f::Constant(x + 0.5f)});
  }
  return points;
}

TEST(SplatStart, CoversASurfaceWithFlatGaussians) {
  constexpr int64_t kMost = 500;
  const SplatParameters splats = SplatsOnSurface(SquareOfPoints(20'000), kMost, 1);
  ASSERT_LE(splats.size(), kMost);
  ASSERT_GT(splats.size(), kMost / 2);
  const double spacing = std::sqrt(1 / double(splats.size()));
  for (int64_t i = 0; i < splats.size(); ++i) {
    const SplatShape<float> shape = splats.Shape(i);
    EXPECT_NEAR(shape.position[2], 0.3, 1e-5);
    const Eigen::Quaternionf q(shape.rotation[0], shape.rotation[1], shape.rotation[2], shape.rotation[3]);
    EXPECT_NEAR(std::fabs(q.toRotationMatrix()(2, 2)), 1, 1e-5);  // its third axis is the normal
    EXPECT_NEAR(std::exp(shape.log_scale[0]), 0.6 * spacing, 0.2 * spacing);
    EXPECT_LT(shape.log_scale[2], shape.log_scale[0]);
    float rgb[3];
    const float up[3] = {0, 0, 1};
    HarmonicColor(1, up, splats.ColorOf(i).data(), rgb);
    EXPECT_NEAR(rgb[0], shape.position[0] + 0.5f, 1e-4);
  }
}

TEST(SplatStart, IsTheSameForAnyOneOfOnePointAndFarOnesAreLarge) {
  const std::vector<SurfacePoint> one = {{{0.1f, 0.2f, 0.3f}, Vector3f::UnitX(), {1, 0, 0}}};
  const SplatParameters alone = SplatsOnSurface(one, 10, 0);
  ASSERT_EQ(alone.size(), 1);
  EXPECT_TRUE(alone.IsFinite());
  std::vector<SurfacePoint> points = SquareOfPoints(2000);
  for (int i = 0; i < 200; ++i) {
    SurfacePoint far = points[size_t(i)];
    far.position = Vector3f(20, 20 * far.position.x(), 20 * far.position.y());
    points.push_back(far);
  }
  const SplatParameters both = SplatsOnSurface(points, 400, 0);
  ASSERT_LE(both.size(), 400);
  float near = 0, far = INFINITY;
  for (int64_t i = 0; i < both.size(); ++i) {
    float& of = both.positions[size_t(3 * i)] > 10 ? far : near;
    of = both.positions[size_t(3 * i)] > 10 ? std::min(of, both.LargestScale(i)) : std::max(of, both.LargestScale(i));
  }
  EXPECT_GT(far, 5 * near);  // 20 / (2 - 1 / 20) = 10 times as large
}

}  // namespace
}  // namespace sanerf::exports
