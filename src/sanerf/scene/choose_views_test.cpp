#include "sanerf/scene/choose_views.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sanerf::scene {
namespace {

using ::testing::ElementsAre;

const std::vector<int> kTen = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9};

TEST(ChooseViewsTest, ThinnedViewsAreEvenlyChosen) {
  EXPECT_THAT(ThinnedViews(kTen, 5), ElementsAre(0, 2, 4, 6, 8));
  EXPECT_THAT(ThinnedViews({3, 5, 9}, 2), ElementsAre(3, 5));
  EXPECT_EQ(ThinnedViews(kTen, 0), kTen);
  EXPECT_EQ(ThinnedViews(kTen, 20), kTen);
}

TEST(ChooseViewsTest, WantedViewsComeFirst) {
  EXPECT_THAT(ThinnedViews(kTen, 3, {9}), ElementsAre(0, 5, 9));
  EXPECT_THAT(ThinnedViews(kTen, 2, {1, 3, 7}), ElementsAre(1, 3, 7));  // all of them, though only two were asked for
  EXPECT_EQ(ThinnedViews(kTen, 4, {0, 2}).size(), 4u);                  // 0 is also among the evenly chosen ones
  EXPECT_THAT(ThinnedViews(kTen, 2, {77}), ElementsAre(0, 5));          // not one of the views
}

TEST(ChooseViewsTest, SpreadViewsAreFarApart) {
  Scene scene;
  for (const double x : {0.0, 0.1, 0.2, 5.0, 5.1, 9.0}) {
    scene.views.emplace_back();
    scene.views.back().camera.world_from_cam.translation = Vec3(x, 0, 0);
  }
  EXPECT_THAT(SpreadViews(scene, {0, 1, 2, 3, 4, 5}, 3), ElementsAre(0, 3, 5));
  EXPECT_THAT(SpreadViews(scene, {1, 2}, 0), ElementsAre(1, 2));
}

TEST(ChooseViewsTest, TheNearestViewHasANearCenterAndLooksTheSameWay) {
  Scene scene;
  for (const double x : {0.0, 0.4, 3.0}) {
    scene.views.emplace_back();
    scene.views.back().camera.world_from_cam.translation = Vec3(x, 0, 0);
  }
  const Camera camera = scene.views[0].camera;
  EXPECT_EQ(NearestView(scene, camera, {1, 2}), 1);
  scene.views[1].camera.world_from_cam.rotation = Vec3(-1, 1, -1).asDiagonal();  // looks back
  EXPECT_EQ(NearestView(scene, camera, {1, 2}), 1);                              // 0.4² + (0.4² + 2²) < 3² + 3²
  scene.model_from_file.scale = 0.1;                 // three of the file's units are little now
  EXPECT_EQ(NearestView(scene, camera, {1, 2}), 2);  // 0.04² + (0.04² + 2²) > 0.3² + 0.3²
  EXPECT_EQ(NearestView(scene, camera, {}), -1);
}

}  // namespace
}  // namespace sanerf::scene
