// Folders as LERF, 3D-FRONT (Instance-NeRF), SPIn-NeRF and Mip-NeRF 360 are published, where no reader of its own is
// needed.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include "sanerf/core/job.h"
#include "sanerf/core/json.h"
#include "sanerf/core/npy.h"
#include "sanerf/scene/hdf5_test_support.h"
#include "sanerf/scene/instance_masks.h"
#include "sanerf/scene/load_scene.h"
#include "sanerf/scene/scene.h"
#include "sanerf/scene/scene_folder_test_support.h"

namespace sanerf::scene {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
namespace fs = std::filesystem;

class DatasetLayouts : public SceneFolderTest {
 protected:
  // nerfstudio's: every frame has its own intrinsics, the file says by which transform COLMAP's world was turned.
  void WriteLerf(int n) {
    Json frames = Json::array();
    for (int i = 0; i < n; ++i) {
      frames.push_back({{"fl_x", 40},
                        {"fl_y", 44},
                        {"cx", 15},
                        {"cy", 13},
                        {"w", 32},
                        {"h", 24},
                        {"k1", 0.01},
                        {"k2", 0},
                        {"p1", 0},
                        {"p2", 0},
                        {"file_path", fmt::format("images/frame_{:05}.png", i + 1)},
                        {"colmap_im_id", i + 1},
                        {"transform_matrix", MatrixOf(RingPose(i, n))}});
    }
    WriteText("transforms.json", Json{{"camera_model", "OPENCV"},
                                      {"applied_transform", {{0, 1, 0, 5}, {1, 0, 0, 5}, {0, 0, -1, 5}}},
                                      {"frames", frames}}
                                     .dump());
    WriteText("colmap/sparse/0/cameras.txt", "1 SIMPLE_PINHOLE 32 24 20 16 12\n");  // another world: not read
    WriteText("colmap/sparse/0/images.txt", "1 1 0 0 0 0 0 0 1 frame_00001.png\n\n");
  }
  void WriteFrames(int n, const std::string& folder, int width, int height) {
    for (int i = 0; i < n; ++i) WriteImage(fmt::format("{}/frame_{:05}.png", folder, i + 1), width, height);
  }

  void WriteRoom(int n) {
    for (int i = 0; i < n; ++i) WriteImage(fmt::format("train/images/{:04}.png", i));
    Json frames = Json::array();
    for (int i = 0; i < n; ++i) {
      frames.push_back(
          {{"file_path", fmt::format("images/{:04}.png", i)}, {"transform_matrix", MatrixOf(RingPose(i, n))}});
    }
    room_ = {{"fl_x", 20},
             {"fl_y", 20},
             {"cx", 8},
             {"cy", 6},
             {"w", 16},
             {"h", 12},
             {"aabb_scale", 2},
             {"scale", 0.25},
             {"offset", {0.5, 0.5, 0.5}},
             {"room_bbox", {{-3, -2, 0}, {3, 2, 2.5}}},
             {"frames", frames}};
    SaveRoom();
  }
  void SaveRoom() { WriteText("train/transforms.json", room_.dump()); }
  std::string LoadError() {
    return ErrorText([&] { LoadScene(root_, {}, Job()); });
  }

  Json room_;
};

TEST_F(DatasetLayouts, LerfTakesThePosesAsTheyStand) {
  WriteLerf(9);
  WriteFrames(9, "images", 32, 24);
  WriteFrames(9, "images_2", 16, 12);
  const Scene scene = LoadScene(root_, {}, Job());
  EXPECT_THAT(scene.summary, AllOf(HasSubstr("nerfstudio transforms.json"), HasSubstr("32x24"),
                                   HasSubstr("lens distortion"), HasSubstr("7 to train, 2 to test (every 8th)")));
  ASSERT_EQ(scene.views.size(), 9u);
  EXPECT_EQ(scene.TestViews(), (std::vector<int>{0, 8}));
  const Camera& camera = scene.views[2].camera;
  EXPECT_EQ(camera.fx, 40);
  EXPECT_TRUE(camera.center().isApprox(RingPose(2, 9).translation, 1e-9))
      << "applied_transform is in the poses already";
  const auto px = camera.Project(Vec3::Zero());
  ASSERT_TRUE(px);
  EXPECT_NEAR(px->x(), 15, 1e-6);
  EXPECT_NEAR(px->y(), 13, 1e-6);
}

TEST_F(DatasetLayouts, LerfWithShrunkPhotosAlone) {
  WriteLerf(3);
  WriteFrames(3, "images_4", 8, 6);
  WriteFrames(3, "images_2", 16, 12);
  const Scene scene = LoadScene(root_, {}, Job());
  ASSERT_EQ(scene.views.size(), 3u);
  EXPECT_TRUE(scene.warnings.empty());
  EXPECT_EQ(scene.views[0].name, "images_2/frame_00001.png");
  EXPECT_DOUBLE_EQ(scene.views[0].camera.fx, 20);
  EXPECT_DOUBLE_EQ(scene.views[0].camera.cy, 6.5);
}

TEST_F(DatasetLayouts, RoomOf3dFrontWithIdsNamedByNumber) {
  WriteRoom(4);
  ImageU8 ids(16, 12, 1, 7);
  fs::create_directories(root_ / "seg");
  for (int i = 0; i < 4; ++i) WritePng(root_ / "seg" / fmt::format("{}.png", i), ids);
  const Scene scene = LoadScene(root_, {}, Job());
  EXPECT_EQ(scene.format, "3d-front");
  EXPECT_THAT(scene.summary, AllOf(HasSubstr("3D-FRONT train/transforms.json"), HasSubstr("masks")));
  ASSERT_EQ(scene.views.size(), 4u);
  EXPECT_EQ(scene.views[3].name, "train/images/0003.png");
  EXPECT_EQ(scene.views[3].mask_path, root_ / "seg/3.png");
  EXPECT_EQ(LoadViewInstances(scene.views[3]).At(1, 1), 7);
  const auto px = scene.views[3].camera.Project(Vec3::Zero());
  ASSERT_TRUE(px);
  EXPECT_NEAR(px->x(), 8, 1e-6);
  // The scene folder, or the one that holds the file.
  EXPECT_EQ(LoadScene(root_ / "train", {}, Job()).views[3].name, "images/0003.png");
}

TEST_F(DatasetLayouts, RoomOf3dFrontWithHdf5Masks) {
  WriteRoom(2);
  fs::create_directories(root_ / "train/masks");
  for (const int view : {0, 1}) {
    std::vector<int> ids(16 * 12, -1);
    ids[16 * 3 + 5] = 20 + view;  // row 3, column 5
    const fs::path path = root_ / "train/masks" / fmt::format("{}.hdf5", view);
    WriteHdf5<int>(path, "cp_instance_id_segmaps", {12, 16}, H5T_NATIVE_INT, ids);
    WriteHdf5<int>(path, "instance_segmaps", {12, 16}, H5T_NATIVE_INT, std::vector<int>(16 * 12, 99));
  }
  const Scene scene = LoadScene(root_, {}, Job());
  EXPECT_THAT(scene.warnings, ElementsAre());
  for (const int view : {0, 1}) {
    const ImageU16 ids = LoadViewInstances(scene.views[size_t(view)]);
    EXPECT_EQ(ids.At(5, 3), 20 + view);
    EXPECT_EQ(ids.At(3, 5), 0);
  }
}

TEST_F(DatasetLayouts, RoomsBox) {
  WriteRoom(3);
  room_.erase("aabb_scale"), room_.erase("scale"), room_.erase("offset");
  SaveRoom();
  // The cameras stand sqrt(5) from the middle, which becomes 1: of the box of 3 x 2 x 2.5 the model sees 3 / sqrt(5)
  // < 2.
  EXPECT_EQ(LoadScene(root_, {}, Job()).extent, 2);
  room_["room_bbox"] = {{-3, -2, 0}, {3, 2}};
  SaveRoom();
  EXPECT_THAT(LoadError(), HasSubstr("room_bbox[1]: expected 3 numbers"));
  room_["room_bbox"] = {{-3, -2, 0}, {3, 2, -1}};
  SaveRoom();
  EXPECT_THAT(LoadError(), HasSubstr("room_bbox: the box is empty"));
  room_["room_bbox"] = {1, 2, 3};
  SaveRoom();
  EXPECT_THAT(LoadError(), HasSubstr("room_bbox: expected the two corners of a box"));
}

// SPIn-NeRF: poses_bounds.npy, photos in images_N and a mask of 0 and 1 for each in images_N/label.
class SpinNerf : public SceneFolderTest {
 protected:
  void SetUp() override {
    SceneFolderTest::SetUp();
    const std::vector<float> row = {0, 1, 0, 0, 24, -1, 0, 0, 0, 32, 0, 0, 1, 0, 40, 1, 5};
    std::vector<float> rows;
    for (int i = 0; i < 3; ++i) rows.insert(rows.end(), row.begin(), row.end());
    rows[3] = 0.5, rows[17 + 3] = 1, rows[34 + 3] = 1.5;
    WriteNpy(root_ / "poses_bounds.npy", {3, 17}, rows.data());
    for (const char* name : {"IMG_1", "IMG_2", "IMG_3"}) {
      WriteImage(fmt::format("images_2/{}.png", name), 16, 12);
      WriteImage(fmt::format("images_2/label/{}.png", name), 16, 12, 1, 1);
    }
  }
};

TEST_F(SpinNerf, LabelsBesideThePhotosAreTheGroundTruth) {
  const Scene scene = LoadScene(root_, {}, Job());
  EXPECT_EQ(scene.views[1].name, "images_2/IMG_2.png");
  EXPECT_EQ(scene.views[1].mask_path, root_ / "images_2/label/IMG_2.png");
  EXPECT_EQ(LoadViewInstances(scene.views[1]).At(0, 0), 1);
  EXPECT_TRUE(scene.warnings.empty());
}

TEST_F(SpinNerf, LabelsOfAnotherSizeAreNamed) {
  for (const char* name : {"IMG_1", "IMG_2", "IMG_3"}) WriteImage(fmt::format("images/{}.png", name), 32, 24);
  const Scene scene = LoadScene(root_, {}, Job());
  EXPECT_EQ(scene.views[0].name, "images/IMG_1.png");
  EXPECT_TRUE(scene.views[0].mask_path.empty());
  ASSERT_EQ(scene.warnings.size(), 1u);
  EXPECT_THAT(scene.warnings[0], AllOf(HasSubstr("the masks in images_2/label belong to photos of another size"),
                                       HasSubstr("--masks " + (root_ / "images_2/label").string())));
}

TEST_F(SpinNerf, ViewsAndFilesWithoutTheOther) {
  fs::rename(root_ / "images_2/label/IMG_2.png", root_ / "images_2/label/other.png");
  EXPECT_THAT(LoadScene(root_, {}, Job()).warnings,
              ElementsAre("photos without a mask in images_2/label (1 of 3): images_2/IMG_2.png",
                          "files in images_2/label that fit no photo (1): other.png"));
}

}  // namespace
}  // namespace sanerf::scene
