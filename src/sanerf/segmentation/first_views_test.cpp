#include "sanerf/segmentation/first_views.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sanerf/mask_decoder/analytic_scene_test_support.h"

namespace sanerf::segmentation {
namespace {

using ::testing::Contains;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

// Cameras on a circle around the ball, 10 degrees apart, the first one as far away again.
scene::Scene Circle() {
  scene::Scene scene;
  for (int i = 0; i < 36; ++i) {
    const double angle = i * 10 * 3.14159265 / 180, radius = i == 0 ? 8 : 4;
    scene.views.push_back(
        testing_scene::MakeView(fmt::format("v{}", i), {radius * std::sin(angle), 1.2, radius * std::cos(angle)}));
  }
  return scene;
}

TEST(BestAndMostDifferent, TurnsAsFarAsItCanAndTakesTheNearOnes) {
  const scene::Scene scene = Circle();
  ViewsToOrder request{scene, {testing_scene::kBallCenter}, {9}, {}, 4};
  for (int i = 0; i < 36; ++i) request.views.push_back(i);
  const std::vector<int> chosen = BestAndMostDifferent(request, [](int) { return true; });
  ASSERT_THAT(chosen, SizeIs(4));
  EXPECT_EQ(chosen[0], 9);
  EXPECT_THAT(chosen, Not(Contains(0)));  // farther away than its neighbors
  for (size_t a = 0; a < chosen.size(); ++a)
    for (size_t b = a + 1; b < chosen.size(); ++b) {
      const int apart = std::abs(chosen[a] - chosen[b]);
      EXPECT_GE(std::min(apart, 36 - apart), 5) << chosen[a] << " and " << chosen[b];
    }
}

TEST(BestAndMostDifferent, AsksOnlyViewsThatItWouldTake) {
  const scene::Scene scene = Circle();
  ViewsToOrder request{scene, {testing_scene::kBallCenter}, {}, {1, 2, 10, 20}, 2};
  std::vector<int> asked;
  const std::vector<int> chosen = BestAndMostDifferent(request, [&](int view) {
    asked.push_back(view);
    return view != 1;
  });
  EXPECT_THAT(chosen, SizeIs(2));
  EXPECT_THAT(chosen, Not(Contains(1)));
  EXPECT_LE(asked.size(), 3u);
  request.points.clear();
  EXPECT_THAT(BestAndMostDifferent(request, [](int) { return true; }), IsEmpty());
}

TEST(FirstViews, SeeTheClickedPlace) {
  const scene::Scene scene = testing_scene::MakeScene();
  const testing_scene::AnalyticContainer container(scene);
  const testing_scene::AnalyticSam sam;
  const mask_decoder::DecodeContext context{scene, container, sam, {}, {}};
  mask_decoder::ObjectPrompt ball;
  ball.name = "ball";
  ball.clicks = {{"front.png", Vec2(80, 65), 1}};
  const std::vector<int> chosen = FirstViews(ball, context, {0, 1, 2, 3, 4, 5}, 3, Job());
  EXPECT_EQ(chosen.front(), 0);
  EXPECT_THAT(chosen, Contains(1));
  EXPECT_THAT(chosen, Not(Contains(3)));  // turns its back
  EXPECT_THAT(chosen, Not(Contains(5)));  // sees the other side
}

}  // namespace
}  // namespace sanerf::segmentation
