#include "sanerf/nerf/level_window.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sanerf::nerf {
namespace {

using testing::ElementsAre;
using testing::FloatNear;
using testing::IsEmpty;

NerfOptions SixLevels() {
  NerfOptions options;
  options.iters = 1000;
  options.levels = 6;
  options.coarse_levels = 2;
  options.coarse_to_fine = 0.4f;  // 400 steps, 100 for each level
  return options;
}

TEST(LevelWeights, OpenOneAfterTheOther) {
  const NerfOptions options = SixLevels();
  EXPECT_THAT(LevelWeights(options, 0), ElementsAre(1, 1, 0, 0, 0, 0));
  EXPECT_THAT(LevelWeights(options, 150), ElementsAre(1, 1, 1, FloatNear(0.5f, 1e-5f), 0, 0));
  EXPECT_THAT(LevelWeights(options, 300), ElementsAre(1, 1, 1, 1, 1, FloatNear(0, 1e-5f)));
  EXPECT_THAT(LevelWeights(options, 401), IsEmpty());
}

TEST(LevelWeights, NeverClose) {
  const NerfOptions options = SixLevels();
  std::vector<float> before(6, 0);
  for (int64_t step = 0; step < 400; step += 7) {
    const std::vector<float> now = LevelWeights(options, step);
    ASSERT_EQ(now.size(), 6u);
    for (size_t l = 0; l < 6; ++l) ASSERT_GE(now[l], before[l]) << step;
    before = now;
  }
}

TEST(LevelWeights, NoneWhereAllAreOpenFromTheStart) {
  NerfOptions options = SixLevels();
  options.coarse_to_fine = 0;
  EXPECT_THAT(LevelWeights(options, 0), IsEmpty());
  options = SixLevels();
  options.coarse_levels = 6;
  EXPECT_THAT(LevelWeights(options, 0), IsEmpty());
}

}  // namespace
}  // namespace sanerf::nerf
