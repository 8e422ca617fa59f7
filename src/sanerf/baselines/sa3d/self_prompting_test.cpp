#include "sanerf/baselines/sa3d/self_prompting.h"

#include <gtest/gtest.h>

namespace sanerf::baselines {
namespace {

constexpr int kSize = 40;

ImageU8 NoMask(const std::vector<sam::SamPrompt::Point>&) { return ImageU8(kSize, kSize, 1); }

// SAM's answer to any points: a mask of this one pixel.
auto MaskAt(int x, int y) {
  return [x, y](const std::vector<sam::SamPrompt::Point>&) {
    ImageU8 mask(kSize, kSize, 1);
    mask.At(x, y) = 255;
    return mask;
  };
}

TEST(SelfPromptingTest, TheFirstPointIsTheHighestScore) {
  ImageF scores(kSize, kSize, 1), depth(kSize, kSize, 1, 2.f);
  scores.At(7, 30) = 3;
  scores.At(20, 20) = 2;
  const auto points = SelfPrompts(scores, depth, 1, NoMask);
  ASSERT_EQ(points.size(), 1u);
  EXPECT_EQ(points[0].x, 7.5f);
  EXPECT_EQ(points[0].y, 30.5f);
  EXPECT_EQ(points[0].label, 1);
}

TEST(SelfPromptingTest, WithoutAPositiveScoreThereIsNoPoint) {
  EXPECT_TRUE(SelfPrompts(ImageF(kSize, kSize, 1, -1.f), ImageF(kSize, kSize, 1, 2.f), 5, NoMask).empty());
}

// The square around the first point is left out; beyond it the scores end.
TEST(SelfPromptingTest, NoSecondPointNextToTheFirst) {
  ImageF scores(kSize, kSize, 1), depth(kSize, kSize, 1, 2.f);
  for (int y = 19; y <= 21; ++y)
    for (int x = 19; x <= 21; ++x) scores.At(x, y) = 1;
  EXPECT_EQ(SelfPrompts(scores, depth, 5, NoMask).size(), 1u);
}

// Two spots of the same score: without decay the one that comes first in the image would be next, with it the near one
// is.
TEST(SelfPromptingTest, ScoresDecayWithDistanceFromTheLastPoint) {
  ImageF scores(kSize, kSize, 1), depth(kSize, kSize, 1, 2.f);
  scores.At(20, 30) = 3;
  scores.At(2, 2) = 2;
  scores.At(26, 30) = 2;
  const auto mask_there = MaskAt(22, 30);  // its surroundings reach (26, 30)
  ASSERT_EQ(SelfPrompts(scores, depth, 2, NoMask).size(), 2u);
  EXPECT_EQ(SelfPrompts(scores, depth, 2, NoMask)[1].x, 2.5f);  // no mask, no decay: the first of the equal ones
  EXPECT_EQ(SelfPrompts(scores, depth, 2, mask_there)[1].x, 26.5f);
}

// A mask around the first point alone: the decay is that point's own score, although no further point may be placed
// there. What scores lower than it by more than its distance is of another object.
TEST(SelfPromptingTest, TheDecayCountsTheScoreOfEarlierPoints) {
  ImageF scores(kSize, kSize, 1), depth(kSize, kSize, 1, 2.f);
  scores.At(5, 20) = 3;
  scores.At(35, 20) = 1;
  const auto mask_there = MaskAt(5, 20);
  EXPECT_EQ(SelfPrompts(scores, depth, 2, mask_there).size(), 1u);
  EXPECT_EQ(SelfPrompts(scores, depth, 2, NoMask).size(), 2u);
}

// Equally far in the image, but one lies behind.
TEST(SelfPromptingTest, ScoresDecayWithDepth) {
  ImageF scores(kSize, kSize, 1), depth(kSize, kSize, 1, 2.f);
  scores.At(20, 20) = 3;
  scores.At(13, 20) = 2;
  scores.At(27, 20) = 2;
  depth.At(13, 20) = 4;
  const auto mask_there = MaskAt(20, 20);
  EXPECT_EQ(SelfPrompts(scores, depth, 2, mask_there)[1].x, 27.5f);
}

}  // namespace
}  // namespace sanerf::baselines
