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
  // Beside a cell of error 1 on the same map, a cell of error e is drawn with probability e / (1 + e).
  ErrorMaps maps(TwoViews());
  const auto share_of_last_cell = [&] {
    Random random(4);
    int count = 0;
    for (const ErrorMaps::Site& site : maps.Draw(8000, &random)) {
      EXPECT_EQ(site.view, 0);
      count += site.px == Vec2(10, 6);
    }
    return count / 8000.0;
  };
  maps.Update(0, 0, 0, 1.0f / 0.9f);
  maps.Update(0, 9, 5, 1.0f);                          // the last cell, cut off by the border
  EXPECT_NEAR(share_of_last_cell(), 0.9 / 1.9, 0.03);  // 5 standard deviations: sqrt(0.47 * 0.53 / 8000) = 0.0056
  maps.Update(0, 8, 4, 0.0f);                          // the same cell
  EXPECT_NEAR(share_of_last_cell(), 0.09 / 1.09, 0.016);
  maps.Clear();
  Random random(4);
  EXPECT_TRUE(maps.Draw(5, &random).empty());
}

TEST(ErrorMaps, DrawsOnAMapInProportionToTheError) {
  ErrorMaps maps(TwoViews());
  Random random(4);
  EXPECT_TRUE(maps.Draw(5, &random).empty());
  maps.Update(1, 0, 0, 0.25f);
  maps.Update(1, 5, 2, 0.75f);
  int count = 0;
  for (const ErrorMaps::Site& site : maps.Draw(4000, &random)) {
    ASSERT_EQ(site.view, 1);                                      // nothing is wrong in the other
    ASSERT_TRUE(site.px == Vec2(2, 2) || site.px == Vec2(6, 2));  // centers of the cells of 4 x 4 pixels
    count += site.px == Vec2(6, 2);
  }
  EXPECT_NEAR(count, 3000, 150);  // 5 standard deviations: sqrt(4000 * 0.75 * 0.25) = 27
}

TEST(ErrorMaps, DrawsOnEachMapByItself) {
  std::vector<Camera> cameras = TwoViews();
  cameras.push_back(cameras[0]);
  ErrorMaps maps(cameras);
  maps.Update(0, 0, 0, 0.001f);  // little, and yet as often as on the other
  maps.Update(2, 0, 0, 1.0f);
  Random random(4);
  const auto counts = [&](int count) {
    std::map<int, int> of_view;
    for (const ErrorMaps::Site& site : maps.Draw(count, &random)) ++of_view[site.view];
    return of_view;
  };
  EXPECT_EQ(counts(10), (std::map<int, int>{{0, 5}, {2, 5}}));
  std::map<int, int> odd;
  for (int trial = 0; trial < 1000; ++trial)
    for (const auto& [view, count] : counts(1)) odd[view] += count;
  EXPECT_EQ(odd[0] + odd[2], 1000);
  EXPECT_NEAR(odd[0], 500, 80);  // 5 standard deviations: sqrt(1000 * 0.25) = 16
}

}  // namespace
}  // namespace sanerf::mask_aggregator
