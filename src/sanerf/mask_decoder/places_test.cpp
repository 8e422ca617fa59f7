#include "sanerf/mask_decoder/places.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sanerf/core/error.h"
#include "sanerf/mask_decoder/analytic_scene_test_support.h"

namespace sanerf::mask_decoder {
namespace {

using ::testing::ElementsAre;

TEST(PromptedViews, AreThoseThatClicksAndBoxesNameInOrderAndOnce) {
  const scene::Scene scene = testing_scene::MakeScene();
  ObjectPrompt clicked, boxed;
  clicked.clicks = {{"right.png", Vec2(1, 1), 1}, {"right", Vec2(2, 1), 0}};
  boxed.boxes = {{"0", 1, 1, 2, 2}};
  EXPECT_THAT(PromptedViews({{clicked, boxed}}, scene), ElementsAre(scene.FindView("front"), scene.FindView("right")));
  boxed.boxes[0].view = "nowhere";
  EXPECT_THROW(PromptedViews({{clicked, boxed}}, scene), UsageError);
}

}  // namespace
}  // namespace sanerf::mask_decoder
