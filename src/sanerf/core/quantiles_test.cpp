#include "sanerf/core/quantiles.h"

#include <gtest/gtest.h>

namespace sanerf {
namespace {

TEST(Quantiles, OfTheWayFromTheSmallestToTheLargest) {
  const std::vector<int> values = {50, 10, 30, 20, 40};
  EXPECT_EQ(Quantile(values, 0), 10);
  EXPECT_EQ(Quantile(values, 0.5), 30);
  EXPECT_EQ(Quantile(values, 0.74), 30);  // 2.96 steps of 4
  EXPECT_EQ(Quantile(values, 1), 50);
}

TEST(Quantiles, TheMedianOfAnEvenNumberIsTheUpperOne) {
  EXPECT_EQ(Median({7}), 7);
  EXPECT_EQ(Median({3, 1, 2}), 2);
  EXPECT_EQ(Median({4, 1, 3, 2}), 3);
}

}  // namespace
}  // namespace sanerf
