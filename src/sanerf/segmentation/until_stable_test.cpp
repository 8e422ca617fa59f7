#include "sanerf/segmentation/until_stable.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sanerf/core/error.h"
#include "sanerf/core/events_test_support.h"
#include "sanerf/core/folder_test_support.h"
#include "sanerf/mask_decoder/analytic_scene_test_support.h"

namespace sanerf::segmentation {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(UntilStable, EndsWhereTheNextViewIsPredicted) {
  UntilStable rule;
  rule.Add(-1);  // the first view has a mask, and nobody before it to agree with
  for (int i = 0; i < UntilStable::kFewest - 2; ++i) rule.Add(1);
  EXPECT_FALSE(rule.IsStable());  // too few to know
  rule.Add(0.95);
  EXPECT_EQ(rule.num_views(), UntilStable::kFewest);
  EXPECT_TRUE(rule.IsStable());
  for (int i = 0; i < UntilStable::kWindow; ++i) rule.Add(0.5);
  EXPECT_FALSE(rule.IsStable());
}

TEST(UntilStable, ViewsThatNobodyKnowsDecideNothing) {
  UntilStable rule;
  for (int i = 0; i < 3 * UntilStable::kFewest; ++i) rule.Add(-1);
  EXPECT_FALSE(rule.IsStable());
}

TEST(UntilStable, EndsWhereMoreViewsDoNotHelp) {
  UntilStable rising, level;
  for (int i = 0; i < 2 * UntilStable::kFewest; ++i) {
    rising.Add(0.4 + 0.015 * i);
    level.Add(0.7);
  }
  EXPECT_FALSE(rising.IsStable());
  EXPECT_TRUE(level.IsStable());
}

// A point on the ball's side that the views in front see.
class GrowingMasksTest : public ::testing::Test {
 protected:
  GrowingMasksTest() {
    ball_.name = "ball";
    ball_.points = {{testing_scene::kBallCenter + testing_scene::kBallRadius * Vec3(0.1, 0.3, 1).normalized(), 1}};
  }

  const scene::Scene scene_ = testing_scene::MakeScene();
  const testing_scene::AnalyticContainer container_{scene_};
  const testing_scene::AnalyticSam sam_;
  const mask_decoder::DecodeContext context_{scene_, container_, sam_, {}, {}};
  const std::vector<int> views_ = {testing_scene::kAway, testing_scene::kBack, testing_scene::kFront,
                                   testing_scene::kFrontLeft};
  mask_decoder::ObjectPrompt ball_;
};

TEST_F(GrowingMasksTest, ThatTheFirstViewsHaveNoMaskIsNoError) {
  EventRecorder events;
  const Job job = Job().With(events);
  GrowingMasks masks(ball_, {});
  masks.Decode(context_, views_, 0, 2, job);
  EXPECT_FALSE(masks.has_mask());
  EXPECT_THAT(events.Texts("detail"), ElementsAre(HasSubstr("2 views are not enough")));
  EXPECT_THAT(events.Texts("info"), IsEmpty());
  masks.Decode(context_, views_, 2, 4, job);
  EXPECT_TRUE(masks.has_mask());

  GrowingMasks dropped(ball_, {testing_scene::kFront, testing_scene::kFrontLeft});
  dropped.Decode(context_, views_, 0, 4, Job());
  EXPECT_FALSE(dropped.has_mask());
}

TEST_F(GrowingMasksTest, WhatElseIsWrongIsAnErrorAtOnce) {
  ball_.clicks = {{"front.png", Vec2(100, 2), 1}};  // above the table's far edge
  GrowingMasks masks(ball_, {});
  EXPECT_THAT(ErrorTextOf<Error>([&] { masks.Decode(context_, views_, 0, 2, Job()); }), HasSubstr("hits no surface"));
}

}  // namespace
}  // namespace sanerf::segmentation
