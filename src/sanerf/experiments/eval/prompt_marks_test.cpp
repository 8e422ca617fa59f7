#include "sanerf/experiments/eval/prompt_marks.h"

#include <gmock/gmock.h>

#include "sanerf/scene/photos_test_support.h"

namespace sanerf::experiments {
namespace {

using ::testing::ElementsAre;

// Photos of 100 x 50 pixels, looked at in half the size.
class PromptMarks : public testing::Test {
 protected:
  PromptMarks() {
    for (size_t v = 0; v < scene_.views.size(); ++v) {
      scene::View& view = scene_.views[v];
      view.name = "train/" + std::to_string(v) + ".png";
      view.camera.fx = view.camera.fy = 100;
      view.camera.cx = 50, view.camera.cy = 25;
    }
  }
  std::vector<int> ColorAt(int x, int y) const {
    return {picture_.At(x, y, 0), picture_.At(x, y, 1), picture_.At(x, y, 2)};
  }

  scene::Scene scene_ = scene::PhotosOf(3, 100, 50);
  ImageU8 picture_ = ImageU8(50, 25, 3);
  mask_decoder::ObjectPrompt object_;
};

TEST_F(PromptMarks, DotsFramesAndRingsWhereTheyWereMeant) {
  object_.clicks = {{"train/1", Vec2(20, 20), 1}, {"train/1", Vec2(80, 20), 0}, {"train/2", Vec2(50, 40), 1}};
  object_.boxes = {{"train/1", 30, 4, 70, 44}};
  object_.points = {{Vec3(0, 0, -1), 1}};  // the middle of every view
  DrawPrompts(object_, scene_, 1, &picture_);
  EXPECT_THAT(ColorAt(10, 10), ElementsAre(40, 220, 90));
  EXPECT_THAT(ColorAt(40, 10), ElementsAre(255, 60, 60));
  EXPECT_THAT(ColorAt(15, 12), ElementsAre(255, 225, 60));
  EXPECT_THAT(ColorAt(25, 20), ElementsAre(0, 0, 0));  // of another view
  EXPECT_THAT(ColorAt(27, 12), ElementsAre(40, 220, 90));
  EXPECT_THAT(ColorAt(24, 12), ElementsAre(0, 0, 0));  // a ring is open
}

TEST_F(PromptMarks, ViewsWithTheMostPromptsComeFirst) {
  object_.points = {{Vec3(0, 0, -1), 1}};
  EXPECT_THAT(ViewsOfPrompts(object_, scene_, 2), ElementsAre(0));
  scene_.views[0].camera.world_from_cam.translation = Vec3(0, 0, -5);  // the point is behind it
  EXPECT_THAT(ViewsOfPrompts(object_, scene_, 2), ElementsAre(1));
  object_.clicks = {{"train/0", Vec2(1, 1), 1}, {"train/2", Vec2(1, 1), 1}, {"train/2", Vec2(5, 1), 0}};
  object_.boxes = {{"train/1", 0, 0, 9, 9}};
  EXPECT_THAT(ViewsOfPrompts(object_, scene_, 2), ElementsAre(2, 0));
}

}  // namespace
}  // namespace sanerf::experiments
