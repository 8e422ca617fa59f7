#include <gmock/gmock.h>

#include "sanerf/core/job.h"
#include "sanerf/core/json.h"
#include "sanerf/scene/instance_masks.h"
#include "sanerf/scene/load_scene.h"
#include "sanerf/scene/scene.h"
#include "sanerf/scene/scene_folder_test_support.h"

namespace sanerf::scene {
namespace {

using testing::HasSubstr;

class TransformsTest : public SceneFolderTest {
 protected:
  void WriteImages(int n) {
    for (int i = 0; i < n; ++i) WriteImage("images/0" + std::to_string(i) + ".png");
  }
  void WriteTransforms(const Json& json, const std::string& name = "transforms.json") { WriteText(name, json.dump(1)); }
  std::string LoadError() {
    return ErrorText([&] { LoadScene(root_, {}, Job()); });
  }
};

TEST_F(TransformsTest, SharedIntrinsicsWithDistortion) {
  WriteImages(9);
  WriteTransforms({{"fl_x", 20},
                   {"fl_y", 21},
                   {"cx", 7.5},
                   {"cy", 6.25},
                   {"w", 16.0},
                   {"h", 12.0},
                   {"k1", 0.1},
                   {"k2", -0.05},
                   {"p1", 0.01},
                   {"p2", -0.02},
                   {"frames", RingFrames(9)}});
  const Scene scene = LoadScene(root_, {}, Job());
  EXPECT_EQ(scene.format, "instant-ngp");
  ASSERT_EQ(scene.views.size(), 9u);
  EXPECT_EQ(scene.TestViews(), (std::vector<int>{0, 8}));
  const Camera& camera = scene.views[3].camera;
  EXPECT_EQ(camera.fx, 20);
  EXPECT_EQ(camera.fy, 21);
  EXPECT_EQ(camera.cx, 7.5);
  EXPECT_EQ(camera.cy, 6.25);
  EXPECT_EQ(camera.lens.terms().k1, 0.1);
  EXPECT_EQ(camera.lens.terms().k2, -0.05);
  EXPECT_EQ(camera.lens.terms().p1, 0.01);
  EXPECT_EQ(camera.lens.terms().p2, -0.02);
  EXPECT_TRUE(camera.world_from_cam.rotation.isApprox(RingPose(3, 9).rotation, 1e-12));
  EXPECT_TRUE(camera.center().isApprox(RingPose(3, 9).translation, 1e-12));
  EXPECT_THAT(scene.summary, HasSubstr("9 photos, 16x12, instant-ngp transforms.json, lens distortion"));
  EXPECT_TRUE(scene.warnings.empty());
}

TEST_F(TransformsTest, IntrinsicsOfAFrameBeatTheFiles) {
  WriteImages(3);
  Json frames = RingFrames(3);
  frames[1]["fl_x"] = 30;
  frames[1]["cx"] = 5;
  WriteTransforms({{"fl_x", 20}, {"w", 16}, {"h", 12}, {"frames", frames}});
  const Scene scene = LoadScene(root_, {}, Job());
  EXPECT_EQ(scene.views[0].camera.fx, 20);
  EXPECT_EQ(scene.views[0].camera.cx, 8);
  EXPECT_EQ(scene.views[1].camera.fx, 30);
  EXPECT_EQ(scene.views[1].camera.fy, 30);
  EXPECT_EQ(scene.views[1].camera.cx, 5);
}

TEST_F(TransformsTest, ShrunkImagesScaleTheIntrinsics) {
  WriteImages(3);
  WriteTransforms(
      {{"fl_x", 40}, {"fl_y", 44}, {"cx", 15}, {"cy", 13}, {"w", 32}, {"h", 24}, {"frames", RingFrames(3)}});
  const Camera camera = LoadScene(root_, {}, Job()).views[0].camera;
  EXPECT_EQ(camera.width, 16);
  EXPECT_EQ(camera.height, 12);
  EXPECT_DOUBLE_EQ(camera.fx, 20);
  EXPECT_DOUBLE_EQ(camera.fy, 22);
  EXPECT_DOUBLE_EQ(camera.cx, 7.5);
  EXPECT_DOUBLE_EQ(camera.cy, 6.5);
}

TEST_F(TransformsTest, AngleAloneGivesTheFocalLength) {
  WriteImages(3);
  WriteTransforms({{"camera_angle_x", 2 * std::atan(0.5)}, {"frames", RingFrames(3)}});
  const Camera camera = LoadScene(root_, {}, Job()).views[0].camera;
  EXPECT_NEAR(camera.fx, 16, 1e-12);  // 0.5 * 16 / tan(atan(0.5))
  EXPECT_NEAR(camera.fy, 16, 1e-12);
  EXPECT_EQ(camera.cx, 8);
  EXPECT_EQ(camera.cy, 6);
}

TEST_F(TransformsTest, SplitFilesWithoutExtensionsAndMasks) {
  for (int i = 0; i < 4; ++i) WriteImage("train/0" + std::to_string(i) + ".png", 16, 12, 4, 255);
  for (int i = 0; i < 2; ++i) WriteImage("test/0" + std::to_string(i) + ".png", 16, 12, 4, 255);
  WriteImage("mask/a.png", 16, 12, 1, 3);
  Json train = RingFrames(4, "./train/", "");
  train[0]["mask_path"] = "mask/a.png";
  train[1]["mask_path"] = "mask/gone.png";
  WriteTransforms({{"camera_angle_x", 0.7}, {"frames", train}}, "transforms_train.json");
  WriteTransforms({{"camera_angle_x", 0.7}, {"frames", RingFrames(2, "./test/", "")}}, "transforms_test.json");
  const Scene scene = LoadScene(root_, {}, Job());
  EXPECT_EQ(scene.format, "nerf-synthetic");
  ASSERT_EQ(scene.views.size(), 6u);
  EXPECT_EQ(scene.TestViews(), (std::vector<int>{0, 1}));  // "test/…" sorts before "train/…"
  EXPECT_EQ(scene.views[2].name, "train/00.png");
  EXPECT_EQ(scene.views[2].mask_path, root_ / "mask/a.png");
  EXPECT_TRUE(scene.views[3].mask_path.empty());
  ASSERT_EQ(scene.warnings.size(), 1u);
  EXPECT_THAT(scene.warnings[0], HasSubstr("mask/gone.png"));
  EXPECT_FALSE(scene.has_alpha) << "opaque RGBA is no cut-out";
  EXPECT_EQ(LoadViewInstances(scene.views[2]).At(3, 3), 3);
}

TEST_F(TransformsTest, ValidationFileStandsInForAMissingTestFile) {
  WriteImages(4);
  Json train = RingFrames(4), val = Json::array({train[3]});
  train.erase(3);
  WriteTransforms({{"fl_x", 20}, {"frames", train}}, "transforms_train.json");
  WriteTransforms({{"fl_x", 20}, {"frames", val}}, "transforms_val.json");
  EXPECT_EQ(LoadScene(root_, {}, Job()).TestViews(), std::vector<int>{3});
}

TEST_F(TransformsTest, FilenameListsAreTheSplit) {
  WriteImages(4);
  WriteTransforms({{"fl_x", 20}, {"test_filenames", {"images/02.png"}}, {"frames", RingFrames(4)}});
  EXPECT_EQ(LoadScene(root_, {}, Job()).TestViews(), std::vector<int>{2});
}

TEST_F(TransformsTest, MissingImagesAreCountedAndNamedOnce) {
  WriteImages(9);
  std::filesystem::remove(root_ / "images/00.png");
  std::filesystem::remove(root_ / "images/04.png");
  WriteTransforms({{"fl_x", 20}, {"frames", RingFrames(9)}});
  const Scene scene = LoadScene(root_, {}, Job());
  EXPECT_EQ(scene.views.size(), 7u);
  EXPECT_EQ(scene.TestViews(), std::vector<int>{0});  // of those that exist
  ASSERT_EQ(scene.warnings.size(), 1u);
  EXPECT_EQ(scene.warnings[0], "2 of 9 listed images are missing and left out: images/00.png, images/04.png");
}

TEST_F(TransformsTest, NoImageLeft) {
  WriteTransforms({{"fl_x", 20}, {"frames", RingFrames(3)}});
  EXPECT_THAT(
      LoadError(),
      HasSubstr("none of the 3 images that instant-ngp transforms.json lists exists; the first is images/00.png"));
}

TEST_F(TransformsTest, AFileInsteadOfAFolder) {
  WriteImages(3);
  WriteTransforms({{"fl_x", 20}, {"frames", RingFrames(3)}}, "transforms_mine.json");
  EXPECT_EQ(LoadScene(root_ / "transforms_mine.json", {}, Job()).views.size(), 3u);
}

TEST_F(TransformsTest, TimeMakesADynamicScene) {
  WriteImages(3);
  Json frames = RingFrames(3);
  for (int i = 0; i < 3; ++i) frames[i]["time"] = 0.5 * i;
  WriteTransforms({{"fl_x", 20}, {"frames", frames}});
  const Scene scene = LoadScene(root_, {}, Job());
  EXPECT_TRUE(scene.is_dynamic);
  EXPECT_EQ(scene.views[2].time, 1.0);
}

TEST_F(TransformsTest, BrokenJsonNamesFileAndLine) {
  WriteText("transforms.json", "{\n \"fl_x\": 20,\n \"frames\": [ }\n");
  EXPECT_THAT(LoadError(), HasSubstr((root_ / "transforms.json").string() + ":3:14: broken JSON"));
}

TEST_F(TransformsTest, IntrinsicsAbsent) {
  WriteImages(3);
  WriteTransforms({{"frames", RingFrames(3)}});
  EXPECT_THAT(LoadError(),
              testing::AllOf(HasSubstr("frames[0]"), HasSubstr("no intrinsics"), HasSubstr("camera_angle_x")));
}

TEST_F(TransformsTest, PosesThatAreNotRigid) {
  WriteImages(3);
  const auto error_with = [&](int row, int column, const Json& value) {
    Json frames = RingFrames(3);
    frames[2]["transform_matrix"][row][column] = value;
    WriteTransforms({{"fl_x", 20}, {"frames", frames}});
    return LoadError();
  };
  EXPECT_THAT(error_with(1, 1, 5.0), testing::AllOf(HasSubstr("frames[2].transform_matrix"), HasSubstr("not rigid")));
  EXPECT_THAT(error_with(1, 3, "x"), HasSubstr((root_ / "transforms.json").string()));
  EXPECT_THAT(error_with(1, 3, "x"), HasSubstr("frames[2].transform_matrix[1][3]"));

  Json frames = RingFrames(3);
  for (int row = 0; row < 3; ++row) frames[2]["transform_matrix"][row][0] = 0;
  WriteTransforms({{"fl_x", 20}, {"frames", frames}});
  EXPECT_THAT(LoadError(), HasSubstr("frames[2].transform_matrix (images/02.png): the pose is singular"));

  frames = RingFrames(3);
  for (int row = 0; row < 3; ++row)
    frames[0]["transform_matrix"][row][0] = -frames[0]["transform_matrix"][row][0].get<double>();
  WriteTransforms({{"fl_x", 20}, {"frames", frames}});
  EXPECT_THAT(LoadError(), HasSubstr("mirrored"));
}

TEST_F(TransformsTest, LensesOfNerfstudioAndInstantNgp) {
  WriteImages(3);
  const auto lens_of = [&](Json file) {
    file["frames"] = RingFrames(3);
    file["fl_x"] = 20;
    WriteTransforms(file);
    return LoadScene(root_, {}, Job()).views[0].camera.lens;
  };
  const Lens fisheye(LensModel::kFisheye, {.k1 = 0.1, .k2 = 0.02, .k3 = 0.003, .k4 = 0.0004});
  const Json terms = {{"k1", 0.1}, {"k2", 0.02}, {"k3", 0.003}, {"k4", 0.0004}};
  const auto with = [&](Json more) {
    more.update(terms);
    return more;
  };
  EXPECT_TRUE(lens_of(with({{"is_fisheye", true}})) == fisheye);
  EXPECT_TRUE(lens_of(with({{"camera_model", "OPENCV_FISHEYE"}})) == fisheye);
  EXPECT_EQ(lens_of(with({{"camera_model", "OPENCV"}})).model(), LensModel::kPerspective);
  EXPECT_EQ(lens_of(with({{"camera_model", "OPENCV"}})).terms().k4, 0.0004);
  EXPECT_EQ(lens_of(with({{"camera_model", "FULL_OPENCV"}, {"k6", 0.1}})).model(), LensModel::kRational);
  EXPECT_EQ(lens_of(with({{"k5", 0.1}})).model(), LensModel::kRational);
  EXPECT_TRUE(lens_of({{"camera_model", "FOV"}, {"omega", 0.9}}) == Lens(LensModel::kFieldOfView, {.k1 = 0.9}));
  EXPECT_EQ(lens_of({{"camera_model", "THIN_PRISM_FISHEYE"}, {"sy1", 0.01}}).terms().s3, 0.01);
  EXPECT_TRUE(lens_of({{"k3", 0}, {"p1", 0.0}, {"is_fisheye", false}}).IsStraight());
  // Aria's p0 moves to the right, as OpenCV's p2 does.
  const Lens aria =
      lens_of({{"camera_model", "FISHEYE624"}, {"distortion_params", {0.1, 0, 0, 0, 0, 0, 0.01, 0.02, 0.03, 0, 0, 0}}});
  EXPECT_TRUE(aria == Lens(LensModel::kFisheye624, {.k1 = 0.1, .p1 = 0.02, .p2 = 0.01, .s1 = 0.03}));
}

TEST_F(TransformsTest, PanoramasSeeTheWholeSphere) {
  WriteImages(3);
  for (const Json& file : {Json{{"camera_model", "EQUIRECTANGULAR"}, {"fl_x", 8}, {"fl_y", 12}},
                           Json{{"camera_model", "EQUIRECTANGULAR"}}, Json{{"latlong", true}}}) {
    Json with_frames = file;
    with_frames["frames"] = RingFrames(3);
    WriteTransforms(with_frames);
    const Scene scene = LoadScene(root_, {}, Job());
    EXPECT_TRUE(scene.views[0].camera.SeesWholePicture());
    EXPECT_TRUE(scene.views[0].camera.RayInCam({0, 6}).isApprox(Vec3(0, 0, 1), 1e-9)) << file;
    // The middle of the two cameras that are not held out.
    EXPECT_LT((scene.model_from_file * Vec3(-1, 0, 1)).norm(), 1e-6) << file;
    EXPECT_THAT(scene.warnings, testing::IsEmpty());
  }
}

TEST_F(TransformsTest, AFisheyeNeedsItsFocalLength) {
  WriteImages(3);
  WriteTransforms({{"camera_angle_x", 2}, {"is_fisheye", true}, {"frames", RingFrames(3)}});
  EXPECT_THAT(LoadError(), testing::AllOf(HasSubstr("does not follow from its field of view"), HasSubstr("fl_x")));
}

TEST_F(TransformsTest, LensesThatAreNotSupported) {
  WriteImages(3);
  const auto error_with = [&](const char* key, const Json& value) {
    WriteTransforms({{"fl_x", 20}, {key, value}, {"frames", RingFrames(3)}});
    return LoadError();
  };
  EXPECT_THAT(error_with("camera_model", "ORTHOPHOTO"),
              testing::AllOf(HasSubstr("the lens model ORTHOPHOTO is not supported"), HasSubstr("image_undistorter")));
  EXPECT_THAT(error_with("ftheta_p0", 0.5), testing::AllOf(HasSubstr("ftheta_p0"), HasSubstr("image_undistorter")));
  for (const char* key : {"k3", "k4", "k5", "k6"}) EXPECT_EQ(error_with(key, 0.0), "");
}

TEST_F(TransformsTest, ImageOfAnotherShape) {
  WriteImages(3);
  WriteTransforms({{"fl_x", 20}, {"w", 12}, {"h", 16}, {"frames", RingFrames(3)}});
  EXPECT_THAT(LoadError(),
              testing::AllOf(HasSubstr("images/00.png"), HasSubstr("the image is 16x12 but its camera is 12x16")));
}

TEST_F(TransformsTest, OnlyTestImagesLeft) {
  WriteImage("test/00.png");
  WriteTransforms({{"fl_x", 20}, {"frames", RingFrames(3, "train/")}}, "transforms_train.json");
  WriteTransforms({{"fl_x", 20}, {"frames", RingFrames(1, "test/")}}, "transforms_test.json");
  EXPECT_THAT(LoadError(), HasSubstr("no training image left"));
}

}  // namespace
}  // namespace sanerf::scene
