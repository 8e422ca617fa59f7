#include "sanerf/segmentation/mask_fit.h"

#include <algorithm>
#include <string>
#include <utility>

#include "sanerf/segmentation/session_test_support.h"

namespace sanerf::segmentation {
namespace {

using mask_decoder::DecodedObject;
using mask_decoder::ViewDecision;

class MaskFitTest : public SessionTest {
 protected:
  // What SAM would say of these instances, in all training views.
  static DecodedObject TrueMasks(const std::string& name, const std::set<int>& instances, float predicted_iou) {
    DecodedObject object;
    object.name = name;
    for (const int view_idx : shared_scene_->TrainViews()) {
      ViewDecision view;
      view.view_idx = view_idx;
      view.view = shared_scene_->views[size_t(view_idx)].name;
      view.used = true;
      view.outcome = mask_decoder::Outcome::kUsed;
      view.predicted_iou = predicted_iou;
      view.mask = scene::LoadViewMask(shared_scene_->views[size_t(view_idx)]);
      for (uint8_t& id : view.mask.data) id = instances.count(id) > 0 ? 255 : 0;
      object.views.push_back(std::move(view));
    }
    return object;
  }
};

// Of two objects in one field, each is found where its own masks are, not where the other's are.
TEST_F(MaskFitTest, TellsAFieldThatShowsItsMasksFromOneThatDoesNot) {
  Session session = MakeSession();
  session.AddObject(Clicked("ball", kBallId));
  session.AddObject(Clicked("box", kBoxId));
  session.Update(job_);
  session.Step(session.steps_left(), job_);
  const SessionSnapshot fitted = session.Finish(job_);
  auto masks = fitted.objects.masks;
  for (const MaskFit& own : CompareWithMasks(*fitted.model, masks, *shared_scene_, job_)) {
    EXPECT_EQ(own.num_views, 5);
    EXPECT_GT(own.mean_iou, 0.6);
    EXPECT_FALSE(own.IsUseless());
  }
  std::swap(masks[0], masks[1]);
  for (const MaskFit& other : CompareWithMasks(*fitted.model, masks, *shared_scene_, job_)) {
    EXPECT_EQ(other.num_missed, other.num_views);
    EXPECT_LT(other.mean_iou, 0.5);
    EXPECT_TRUE(other.IsUseless());
  }
}

// The masks of the first object are box and ball, and the box, more than half of them, goes to the second.
TEST_F(MaskFitTest, PixelsOfAMaskThatAnotherObjectGotAreNotMissed) {
  SegmentationOptions options = SegmentOptionsForTests();
  options.segment.sharp_outlines = false;
  Session session = MakeSession(options);
  const std::vector<DecodedObject> masks = {TrueMasks("both", {kBoxId, kBallId}, 0.8f),
                                            TrueMasks("box", {kBoxId}, 0.9f)};
  session.StartFrom({{Clicked("both", kBallId), Clicked("box", kBoxId)}}, masks, std::nullopt);
  session.Step(session.steps_left(), job_);
  const SessionSnapshot fitted = session.Finish(job_);
  for (const MaskFit& fit : CompareWithMasks(*fitted.model, masks, *shared_scene_, job_)) {
    EXPECT_EQ(fit.num_views, 5);
    EXPECT_GT(fit.mean_iou, 0.5);
    EXPECT_FALSE(fit.IsUseless());
  }
}

TEST_F(MaskFitTest, NothingIsSaidWithoutMasks) {
  Session session = MakeSession();
  session.AddObject(Clicked("ball", kBallId));
  session.Update(job_);
  const SessionSnapshot voted = session.Snapshot(job_);
  DecodedObject none = *voted.objects.masks[0];
  for (ViewDecision& view : none.views) view.used = false;
  const MaskFit fit = CompareWithMasks(*voted.model, none, *shared_scene_, job_)[0];
  EXPECT_EQ(fit.num_views, 0);
  EXPECT_FALSE(fit.IsUseless());

  // Where other objects have taken all pixels of a mask there is nothing to be missed.
  DecodedObject taken = *voted.objects.masks[0];
  for (ViewDecision& view : taken.views) std::fill(view.mask.data.begin(), view.mask.data.end(), 0);
  EXPECT_EQ(CompareWithMasks(*voted.model, taken, *shared_scene_, job_)[0].num_views, 0);
}

}  // namespace
}  // namespace sanerf::segmentation
