#include <fmt/format.h>
#include <gmock/gmock.h>

#include "sanerf/core/job.h"
#include "sanerf/scene/instance_masks.h"
#include "sanerf/scene/load_scene.h"
#include "sanerf/scene/scene.h"
#include "sanerf/scene/scene_folder_test_support.h"

namespace sanerf::scene {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

class PanopticLiftingTest : public SceneFolderTest {
 protected:
  // Replica's names are 0_0000, HyperSim's 0000, ScanNet's 0, 15, …
  void WriteScene(const std::vector<std::string>& names) {
    for (size_t i = 0; i < names.size(); ++i) {
      WriteImage("color/" + names[i] + ".png");
      WritePose(names[i], RingPose(int(i), int(names.size())));
    }
    WriteText("intrinsic/intrinsic_color.txt", "20 0.00 7.5 0.00\n0.00 22 5.5 0.00\n0 0 1 0\n0 0 0 1");
  }
  // As the data set has it: OpenCV's axes.
  void WritePose(const std::string& name, const Pose& pose) {
    const Mat3 r = pose.rotation * Vec3(1, -1, -1).asDiagonal();
    std::string text;
    for (int row = 0; row < 3; ++row) {
      text += fmt::format("{} {} {} {}\n", r(row, 0), r(row, 1), r(row, 2), pose.translation[row]);
    }
    WriteText("pose/" + name + ".txt", text + "0.00 0.00 0.00 1.00\n");
  }
  std::string LoadError() {
    return ErrorText([&] { LoadScene(root_, {}, Job()); });
  }
};

TEST_F(PanopticLiftingTest, AxesAndPixelCenters) {
  WriteScene({"0_0000", "0_0001", "0_0002"});
  // A camera at (1, 2, 3) with x right, y down, z forward along the world's axes.
  WriteText("pose/0_0001.txt", "1 0 0 1\n0 1 0 2\n0 0 1 3\n0 0 0 1");
  const Scene scene = LoadScene(root_, {}, Job());
  EXPECT_EQ(scene.format, "panoptic-lifting");
  EXPECT_THAT(scene.summary, HasSubstr("3 photos, 16x12, Panoptic Lifting color and pose"));
  ASSERT_EQ(scene.views.size(), 3u);
  EXPECT_EQ(scene.views[1].name, "color/0_0001.png");
  const Camera& camera = scene.views[1].camera;
  EXPECT_TRUE(camera.center().isApprox(Vec3(1, 2, 3)));
  EXPECT_TRUE(camera.world_from_cam.rotation.isApprox(Mat3(Vec3(1, -1, -1).asDiagonal())));
  // 0.5 to the right, 0.25 below, 4 in front. The files count pixels from the center of the first one:
  // 20 * 0.5 / 4 + 7.5 = 10 and 22 * 0.25 / 4 + 5.5 = 6.875, half a pixel more in ours.
  const auto px = camera.Project(Vec3(1.5, 2.25, 7));
  ASSERT_TRUE(px);
  EXPECT_NEAR(px->x(), 10.5, 1e-9);
  EXPECT_NEAR(px->y(), 7.375, 1e-9);
}

TEST_F(PanopticLiftingTest, RingLooksAtTheMiddle) {
  WriteScene({"0000", "0001", "0002", "0003"});
  const Scene scene = LoadScene(root_, {}, Job());
  for (int i = 0; i < 4; ++i) {
    EXPECT_TRUE(scene.views[size_t(i)].camera.world_from_cam.rotation.isApprox(RingPose(i, 4).rotation, 1e-9));
    const auto px = scene.views[size_t(i)].camera.Project(Vec3::Zero());
    ASSERT_TRUE(px);
    EXPECT_NEAR(px->x(), 8, 1e-6);
  }
  EXPECT_EQ(scene.TestViews(), std::vector<int>{0});  // no split: every 8th
}

TEST_F(PanopticLiftingTest, SplitsAndMasks) {
  WriteScene({"0", "5", "10", "15"});
  WriteText("splits.json", R"({"train": ["0", 10, "20"], "test": ["5"]})");
  ImageU16 ids(16, 12, 1, 300);
  std::filesystem::create_directories(root_ / "rs_instance");
  for (const char* name : {"0", "5", "10"}) WritePng(root_ / "rs_instance" / (std::string(name) + ".png"), ids);
  WriteImage("instance/5.png", 16, 12, 1, 9);  // everything annotated, not things alone
  WriteImage("rs_instance/99.png", 16, 12, 1, 1);
  const Scene scene = LoadScene(root_, {}, Job());
  ASSERT_EQ(scene.views.size(), 3u);  // sorted by name: 0, 10, 5
  EXPECT_EQ(scene.TestViews(), std::vector<int>{2});
  EXPECT_THAT(scene.summary, AllOf(HasSubstr("splits.json"), HasSubstr("masks"), HasSubstr("the scene's own split")));
  EXPECT_EQ(scene.views[2].mask_path, root_ / "rs_instance/5.png");
  EXPECT_EQ(LoadViewInstances(scene.views[2]).At(3, 3), 300);
  EXPECT_THAT(scene.warnings, ElementsAre("1 of 4 listed images is missing and left out: color/20",
                                          "photos in no list of splits.json are left out (1): color/15.png",
                                          "files in rs_instance that fit no photo (1): 99.png"));
}

TEST_F(PanopticLiftingTest, FramesWithoutAPose) {
  WriteScene({"0", "1", "2", "3"});
  std::filesystem::remove(root_ / "pose/1.txt");
  WriteText("pose/3.txt", "-inf -inf -inf -inf\n-inf -inf -inf -inf\n-inf -inf -inf -inf\n-inf -inf -inf -inf\n");
  const Scene scene = LoadScene(root_, {}, Job());
  EXPECT_EQ(scene.views.size(), 2u);
  EXPECT_THAT(scene.warnings,
              ElementsAre("photos without a file in pose are left out (1): color/1.png",
                          "photos whose pose is not finite, because tracking was lost, are left out (1): color/3.png"));
}

TEST_F(PanopticLiftingTest, PhotosMayLieInImages) {
  WriteScene({"0", "1"});
  std::filesystem::rename(root_ / "color", root_ / "images");
  EXPECT_EQ(LoadScene(root_, {}, Job()).views[1].name, "images/1.png");
}

TEST_F(PanopticLiftingTest, MalformedFolders) {
  WriteScene({"0", "1"});
  const std::string pose = (root_ / "pose/1.txt").string(), k = (root_ / "intrinsic/intrinsic_color.txt").string();
  WriteText("pose/1.txt", "1 0 0 0\n0 1 0\n0 0 1 0\n0 0 0 1");
  EXPECT_THAT(LoadError(), HasSubstr(pose + ": expected 4 rows of 4 numbers, found 4 rows, the first of 4"));
  WriteText("pose/1.txt", "1 0 0 0\n0 one 0 0\n0 0 1 0\n0 0 0 1");
  EXPECT_THAT(LoadError(), HasSubstr(pose + ":2: 'one' is not a number"));
  WriteText("pose/1.txt", "2 0 0 0\n0 2 0 0\n0 0 2 0\n0 0 0 1");
  EXPECT_EQ(LoadError(), "");
  EXPECT_THAT(LoadScene(root_, {}, Job()).warnings, testing::Contains(HasSubstr("have a scale, 2, which")));
  WriteText("pose/1.txt", "1 0 0 0\n0 1 0 0\n0 0 -1 0\n0 0 0 1");
  EXPECT_THAT(LoadError(), HasSubstr(pose + ": the pose is mirrored"));
  WriteText("pose/1.txt", "1 0 0 0\n0 1 0 0\n0 0 1 0\n0 0 0 1");

  WriteText("intrinsic/intrinsic_color.txt", "0 0 8 0\n0 20 6 0\n0 0 1 0\n0 0 0 1");
  EXPECT_THAT(LoadError(), HasSubstr(k + ": the focal length 0, 20 is not positive"));
  WriteText("intrinsic/intrinsic_color.txt", "20 3 8 0\n0 20 6 0\n0 0 1 0\n0 0 0 1");
  EXPECT_THAT(LoadError(), HasSubstr(k + ": a skewed pixel grid is not supported"));
  WriteText("intrinsic/intrinsic_color.txt", "1170 0 646 0\n0 1170 489 0\n0 0 1 0\n0 0 0 1");
  EXPECT_THAT(LoadError(), AllOf(HasSubstr(k + ": the principal point (646.5, 489.5) lies outside of the photos, which "
                                               "are 16x12"),
                                 HasSubstr("the photos that the intrinsics belong to")));
  WriteText("intrinsic/intrinsic_color.txt", "");
  EXPECT_THAT(LoadError(), HasSubstr(k + ": expected 4 rows of 4 numbers, found 0 rows"));
}

TEST_F(PanopticLiftingTest, NoPhotoOrNoPose) {
  WriteScene({"0", "1"});
  WriteText("splits.json", R"({"train": ["0"]})");
  EXPECT_THAT(LoadError(), HasSubstr((root_ / "splits.json").string() + ": \"val\" is missing"));
  std::filesystem::remove(root_ / "splits.json");
  std::filesystem::remove(root_ / "pose/0.txt");
  std::filesystem::remove(root_ / "pose/1.txt");
  EXPECT_THAT(LoadError(), AllOf(HasSubstr("no photo in " + (root_ / "color").string() + " has a pose"),
                                 HasSubstr((root_ / "pose/0.txt").string())));
  std::filesystem::remove(root_ / "color/0.png");
  std::filesystem::remove(root_ / "color/1.png");
  EXPECT_THAT(LoadError(), AllOf(HasSubstr("no images in " + root_.string()), HasSubstr("in color and images")));
}

}  // namespace
}  // namespace sanerf::scene
