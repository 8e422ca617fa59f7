#include "sanerf/viewer/desk/find.h"

#include <gmock/gmock.h>

#include "sanerf/core/error.h"
#include "sanerf/core/events_test_support.h"
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
  EventRecorder events;
  ObjectMaskList masks = QuickMasks(found, input, SegmentOptionsForTests(), Job().With(events));
  ASSERT_EQ(masks.size(), 3u);
  EXPECT_THAT(events.Texts("warning"), testing::IsEmpty());  // that a thing has no mask is no fault
  EXPECT_EQ(masks[1], nullptr);
  EXPECT_EQ(RemoveKnown({session.objects()[0].masks}, &found, &masks), 1);
  ASSERT_EQ(found.objects.size(), 2u);
  EXPECT_EQ(found.objects[0].name, "nowhere");
  EXPECT_EQ(found.objects[1].name, "ball");
}

// Views that cannot be read.
class UnreadableFeatures : public segmentation::InstanceFeatures {
 public:
  using InstanceFeatures::InstanceFeatures;
  ImageF Depth(int, const Job&) const override { throw Error("the depth is damaged"); }
};

TEST_F(FindTest, WhyAFirstLookFailedIsSaid) {
  const segmentation::SegmentationInput input{shared_scene_, *nerf_,
                                              std::make_shared<UnreadableFeatures>(*shared_scene_, *nerf_), sam_,
                                              shared_scene_->TrainViews()};
  EventRecorder events;
  const ObjectMaskList masks =
      QuickMasks({{Clicked("ball", segmentation::kBallId)}}, input, SegmentOptionsForTests(), Job().With(events));
  ASSERT_EQ(masks.size(), 1u);
  EXPECT_EQ(masks[0], nullptr);
  EXPECT_THAT(events.Texts("warning"),
              testing::ElementsAre(testing::HasSubstr("ball is there already is not known: the depth is damaged")));
}

TEST_F(FindTest, AFirstLookCanBeStopped) {
  StopSource stop;
  stop.RequestStop();
  const segmentation::SegmentationInput input{shared_scene_, *nerf_, features_, sam_, shared_scene_->TrainViews()};
  EXPECT_THROW(
      QuickMasks({{Clicked("ball", segmentation::kBallId)}}, input, SegmentOptionsForTests(), Job().With(stop.token())),
      InterruptedError);
}

}  // namespace
}  // namespace sanerf::viewer
