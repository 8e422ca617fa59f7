#include "sanerf/viewer/desk/shown_state.h"

#include <gmock/gmock.h>

#include <cstdint>
#include <map>
#include <memory>

#include "sanerf/viewer/desk/colors.h"
#include "sanerf/viewer/desk/desk_state_test_support.h"
#include "sanerf/viewer/desk/storing.h"

namespace sanerf::viewer {
namespace {

using segmentation::kBallId;
using segmentation::MaskState;
using segmentation::ObjectId;
using testing::HasSubstr;

class ShownStateTest : public DeskStateTest {};

TEST_F(ShownStateTest, WhatWasStoppedIsNotCalledAnsweredAndGoesOn) {
  const ObjectId ball = Add("ball", kBallId, MaskState::kDecoded);
  state_.all_encoded = state_.wants_field = state_.is_prepared = true;
  const auto status = [&] { return StatusOf(state_.edits.objects()[0], state_); };
  EXPECT_EQ(status(), ObjectStatus::kWorking);
  state_.is_idle = true;
  EXPECT_EQ(status(), ObjectStatus::kStale);
  state_.edits.SetMasks(ball, state_.edits.Object(ball).masks, MaskState::kRefined);
  EXPECT_EQ(status(), ObjectStatus::kStale);  // nothing shows these masks
  Answer vote{1, Answer::Kind::kVote, {}, 0};
  vote.snapshot.objects = state_.edits.Labeled();
  vote.snapshot.model = Vote(2);
  state_.answer = std::make_shared<const Answer>(vote);
  EXPECT_EQ(status(), ObjectStatus::kUnfinished);
  EXPECT_FALSE(IsKept("ball", state_));
  EXPECT_THAT(WhyNotKept(state_).first, HasSubstr("stopped"));
  EXPECT_THAT(WhyNotKept(state_).second, HasSubstr("go on"));
  EXPECT_EQ(state_.NextStep(), DeskStep::kNone);
  state_.Resume();
  EXPECT_EQ(state_.NextStep(), DeskStep::kField);
  EXPECT_EQ(status(), ObjectStatus::kWorking);
  EXPECT_THAT(WhyNotKept(state_).second, HasSubstr("wait until it is ready"));
  state_.is_fitted = true;
  EXPECT_EQ(status(), ObjectStatus::kAnswered);
  state_.failed[state_.edits.Object(ball).edition] = "no mask";
  EXPECT_EQ(status(), ObjectStatus::kStale);
  state_.Resume();
  EXPECT_EQ(status(), ObjectStatus::kAnswered);
}

TEST_F(ShownStateTest, AnAnsweredObjectSaysHowGoodItIs) {
  Add("ball", kBallId, MaskState::kRefined);
  Answer answer{1, Answer::Kind::kField, {}, 0};
  answer.snapshot.objects = state_.edits.Labeled();
  answer.snapshot.model = Vote(2);
  state_.answer = std::make_shared<const Answer>(answer);
  state_.is_fitted = true;
  const auto half = [](ObjectId) { return std::optional(0.5); };
  EXPECT_EQ(ShownObjects(state_, half)[0].at("status"), "answered");
  EXPECT_EQ(ShownObjects(state_, half)[0].at("iou"), 0.5);
  EXPECT_TRUE(ShownObjects(state_)[0].at("iou").is_null());
  state_.is_fitted = false;
  state_.wants_field = true;
  EXPECT_EQ(ShownObjects(state_, half)[0].at("status"), "working");
  EXPECT_TRUE(ShownObjects(state_, half)[0].at("iou").is_null());
}

TEST_F(ShownStateTest, ColorsAreThoseOfTheAnswerThatIsShown) {
  const ObjectId ball = Add("ball", kBallId, MaskState::kRefined),
                 box = Add("box", segmentation::kBoxId, MaskState::kRefined);
  state_.looks = {{ball, {0, true, false}}, {box, {1, true, false}}};
  Answer both;
  both.snapshot.objects = state_.edits.Labeled();
  both.snapshot.model = Vote(3);
  state_.edits.RemoveObject(ball);
  state_.Changed(/*masks=*/true);
  Answered(Answer::Kind::kVote);
  EXPECT_EQ(ColorOfLabel(state_, both), (std::map<int, uint32_t>{{2, ColorOf(1)}}));
}

}  // namespace
}  // namespace sanerf::viewer
