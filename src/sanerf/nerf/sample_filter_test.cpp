#include "sanerf/nerf/sample_filter.h"

#include <gtest/gtest.h>

#include <vector>

namespace sanerf::nerf {
namespace {

TEST(SampleColumns, AreReadOutOfTilesFromTheirFirstSampleOn) {
  constexpr int kGeo = RadianceField::kGeometry, kFirst = kernels::kTile - 1;  // the second sample is of the next tile
  std::vector<float> units(size_t(kernels::TiledSize(2, 3))), geometries(size_t(kernels::TiledSize(2, kGeo)));
  for (int s = 0; s < 2; ++s) {
    for (int c = 0; c < 3; ++c) kernels::Tiled<float>(units.data(), 3)(kFirst + s, c) = float(10 * s + c);
    for (int c = 0; c < kGeo; ++c) kernels::Tiled<float>(geometries.data(), kGeo)(kFirst + s, c) = float(100 * s + c);
  }
  const std::vector<int> rays = {7, 7};
  const std::vector<float> t = {1, 2}, dt = {0.5f, 0.5f};
  const SampleColumns samples(rays, t, dt, {{units.data(), 3}, {geometries.data(), kGeo}, kFirst});
  ASSERT_EQ(samples.size(), 2u);
  EXPECT_EQ(samples.ray[1], 7);
  EXPECT_EQ(samples.t[1], 2);
  EXPECT_EQ(samples.Unit(0), (std::array<float, 3>{0, 1, 2}));
  EXPECT_EQ(samples.Unit(1), (std::array<float, 3>{10, 11, 12}));
  EXPECT_EQ(samples.Geometry(1)[kGeo - 1], 100 + kGeo - 1);
}

}  // namespace
}  // namespace sanerf::nerf
