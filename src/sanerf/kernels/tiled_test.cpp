#include "sanerf/kernels/tiled.h"

#include <gtest/gtest.h>

#include <vector>

namespace sanerf::kernels {
namespace {

TEST(Tiled, ChannelsOfATileLieOneAfterTheOther) {
  std::vector<float> numbers(size_t(TiledSize(3, 5)));
  for (size_t i = 0; i < numbers.size(); ++i) numbers[i] = float(i);
  const Tiled<const float> tiled(numbers.data(), 5);
  EXPECT_EQ(tiled(0, 0), 0);
  EXPECT_EQ(tiled(63, 0), 63);
  EXPECT_EQ(tiled(0, 1), 64);
  EXPECT_EQ(tiled(64, 0), 5 * 64);
  EXPECT_EQ(tiled(2 * 64 + 7, 4), (2 * 5 + 4) * 64 + 7);
  EXPECT_EQ(*tiled.Tile(1), tiled(64, 0));
  EXPECT_EQ(tiled.Channel(1, 3)[5], tiled(64 + 5, 3));
  EXPECT_EQ(tiled.Sample(70)[3], tiled(70, 3));
  float channels[5];
  tiled.Get(70, channels);
  for (int c = 0; c < 5; ++c) EXPECT_EQ(channels[c], tiled(70, c));
}

TEST(Tiled, SetWritesOneSampleAlone) {
  std::vector<float> numbers(size_t(TiledSize(2, 3)), -1);
  const Tiled<float> tiled(numbers.data(), 3);
  const float channels[3] = {1, 2, 3};
  tiled.Set(100, channels);
  for (int64_t sample = 0; sample < 128; ++sample)
    for (int c = 0; c < 3; ++c) EXPECT_EQ(tiled(sample, c), sample == 100 ? channels[c] : -1) << sample;
}

TEST(Tiled, CopyChannelsTakesARangeToAnother) {
  std::vector<float> from(size_t(TiledSize(2, 4))), to(size_t(TiledSize(2, 6)), -1);
  for (size_t i = 0; i < from.size(); ++i) from[i] = float(i);
  const Tiled<const float> source(from.data(), 4);
  const Tiled<float> target(to.data(), 6);
  CopyChannels(source, 1, 2, 2, target, 3);
  for (int64_t sample = 0; sample < 128; ++sample)
    for (int c = 0; c < 6; ++c)
      EXPECT_EQ(target(sample, c), c == 3 || c == 4 ? source(sample, c - 2) : -1) << sample << " " << c;
}

}  // namespace
}  // namespace sanerf::kernels
