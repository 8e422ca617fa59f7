#include "sanerf/scene/capture_shape.h"

#include <gmock/gmock.h>

#include "sanerf/scene/scene_folder_test_support.h"

namespace sanerf::scene {
namespace {

using testing::HasSubstr;

// Cameras at these angles around the origin, in degrees, at distance 1, that look at it (or away from it).
Scene Ring(const std::vector<double>& angles, double height = 0.5, bool outward = false) {
  Scene scene;
  for (const double angle : angles) {
    const Vec3 center(std::cos(angle * M_PI / 180), std::sin(angle * M_PI / 180), height);
    View view;
    view.camera.world_from_cam = LookAt(center, outward ? Vec3(2 * center) : Vec3(Vec3::Zero()));
    scene.views.push_back(view);
  }
  return scene;
}

std::vector<double> Every(double step, double from, double to) {
  std::vector<double> angles;
  for (double angle = from; angle < to; angle += step) angles.push_back(angle);
  return angles;
}

TEST(CaptureShape, ARingHasNoGap) {
  const CaptureShape shape = ShapeOf(Ring(Every(20, 0, 360)));
  EXPECT_EQ(shape.kind, CaptureShape::Kind::kAround);
  EXPECT_NEAR(shape.gap, 20, 1e-9);
  EXPECT_NEAR(shape.highest, std::atan(0.5) * 180 / M_PI, 1e-9);
  EXPECT_THAT(Description(shape), HasSubstr("over 340 of 360 degrees, 27 degrees above"));
}

TEST(CaptureShape, TheGapIsFoundAlsoAcrossTheAxis) {
  const Scene scene = Ring(Every(10, 60, 300));
  const CaptureShape shape = ShapeOf(scene);
  EXPECT_EQ(shape.kind, CaptureShape::Kind::kAround);
  EXPECT_NEAR(shape.gap, 130, 1e-9);  // from 290 to 60
  EXPECT_NEAR(shape.gap_begin, -70, 1e-9);
  const std::vector<Oddity> oddities = OdditiesOf(scene);
  ASSERT_EQ(oddities.size(), 2u);
  EXPECT_THAT(oddities[0].what, HasSubstr("sector of 130 degrees"));
  EXPECT_THAT(oddities[1].what, HasSubstr("one height"));
}

TEST(CaptureShape, TwoRoundsWithoutAGapAreNotOdd) {
  Scene scene = Ring(Every(20, 0, 360)), higher = Ring(Every(20, 10, 360), 1.2);
  scene.views.insert(scene.views.end(), higher.views.begin(), higher.views.end());
  EXPECT_TRUE(OdditiesOf(scene).empty());
}

TEST(CaptureShape, OneSideAndRooms) {
  EXPECT_EQ(ShapeOf(Ring(Every(5, 0, 60))).kind, CaptureShape::Kind::kOneSide);
  EXPECT_TRUE(OdditiesOf(Ring(Every(5, 0, 60))).empty()) << "a forward-facing capture is as it is meant";
  EXPECT_EQ(ShapeOf(Ring(Every(20, 0, 360), 0, /*outward=*/true)).kind, CaptureShape::Kind::kOutward);
  EXPECT_TRUE(OdditiesOf(Ring({0, 180, 10})).empty()) << "too few to say anything";
  EXPECT_EQ(ShapeOf(Scene()).arc, 0);
}

}  // namespace
}  // namespace sanerf::scene
