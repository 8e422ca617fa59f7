#include "sanerf/segmentation/scene_prompts.h"

#include "sanerf/core/error.h"
#include "sanerf/segmentation/session_test_support.h"

namespace sanerf::segmentation {
namespace {

TEST_F(SessionTest, PlacesOutsideOfTheirPhotosAreRefusedAtOnce) {
  ScenePrompts prompts(shared_scene_);
  const ObjectId id = prompts.AddObject(Clicked("ball", kBallId));
  mask_decoder::ClickPrompt outside = ClickOn(kBallId);
  outside.xy = Vec2(64, 3);
  EXPECT_THROW(prompts.AddPrompt(id, outside), UsageError);
  EXPECT_THROW(prompts.MovePrompt(prompts.objects()[0].prompts[0].id, outside), UsageError);
  EXPECT_THROW(prompts.MovePrompt(prompts.objects()[0].prompts[0].id, mask_decoder::PointPrompt{}), UsageError);
  EXPECT_EQ(prompts.objects()[0].prompts.size(), 1u);
}

TEST_F(SessionTest, HeldOutPhotosAreForScoringAlone) {
  ScenePrompts prompts(shared_scene_);
  const ObjectId id = prompts.AddObject(Clicked("ball", kBallId));
  mask_decoder::ClickPrompt click = ClickOn(kBallId);
  click.view = shared_scene_->views[size_t(shared_scene_->TestViews()[0])].name;
  const mask_decoder::BoxPrompt box{click.view, 10, 10, 40, 40};
  mask_decoder::ObjectPrompt object;
  object.name = "another";
  object.clicks = {click};
  EXPECT_THROW(prompts.AddPrompt(id, click), UsageError);
  EXPECT_THROW(prompts.AddPrompt(id, box), UsageError);
  EXPECT_THROW(prompts.AddPrompts(id, object), UsageError);
  EXPECT_THROW(prompts.AddObject(object), UsageError);
  EXPECT_THROW(prompts.MovePrompt(prompts.objects()[0].prompts[0].id, click), UsageError);
  EXPECT_EQ(prompts.objects()[0].prompts.size(), 1u);
  prompts.AddPrompt(id, mask_decoder::PointPrompt{});  // is in no photo
}

}  // namespace
}  // namespace sanerf::segmentation
