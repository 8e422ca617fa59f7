#include "sanerf/scene/hypernerf_loader.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "sanerf/core/job.h"
#include "sanerf/scene/load_scene.h"
#include "sanerf/scene/moments.h"
#include "sanerf/scene/scene_folder_test_support.h"

namespace sanerf::scene {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class HyperNerfTest : public SceneFolderTest {
 protected:
  static std::string Id(int i) { return fmt::format("{:06}", i + 1); }

  // A telephone on a ring around the origin; pictures at half of the cameras' size.
  void WriteScene(int n) {
    Json ids = Json::array(), metadata = Json::object();
    for (int i = 0; i < n; ++i) {
      ids.push_back(Id(i));
      metadata[Id(i)] = {{"warp_id", i}, {"appearance_id", i}, {"camera_id", 0}};
      const Pose pose = RingPose(i, n);
      const Mat3 opencv = pose.rotation * Vec3(1, -1, -1).asDiagonal();  // world from camera
      Json orientation = Json::array();
      for (int r = 0; r < 3; ++r) orientation.push_back({opencv(0, r), opencv(1, r), opencv(2, r)});  // transposed
      camera_ = {{"orientation", orientation},
                 {"position", {pose.translation.x(), pose.translation.y(), pose.translation.z()}},
                 {"focal_length", 40.0},
                 {"principal_point", {16.5, 12.0}},
                 {"skew", 0.0},
                 {"pixel_aspect_ratio", 1.1},
                 {"radial_distortion", {0.01, 0.0, 0.0}},
                 {"tangential", {0.0, 0.0}},
                 {"image_size", {32, 24}}};
      WriteText("camera/" + Id(i) + ".json", camera_.dump());
      WriteImage("rgb/2x/" + Id(i) + ".png");
    }
    dataset_ = {{"count", n}, {"ids", ids}, {"train_ids", ids}, {"val_ids", Json::array()}};
    WriteText("dataset.json", dataset_.dump());
    WriteText("metadata.json", metadata.dump());
    WriteText("scene.json", R"({"scale": 0.5, "center": [0, 0, 0], "near": 0.5, "far": 2})");
  }
  std::string LoadError() {
    return ErrorText([&] { LoadScene(root_, {}, Job()); });
  }

  Json camera_, dataset_;
};

TEST_F(HyperNerfTest, CamerasAndTimes) {
  WriteScene(9);
  const Scene scene = LoadScene(root_, {}, Job());
  EXPECT_EQ(scene.format, "hypernerf");
  EXPECT_THAT(scene.summary, AllOf(HasSubstr("photos from rgb/2x"), HasSubstr("a moving camera, 9 moments")));
  ASSERT_EQ(scene.views.size(), 9u);
  EXPECT_EQ(scene.TestViews().size(), 2u);
  const View& view = scene.views[3];
  EXPECT_EQ(view.name, "rgb/2x/000004.png");
  EXPECT_DOUBLE_EQ(view.time.value(), 3.0 / 8);
  const Pose pose = RingPose(3, 9);
  EXPECT_TRUE(view.camera.world_from_cam.rotation.isApprox(pose.rotation, 1e-9));
  EXPECT_TRUE(view.camera.center().isApprox(pose.translation, 1e-9));
  EXPECT_DOUBLE_EQ(view.camera.fx, 20);
  EXPECT_DOUBLE_EQ(view.camera.fy, 22);
  EXPECT_DOUBLE_EQ(view.camera.cx, 8.25);
  EXPECT_DOUBLE_EQ(view.camera.lens.terms().k1, 0.01);
  // The origin, which every camera looks at, is at the principal point.
  const auto px = view.camera.Project(Vec3::Zero());
  ASSERT_TRUE(px);
  EXPECT_NEAR(px->x(), 8.25, 1e-6);
  EXPECT_NEAR(px->y(), 6, 1e-6);
}

TEST_F(HyperNerfTest, ItsOwnSplit) {
  WriteScene(6);
  dataset_["train_ids"] = {Id(0), Id(2), Id(4)};
  dataset_["val_ids"] = {Id(1), Id(5)};
  WriteText("dataset.json", dataset_.dump());
  const Scene scene = LoadScene(root_, {}, Job());
  EXPECT_EQ(scene.views.size(), 5u);  // one is in neither list
  EXPECT_EQ(scene.TestViews().size(), 2u);
  EXPECT_DOUBLE_EQ(scene.views[4].time.value(), 1);
}

TEST_F(HyperNerfTest, WhatIsMissingOrNonsense) {
  WriteScene(4);
  std::filesystem::remove(root_ / "rgb/2x/000002.png");
  EXPECT_THAT(LoadScene(root_, {}, Job()).warnings, testing::Contains(HasSubstr("1 of 4 listed images is missing")));
  WriteText("metadata.json", R"({"000001": {}})");
  EXPECT_THAT(LoadError(), AllOf(HasSubstr("metadata.json"), HasSubstr("000001")));
  WriteScene(4);
  camera_["skew"] = 0.5;
  WriteText("camera/000003.json", camera_.dump());
  EXPECT_THAT(LoadError(), AllOf(HasSubstr("000003.json: skew"), HasSubstr("not supported")));
  camera_["skew"] = 0.0;
  camera_["orientation"] = {1, 2};
  WriteText("camera/000003.json", camera_.dump());
  EXPECT_THAT(LoadError(), HasSubstr("orientation: expected 3 rows"));
  std::filesystem::remove(root_ / "camera/000003.json");
  EXPECT_THAT(LoadError(), HasSubstr("000003.json"));
}

}  // namespace
}  // namespace sanerf::scene
