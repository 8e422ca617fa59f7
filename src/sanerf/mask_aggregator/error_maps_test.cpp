#include "sanerf/mask_aggregator/error_maps.h"

#include <gtest/gtest.h>

#include <map>

namespace sanerf::mask_aggregator {
namespace {

std::vector<Camera> TwoViews() {
  Camera wide, square;
  wide.width = 10, wide.height = 6;
  square.width = square.height = 8;
  return {wide, square};
}

TEST(ErrorMaps, CellsMoveMostOfTheWay) {
  ErrorMaps maps(TwoViews());
  EXPECT_EQ(maps.At(0, 9, 5), 0);
  maps.Update(0, 9, 5, 1.0f);  // the last cell, cut off by the border
  EXPECT_FLOAT_EQ(maps.At(0, 8, 4), 0.9f);
  EXPECT_EQ(maps.At(0, 7, 4), 0);
  EXPECT_EQ(maps.At(1, 7, 7), 0);
  maps.Update(0, 8, 4, 0.0f);
  EXPECT_FLOAT_EQ(maps.At(0, 9, 5), 0.09f);
  maps.Clear();
  EXPECT_EQ(maps.At(0, 9, 5), 0);
}

TEST(ErrorMaps, DrawsInProportionToTheError) {
  ErrorMaps maps(TwoViews());
  Random random(4);
  EXPECT_TRUE(maps.Draw(5, &random).empty());
  maps.Update(0, 0, 0, 0.25f);
  maps.Update(1, 5, 2, 0.75f);
  std::map<int, int> count;
  for (const ErrorMaps::Site& site : maps.Draw(4000, &random)) {
    ++count[site.view];
    const Vec2 expected = site.view == 0 ? Vec2(2, 2) : Vec2(6, 2);  // centers of the cells of 4 x 4 pixels
    ASSERT_EQ(site.px, expected);
  }
  EXPECT_NEAR(count[1], 3000, 150);  // 5 standard deviations: sqrt(4000 * 0.75 * 0.25) = 27
  EXPECT_NEAR(count[0], 1000, 150);
}

}  // namespace
}  // namespace sanerf::mask_aggregator
