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
  const auto status = [&] { return ShownObjects(state_)[0].at("status"); };
  EXPECT_EQ(status(), "working");
  state_.is_idle = true;
  EXPECT_EQ(status(), "stale");
  state_.edits.SetMasks(ball, state_.edits.Object(ball).masks, MaskState::kRefined);
  EXPECT_EQ(status(), "stale");  // nothing shows these masks
  Answer vote{1, Answer::Kind::kVote, {}, 0};
  vote.snapshot.objects = state_.edits.Labeled();
  vote.snapshot.model = Vote(2);
  state_.answer = std::make_shared<const Answer>(vote);
  EXPECT_EQ(status(), "unfinished");
  EXPECT_FALSE(IsKept("ball", state_));
  EXPECT_THAT(WhyNotKept(state_).first, HasSubstr("stopped"));
  EXPECT_THAT(WhyNotKept(state_).second, HasSubstr("go on"));
  EXPECT_EQ(state_.NextStep(), DeskStep::kNone);
  state_.GoOn();
  EXPECT_EQ(state_.NextStep(), DeskStep::kField);
  EXPECT_EQ(status(), "working");
  EXPECT_THAT(WhyNotKept(state_).second, HasSubstr("wait until it is ready"));
  state_.is_fitted = true;
  EXPECT_EQ(status(), "answered");
  state_.failed[state_.edits.Object(ball).edition] = "no mask";
  EXPECT_EQ(status(), "stale");
  state_.GoOn();
  EXPECT_EQ(status(), "answered");
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
