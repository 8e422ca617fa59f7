#include "sanerf/viewer/desk/find.h"

#include "sanerf/segmentation/session_test_support.h"

namespace sanerf::viewer {
namespace {

using FindTest = segmentation::SessionTest;

// As words bring it: prompts alone, and another name.
TEST_F(FindTest, AFirstLookTellsWhetherAThingIsThereAlready) {
  segmentation::Session session = MakeSession();
  session.AddObject(Clicked("bottle", segmentation::kBottleId));
  session.Update(job_);
  mask_decoder::ObjectPrompt nowhere;
  nowhere.name = "nowhere";
  nowhere.points = {{Vec3(0, 0, 50), 1}};
  mask_decoder::Prompts found{
      {Clicked("flask", segmentation::kBottleId), nowhere, Clicked("ball", segmentation::kBallId)}};
  const segmentation::SegmentationInput input{shared_scene_, *nerf_, features_, sam_, shared_scene_->TrainViews()};
  ObjectMaskList masks = FirstLooks(found, input, SegmentOptionsForTests(), job_);
  ASSERT_EQ(masks.size(), 3u);
  EXPECT_EQ(masks[1], nullptr);
  EXPECT_EQ(RemoveKnown({session.objects()[0].masks}, &found, &masks), 1);
  ASSERT_EQ(found.objects.size(), 2u);
  EXPECT_EQ(found.objects[0].name, "nowhere");
  EXPECT_EQ(found.objects[1].name, "ball");
}

TEST_F(FindTest, AFirstLookCanBeStopped) {
  StopSource stop;
  stop.RequestStop();
  const segmentation::SegmentationInput input{shared_scene_, *nerf_, features_, sam_, shared_scene_->TrainViews()};
  EXPECT_THROW(
      FirstLooks({{Clicked("ball", segmentation::kBallId)}}, input, SegmentOptionsForTests(), Job().With(stop.token())),
      InterruptedError);
}

}  // namespace
}  // namespace sanerf::viewer
