#include "sanerf/segmentation/mask_fit.h"

#include <algorithm>

#include "sanerf/segmentation/session_test_support.h"

namespace sanerf::segmentation {
namespace {

class MaskFitTest : public SessionTest {};

// Of two objects in one field, each is found where its own masks are, not where the other's are.
TEST_F(MaskFitTest, TellsAFieldThatShowsItsMasksFromOneThatDoesNot) {
  Session session = MakeSession();
  session.AddObject(Clicked("ball", kBall));
  session.AddObject(Clicked("box", kBox));
  session.Update(job_);
  session.Step(session.steps_left(), job_);
  const SessionSnapshot fitted = session.Finish(job_);
  for (int object = 0; object < 2; ++object) {
    const mask_decoder::DecodedObject& masks = *fitted.objects.masks[size_t(object)];
    const MaskFit own = CompareWithMasks(*fitted.model, object + 1, masks, *shared_scene_, job_);
    EXPECT_EQ(own.num_views, 5);
    EXPECT_GT(own.mean_iou, 0.6);
    EXPECT_FALSE(own.IsUseless());
    const MaskFit other = CompareWithMasks(*fitted.model, 2 - object, masks, *shared_scene_, job_);
    EXPECT_EQ(other.num_missed, other.num_views);
    EXPECT_LT(other.mean_iou, 0.5);
    EXPECT_TRUE(other.IsUseless());
  }
}

TEST_F(MaskFitTest, NothingIsSaidWithoutMasks) {
  Session session = MakeSession();
  session.AddObject(Clicked("ball", kBall));
  session.Update(job_);
  const SessionSnapshot voted = session.Snapshot(job_);
  mask_decoder::DecodedObject none = *voted.objects.masks[0];
  for (mask_decoder::ViewDecision& view : none.views) view.used = false;
  const MaskFit fit = CompareWithMasks(*voted.model, 1, none, *shared_scene_, job_);
  EXPECT_EQ(fit.num_views, 0);
  EXPECT_FALSE(fit.IsUseless());

  // Where other objects have taken all pixels of a mask there is nothing to be missed.
  mask_decoder::DecodedObject taken = *voted.objects.masks[0];
  for (mask_decoder::ViewDecision& view : taken.views) std::fill(view.mask.data.begin(), view.mask.data.end(), 0);
  EXPECT_EQ(CompareWithMasks(*voted.model, 1, taken, *shared_scene_, job_).num_views, 0);
}

}  // namespace
}  // namespace sanerf::segmentation
