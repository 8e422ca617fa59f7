// For tests of what the desk's threads share: a state with objects and an answer that nobody has computed.
#pragma once

#include <memory>
#include <string>

#include "sanerf/nerf/small_field_test_support.h"
#include "sanerf/nerf/trainer.h"
#include "sanerf/segmentation/session_test_support.h"
#include "sanerf/viewer/desk/desk_state.h"

namespace sanerf::viewer {

class DeskStateTest : public segmentation::SessionTest {
 protected:
  DeskStateTest() : state_(*shared_scene_, shared_scene_->views[0].camera.width) {
    state_.ground.emplace(
        segmentation::SegmentationInput{shared_scene_, *nerf_, features_, sam_, shared_scene_->TrainViews()});
    state_.keeps_objects = true;
  }
  segmentation::ObjectId Add(const std::string& name, int instance, segmentation::MaskState state,
                             const mask_decoder::DecodedObject& masks = {}) {
    const segmentation::ObjectId id = state_.edits.AddObject(Clicked(name, instance));
    state_.edits.SetMasks(id, std::make_shared<const mask_decoder::DecodedObject>(masks), state);
    return id;
  }
  // Of so many labels; not to be asked.
  static mask_aggregator::ObjectModel Vote(int num_labels) {
    const mask_aggregator::LabelPrior prior(mask_aggregator::CellIndex(2), num_labels, {});
    return mask_aggregator::ObjectModel::OfVote(std::make_shared<const mask_aggregator::LabelPrior>(prior), *nerf_);
  }
  // A field before its first step.
  static nerf::NerfModel InTraining() { return nerf::NerfTrainer(*shared_scene_, nerf::SmallOptions(), Job()).Model(); }
  void Answered(Answer::Kind kind) {
    auto answer = std::make_shared<Answer>();
    answer->kind = kind;
    answer->snapshot.objects = state_.Selected().Labeled();
    state_.answer = answer;
  }
  int ViewOf(int instance) const { return shared_scene_->FindView(ClickOn(instance).view); }

  DeskState state_;
};

}  // namespace sanerf::viewer
