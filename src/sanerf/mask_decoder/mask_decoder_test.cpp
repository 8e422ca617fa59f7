#include "sanerf/mask_decoder/mask_decoder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "sanerf/core/folder_test_support.h"
#include "sanerf/core/job.h"
#include "sanerf/core/json.h"
#include "sanerf/mask_decoder/analytic_scene_test_support.h"
#include "sanerf/mask_decoder/lift.h"
#include "sanerf/mask_decoder/places.h"
#include "sanerf/mask_decoder/view_decider.h"
#include "sanerf/mask_decoder/views_file.h"

namespace sanerf::mask_decoder {
namespace {

using namespace testing_scene;
using testing::AllOf;
using testing::HasSubstr;

class MaskDecoderTest : public testing::Test {
 protected:
  void SetUp() override { object_.name = "ball"; }

  // The photo pixel, as a user would read it off, that shows p.
  Vec2 Click(int view_idx, const Vec3& p) const {
    const Vec2 px = *scene_.views[view_idx].camera.Project(p);
    return {std::floor(px.x()), std::floor(px.y())};
  }
  void AddClick(int view_idx, const Vec3& p, int label = 1) {
    object_.clicks.push_back({scene_.views[view_idx].name, Click(view_idx, p), label});
  }
  DecodedObject Decode(std::vector<int> views = {kFront, kFrontLeft, kRight, kAway, kLens, kBack}) {
    return DecodeMasks(object_, {scene_, container_, sam_, model_from_file_, options_}, views, nullptr,
                       Job().With(stop_.token()));
  }
  template <class Exception = Error>
  std::string Failure() {
    try {
      Decode();
    } catch (const Exception& error) {
      return std::string(error.what()) + " | " + error.hint();
    }
    return "no error";
  }
  // IoU of the decision's mask with the label's true pixels.
  double Iou(const ViewDecision& decision, int label) const {
    const auto features = container_.Features(decision.view_idx, Job());
    int64_t both = 0, either = 0;
    for (size_t i = 0; i < decision.mask.data.size(); ++i) {
      const bool predicted = decision.mask.data[i] > 0, truth = int(features->maps[0].data[i]) == label;
      both += predicted && truth;
      either += predicted || truth;
    }
    return static_cast<double>(both) / static_cast<double>(either);
  }

  scene::Scene scene_ = MakeScene();
  StopSource stop_;
  AnalyticContainer container_{scene_};
  AnalyticSam sam_;
  Similarity model_from_file_;
  MaskDecoderOptions options_;
  ObjectPrompt object_;
};

const Vec3 kFrontOfBall = kBallCenter + kBallRadius * Vec3(0.1, 0.3, 1).normalized();

// A photo pixel is 1/170 of the depth (about 3.6) wide: the lifted point is off by at most half of that sideways, and
// by the slant of the sphere in depth.
TEST_F(MaskDecoderTest, LiftsClicksThroughOffCenterAndDistortedCameras) {
  for (const int view_idx : {kFront, kFrontLeft, kLens}) {
    object_.clicks.clear();
    AddClick(view_idx, kFrontOfBall);
    const auto points = LiftPrompts(object_, scene_, container_, Job());
    ASSERT_EQ(points.size(), 1u);
    EXPECT_LT((points[0].p_file - kFrontOfBall).norm(), 0.025) << view_idx;
    EXPECT_NEAR((points[0].p_file - kBallCenter).norm(), kBallRadius, 0.003) << view_idx;
    EXPECT_EQ(points[0].source_view, view_idx);
    // Photo pixel (x, y) has its center at x + 0.5; the working camera is half as large.
    EXPECT_EQ(points[0].source_px, Vec2((object_.clicks[0].xy + Vec2(0.5, 0.5)) / 2));
  }
}

TEST_F(MaskDecoderTest, OneClickSegmentsTheBallInEveryViewThatSeesThePoint) {
  AddClick(kFront, kFrontOfBall);
  const DecodedObject decoded = Decode();
  ASSERT_EQ(decoded.views.size(), 6u);
  for (const int view_idx : {kFront, kFrontLeft, kLens}) {
    EXPECT_TRUE(decoded.views[view_idx].used) << decoded.views[view_idx].reason;
    EXPECT_EQ(decoded.views[view_idx].reason, "used");
    EXPECT_EQ(Iou(decoded.views[view_idx], kBall), 1);
    EXPECT_EQ(decoded.views[view_idx].candidate, 2);
    EXPECT_FLOAT_EQ(decoded.views[view_idx].predicted_iou, 0.9f);
    EXPECT_EQ(decoded.views[view_idx].num_visible, 1);
    EXPECT_GT(decoded.views[view_idx].area, 0.01);
  }
  const std::pair<int, const char*> unused[] = {{kRight, "occluded"}, {kAway, "behind"}, {kBack, "occluded"}};
  for (const auto& [view_idx, state] : unused) {
    const ViewDecision& decision = decoded.views[view_idx];
    EXPECT_FALSE(decision.used);
    EXPECT_EQ(decision.outcome, Outcome::kHidden);
    EXPECT_EQ(decision.reason, std::string("no positive point is visible (1 ") + state + ")");
    EXPECT_STREQ(NameOf(decision.points.at(0).state), state);
    EXPECT_TRUE(decision.mask.empty());
  }
  // In its own view the click's very pixel is the prompt. Views are decoded side by side, in no order.
  const float x = static_cast<float>((object_.clicks[0].xy.x() + 0.5) / 2);
  EXPECT_EQ(std::count_if(sam_.prompts.begin(), sam_.prompts.end(),
                          [&](const sam::SamPrompt& prompt) { return std::abs(prompt.points.at(0).x - x) < 1e-4f; }),
            1);
}

TEST_F(MaskDecoderTest, NegativeClicksReachSamWithTheirLabel) {
  AddClick(kFront, kFrontOfBall);
  AddClick(kFrontLeft, {-1, 0, 1}, 0);
  Decode({kFront});
  ASSERT_EQ(sam_.prompts.size(), 1u);
  ASSERT_EQ(sam_.prompts[0].points.size(), 2u);
  EXPECT_EQ(sam_.prompts[0].points[0].label, 1);
  EXPECT_EQ(sam_.prompts[0].points[1].label, 0);
}

TEST_F(MaskDecoderTest, VisibilityFilterCountsPositiveAndNegativePoints) {
  // Front of the ball, back of the ball, table: the front camera sees the first and the third.
  object_.points = {{kFrontOfBall, 1}, {kBallCenter - kBallRadius * Vec3(0, 0, 1), 1}, {Vec3(-1, 0, 1), 0}};
  object_.min_visible = 2;
  const DecodedObject decoded = Decode();
  EXPECT_TRUE(decoded.views[kFront].used);
  EXPECT_EQ(decoded.views[kFront].num_visible, 2);
  object_.min_visible = 3;
  EXPECT_THAT(Failure(), HasSubstr("too few visible points"));
}

TEST_F(MaskDecoderTest, OnlyNegativePointsVisibleIsNotEnough) {
  object_.points = {{kBallCenter - kBallRadius * Vec3(0, 0, 1), 1}, {Vec3(-1, 0, 1), 0}};
  object_.min_visible = 1;
  const DecodedObject decoded = Decode();
  EXPECT_EQ(decoded.views[kFront].outcome, Outcome::kHidden);
  EXPECT_TRUE(decoded.views[kBack].used);
}

TEST_F(MaskDecoderTest, ToleranceIsInModelUnits) {
  object_.points = {{kBallCenter + 0.6 * Vec3(0, 0, 1), 1}};  // 0.1 in front of the ball
  options_.relative_depth_tolerance = 0;
  options_.depth_tolerance = 0.05;
  EXPECT_THAT(Failure(), HasSubstr("none of 6 views"));
  model_from_file_.scale = 0.25;  // 0.05 model units are 0.2 file units
  EXPECT_TRUE(Decode().views[kFront].used);
}

TEST_F(MaskDecoderTest, BoxAloneReachesTheOtherViews) {
  const Vec2 center = Click(kFront, kBallCenter);
  object_.boxes = {{"front.png", center.x() - 25, center.y() - 25, center.x() + 25, center.y() + 25}};
  const DecodedObject decoded = Decode();
  ASSERT_EQ(decoded.points.size(), 5u);
  for (const LiftedPoint& point : decoded.points) {
    EXPECT_TRUE(point.is_seed);
    EXPECT_NEAR((point.p_file - kBallCenter).norm(), kBallRadius, 0.02);
  }
  for (const int view_idx : {kFront, kFrontLeft, kLens}) EXPECT_EQ(Iou(decoded.views[view_idx], kBall), 1) << view_idx;
  EXPECT_TRUE(decoded.views[kFront].has_box);
  EXPECT_FALSE(decoded.views[kFrontLeft].has_box);
  // The box's own view is asked with the box alone, the others with points alone.
  for (const sam::SamPrompt& prompt : sam_.prompts) EXPECT_NE(prompt.box.has_value(), !prompt.points.empty());
}

TEST_F(MaskDecoderTest, BoxInAViewThatIsNotDecodedStillGivesPoints) {
  const Vec2 center = Click(kFront, kBallCenter);
  object_.boxes = {{"front.png", center.x() - 25, center.y() - 25, center.x() + 25, center.y() + 25}};
  EXPECT_TRUE(Decode({kFrontLeft}).views[0].used);
}

TEST_F(MaskDecoderTest, SeedPointsAddToClicksOnlyWhenAskedFor) {
  AddClick(kFront, kFrontOfBall);
  EXPECT_EQ(Decode().points.size(), 1u);
  options_.seed_points = 3;
  const DecodedObject decoded = Decode();
  ASSERT_EQ(decoded.points.size(), 4u);
  EXPECT_FALSE(decoded.points[0].is_seed);
  for (size_t i = 1; i < 4; ++i) EXPECT_NEAR((decoded.points[i].p_file - kBallCenter).norm(), kBallRadius, 0.02);
  EXPECT_EQ(Iou(decoded.views[kFrontLeft], kBall), 1);
}

TEST_F(MaskDecoderTest, RuleChoosesTheMask) {
  AddClick(kFront, kFrontOfBall);
  options_.rule = RuleChoice::kSingle;
  EXPECT_EQ(Decode().views[kFront].area, 1);  // this SAM's single mask is everything
  options_.rule = RuleChoice::kHighestIou;
  EXPECT_EQ(Decode().views[kFront].candidate, 2);
  options_.rule = RuleChoice::kOfModel;
  sam_.rule = sam::MaskRule::kSingleMask;
  EXPECT_EQ(Decode().views[kFront].area, 1);
}

TEST_F(MaskDecoderTest, AMaskThatSamDoesNotHaveIsNotReplacedByAnother) {
  AddClick(kFront, kFrontOfBall);
  object_.clicks[0].candidate = 0;
  EXPECT_EQ(Decode().views[kFront].candidate, 0);
  object_.clicks[0].candidate = 9;
  EXPECT_THAT(Failure<UsageError>(),
              AllOf(HasSubstr("asks for SAM's mask 9, but there is none of that number"), HasSubstr(" offers 0")));
}

TEST_F(MaskDecoderTest, BadMasksAreRejectedWithTheirReason) {
  AddClick(kFront, kFrontOfBall);
  const auto reject = [&](const std::function<void(ImageF&)>& overwrite) {
    sam_.overwrite = overwrite;
    return Failure();
  };
  EXPECT_THAT(reject([](ImageF& logits) { logits = ImageF(logits.width, logits.height, 1, -1.f); }),
              AllOf(HasSubstr("3 with an empty mask"), HasSubstr("3 without a visible positive point")));
  EXPECT_THAT(reject([](ImageF& logits) {
                logits = ImageF(logits.width, logits.height, 1, -1.f);
                for (int x = 40; x < 49; ++x) logits.At(x, 30) = 1;
              }),
              HasSubstr("3 with a mask of a few pixels"));
  EXPECT_THAT(reject([](ImageF& logits) {
                logits = ImageF(logits.width, logits.height, 1, -1.f);
                for (int x = 0; x < 90; ++x) logits.At(x, 0) = 1;
              }),
              HasSubstr("3 with a mask beside the prompt"));
}

TEST_F(MaskDecoderTest, NoViewLeftSaysWhatToDo) {
  object_.points = {{Vec3(0, 2, 0), 1}};  // in the air
  EXPECT_THAT(Failure<NoMaskError>(), AllOf(HasSubstr("object 'ball': none of 6 views gives a mask"),
                                            HasSubstr("6 without a visible positive point"),
                                            HasSubstr("--set masks.depth_tolerance=0.05"), HasSubstr("min_visible")));
}

TEST_F(MaskDecoderTest, ViewsThatAreNotEncodedAreRecorded) {
  AddClick(kFront, kFrontOfBall);
  container_.missing = {kLens};
  const DecodedObject decoded = Decode();
  EXPECT_EQ(decoded.views[kLens].outcome, Outcome::kNotEncoded);
  EXPECT_TRUE(decoded.views[kFront].used);
}

TEST_F(MaskDecoderTest, ClickErrors) {
  object_.clicks = {{"front.png", Vec2(192, 10), 1}};
  EXPECT_THAT(Failure<UsageError>(), AllOf(HasSubstr("(192,10) in view front.png is outside"), HasSubstr("192x128")));
  object_.clicks = {{"front.png", Vec2(5, -1), 1}};
  EXPECT_THAT(Failure<UsageError>(), HasSubstr("outside"));
  object_.clicks = {{"front.png", Vec2(100, 2), 1}};  // above the table's far edge
  EXPECT_THAT(Failure(), AllOf(HasSubstr("(100,2) in view front.png hits no surface (opacity 0.03)"),
                               HasSubstr("--views front.png --layers depth")));
  object_.clicks = {{"frond.png", Vec2(5, 5), 1}};
  EXPECT_THAT(Failure<UsageError>(), AllOf(HasSubstr("'frond.png'"), HasSubstr("front")));
}

TEST_F(MaskDecoderTest, PlacesAreCheckedWithoutEncodedViews) {
  const auto failure = [&] { return ErrorTextOf<UsageError>([&] { CheckPlaces(object_, scene_); }); };
  object_.clicks = {{"front.png", Vec2(0, 0), 1}, {"lens", Vec2(191, 127), 0}};
  object_.boxes = {{"front.png", -5, -5, 1, 1}};
  EXPECT_EQ(failure(), "");
  object_.clicks[1].xy.x() = 192;
  EXPECT_EQ(failure(),
            "point (192,127) in view lens.png is outside the image: the image has 192x128 pixels\n"
            "x goes from 0 to 191, y from 0 to 127");
  object_.clicks[1] = {"lense", Vec2(5, 5), 1};
  EXPECT_EQ(failure(), "unknown view 'lense': none of the 6 images has that name\ndid you mean 'lens'?");
  object_.clicks.clear();
  object_.boxes[0] = {"front.png", 300, 10, 350, 60};
  EXPECT_THAT(failure(), HasSubstr("box (300,10,350,60) in view front.png is outside the image"));
  object_.boxes[0] = {"front.png", 40, 10, 20, 60};
  EXPECT_THAT(failure(), HasSubstr("box (40,10,20,60) in view front.png is empty\na box goes from left to right"));
  object_.boxes.clear();
  object_.points = {{Vec3(0, std::numeric_limits<double>::quiet_NaN(), 1), 1}};
  EXPECT_THAT(failure(), HasSubstr("point (0,nan,1) is nowhere"));
}

TEST_F(MaskDecoderTest, ContradictoryPrompts) {
  AddClick(kFront, kFrontOfBall);
  AddClick(kFront, kFrontOfBall, 0);
  EXPECT_THAT(Failure(), AllOf(HasSubstr("both positive and negative"), HasSubstr("prompts 1 and 2")));
  object_.clicks[1].xy.x() += 1;  // the neighboring photo pixel is another place
  EXPECT_EQ(Failure(), "no error");
  object_.clicks.clear();
  object_.points = {{Vec3(1, 2, 3), 0}, {Vec3(1, 2, 3), 1}};
  EXPECT_THAT(Failure(), HasSubstr("both positive and negative"));
}

TEST_F(MaskDecoderTest, BoxErrors) {
  object_.boxes = {{"front.png", 300, 10, 350, 60}};
  EXPECT_THAT(Failure<UsageError>(), AllOf(HasSubstr("outside the image"), HasSubstr("192x128")));
  object_.boxes = {{"front.png", 60, 40, 90, 90}, {"0", 50, 40, 90, 90}};
  EXPECT_THAT(Failure<UsageError>(), HasSubstr("second one in this view"));
}

TEST_F(MaskDecoderTest, WrongModelWrongOptionsNoPositive) {
  object_.clicks = {{"front.png", Vec2(100, 100), 0}};
  EXPECT_THAT(Failure<UsageError>(), HasSubstr("no positive"));
  object_.clicks[0].label = 1;
  sam_.fingerprint = 8;
  EXPECT_THAT(Failure(), AllOf(HasSubstr("not encoded with these files of analytic"), HasSubstr("sanerf encode")));
  sam_.fingerprint = 7;
  options_.depth_tolerance = -1;
  EXPECT_THAT(Failure<UsageError>(), HasSubstr("depth_tolerance"));
  options_.depth_tolerance = 0.02;
  options_.seed_points = -2;
  EXPECT_THAT(Failure<UsageError>(), HasSubstr("seed_points"));
}

TEST_F(MaskDecoderTest, Interrupt) {
  AddClick(kFront, kFrontOfBall);
  stop_.RequestStop();
  EXPECT_THROW(Decode(), InterruptedError);
}

TEST_F(MaskDecoderTest, ViewsJsonHoldsEveryDecision) {
  AddClick(kFront, kFrontOfBall);
  const DecodedObject decoded = Decode();
  const Json json = Json::parse(ToJson(decoded).dump());
  EXPECT_EQ(json["name"], "ball");
  EXPECT_EQ(json["points"][0]["view"], "front.png");
  EXPECT_EQ(json["points"][0]["from"], "click");
  ASSERT_EQ(json["views"].size(), 6u);
  EXPECT_EQ(json["views"][kFront]["used"], true);
  EXPECT_EQ(json["views"][kFront]["candidate"], 2);
  EXPECT_EQ(json["views"][kBack]["reason"], "no positive point is visible (1 occluded)");
  EXPECT_EQ(json["views"][kBack]["points"][0]["state"], "occluded");
  EXPECT_FALSE(json["views"][kBack].contains("area"));
}

}  // namespace
}  // namespace sanerf::mask_decoder
