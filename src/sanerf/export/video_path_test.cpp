#include "sanerf/export/video_path.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "sanerf/core/error.h"
#include "sanerf/core/folder_test_support.h"

namespace sanerf::exports {
namespace {

using ::testing::HasSubstr;

// Cameras on a ring of radius 4 at height 2 around a far place, which look at its middle.
scene::Scene Ring(int count, const Vec3& middle = Vec3(500'000, 5'400'000, 300)) {
  scene::Scene scene;
  for (int i = 0; i < count; ++i) {
    const double angle = 2 * std::numbers::pi * i / count;
    scene::View view;
    view.name = std::to_string(i);
    view.camera.width = 641;
    view.camera.height = 427;
    view.camera.fx = view.camera.fy = 500;
    view.camera.cx = 320.5;
    view.camera.cy = 213.5;
    view.camera.world_from_cam =
        LookAt(middle + Vec3(4 * std::cos(angle), 4 * std::sin(angle), 2), middle, Vec3::UnitZ());
    scene.views.push_back(view);
  }
  scene.model_from_file.scale = 0.2;
  scene.model_from_file.translation = -0.2 * middle;
  return scene;
}

TEST(VideoPath, ATurntableGoesAroundTheObjectAndFillsThePicture) {
  const scene::Scene scene = Ring(24);
  const ObjectPlace place{Vec3(500'000.5, 5'400'000.25, 300.1), 0.6};
  const std::vector<Camera> cameras = TurntableCameras(scene, place, 90, 800);
  ASSERT_EQ(cameras.size(), 90u);
  double turned = 0;
  for (size_t i = 0; i < cameras.size(); ++i) {
    const Camera& camera = cameras[i];
    EXPECT_EQ(camera.width % 2, 0);
    EXPECT_EQ(camera.height % 2, 0);
    EXPECT_LE(std::max(camera.width, camera.height), 800);
    EXPECT_TRUE(camera.lens.IsStraight());
    const auto px = camera.Project(place.center);
    ASSERT_TRUE(px);
    EXPECT_NEAR(px->x(), camera.cx, 1e-3);
    EXPECT_NEAR(px->y(), camera.cy, 1e-3);
    const Vec3 away = camera.center() - place.center;
    EXPECT_NEAR(away.norm(), (cameras[0].center() - place.center).norm(), 1e-6);
    // The ball's outline is inside the picture, and not small in it.
    const double half = std::atan(0.5 * camera.height / camera.fy), ball = std::asin(place.radius / away.norm());
    EXPECT_LT(ball, half);
    EXPECT_GT(ball, 0.6 * half);
    const Vec3 next = cameras[(i + 1) % 90].center() - place.center;
    turned += std::atan2(away.x() * next.y() - away.y() * next.x(), away.x() * next.x() + away.y() * next.y());
  }
  EXPECT_NEAR(std::abs(turned), 2 * std::numbers::pi, 1e-6);  // once around
}

TEST(VideoPath, OfWhatWasSeenFromOneSideItSwings) {
  scene::Scene scene = Ring(72);
  std::vector<scene::View> some(scene.views.begin(), scene.views.begin() + 9);  // 40 degrees of it
  scene.views = some;
  const ObjectPlace place{Vec3(500'000, 5'400'000, 300), 0.6};
  double lowest = 10, highest = -10;
  for (const Camera& camera : TurntableCameras(scene, place, 60, 400)) {
    const Vec3 away = camera.center() - place.center;
    const double azimuth = std::atan2(away.y(), away.x());
    lowest = std::min(lowest, azimuth);
    highest = std::max(highest, azimuth);
  }
  EXPECT_NEAR(lowest, 0, 0.02);
  EXPECT_NEAR(highest, 8 * 2 * std::numbers::pi / 72, 0.02);
}

TEST(VideoPath, AFlightPassesCamerasSmoothlyAndComesBack) {
  const scene::Scene scene = Ring(30);
  const std::vector<Camera> cameras = FlyCameras(scene, 240, 640);
  ASSERT_EQ(cameras.size(), 240u);
  double longest = 0, length = 0;
  for (size_t i = 0; i < cameras.size(); ++i) {
    const Camera &here = cameras[i], &next = cameras[(i + 1) % 240];
    const double step = (here.center() - next.center()).norm();
    longest = std::max(longest, step);
    length += step;
    EXPECT_NEAR((here.world_from_cam.rotation.transpose() * here.world_from_cam.rotation - Mat3::Identity()).norm(), 0,
                1e-9);
    const Mat3 turn = here.world_from_cam.rotation.transpose() * next.world_from_cam.rotation;
    EXPECT_GT(turn.trace(), 2.95);  // less than 13 degrees from one picture to the next
    double nearest = 10;
    for (const scene::View& view : scene.views)
      nearest = std::min(nearest, (view.camera.center() - here.center()).norm());
    EXPECT_LT(nearest, 1.2);
  }
  EXPECT_NEAR(length, 2 * std::numbers::pi * 4, 2.0);  // the ring once, and no way back and forth
  EXPECT_LT(longest, 3 * length / 240);
}

TEST(VideoPath, FewCamerasAreEnough) {
  EXPECT_EQ(FlyCameras(Ring(1), 5, 640).size(), 5u);
  EXPECT_EQ(FlyCameras(Ring(2), 5, 640).size(), 5u);
  EXPECT_EQ(TurntableCameras(Ring(1), {Vec3(500'000, 5'400'000, 300), 1}, 1, 640).size(), 1u);
}

TEST(VideoPath, GivenCamerasHaveOneSize) {
  std::vector<NamedCamera> path;
  for (const scene::View& view : Ring(3).views) path.push_back({view.name, view.camera, -1});
  for (const Camera& camera : GivenCameras(path)) {
    EXPECT_EQ(camera.width, 640);
    EXPECT_EQ(camera.height, 426);
  }
  path[2].camera.width = 700;
  EXPECT_THAT(ErrorTextOf<UsageError>([&] { GivenCameras(path); }), HasSubstr("the camera 2 of the path is 700x427"));
}

}  // namespace
}  // namespace sanerf::exports
