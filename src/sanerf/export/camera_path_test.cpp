#include "sanerf/export/camera_path.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "sanerf/core/error.h"
#include "sanerf/core/files.h"
#include "sanerf/core/folder_test_support.h"

namespace sanerf::exports {

using scene::Scene;

namespace {

using ::testing::HasSubstr;

Camera LookingAt(const Vec3& eye, const Vec3& target) {
  Camera camera;
  camera.width = 80;
  camera.height = 60;
  camera.fx = camera.fy = 70;
  camera.cx = 40;
  camera.cy = 30;
  const Vec3 back = (eye - target).normalized(), right = Vec3::UnitZ().cross(back).normalized();
  camera.world_from_cam.rotation << right, back.cross(right), back;
  camera.world_from_cam.translation = eye;
  return camera;
}

// Around (1, 2, 3), 4 units away, 2 above it: the focus is the origin of the model frame.
Scene SceneAround(double first_angle, double last_angle) {
  Scene scene;
  const Vec3 focus(1, 2, 3);
  scene.model_from_file.translation = -focus;
  for (int i = 0; i < 12; ++i) {
    const double angle = first_angle + (last_angle - first_angle) * i / 12;
    scene::View view;
    view.name = "images/" + std::to_string(100 + i) + ".png";
    view.camera = LookingAt(focus + Vec3(std::sqrt(12) * std::cos(angle), std::sqrt(12) * std::sin(angle), 2), focus);
    view.is_test = i % 4 == 0;
    scene.views.push_back(view);
  }
  return scene;
}

TEST(CameraPath, AnOrbitGoesAroundWhatTheCamerasLookAt) {
  const Scene scene = SceneAround(0, 2 * std::numbers::pi);
  const auto cameras = OrbitCameras(scene, 8);
  ASSERT_EQ(cameras.size(), 8u);
  Vec3 mean = Vec3::Zero();
  for (const NamedCamera& named : cameras) {
    const Vec3 offset = named.camera.center() - Vec3(1, 2, 3);
    EXPECT_NEAR(offset.norm(), 4, 0.2);
    EXPECT_NEAR(offset.z(), 2, 0.3);
    EXPECT_LT((*named.camera.Project(Vec3(1, 2, 3)) - Vec2(40, 30)).norm(), 1e-6);
    EXPECT_GT(named.camera.world_from_cam.rotation(2, 1), 0.5);  // the picture's up is the world's
    mean += offset / 8;
  }
  EXPECT_LT(mean.head<2>().norm(), 0.2);
}

// In coordinates of the Earth (UTM) the same cameras, to a micrometer.
TEST(CameraPath, AnOrbitOfAFarAwaySceneIsTheSameOrbitThere) {
  const Vec3 far(1'500'123.25, 5'291'877.125, 412.5);
  for (const double last_angle : {2 * std::numbers::pi, 0.3}) {
    const Scene scene = SceneAround(0, last_angle);
    Scene moved = scene;
    moved.model_from_file.translation -= far;
    for (scene::View& view : moved.views) view.camera.world_from_cam.translation += far;
    const auto cameras = OrbitCameras(scene, 8), there = OrbitCameras(moved, 8);
    for (size_t i = 0; i < 8; ++i) {
      EXPECT_LT((there[i].camera.center() - far - cameras[i].camera.center()).norm(), 1e-6);
      EXPECT_TRUE(there[i].camera.world_from_cam.rotation.isApprox(cameras[i].camera.world_from_cam.rotation, 1e-8));
    }
  }
}

TEST(CameraPath, AForwardFacingOrbitStaysAmongTheCameras) {
  const Scene scene = SceneAround(0, 0.3);
  const Vec3 middle = scene.views[6].camera.center();
  for (const NamedCamera& named : OrbitCameras(scene, 8)) EXPECT_LT((named.camera.center() - middle).norm(), 0.8);
}

TEST(CameraPath, WhatIsTypedIsASetAPathFileOrAView) {
  EXPECT_EQ(std::get<CameraSet>(ParseCameraChoice("")), CameraSet::kUsual);
  EXPECT_EQ(std::get<CameraSet>(ParseCameraChoice("orbit")), CameraSet::kOrbit);
  EXPECT_EQ(std::get<PathFile>(ParseCameraChoice("way/test.json")).path, "way/test.json");
  EXPECT_EQ(std::get<OneView>(ParseCameraChoice("images/105.png")).name, "images/105.png");
}

TEST(CameraPath, ViewsByChoiceAndByName) {
  const Scene scene = SceneAround(0, 6);
  const auto cameras = [](const char* text, const Scene& of, int frames) {
    return CamerasFor(ParseCameraChoice(text), of, frames);
  };
  EXPECT_EQ(cameras("test", scene, 1).size(), 3u);
  EXPECT_EQ(cameras("", scene, 1).size(), 3u);
  EXPECT_EQ(cameras("train", scene, 1).size(), 9u);
  EXPECT_EQ(cameras("all", scene, 1).size(), 12u);
  EXPECT_EQ(cameras("all", scene, 1).back().name, "images_111");
  EXPECT_EQ(cameras("105", scene, 1).at(0).name, "images_105");
  EXPECT_THAT(ErrorTextOf<UsageError>([&] { cameras("tset", scene, 1); }), HasSubstr("did you mean 'test'?"));
  EXPECT_THROW(cameras("orbit", scene, 0), UsageError);
  Scene without_test = scene;
  for (scene::View& view : without_test.views) view.is_test = false;
  EXPECT_THAT(ErrorTextOf<UsageError>([&] { cameras("test", without_test, 1); }), HasSubstr("no test views"));
  EXPECT_EQ(cameras("", without_test, 3).at(2).name, "orbit_002");
}

TEST(CameraPath, PicturesShrinkToTheLongestSideOrByTheFactor) {
  const Camera camera = LookingAt({4, 0, 2}, {0, 0, 0});  // 80 x 60
  const auto size = [&](double downscale, int longest_side) {
    const Camera small = Shrunk(camera, downscale, longest_side);
    return std::pair(small.width, small.height);
  };
  EXPECT_EQ(size(1, 0), std::pair(80, 60));
  EXPECT_EQ(size(1, 80), std::pair(80, 60));
  EXPECT_EQ(size(1, 800), std::pair(80, 60));  // never larger
  EXPECT_EQ(size(1, 40), std::pair(40, 30));
  EXPECT_EQ(size(4, 40), std::pair(20, 15));
  EXPECT_EQ(size(64, 0), std::pair(1, 1));
  EXPECT_DOUBLE_EQ(Shrunk(camera, 1, 40).fx, 35);
}

TEST(CameraPath, PathFilesOverrideTheScenesIntrinsics) {
  const TestFolder folder;
  const Scene scene = SceneAround(0, 6);
  WriteFileAtomic(folder / "p.json", R"({"w": 160, "camera_angle_x": 1.5707963267948966,
    "frames": [{"transform_matrix": [[1,0,0,4],[0,1,0,5],[0,0,1,6],[0,0,0,1]]},
               {"transform_matrix": [[1,0,0,4],[0,1,0,5],[0,0,1,6]], "fl_x": 33, "h": 20}]})");
  const auto cameras = ReadCameraPath(folder / "p.json", scene);
  ASSERT_EQ(cameras.size(), 2u);
  EXPECT_EQ(cameras[0].camera.width, 160);
  EXPECT_EQ(cameras[0].camera.height, 60);
  EXPECT_NEAR(cameras[0].camera.fx, 80, 1e-9);  // 45 degrees to each side of 160 pixels
  EXPECT_TRUE(cameras[0].camera.center().isApprox(Vec3(4, 5, 6)));
  EXPECT_EQ(cameras[1].camera.fx, 33);
  EXPECT_EQ(cameras[1].camera.height, 20);
}

TEST(CameraPath, BrokenPathFilesNameFileAndKey) {
  const TestFolder folder;
  const Scene scene = SceneAround(0, 6);
  const auto error_of = [&](const std::string& text) {
    WriteFileAtomic(folder / "p.json", text);
    return ErrorTextOf<Error>([&] { ReadCameraPath(folder / "p.json", scene); });
  };
  EXPECT_THAT(error_of(R"({"frames": []})"), HasSubstr("p.json: frames: no frame"));
  EXPECT_THAT(error_of(R"({})"), HasSubstr("\"frames\" is missing"));
  EXPECT_THAT(error_of(R"({"frames": [{"transform_matrix": [[1,0,0,0],[0,1,0,0],[0,0,0,0]]}]})"),
              HasSubstr("p.json: frames[0].transform_matrix: the left 3x3 part is not a rotation"));
  EXPECT_THAT(error_of("{\"frames\": [\n{\"transform_matrix\": [[NaN]]}]}"), HasSubstr("p.json:2:24: broken JSON"));
  EXPECT_THAT(error_of(R"({"frames": [{"transform_matrix": [[1,0],[0,1],[0,0]]}]})"), HasSubstr("expected 4 numbers"));
  EXPECT_THAT(error_of(R"({"w": 0, "frames": []})"), HasSubstr("w and h"));
}

}  // namespace
}  // namespace sanerf::exports
