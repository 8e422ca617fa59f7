#include "sanerf/core/camera.h"

#include <gtest/gtest.h>

#include <cmath>

#include "sanerf/core/random.h"

namespace sanerf {
namespace {

Camera PlainCamera() {
  Camera camera;
  camera.width = 100;
  camera.height = 80;
  camera.fx = 50;
  camera.fy = 40;
  camera.cx = 50;
  camera.cy = 40;
  return camera;
}

Camera DistortedCamera() {
  Camera camera = PlainCamera();
  camera.lens = Lens::Radial(-0.21, 0.06, 0.003, -0.002);
  camera.world_from_cam.rotation =
      (Eigen::AngleAxisd(0.7, Vec3(1, 2, -0.5).normalized()) * Eigen::AngleAxisd(-0.2, Vec3::UnitX()))
          .toRotationMatrix();
  camera.world_from_cam.translation = Vec3(0.3, -1.2, 2.5);
  return camera;
}

TEST(Camera, FollowsOpenGlAxes) {
  // x right, y up, looking along -z: the pixel to the right of and above the center sees +x, +y.
  const Vec3 ray = PlainCamera().RayInCam({75, 20});
  EXPECT_TRUE(ray.isApprox(Vec3(0.5, 0.5, -1), 1e-12)) << ray.transpose();
  EXPECT_TRUE(PlainCamera().Project(Vec3(1, 1, -2))->isApprox(Vec2(75, 20), 1e-12));
}

TEST(Camera, ThingsBehindAreNotProjected) {
  EXPECT_FALSE(PlainCamera().Project(Vec3(0, 0, 1)).has_value());
  EXPECT_FALSE(PlainCamera().Project(Vec3(1, 0, 0)).has_value());
  EXPECT_EQ(PlainCamera().ZDepth(Vec3(5, 5, 3)), -3);
}

// One pixel of OpenCV's model by hand: x = 0.5, y = 0.25 (down), r^2 = 0.3125, k1 = 0.1, p1 = 0.01, p2 = 0.02:
// radial = 1.03125; x' = 0.515625 + 2*0.01*0.125 + 0.02*(0.3125 + 0.5)     = 0.534375
//                   y' = 0.2578125 + 0.01*(0.3125 + 0.125) + 2*0.02*0.125  = 0.2671875
TEST(Camera, DistortsAsOpenCv) {
  Camera camera = PlainCamera();
  camera.lens = Lens::Radial(0.1, 0, 0.01, 0.02);
  const Vec2 px = camera.Project(Vec3(0.5, -0.25, -1)).value();
  EXPECT_NEAR(px.x(), 50 * 0.534375 + 50, 1e-12);
  EXPECT_NEAR(px.y(), 40 * 0.2671875 + 40, 1e-12);
}

TEST(Camera, LiftAndProjectAreInverse) {
  const Camera camera = DistortedCamera();
  Random random(3);
  for (int i = 0; i < 200; ++i) {
    const Vec2 px(random.NextDouble() * camera.width, random.NextDouble() * camera.height);
    const double depth = 0.5 + 5 * random.NextDouble();
    const Vec3 p = camera.Lift(px, depth);
    EXPECT_NEAR(camera.ZDepth(p), depth, 1e-9);
    ASSERT_TRUE(camera.Project(p).has_value());
    EXPECT_LT((*camera.Project(p) - px).norm(), 1e-7) << px.transpose();
  }
}

TEST(Camera, FarPointsThatTheDistortionFoldsBackAreNotSeen) {
  Camera camera = PlainCamera();
  camera.lens = Lens::Radial(-0.3);  // r (1 - 0.3 r^2) rises up to r = 1.054 only
  EXPECT_TRUE(camera.Project(Vec3(1.0, 0, -1)).has_value());
  EXPECT_FALSE(camera.Project(Vec3(1.1, 0, -1)).has_value());
  EXPECT_FALSE(camera.Project(Vec3(1.8, 0, -1)).has_value());  // the bare polynomial says 0.05, in the image
}

TEST(Camera, UndistortionEndsWhereTheModelHasNoInverse) {
  Camera camera = PlainCamera();
  camera.lens = Lens::Radial(-0.3);
  const Vec3 ray = camera.RayInCam({500, 40});  // normalized radius 9; the model reaches 0.70
  EXPECT_TRUE(ray.allFinite());
}

TEST(Camera, ResizingKeepsTheRays) {
  const Camera camera = DistortedCamera(), small = camera.Resized(50, 20);
  EXPECT_EQ(small.width, 50);
  EXPECT_LT((camera.RayInWorld({30, 60}) - small.RayInWorld({15, 15})).norm(), 1e-12);
  const Camera limited = camera.ResizedToLongest(50);
  EXPECT_EQ(limited.width, 50);
  EXPECT_EQ(limited.height, 40);
  EXPECT_EQ(camera.ResizedToLongest(1000).width, 100);
}

// A fisheye sees things beside and behind it; what it measures is how far they are.
TEST(Camera, WideLensesMeasureDistance) {
  Camera camera = DistortedCamera();
  camera.fx = camera.fy = 25;
  camera.lens = Lens(LensModel::kFisheye, {.k1 = -0.01});
  const Vec3 behind = camera.center() + camera.world_from_cam.rotation * Vec3(3, 0, 1);
  const auto px = camera.Project(behind);
  ASSERT_TRUE(px);
  EXPECT_NEAR(camera.ZDepth(behind), std::sqrt(10), 1e-12);
  EXPECT_LT((camera.Lift(*px, std::sqrt(10)) - behind).norm(), 1e-9);
  EXPECT_TRUE(camera.SeesWholePicture());
  EXPECT_TRUE(camera.Straightened().lens.IsStraight());
  EXPECT_EQ(camera.Straightened().width, 100);
}

TEST(Camera, PixelsBeyondTheFieldOfViewHaveNoRay) {
  Camera camera = PlainCamera();  // 100 x 80, 50 and 40 pixels to a unit: the corners are at 1.41
  EXPECT_TRUE(camera.SeesWholePicture());
  camera.lens = Lens::Radial(-0.3);  // reaches 0.70
  EXPECT_FALSE(camera.SeesWholePicture());
  EXPECT_TRUE(camera.HasRay({50 + 0.69 * 50, 40}));
  EXPECT_FALSE(camera.HasRay({50 + 0.72 * 50, 40}));
}

TEST(Camera, SeesTheWholeSphere) {
  Camera camera = PlainCamera();
  SeeWholeSphere(&camera);
  EXPECT_TRUE(camera.SeesWholePicture());
  EXPECT_TRUE(camera.RayInCam({50, 40}).isApprox(Vec3(0, 0, -1), 1e-12));
  EXPECT_TRUE(camera.RayInCam({75, 40}).isApprox(Vec3(1, 0, 0), 1e-12));
  EXPECT_TRUE(camera.RayInCam({50, 0}).isApprox(Vec3(0, 1, 0), 1e-12));
  EXPECT_NEAR(camera.Project(Vec3(-2, 0, 0))->x(), 25, 1e-12);
  EXPECT_NEAR(camera.Resized(50, 20).Project(Vec3(-2, 0, 0))->x(), 12.5, 1e-12);
}

// What was above is to the right: a point keeps its place on the thing, at pixel (height - y, x).
TEST(Camera, TurnsWithItsPicture) {
  Camera camera = DistortedCamera();
  camera.cx = 45;
  const Camera turned = camera.TurnedClockwise();
  EXPECT_EQ(turned.width, 80);
  EXPECT_EQ(turned.height, 100);
  const Vec3 p = camera.Lift({30, 60}, 2);
  EXPECT_LT((*turned.Project(p) - Vec2(80 - 60, 30)).norm(), 1e-7);
  EXPECT_NEAR(turned.world_from_cam.rotation.determinant(), 1, 1e-12);
  EXPECT_LT((turned.TurnedClockwise().TurnedClockwise().TurnedClockwise().Lift({30, 60}, 2) - p).norm(), 1e-9);
}

// Along x: that is the camera's -z; its x is -y of the world, its y is z.
TEST(Camera, LooksAtATargetWithUpUp) {
  const Pose pose = LookAt({-2, 5, 7}, {1, 5, 7});
  Mat3 rotation;
  rotation << 0, 0, -1, -1, 0, 0, 0, 1, 0;
  EXPECT_TRUE(pose.rotation.isApprox(rotation, 1e-12)) << pose.rotation;
  EXPECT_EQ(pose.translation, Vec3(-2, 5, 7));
  EXPECT_TRUE(LookAt({0, 0, 4}, Vec3::Zero(), Vec3::UnitY()).rotation.isApprox(Mat3::Identity(), 1e-12));
}

TEST(Camera, MovesWithASimilarity) {
  Similarity b_from_a;
  b_from_a.scale = 0.25;
  b_from_a.rotation = Eigen::AngleAxisd(1.1, Vec3(0, 1, 1).normalized()).toRotationMatrix();
  b_from_a.translation = Vec3(1, 2, 3);
  const Camera camera = DistortedCamera(), moved = camera.In(b_from_a);
  const Vec3 p = camera.Lift({20, 30}, 2);
  EXPECT_LT((*moved.Project(b_from_a * p) - Vec2(20, 30)).norm(), 1e-8);
  EXPECT_NEAR(moved.ZDepth(b_from_a * p), 0.25 * 2, 1e-12);
  EXPECT_LT((b_from_a.Inverse() * (b_from_a * p) - p).norm(), 1e-12);
}

}  // namespace
}  // namespace sanerf
