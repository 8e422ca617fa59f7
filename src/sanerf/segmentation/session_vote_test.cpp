#include "sanerf/segmentation/session_vote.h"

#include "sanerf/core/error.h"
#include "sanerf/segmentation/session_test_support.h"

namespace sanerf::segmentation {
namespace {

// Refinement counts votes of its own; those must not pass for the ones of the masks that stay.
TEST_F(SessionTest, AnInterruptedRefinementLeavesTheFirstAnswerAsItWas) {
  const Camera& camera = shared_scene_->views[size_t(shared_scene_->TestViews()[0])].camera;
  Session session = MakeSession();
  session.AddObject(Clicked("ball", kBallId));
  session.Update(job_);
  const auto before = session.Snapshot(job_).model->Render(camera, 1, job_);
  session.AddObject(Clicked("bottle", kBottleId));
  session.Decode(0, job_);
  StopSource stop;
  sam_->on_predict = [&] { stop.RequestStop(); };
  EXPECT_THROW(session.Refine(Job().With(stop.token())), InterruptedError);
  sam_->on_predict = nullptr;
  session.Undo();
  const auto after = session.Snapshot(job_).model->Render(camera, 1, job_);
  EXPECT_EQ(after.labels.data, before.labels.data);
  EXPECT_EQ(after.probability.data, before.probability.data);
}

}  // namespace
}  // namespace sanerf::segmentation
