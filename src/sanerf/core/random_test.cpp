#include "sanerf/core/random.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace sanerf {
namespace {

TEST(RandomDraw, GivesDifferentOnesAndAllWhenThereAreFew) {
  Random random(1);
  EXPECT_THAT(DrawFrom<int>({3, 1, 4}, 9, &random), testing::UnorderedElementsAre(3, 1, 4));
  std::vector<int> counts(5, 0);
  for (int i = 0; i < 500; ++i) {
    const std::vector<int> two = DrawFrom<int>({0, 1, 2, 3, 4}, 2, &random);
    ASSERT_EQ(two.size(), 2u);
    EXPECT_NE(two[0], two[1]);
    for (const int x : two) ++counts[size_t(x)];
  }
  for (const int count : counts) EXPECT_NEAR(count, 200, 50);  // 4.5 standard deviations of 11
}

TEST(RandomDraw, NothingTwiceAndEverythingAlike) {
  Random random(7);
  std::vector<int> first(10, 0), drawn(10, 0);
  for (int trial = 0; trial < 3000; ++trial) {
    const std::vector<int> chosen = DrawDistinct(4, 10, &random);
    ASSERT_EQ(chosen.size(), 4u);
    ASSERT_EQ(std::set<int>(chosen.begin(), chosen.end()).size(), 4u);
    ++first[size_t(chosen[0])];
    for (const int i : chosen) ++drawn[size_t(i)];
  }
  for (int i = 0; i < 10; ++i) {
    EXPECT_NEAR(first[size_t(i)], 300, 85) << i;    // 5 standard deviations: sqrt(3000 * 0.1 * 0.9) = 16.4
    EXPECT_NEAR(drawn[size_t(i)], 1200, 135) << i;  // sqrt(3000 * 0.4 * 0.6) = 26.8
  }
}

TEST(RandomDraw, AllWhenThereAreNoMore) {
  Random random(7);
  EXPECT_THAT(DrawDistinct(9, 3, &random), testing::UnorderedElementsAre(0, 1, 2));
  EXPECT_TRUE(DrawDistinct(9, 0, &random).empty());
  EXPECT_TRUE(DrawDistinct(0, 3, &random).empty());
}

}  // namespace
}  // namespace sanerf
