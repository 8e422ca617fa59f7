#include "sanerf/export/far_coordinates.h"

#include <gtest/gtest.h>

namespace sanerf::exports {
namespace {

TEST(FarCoordinates, HaveAnOffsetOnlyWhereSinglePrecisionIsNotEnough) {
  EXPECT_EQ(OffsetOf({Vec3(-1, -1, -1), Vec3(1, 1, 1)}), Vec3::Zero());
  EXPECT_EQ(OffsetOf({Vec3(99, 99, 99), Vec3(101, 101, 101)}), Vec3::Zero());
  EXPECT_EQ(OffsetOf({Vec3(4000, 0, 0), Vec3(4002, 1, 1)}), Vec3(4001, 1, 1));
}

TEST(FarCoordinates, TheOffsetIsARoundNumberOfTheSizeOfTheBox) {
  const Vec3 utm(500'000, 4'200'000, 120);
  EXPECT_EQ(OffsetOf({utm, utm + Vec3(1, 1, 1)}), Vec3(500'001, 4'200'001, 121));
  EXPECT_EQ(OffsetOf({utm, utm + Vec3(300, 200, 40)}), Vec3(500'200, 4'200'100, 100));
  EXPECT_NEAR(OffsetOf({Vec3(10, 0, 0), Vec3(10.02, 0.01, 0)}).x(), 10.01, 1e-9);
}

}  // namespace
}  // namespace sanerf::exports
