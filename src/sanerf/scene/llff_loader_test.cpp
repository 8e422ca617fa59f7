#include <gmock/gmock.h>

#include <limits>

#include "sanerf/core/job.h"
#include "sanerf/core/npy.h"
#include "sanerf/scene/load_scene.h"
#include "sanerf/scene/scene.h"
#include "sanerf/scene/scene_folder_test_support.h"

namespace sanerf::scene {
namespace {

using testing::HasSubstr;

class LlffTest : public SceneFolderTest {
 protected:
  // Cameras in a row that look along world +z with y down, as LLFF's own scenes are.
  void WritePoses(int n) {
    rows_.clear();
    for (int i = 0; i < n; ++i) {
      const Vec3 right(1, 0, 0), up(0, -1, 0), back(0, 0, -1), center(0.3 * i - 0.3, 0.1 * (i % 2), 0);
      for (int axis = 0; axis < 3; ++axis) {
        const double hwf = axis == 0 ? 96 : axis == 1 ? 128 : 100;
        for (const double value : {-up[axis], right[axis], back[axis], center[axis], hwf})
          rows_.push_back(float(value));
      }
      rows_.push_back(4);
      rows_.push_back(12);
    }
    Save(n);
  }
  void Save(int n) { WriteNpy(root_ / "poses_bounds.npy", {n, 17}, rows_.data()); }
  void WriteImages(int n, const std::string& folder, int width = 16, int height = 12) {
    for (int i = 0; i < n; ++i) WriteImage(folder + "/p" + std::to_string(i) + ".png", width, height);
  }
  std::string LoadError() {
    return ErrorText([&] { LoadScene(root_, {}, Job()); });
  }

  std::vector<float> rows_;
};

TEST_F(LlffTest, AxesAndScaledIntrinsics) {
  WriteImages(3, "images_8");
  WritePoses(3);
  const Scene scene = LoadScene(root_, {}, Job());
  EXPECT_EQ(scene.format, "llff");
  EXPECT_THAT(scene.summary, HasSubstr("photos from images_8"));
  ASSERT_EQ(scene.views.size(), 3u);
  const Camera& camera = scene.views[1].camera;
  EXPECT_EQ(scene.views[1].name, "images_8/p1.png");
  EXPECT_EQ(camera.width, 16);
  EXPECT_DOUBLE_EQ(camera.fx, 12.5);  // 100 px at 128 wide
  EXPECT_DOUBLE_EQ(camera.cx, 8);
  EXPECT_TRUE(camera.world_from_cam.rotation.col(0).isApprox(Vec3(1, 0, 0), 1e-6));
  EXPECT_TRUE(camera.world_from_cam.rotation.col(1).isApprox(Vec3(0, -1, 0), 1e-6));
  EXPECT_TRUE(camera.world_from_cam.rotation.col(2).isApprox(Vec3(0, 0, -1), 1e-6));
  // A point in front, right and (in this world) above the camera: right of and above the middle of the picture.
  const auto px = camera.Project(camera.center() + Vec3(1, -1, 5));
  ASSERT_TRUE(px);
  EXPECT_NEAR(px->x(), 8 + 12.5 / 5, 1e-5);
  EXPECT_NEAR(px->y(), 6 - 12.5 / 5, 1e-5);
}

TEST_F(LlffTest, ForwardFacingFrameLiesBetweenNearAndFar) {
  WriteImages(3, "images");
  WritePoses(3);
  const Scene scene = LoadScene(root_, {}, Job());
  // Cameras around z = 0 look along +z; the middle of 4 and 12 in disparity is 2 / (1/4 + 1/12) = 6.
  const Vec3 middle = scene.model_from_file * Vec3(0, 0, 6);
  EXPECT_LT(middle.norm(), 0.05);
  EXPECT_NEAR(scene.model_from_file.scale, 1.0 / 6, 1e-6);
  const Vec3 up = scene.model_from_file.rotation * Vec3(0, -1, 0);
  EXPECT_TRUE(up.isApprox(Vec3::UnitZ(), 1e-6));
  const Vec3 forward = scene.model_from_file.rotation * Vec3(0, 0, 1);
  EXPECT_TRUE(forward.isApprox(Vec3::UnitY(), 1e-6));
  EXPECT_NEAR(scene.near, 0.25, 1e-9);  // half of 4 / 6, at most 0.25
  EXPECT_GE(scene.extent, 2);
}

TEST_F(LlffTest, TheFolderThatFitsTheRowsIsTaken) {
  WriteImages(5, "images");
  WriteImages(3, "images_4");
  WritePoses(3);
  EXPECT_EQ(LoadScene(root_, {}, Job()).views[0].name, "images_4/p0.png");
}

TEST_F(LlffTest, RowCountMismatch) {
  WriteImages(4, "images");
  WritePoses(3);
  EXPECT_THAT(LoadError(), testing::AllOf(HasSubstr("poses_bounds.npy: 3 rows but images/ has 4 images"),
                                          HasSubstr("file-name order")));
}

TEST_F(LlffTest, NoImages) {
  WritePoses(3);
  EXPECT_THAT(LoadError(), HasSubstr("images_8"));
}

TEST_F(LlffTest, PosesAndIntrinsicsAreChecked) {
  WriteImages(3, "images");
  const auto error_with = [&](int index, float value) {
    WritePoses(3);
    rows_[17 + index] = value;
    Save(3);
    return LoadError();
  };
  EXPECT_THAT(error_with(3, std::numeric_limits<float>::quiet_NaN()),
              testing::AllOf(HasSubstr("row 1"), HasSubstr("not finite")));
  EXPECT_THAT(error_with(1, 0), testing::AllOf(HasSubstr("row 1"), HasSubstr("singular")));
  EXPECT_THAT(error_with(1, 3), testing::AllOf(HasSubstr("row 1"), HasSubstr("not rigid")));
  EXPECT_THAT(error_with(14, 0), testing::AllOf(HasSubstr("row 1"), HasSubstr("intrinsics absent")));
}

TEST_F(LlffTest, WrongShape) {
  WriteImages(3, "images");
  const std::vector<float> rows(3 * 15, 1.0f);
  WriteNpy(root_ / "poses_bounds.npy", {3, 15}, rows.data());
  EXPECT_THAT(LoadError(), HasSubstr("rows of 17 numbers"));
}

}  // namespace
}  // namespace sanerf::scene
