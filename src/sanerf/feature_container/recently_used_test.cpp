#include "sanerf/feature_container/recently_used.h"

#include <gtest/gtest.h>

#include <string>

namespace sanerf::feature_container {
namespace {

TEST(RecentlyUsed, DropsWhatWasNotAskedForLongestUntilItsLimitsHold) {
  RecentlyUsed<std::string> values({3, 10, 2}, [](const std::string& value) { return value.size(); });
  int num_loads = 0;
  const auto load = [&](int key, size_t size) {
    return values.Get(key, [&] { return std::string(size, char('a' + ++num_loads)); });
  };
  for (const int key : {0, 1, 2, 0}) load(key, 1);
  EXPECT_EQ(num_loads, 3);
  load(3, 1);  // a fourth: 1 goes
  load(0, 1);
  EXPECT_EQ(num_loads, 4);
  load(1, 8);  // 2 goes
  EXPECT_EQ(num_loads, 5);
  load(2, 1);  // 3 goes; the three take all ten bytes
  load(0, 1);
  load(1, 8);
  EXPECT_EQ(num_loads, 6);
  load(4, 100);  // too large, but two always stay
  load(1, 8);
  load(4, 100);
  EXPECT_EQ(num_loads, 7);
  load(0, 1);
  EXPECT_EQ(num_loads, 8);
}

}  // namespace
}  // namespace sanerf::feature_container
