#include <gmock/gmock.h>

#include <vector>

#include "sanerf/core/job.h"
#include "sanerf/core/json.h"
#include "sanerf/core/npy.h"
#include "sanerf/scene/instance_masks.h"
#include "sanerf/scene/load_scene.h"
#include "sanerf/scene/scene.h"
#include "sanerf/scene/scene_folder_test_support.h"

namespace sanerf::scene {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class MessyRoomsTest : public SceneFolderTest {
 protected:
  // n frames 0.png, 1.png, …; the cameras are in the order of their numbers.
  void WriteScene(int n) {
    Json positions = Json::array(), quaternions = Json::array();
    for (int i = 0; i < n; ++i) {
      WriteImage("color/" + std::to_string(i) + ".png", 16, 12, 4, 255);
      const Pose pose = RingPose(i, n);
      const Eigen::Quaterniond q(pose.rotation);
      positions.push_back({pose.translation.x(), pose.translation.y(), pose.translation.z()});
      quaternions.push_back({q.w(), q.x(), q.y(), q.z()});
    }
    meta_ = {{"camera",
              {{"K", {{1.25, 0, -0.5}, {0, -1.5, -0.5}, {0, 0, -1}}},
               {"positions", positions},
               {"quaternions", quaternions}}}};
    Save();
  }
  void Save() { WriteText("metadata.json", meta_.dump()); }
  std::string LoadError() {
    Save();
    return ErrorText([&] { LoadScene(root_, {}, Job()); });
  }

  Json meta_;
};

TEST_F(MessyRoomsTest, CamerasInTheOrderOfTheNumbersAndTheLastFifthHeldOut) {
  WriteScene(12);
  const Scene scene = LoadScene(root_, {}, Job());
  EXPECT_EQ(scene.format, "messy-rooms");
  EXPECT_THAT(scene.summary,
              AllOf(HasSubstr("Messy Rooms color and metadata.json"), HasSubstr("9 to train, 3 to test")));
  for (const View& view : scene.views) {
    const int i = std::stoi(view.name.substr(6));
    EXPECT_TRUE(view.camera.world_from_cam.rotation.isApprox(RingPose(i, 12).rotation, 1e-9)) << view.name;
    EXPECT_TRUE(view.camera.center().isApprox(RingPose(i, 12).translation, 1e-9)) << view.name;
    EXPECT_EQ(view.is_test, i >= 9) << view.name;  // int(0.8 * 12) = 9
  }
}

TEST_F(MessyRoomsTest, NormalizedIntrinsicsAndBlenderAxes) {
  WriteScene(3);
  // Upright at (1, 2, 3), looking down the world's -z with x right: Blender's identity.
  meta_["camera"]["positions"][1] = {1, 2, 3};
  meta_["camera"]["quaternions"][1] = {1, 0, 0, 0};
  Save();
  const Camera camera = LoadScene(root_, {}, Job()).views[1].camera;
  EXPECT_DOUBLE_EQ(camera.fx, 20);  // 1.25 * 16
  EXPECT_DOUBLE_EQ(camera.fy, 18);  // 1.5 * 12
  EXPECT_DOUBLE_EQ(camera.cx, 8);
  const auto px = camera.Project(Vec3(1.5, 2.25, -1));  // 0.5 right, 0.25 above, 4 in front
  ASSERT_TRUE(px);
  EXPECT_NEAR(px->x(), 8 + 20 * 0.5 / 4, 1e-9);
  EXPECT_NEAR(px->y(), 6 - 18 * 0.25 / 4, 1e-9);
}

TEST_F(MessyRoomsTest, InstanceArraysBeyond255) {
  WriteScene(3);
  std::filesystem::create_directories(root_ / "instance");
  const std::vector<float> ids(16 * 12, 499);
  for (const char* name : {"0.npy", "1.npy", "2.npy"}) WriteNpy(root_ / "instance" / name, {12, 16}, ids.data());
  const Scene scene = LoadScene(root_, {}, Job());
  EXPECT_TRUE(scene.warnings.empty());
  EXPECT_EQ(scene.views[2].mask_path, root_ / "instance/2.npy");
  EXPECT_EQ(LoadViewInstances(scene.views[2]).At(0, 0), 499);
}

TEST_F(MessyRoomsTest, CamerasThatAreNotFiniteAreLeftOut) {
  WriteScene(5);
  std::string text = meta_.dump();
  const std::string z = meta_["camera"]["positions"][2][2].dump() + "]";
  size_t at = std::string::npos;
  for (int i = 0; i < 3; ++i) at = text.find(z, at + 1);  // the ring is level: z of the third position
  WriteText("metadata.json", text.replace(at, z.size(), "NaN]"));
  const Scene scene = LoadScene(root_, {}, Job());
  EXPECT_EQ(scene.views.size(), 4u);
  EXPECT_THAT(scene.warnings, testing::ElementsAre(AllOf(HasSubstr("the camera of 1 of 5 photos has values"),
                                                         HasSubstr("color/2.png"))));
}

TEST_F(MessyRoomsTest, MalformedMetadata) {
  WriteScene(3);
  const Json good = meta_;
  const std::string file = (root_ / "metadata.json").string();
  meta_["camera"]["positions"].erase(2);
  EXPECT_THAT(LoadError(), AllOf(HasSubstr(file + ": camera.positions: 2 positions and 3 quaternions, but color has 3 "
                                                  "images"),
                                 HasSubstr("in the order of their numbers")));
  meta_ = good;
  meta_["camera"]["quaternions"][1] = {1, 1, 0, 0};
  EXPECT_THAT(LoadError(), HasSubstr("camera.quaternions[1]: the quaternion has length 1.414 instead of 1"));
  meta_ = good;
  meta_["camera"]["quaternions"][1] = {1, 0, 0};
  EXPECT_THAT(LoadError(), HasSubstr("camera.quaternions[1]: expected 4 numbers, found 3"));
  meta_ = good;
  meta_["camera"]["K"] = {{20, 0, 8}, {0, 20, 6}, {0, 0, 1}};  // in pixels
  EXPECT_THAT(LoadError(), HasSubstr("camera.K: the principal point (128.0, 72.0) lies outside of the photos"));
  meta_ = {{"calibration", 1}};
  EXPECT_THAT(LoadError(), HasSubstr(file + ": \"camera\" is missing"));
}

}  // namespace
}  // namespace sanerf::scene
