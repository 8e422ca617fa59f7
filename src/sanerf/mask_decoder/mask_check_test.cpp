#include "sanerf/mask_decoder/mask_check.h"

#include <gtest/gtest.h>

namespace sanerf::mask_decoder {
namespace {

// 10x10 pixels, of which the left half is on the mask.
ImageU8 LeftHalf() {
  ImageU8 mask(10, 10, 1);
  for (int y = 0; y < 10; ++y)
    for (int x = 0; x < 5; ++x) mask.At(x, y) = 255;
  return mask;
}

ViewDecision WithPoint(double x, int label) {
  ViewDecision decision;
  decision.points = {{x, 5.5, 1, label, PointState::kVisible}};
  return decision;
}

TEST(MaskCheck, APointNextToTheMaskIsOnIt) {
  EXPECT_TRUE(CoversAPositivePoint(LeftHalf(), WithPoint(5.5, 1)));
  EXPECT_FALSE(CoversAPositivePoint(LeftHalf(), WithPoint(6.5, 1)));
  EXPECT_EQ(KeptShare(LeftHalf(), WithPoint(5.5, 1)), 1);
  EXPECT_EQ(KeptShare(LeftHalf(), WithPoint(4.5, 0)), 1);  // at the outline, which is not sharp
  EXPECT_EQ(KeptShare(LeftHalf(), WithPoint(2.5, 0)), 0);
  EXPECT_EQ(KeptShare(LeftHalf(), {}), 1);
}

TEST(MaskCheck, WhatIsBesideThePromptIsNotUsed) {
  ViewDecision decision = WithPoint(2.5, 1);
  decision.mask = LeftHalf();
  JudgeMask({}, decision);
  EXPECT_TRUE(decision.used);
  EXPECT_EQ(decision.area, 0.5);
  JudgeMask(sam::SamPrompt::Box{6, 2, 9, 8}, decision);
  EXPECT_FALSE(decision.used);
  EXPECT_EQ(decision.reason, "the mask lies outside the box");
  decision = WithPoint(8.5, 1);
  decision.mask = LeftHalf();
  JudgeMask({}, decision);
  EXPECT_EQ(decision.outcome, Outcome::kMissed);
}

TEST(MaskCheck, SpecksAreNoMasks) {
  ViewDecision decision = WithPoint(0.5, 1);
  decision.mask = ImageU8(10, 10, 1);
  JudgeMask({}, decision);
  EXPECT_EQ(decision.outcome, Outcome::kEmpty);
  for (int y = 0; y < 9; ++y) decision.mask.At(0, y) = 255;
  JudgeMask({}, decision);
  EXPECT_EQ(decision.reason, "mask of 9 pixels, at least 10 needed");
  decision.mask.At(0, 9) = 255;
  JudgeMask({}, decision);
  EXPECT_TRUE(decision.used);
}

}  // namespace
}  // namespace sanerf::mask_decoder
