#include "sanerf/segmentation/views_to_segment.h"

#include <gmock/gmock.h>

#include "sanerf/scene/photos_test_support.h"

namespace sanerf::segmentation {
namespace {

TEST(ViewsToSegment, ClickedViewsComeFirst) {
  scene::Scene scene = scene::PhotosOf(8, 4, 4);
  for (size_t v = 0; v < scene.views.size(); ++v) scene.views[v].name = "train/" + std::to_string(v);
  scene.views[7].is_test = true;
  mask_decoder::ObjectPrompt object;
  object.clicks = {{"train/3", Vec2(1, 1), 1}, {"train/7", Vec2(1, 1), 1}};
  const mask_decoder::Prompts prompts{{object}};
  EXPECT_THAT(ViewsToSegment(prompts, scene, 0), testing::ElementsAre(0, 1, 2, 3, 4, 5, 6));
  EXPECT_THAT(ViewsToSegment(prompts, scene, 1), testing::ElementsAre(3));
  EXPECT_THAT(ViewsToSegment(prompts, scene, 2), testing::ElementsAre(0, 3));
}

}  // namespace
}  // namespace sanerf::segmentation
