#include "sanerf/export/fill_unseen.h"

#include <gtest/gtest.h>

#include "sanerf/export/mesh_test_support.h"

namespace sanerf::exports {
namespace {

// The upper half of a ball stands on something; nothing is known of its inside and below. Around its middle the lid is
// flat: the winding number is 1/2 there, larger above and smaller below.
TEST(FillUnseen, PutsAFlatLidOverAHole) {
  constexpr int kCells = 64, kMiddle = 32;
  constexpr double kRadius = 20;
  SignedGrid grid = BallGrid(kCells, kRadius);
  for (int z = 0; z <= kCells; ++z)
    for (int y = 0; y <= kCells; ++y)
      for (int x = 0; x <= kCells; ++x) {
        const double distance = (grid.place.At(x, y, z) - Vec3::Constant(kMiddle)).norm() - kRadius;
        const double across = std::hypot(x - kMiddle, y - kMiddle);
        if (distance < -kBand || (z < kMiddle && across < kRadius)) grid.values[grid.place.Index(x, y, z)] = kUnseen;
        if (z < kMiddle && across >= kRadius) grid.values[grid.place.Index(x, y, z)] = 1;
      }
  FillUnseen(&grid, Job());
  for (int y = kMiddle - 8; y <= kMiddle + 8; y += 4)
    for (int x = kMiddle - 8; x <= kMiddle + 8; x += 4) {
      EXPECT_LT(grid.values[grid.place.Index(x, y, kMiddle + 5)], 0);
      EXPECT_GT(grid.values[grid.place.Index(x, y, kMiddle - 5)], 0);
    }
  EXPECT_LT(grid.values[grid.place.Index(kMiddle, kMiddle, kMiddle + 14)], -0.5f);
  for (const float value : grid.values) ASSERT_NE(value, kUnseen);
}

}  // namespace
}  // namespace sanerf::exports
