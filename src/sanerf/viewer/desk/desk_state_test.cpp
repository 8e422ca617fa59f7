#include "sanerf/viewer/desk/desk_state.h"

#include <gmock/gmock.h>

#include "sanerf/viewer/desk/desk_state_test_support.h"
#include "sanerf/viewer/desk/shown_state.h"

namespace sanerf::viewer {
namespace {

using segmentation::kBallId;
using segmentation::kBottleId;
using segmentation::MaskState;
using segmentation::ObjectId;
using testing::ElementsAre;

TEST_F(DeskStateTest, EachObjectHasEnoughViewsByItself) {
  const ObjectId ball = Add("ball", kBallId, MaskState::kFirst), bottle = Add("bottle", kBottleId, MaskState::kFirst);
  state_.stable = {state_.edits.Object(ball).edition};
  EXPECT_EQ(state_.NextStep(), DeskStep::kNone);  // until there is another view for the bottle
  state_.more_encoded = true;
  EXPECT_EQ(state_.NextStep(), DeskStep::kMore);
  state_.stable.insert(state_.edits.Object(bottle).edition);
  EXPECT_EQ(state_.NextStep(), DeskStep::kAll);
}

TEST_F(DeskStateTest, TheVoteIsTheAnswerUntilTheRadianceFieldIsFinished) {
  state_.ground->nerf = InTraining();
  state_.all_encoded = state_.wants_field = true;
  state_.is_stored = false;
  Add("ball", kBallId, MaskState::kDecoded);
  const auto status = [&] { return ShownObjects(state_)[0].at("status"); };
  EXPECT_EQ(state_.NextStep(), DeskStep::kVote);  // of these masks there is none yet
  EXPECT_EQ(status(), "working");
  Answer vote{1, Answer::Kind::kVote, {}, 0};
  vote.snapshot.objects = state_.edits.Labeled();
  vote.snapshot.model = Vote(2);
  state_.answer = std::make_shared<const Answer>(vote);
  EXPECT_EQ(state_.NextStep(), DeskStep::kNone);
  EXPECT_EQ(status(), "answered");
  EXPECT_FALSE(state_.HasToStore());
  state_.ground->nerf = *nerf_;
  EXPECT_EQ(state_.NextStep(), DeskStep::kRefine);
  EXPECT_EQ(status(), "working");
}

TEST_F(DeskStateTest, MasksOfAPartOfTheViewsAreCompleted) {
  mask_decoder::DecodedObject masks;
  masks.views.emplace_back().outcome = mask_decoder::Outcome::kNotEncoded;
  const ObjectId decoded = Add("ball", kBallId, MaskState::kDecoded, masks),
                 refined = Add("bottle", kBottleId, MaskState::kRefined, masks),
                 whole = Add("mug", segmentation::kMugId, MaskState::kRefined);
  state_.ViewsEncoded(/*all=*/true);
  EXPECT_EQ(state_.edits.Object(decoded).state, MaskState::kFirst);
  EXPECT_EQ(state_.edits.Object(refined).state, MaskState::kFirst);
  EXPECT_EQ(state_.edits.Object(whole).state, MaskState::kRefined);
  EXPECT_EQ(state_.NextStep(), DeskStep::kAll);
}

TEST_F(DeskStateTest, AgreementIsThatOfTheMasksAndComesBackWithThem) {
  const ObjectId ball = Add("ball", kBallId, MaskState::kRefined);
  const auto agreement = [&] { return state_.AgreementOf(state_.edits.Object(ball)); };
  EXPECT_TRUE(agreement().empty());
  state_.agreements[state_.edits.Object(ball).masks] = {{3, 0.5}};
  state_.edits.AddPrompt(ball, ClickOn(kBottleId, 0));
  EXPECT_EQ(agreement(), (AgreementOfView{{3, 0.5}}));  // the masks are still shown
  state_.edits.SetMasks(ball, std::make_shared<const mask_decoder::DecodedObject>(), MaskState::kRefined);
  EXPECT_TRUE(agreement().empty());
  state_.agreements[state_.edits.Object(ball).masks] = {{3, 0.9}};
  state_.edits.Undo();
  EXPECT_EQ(agreement(), (AgreementOfView{{3, 0.5}}));
}

TEST_F(DeskStateTest, AClickComesBeforeTheMouse) {
  const int clicked = ViewOf(kBallId), hovered = clicked + 1;
  Add("ball", kBallId, MaskState::kFirst);
  state_.hovered_view = hovered;
  state_.since_hover = Stopwatch();
  EXPECT_THAT(state_.WantedViews(), ElementsAre(clicked, hovered));
}

TEST_F(DeskStateTest, FieldsThatAreShownTogetherAreFittedAsOneWhenSomethingIsSaid) {
  const ObjectId ball = Add("ball", kBallId, MaskState::kRefined);
  Add("box", segmentation::kBoxId, MaskState::kRefined);
  const auto model = Vote(2);
  Answer both{1, Answer::Kind::kField, {}, 0};
  both.snapshot.objects = state_.edits.Labeled();
  both.snapshot.model = mask_aggregator::ObjectModel::Joined({model, model}, {{1}, {2}});
  state_.answer = std::make_shared<const Answer>(both);
  state_.is_prepared = state_.is_fitted = true;
  EXPECT_EQ(state_.NextStep(), DeskStep::kNone);
  state_.edits.RenameObject(ball, "globe");
  state_.Changed(/*masks=*/false);
  EXPECT_FALSE(state_.HasToStore());
  EXPECT_EQ(state_.NextStep(), DeskStep::kField);
}

TEST_F(DeskStateTest, WhatIsThereIsStoredAndWhatIsGoneIsRetired) {
  const ObjectId ball = Add("ball", kBallId, MaskState::kRefined);
  Answered(Answer::Kind::kField);
  state_.is_prepared = state_.is_fitted = true;
  state_.in_run.names = {"ball"};
  EXPECT_EQ(state_.NextStep(), DeskStep::kNone);
  state_.edits.RenameObject(ball, "globe");  // though no field has been asked for
  state_.Changed(/*masks=*/false);
  EXPECT_EQ(state_.NextStep(), DeskStep::kStore);
  state_.store_waits = true;  // it has failed
  EXPECT_EQ(state_.NextStep(), DeskStep::kNone);
  EXPECT_TRUE(state_.HasToStore());
  state_.Changed(/*masks=*/false);
  EXPECT_EQ(state_.NextStep(), DeskStep::kStore);
  state_.edits.RemoveObject(ball);
  state_.Changed(/*masks=*/true);
  EXPECT_EQ(state_.NextStep(), DeskStep::kVote);  // nothing is shown any more
  Answered(Answer::Kind::kNone);
  EXPECT_EQ(state_.NextStep(), DeskStep::kStore);
  EXPECT_THAT(state_.Retired(), ElementsAre("ball"));
}

}  // namespace
}  // namespace sanerf::viewer
