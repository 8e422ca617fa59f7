#include "sanerf/segmentation/text/text_prompts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sanerf/core/folder_test_support.h"
#include "sanerf/core/job.h"
#include "sanerf/core/options_sweep_test_support.h"
#include "sanerf/mask_decoder/analytic_scene_test_support.h"

namespace sanerf::segmentation {
namespace {

using namespace testing_scene;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

class TextPromptsTest : public testing::Test {
 protected:
  // The box around what is visible of a label, in photo pixels as a user writes them.
  void AddBox(int view_idx, int label, double score) {
    const auto features = container_.Features(view_idx, Job());
    const int width = features->image_width;
    int x0 = 1000, y0 = 1000, x1 = -1, y1 = -1;
    for (size_t i = 0; i < features->maps[0].data.size(); ++i) {
      if (int(features->maps[0].data[i]) != label) continue;
      const int x = int(i) % width, y = int(i) / width;
      x0 = std::min(x0, x), x1 = std::max(x1, x + 1), y0 = std::min(y0, y), y1 = std::max(y1, y + 1);
    }
    const double scale = double(kPhotoWidth) / width;
    boxes_.push_back(
        {view_idx,
         {scene_.views[size_t(view_idx)].name, x0 * scale - 0.5, y0 * scale - 0.5, x1 * scale - 0.5, y1 * scale - 0.5},
         score});
  }
  AgreedObject Agree(const std::vector<Vec3>& hints = {}, const Job& job = {}) {
    return AgreeIn3d({"ball", boxes_, hints}, {scene_, container_, sam_, Similarity(), masks_}, options_, job);
  }
  std::vector<AgreedObject> AgreeAll() {
    return AllThatAgreeIn3d({"ball", boxes_, {}}, {scene_, container_, sam_, Similarity(), masks_}, options_, Job());
  }
  std::vector<std::string> ViewsOf(const AgreedObject& object) const {
    std::vector<std::string> views;
    for (const mask_decoder::BoxPrompt& box : object.prompt.boxes) views.push_back(box.view);
    return views;
  }

  scene::Scene scene_ = MakeScene();
  AnalyticContainer container_{scene_};
  AnalyticSam sam_;
  mask_decoder::MaskDecoderOptions masks_;
  AgreementOptions options_;
  std::vector<BoxInView> boxes_;
};

TEST_F(TextPromptsTest, ViewsThatAgreeMakeTheObjectAndAFalseBoxIsDropped) {
  AddBox(kFront, kBall, 0.6);
  AddBox(kLens, kOther, 0.9);  // the one with the highest score is wrong
  AddBox(kFrontLeft, kBall, 0.5);
  const AgreedObject object = Agree();
  EXPECT_EQ(object.prompt.name, "ball");
  EXPECT_THAT(ViewsOf(object), ElementsAre("front.png", "front_left.png"));
  EXPECT_DOUBLE_EQ(object.score, 1.1);
  EXPECT_EQ(object.num_dropped, 1);
  EXPECT_EQ(object.num_dropped_views, 1);
  EXPECT_TRUE(object.other_views.empty());
  ASSERT_EQ(object.outcomes.size(), 3u);
  EXPECT_EQ(object.outcomes[0].group, 0);
  EXPECT_EQ(object.outcomes[1].group, -1);
  EXPECT_EQ(object.outcomes[1].reason, "agrees with no other view");

  // The points lie on the ball, and they differ.
  ASSERT_EQ(object.prompt.points.size(), 8u);
  for (size_t i = 0; i < 8; ++i) {
    EXPECT_NEAR((object.prompt.points[i].p - kBallCenter).norm(), kBallRadius, 0.02);
    EXPECT_EQ(object.prompt.points[i].label, 1);
    for (size_t j = 0; j < i; ++j) EXPECT_GT((object.prompt.points[i].p - object.prompt.points[j].p).norm(), 0.02);
  }
}

TEST_F(TextPromptsTest, BoxesAreComparedAtTheEndsOfTheirOptions) {
  AddBox(kFront, kBall, 0.6);
  AddBox(kFrontLeft, kBall, 0.5);
  AddBox(kLens, kBall, 0.4);
  const AgreementOptions tiny = options_;
  const SweepCount count = SweepOptions("text", tiny, {}, [&](const AgreementOptions& options) {
    options_ = options;
    EXPECT_GE(Agree().prompt.boxes.size(), 2u);
  });
  EXPECT_GT(count.num_run, count.num_refused);  // nothing may agree in every single point
}

// The prompt works downstream: boxes in their views, the points in a view that has none.
TEST_F(TextPromptsTest, ViewsWithoutABoxGetThePoints) {
  AddBox(kFront, kBall, 0.6);
  AddBox(kFrontLeft, kBall, 0.5);
  const mask_decoder::DecodedObject decoded =
      DecodeMasks(Agree().prompt, {scene_, container_, sam_, Similarity(), masks_}, {kFront, kFrontLeft, kLens, kAway},
                  nullptr, Job());
  EXPECT_TRUE(decoded.views[0].has_box);
  EXPECT_FALSE(decoded.views[2].has_box);
  const auto labels = container_.Features(kLens, Job());
  for (size_t i = 0; i < labels->maps[0].data.size(); ++i)
    ASSERT_EQ(decoded.views[2].mask.data[i] > 0, int(labels->maps[0].data[i]) == kBall);
  EXPECT_EQ(decoded.views[3].outcome, mask_decoder::Outcome::kHidden);
}

TEST_F(TextPromptsTest, OfTwoObjectsTheBetterSupportedOneIsTakenUnlessAHintSaysOtherwise) {
  AddBox(kFront, kBall, 0.6);
  AddBox(kFront, kOther, 0.9);
  AddBox(kFrontLeft, kBall, 0.6);
  AddBox(kLens, kBall, 0.4);
  AddBox(kLens, kOther, 0.6);
  AddBox(kBack, kOther, 0.05);  // sees the other ball's far side: agrees with nobody else, and is not missed
  AgreedObject object = Agree();
  EXPECT_THAT(ViewsOf(object), ElementsAre("front.png", "front_left.png", "lens.png"));  // 1.6 > 1.5
  EXPECT_THAT(object.other_views, ElementsAre(2));
  EXPECT_EQ(object.outcomes[1].group, 1);
  EXPECT_EQ(object.outcomes[1].reason, "another object");
  EXPECT_EQ(object.num_dropped, 1);

  object = Agree({kOtherCenter + kBallRadius * Vec3(0, 0.3, 1).normalized()});
  EXPECT_THAT(ViewsOf(object), ElementsAre("front.png", "lens.png"));
  EXPECT_THAT(object.other_views, ElementsAre(3));
}

TEST_F(TextPromptsTest, AllOfThemAreObjectsOfTheirOwn) {
  AddBox(kFront, kBall, 0.6);
  AddBox(kFront, kOther, 0.9);
  AddBox(kFrontLeft, kBall, 0.6);
  AddBox(kLens, kBall, 0.4);
  AddBox(kLens, kOther, 0.6);
  AddBox(kFrontLeft, kTable, 0.3);  // which no other view shows
  const std::vector<AgreedObject> all = AgreeAll();
  ASSERT_EQ(all.size(), 2u);
  EXPECT_THAT(ViewsOf(all[0]), ElementsAre("front.png", "front_left.png", "lens.png"));
  EXPECT_THAT(ViewsOf(all[1]), ElementsAre("front.png", "lens.png"));
  EXPECT_THAT(all[0].other_views, ElementsAre(2));
  EXPECT_THAT(all[1].other_views, ElementsAre(3));
  EXPECT_EQ(all[0].outcomes[1].group, 1);
  EXPECT_EQ(all[1].outcomes[1].group, 0);
  EXPECT_EQ(all[1].outcomes[0].group, 1);
  EXPECT_EQ(all[0].outcomes[5].group, -1);
  for (const auto& [object, center] : {std::pair(all[0], kBallCenter), std::pair(all[1], kOtherCenter)})
    for (const mask_decoder::PointPrompt& point : object.prompt.points)
      EXPECT_NEAR((point.p - center).norm(), kBallRadius, 0.03);
}

// Views from behind see no point of those in front; the thing is one all the same, and the one beside it is another.
TEST_F(TextPromptsTest, FrontAndBackOfAThingAreOne) {
  scene_.views.push_back(MakeView("back_low.png", {0.3, 0.35, -4}));
  scene_.views.push_back(MakeView("front_low.png", {0, 0.35, 4}));
  scene_.views.push_back(MakeView("front_lower.png", {0.4, 0.3, 4}));
  scene_.views.push_back(MakeView("back_lower.png", {-0.2, 0.3, -4}));
  for (const int view : {6, 7, 8, 9}) AddBox(view, kBall, 0.5);
  for (const int view : {7, 8}) AddBox(view, kOther, 0.5);
  const std::vector<AgreedObject> all = AgreeAll();
  ASSERT_EQ(all.size(), 2u);
  EXPECT_EQ(all[0].prompt.boxes.size(), 4u);
  EXPECT_EQ(all[1].prompt.boxes.size(), 2u);
}

TEST_F(TextPromptsTest, AllOfNothingIsStillNothing) {
  AddBox(kFront, kBall, 0.6);
  EXPECT_THROW(AgreeAll(), NothingFound);
}

TEST_F(TextPromptsTest, BoxesAroundTheSameThingInOneViewAreOne) {
  AddBox(kFront, kBall, 0.6);
  AddBox(kFront, kBall, 0.7);
  AddBox(kFrontLeft, kBall, 0.5);
  const AgreedObject object = Agree();
  EXPECT_THAT(ViewsOf(object), ElementsAre("front.png", "front_left.png"));
  EXPECT_DOUBLE_EQ(object.score, 1.2);
  EXPECT_EQ(object.outcomes[0].reason, "a second box around the same thing");
}

// A mask of everything holds all points of the ball, but its own points lie beside the ball.
TEST_F(TextPromptsTest, AgreementIsAskedInBothDirections) {
  AddBox(kFront, kBall, 0.6);
  AddBox(kFrontLeft, kTable, 0.6);
  masks_.rule = mask_decoder::RuleChoice::kSingle;  // the analytic SAM's single mask is everything
  sam_.rule = sam::MaskRule::kSingleMask;
  const auto evidence = DecodeBoxes(boxes_, 12, {scene_, container_, sam_, Similarity(), masks_}, Job());
  masks_.rule = mask_decoder::RuleChoice::kHighestIou;
  const auto ball = DecodeBoxes({boxes_[0]}, 12, {scene_, container_, sam_, Similarity(), masks_}, Job());
  const Sightings sightings(boxes_, {ball[0], evidence[1]}, {scene_, container_, sam_, Similarity(), masks_}, Job());
  EXPECT_LT(sightings.Agreement(0, 1), 0.5);
  int inside = 0;
  for (size_t p = 0; p < ball[0].points.size(); ++p) inside += sightings.Of(0, p, 1) == Seen::kInside;
  EXPECT_GE(inside, 6);
}

TEST_F(TextPromptsTest, OneViewAloneIsNotBelieved) {
  AddBox(kFront, kBall, 0.625);
  const std::string error = ErrorTextOf<Error>([&] { Agree(); });
  EXPECT_THAT(error, HasSubstr("'ball' was found in one view only (front.png): without a second view"));
  EXPECT_THAT(error,
              AllOf(HasSubstr("--set text.box_threshold"), HasSubstr("--box front.png:"), HasSubstr("(score 0.62)")));
}

TEST_F(TextPromptsTest, BoxesAroundDifferentThingsAreSaid) {
  AddBox(kFront, kBall, 0.6);
  AddBox(kLens, kOther, 0.8);
  EXPECT_THAT(ErrorTextOf<Error>([&] { Agree(); }),
              AllOf(HasSubstr("'ball' was found in 2 views, but no two of them agree on what it is: 2 boxes lie around "
                              "different things in 3D"),
                    HasSubstr("--box lens.png:")));
}

TEST_F(TextPromptsTest, ABoxThatShowsNothingIsNoErrorByItself) {
  AddBox(kFront, kBall, 0.6);
  AddBox(kFrontLeft, kBall, 0.5);
  boxes_.push_back({kAway, {"away.png", 10, 10, 60, 50}, 0.9});  // sky
  const AgreedObject object = Agree();
  EXPECT_THAT(ViewsOf(object), ElementsAre("front.png", "front_left.png"));
  EXPECT_EQ(object.outcomes[2].reason, "its mask shows too little surface");
  boxes_.erase(boxes_.begin());
  EXPECT_THAT(ErrorTextOf<Error>([&] { Agree(); }), HasSubstr("1 of 2 boxes shows no surface"));
}

TEST_F(TextPromptsTest, OptionsOutOfRangeAndInterrupts) {
  AddBox(kFront, kBall, 0.6);
  AddBox(kFrontLeft, kBall, 0.5);
  options_.agreement = 0;
  EXPECT_THAT(ErrorTextOf<UsageError>([&] { Agree(); }),
              HasSubstr("text.agreement=0: expected a number from 0.01 to 1"));
  options_.agreement = 0.5;
  options_.points = 0;
  EXPECT_THAT(ErrorTextOf<UsageError>([&] { Agree(); }), HasSubstr("text.points=0"));
  options_.points = 8;
  options_.points_per_box = 2;
  EXPECT_THAT(ErrorTextOf<UsageError>([&] { Agree(); }), HasSubstr("text.points_per_box=2"));
  options_.points_per_box = 12;
  StopSource stop;
  stop.RequestStop();
  EXPECT_THROW(Agree({}, Job().With(stop.token())), InterruptedError);
}

}  // namespace
}  // namespace sanerf::segmentation
