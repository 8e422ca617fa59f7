#include "sanerf/viewer/desk_state.h"

#include <gmock/gmock.h>

#include "sanerf/segmentation/session_test_support.h"
#include "sanerf/viewer/colors.h"

namespace sanerf::viewer {
namespace {

using segmentation::kBallId;
using segmentation::kBottleId;
using segmentation::MaskState;
using segmentation::ObjectId;
using testing::ElementsAre;

class DeskStateTest : public segmentation::SessionTest {
 protected:
  DeskStateTest() : state_(*shared_scene_, shared_scene_->views[0].camera.width) {
    state_.ground.emplace(
        segmentation::SegmentationInput{shared_scene_, *nerf_, features_, sam_, shared_scene_->TrainViews()});
    state_.keeps_objects = true;
  }
  ObjectId Add(const std::string& name, int instance, MaskState state) {
    const ObjectId id = state_.edits.AddObject(Clicked(name, instance));
    state_.edits.SetMasks(id, std::make_shared<const mask_decoder::DecodedObject>(), state);
    return id;
  }
  void Answered(Answer::Kind kind) {
    auto answer = std::make_shared<Answer>();
    answer->kind = kind;
    answer->snapshot.objects = state_.Selected().Labeled();
    state_.answer = answer;
  }
  int ViewOf(int instance) const { return shared_scene_->FindView(ClickOn(instance).view); }

  DeskState state_;
};

TEST_F(DeskStateTest, EachObjectHasEnoughViewsByItself) {
  const ObjectId ball = Add("ball", kBallId, MaskState::kFirst), bottle = Add("bottle", kBottleId, MaskState::kFirst);
  state_.stable = {state_.edits.Object(ball).edition};
  EXPECT_EQ(state_.NextStep(), DeskStep::kNone);  // until there is another view for the bottle
  state_.more_encoded = true;
  EXPECT_EQ(state_.NextStep(), DeskStep::kMore);
  state_.stable.insert(state_.edits.Object(bottle).edition);
  EXPECT_EQ(state_.NextStep(), DeskStep::kAll);
}

TEST_F(DeskStateTest, AClickComesBeforeTheMouse) {
  const int clicked = ViewOf(kBallId), hovered = clicked + 1;
  Add("ball", kBallId, MaskState::kFirst);
  state_.hovered_view = hovered;
  state_.since_hover = Stopwatch();
  EXPECT_THAT(state_.WantedViews(), ElementsAre(clicked, hovered));
}

TEST_F(DeskStateTest, ColorsAreThoseOfTheAnswerThatIsShown) {
  const ObjectId ball = Add("ball", kBallId, MaskState::kRefined),
                 box = Add("box", segmentation::kBoxId, MaskState::kRefined);
  state_.looks = {{ball, {0, true, false}}, {box, {1, true, false}}};
  Answer both;
  both.snapshot.objects = state_.edits.Labeled();
  const mask_aggregator::LabelPrior prior(mask_aggregator::CellIndex(2), 3, {});  // not asked
  both.snapshot.model =
      mask_aggregator::ObjectModel::OfVote(std::make_shared<const mask_aggregator::LabelPrior>(prior), *nerf_);
  state_.edits.RemoveObject(ball);
  state_.Changed(/*masks=*/true);
  Answered(Answer::Kind::kVote);
  EXPECT_EQ(state_.ColorOfLabel(both), (std::map<int, uint32_t>{{2, ColorOf(1)}}));
}

TEST_F(DeskStateTest, FieldsThatAreShownTogetherAreFittedAsOneWhenSomethingIsSaid) {
  const ObjectId ball = Add("ball", kBallId, MaskState::kRefined);
  Add("box", segmentation::kBoxId, MaskState::kRefined);
  const auto prior = std::make_shared<const mask_aggregator::LabelPrior>(mask_aggregator::CellIndex(2), 2,
                                                                         std::vector<float>());  // not asked
  const auto model = mask_aggregator::ObjectModel::OfVote(prior, *nerf_);
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
  state_.stored_names = {"ball"};
  EXPECT_EQ(state_.NextStep(), DeskStep::kNone);
  state_.edits.RenameObject(ball, "globe");  // though no field has been asked for
  state_.Changed(/*masks=*/false);
  EXPECT_EQ(state_.NextStep(), DeskStep::kStore);
  state_.is_searching = true;
  EXPECT_EQ(state_.NextStep(), DeskStep::kNone);
  state_.is_searching = false;
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
