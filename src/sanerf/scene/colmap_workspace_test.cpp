// Folders as COLMAP, nerfstudio and programs for Gaussian splatting leave them: several models, models and photos in
// different places.
#include "sanerf/scene/colmap_workspace.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "sanerf/core/folder_test_support.h"
#include "sanerf/core/job.h"
#include "sanerf/core/json.h"
#include "sanerf/scene/load_scene.h"
#include "sanerf/scene/scene.h"
#include "sanerf/scene/scene_folder_test_support.h"

namespace sanerf::scene {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
namespace fs = std::filesystem;

class ColmapWorkspaceTest : public SceneFolderTest {
 protected:
  static constexpr int kPhotos = 6;

  void WritePhotos(const std::string& folder, int width = 32, int height = 24, int count = kPhotos) {
    for (int i = 0; i < count; ++i) WriteImage(fmt::format("{}/{}.png", folder, i), width, height);
  }
  // Of photos first, ..., last; focal: to tell models apart.
  void WriteModel(const std::string& folder, int first = 0, int last = kPhotos - 1, double focal = 40, int width = 32,
                  int height = 24) {
    std::string images;
    for (int i = first; i <= last; ++i) {
      const Pose pose = RingPose(i, kPhotos);
      const Mat3 cam_from_world = (pose.rotation * Vec3(1, -1, -1).asDiagonal()).transpose();
      const Eigen::Quaterniond q(cam_from_world);
      const Vec3 t = -(cam_from_world * pose.translation);
      images += fmt::format("{} {} {} {} {} {} {} {} 1 {}.png\n\n", i + 1, q.w(), q.x(), q.y(), q.z(), t.x(), t.y(),
                            t.z(), i);
    }
    WriteText(folder + "/images.txt", images);
    WriteText(folder + "/cameras.txt",
              fmt::format("1 SIMPLE_PINHOLE {} {} {} {} {}\n", width, height, focal, width / 2, height / 2));
  }
  Scene Load(const std::string& inside = "", int model = -1) {
    return LoadScene(inside.empty() ? root_ : root_ / inside, {.model = model}, Job());
  }
  std::string LoadError(const std::string& inside = "", int model = -1) {
    return ErrorText([&] { Load(inside, model); });
  }
};

TEST_F(ColmapWorkspaceTest, OfSeveralModelsTheOneWithMostPhotosIsReadAndSaid) {
  WritePhotos("images");
  WriteModel("sparse/0", 0, 1);
  WriteModel("sparse/1", 1, 5);
  WriteModel("sparse/2", 3, 5);
  const Scene scene = Load();
  EXPECT_EQ(scene.views.size(), 5u);
  EXPECT_THAT(scene.summary, HasSubstr("COLMAP sparse/1 (text), photos from images"));
  EXPECT_THAT(
      scene.warnings,
      ElementsAre("there are several COLMAP models, each in a world of its own: read is sparse/1 with 5 photos, "
                  "not sparse/0 with 2 photos, sparse/2 with 3 photos; --model N reads another",
                  "1 of 6 photos in images has no pose in sparse/1 and is left out: 0.png"));
  EXPECT_THAT(Load("", 1).warnings, ElementsAre(HasSubstr("1 of 6 photos in images has no pose")));

  const Scene other = Load("", 2);
  EXPECT_EQ(other.views.size(), 3u);
  EXPECT_THAT(other.summary, HasSubstr("COLMAP sparse/2"));
  EXPECT_THAT(other.warnings,
              ElementsAre("3 of 6 photos in images have no pose in sparse/2 and are left out: 0.png, 1.png, 2.png"));
  EXPECT_THAT(ErrorTextOf<UsageError>([&] { Load("", 3); }),
              AllOf(HasSubstr("there is no COLMAP model 3 in " + root_.string()),
                    HasSubstr("there are sparse/0, sparse/1, sparse/2")));
}

// What counts is the photos that are there, not those that a model lists.
TEST_F(ColmapWorkspaceTest, PhotosThatAreGoneDoNotCount) {
  WritePhotos("images");
  for (const char* gone : {"1", "2", "3"}) fs::remove(root_ / "images" / (std::string(gone) + ".png"));
  WriteModel("sparse/0", 0, 3);
  WriteModel("sparse/1", 4, 5);
  EXPECT_THAT(Load().summary, HasSubstr("COLMAP sparse/1"));
}

TEST_F(ColmapWorkspaceTest, TheOnlyModelMayHaveAnyNumberOrName) {
  WritePhotos("images");
  for (const char* folder :
       {"sparse/1", "sparse/12", "sparse/aligned", "colmap/sparse/3", "colmap_sparse/1", "sparse"}) {
    WriteModel(folder);
    const Scene scene = Load();
    EXPECT_EQ(scene.views.size(), size_t(kPhotos));
    EXPECT_THAT(scene.summary, HasSubstr(std::string("COLMAP ") + folder + " (text)"));
    EXPECT_THAT(scene.warnings, ElementsAre());
    for (const char* top : {"sparse", "colmap", "colmap_sparse"}) fs::remove_all(root_ / top);
  }
}

TEST_F(ColmapWorkspaceTest, ABrokenModelBesideAGoodOneIsPassedOver) {
  WritePhotos("images");
  WriteModel("sparse/0");
  WriteModel("sparse/1");
  WriteText("sparse/0/images.txt", "1 1 0 0\n");
  EXPECT_THAT(Load().warnings, ElementsAre(AllOf(HasSubstr("a COLMAP model is passed over: "),
                                                 HasSubstr("sparse/0/images.txt:1: expected a quaternion"))));
  EXPECT_THAT(LoadError("", 0), HasSubstr("sparse/0/images.txt:1: expected a quaternion"));
  WriteText("sparse/1/images.txt", "1\n");
  EXPECT_THAT(LoadError(), HasSubstr("sparse/0/images.txt:1: expected a quaternion"));
}

TEST_F(ColmapWorkspaceTest, AModelNumberForAnotherFormatIsSaidNotToBeUsed) {
  WritePhotos("images");
  WriteModel("sparse/0");
  WriteText("transforms.json", Json{{"fl_x", 20}, {"frames", RingFrames(3, "images/", ".png")}}.dump());
  for (const char* photo : {"00", "01", "02"}) WriteImage(std::string("images/") + photo + ".png");
  EXPECT_THAT(Load("", 0).warnings,
              ElementsAre("scene.model=0 (--model) is not used: the scene is read from instant-ngp "
                          "transforms.json"));
}

// Photos in folders inside: those beside posed ones count, masks and what lies elsewhere do not.
TEST_F(ColmapWorkspaceTest, WhatIsNoPhotoWithoutPose) {
  WritePhotos("images");
  WriteImage("images/thumbs/7.png");
  for (const char* beside : {"dynamic_mask_1.png", "1_masked.jpg", "2.png.png", "3-depth.png"})
    WriteImage(std::string("images/") + beside);
  WriteImage("images/1.JPG");  // another form of a photo that has a pose
  WriteModel("sparse/0");
  EXPECT_THAT(Load().warnings, ElementsAre());
  WriteImage("images/99.png");
  EXPECT_THAT(Load().warnings, ElementsAre(HasSubstr("1 of 7 photos in images has no pose in sparse/0")));
}

// colmap automatic_reconstructor: photos anywhere, the workspace has sparse/N of them and undistorted copies in
// dense/N.
TEST_F(ColmapWorkspaceTest, AutomaticReconstructor) {
  WriteModel("sparse/0", 0, 5, 40);
  WriteModel("dense/0/sparse", 0, 5, 38, 30, 22);
  WritePhotos("dense/0/images", 30, 22);
  const Scene scene = Load();
  EXPECT_THAT(scene.summary, HasSubstr("COLMAP dense/0/sparse (text), photos from dense/0/images"));
  EXPECT_EQ(scene.views[2].name, "dense/0/images/2.png");
  EXPECT_EQ(scene.views[2].camera.fx, 38);
  EXPECT_THAT(scene.warnings, ElementsAre());
  EXPECT_EQ(Load("dense/0").views.size(), size_t(kPhotos));
  for (const char* inside : {"dense", "dense/0/images", "dense/0/sparse", "sparse/0", "sparse"}) {
    const bool is_inside = std::string(inside).find("/0/") != std::string::npos;
    const std::string works =
        inside == std::string("dense") || is_inside ? (root_ / "dense/0").string() : root_.string();
    EXPECT_THAT(LoadError(inside), HasSubstr("found")) << inside;
    EXPECT_THAT(LoadError(inside), testing::EndsWith(": " + works)) << inside;
  }
  // With the photos that the model was made from both are whole: it goes before its copy.
  WritePhotos("images");
  EXPECT_THAT(Load().summary, HasSubstr("COLMAP sparse/0 (text), photos from images"));
}

TEST_F(ColmapWorkspaceTest, SeveralUndistortedCopies) {
  WriteModel("dense/0/sparse", 0, 1);
  WritePhotos("dense/0/images", 32, 24, 2);
  WriteModel("dense/1/sparse", 2, 5);
  WritePhotos("dense/1/images");
  const Scene scene = Load();
  EXPECT_THAT(scene.summary, HasSubstr("COLMAP dense/1/sparse"));
  EXPECT_THAT(scene.warnings[0], HasSubstr("read is dense/1/sparse with 4 photos, not dense/0/sparse with 2 photos"));
  EXPECT_THAT(Load("", 0).summary, HasSubstr("COLMAP dense/0/sparse"));
}

TEST_F(ColmapWorkspaceTest, ImageUndistorter) {
  WriteModel("undistorted/sparse");
  WritePhotos("undistorted/images");
  EXPECT_THAT(Load().summary, HasSubstr("COLMAP undistorted/sparse (text), photos from undistorted/images"));
  EXPECT_EQ(Load("undistorted").views.size(), size_t(kPhotos));
}

// 3D Gaussian splatting's convert.py: input, distorted/sparse/0 of it; images and sparse/0 undistorted.
TEST_F(ColmapWorkspaceTest, SplattingWorkspaceNeverMixesPhotosBeforeAndAfterUndistortion) {
  WriteModel("distorted/sparse/0", 0, 5, 40);
  WritePhotos("input");
  Scene scene = Load();  // not converted yet
  EXPECT_THAT(scene.summary, HasSubstr("COLMAP distorted/sparse/0 (text), photos from input"));
  EXPECT_EQ(scene.views[0].camera.fx, 40);
  EXPECT_THAT(LoadError("distorted"),
              AllOf(HasSubstr("none of the 6 images"), HasSubstr("found one level up: " + root_.string())));
  EXPECT_THAT(LoadError("distorted/sparse/0"), testing::EndsWith("found three levels up: " + root_.string()));

  WriteModel("sparse/0", 0, 5, 36);
  WritePhotos("images");
  scene = Load();
  EXPECT_THAT(scene.summary, HasSubstr("COLMAP sparse/0 (text), photos from images"));
  EXPECT_EQ(scene.views[0].camera.fx, 36);
  EXPECT_THAT(scene.warnings, ElementsAre());

  fs::remove_all(root_ / "images");  // the model of undistorted photos does not fit those in input
  scene = Load();
  EXPECT_THAT(scene.summary, HasSubstr("COLMAP distorted/sparse/0 (text), photos from input"));
}

TEST_F(ColmapWorkspaceTest, InputAloneHoldsThePhotos) {
  WriteModel("sparse/0");
  WritePhotos("input");
  EXPECT_THAT(Load().summary, HasSubstr("COLMAP sparse/0 (text), photos from input"));
  fs::remove_all(root_ / "sparse");
  EXPECT_THAT(LoadError(), HasSubstr("input/ in it holds 6 photos without poses"));
}

TEST_F(ColmapWorkspaceTest, ColmapFolderWithPhotosBesideOrInside) {
  WriteModel("colmap/sparse/0");
  WritePhotos("images");
  EXPECT_THAT(Load().summary, HasSubstr("COLMAP colmap/sparse/0 (text), photos from images"));
  EXPECT_THAT(LoadError("colmap"), testing::EndsWith("found one level up: " + root_.string()));
  fs::rename(root_ / "images", root_ / "colmap/images");
  EXPECT_THAT(Load().summary, HasSubstr("COLMAP colmap/sparse/0 (text), photos from colmap/images"));
  EXPECT_EQ(Load("colmap").views.size(), size_t(kPhotos));
}

}  // namespace
}  // namespace sanerf::scene
