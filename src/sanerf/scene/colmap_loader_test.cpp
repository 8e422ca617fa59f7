#include <fmt/format.h>
#include <gmock/gmock.h>

#include <cstring>
#include <limits>

#include "sanerf/core/job.h"
#include "sanerf/scene/load_scene.h"
#include "sanerf/scene/scene.h"
#include "sanerf/scene/scene_folder_test_support.h"

namespace sanerf::scene {
namespace {

using testing::HasSubstr;

struct StoredCamera {
  std::string model;
  int number;
  std::vector<double> params;
};

class ColmapTest : public SceneFolderTest {
 protected:
  static constexpr int kViews = 6;

  // COLMAP's convention: cam_from_world with y down and z forward.
  static void ColmapPose(const Pose& pose, Eigen::Quaterniond& q, Vec3& t) {
    const Mat3 world_from_cv = pose.rotation * Vec3(1, -1, -1).asDiagonal();
    q = Eigen::Quaterniond(Mat3(world_from_cv.transpose()));
    t = -(world_from_cv.transpose() * pose.translation);
  }

  void WriteTextModel(const StoredCamera& camera, const std::string& folder = "sparse/0",
                      const std::string& points = "") {
    std::string cameras =
        "# Camera list\n" + fmt::format("7 {} 32 24 {}\n", camera.model, fmt::join(camera.params, " "));
    std::string images = "# Image list\n";
    for (int i = 0; i < kViews; ++i) {
      Eigen::Quaterniond q;
      Vec3 t;
      ColmapPose(RingPose(i, kViews), q, t);
      images += fmt::format("{} {} {} {} {} {} {} {} 7 a {}.png\n", i + 1, q.w(), q.x(), q.y(), q.z(), t.x(), t.y(),
                            t.z(), i);
      images += i % 2 ? "\n" : "1.5 2.5 -1 3 4 11\n";  // with and without observations
    }
    WriteText(folder + "/cameras.txt", cameras);
    WriteText(folder + "/images.txt", images);
    if (!points.empty()) WriteText(folder + "/points3D.txt", points);
  }

  // broken: one of the first image's seven pose values (quaternion, translation) that is not a number; -1 = none.
  void WriteBinaryModel(const StoredCamera& camera, const std::string& folder = "sparse/0", int broken = -1) {
    std::string cameras, images;
    const auto put = [](std::string& out, auto value) {
      char bytes[sizeof(value)];
      std::memcpy(bytes, &value, sizeof(value));
      out.append(bytes, sizeof(value));
    };
    put(cameras, uint64_t{1});
    put(cameras, uint32_t{7});
    put(cameras, int32_t{camera.number});
    put(cameras, uint64_t{32});
    put(cameras, uint64_t{24});
    for (const double p : camera.params) put(cameras, p);
    put(images, uint64_t{kViews});
    for (int i = 0; i < kViews; ++i) {
      Eigen::Quaterniond q;
      Vec3 t;
      ColmapPose(RingPose(i, kViews), q, t);
      put(images, uint32_t(i + 1));
      double pose[] = {q.w(), q.x(), q.y(), q.z(), t.x(), t.y(), t.z()};
      if (i == 0 && broken >= 0) pose[broken] = std::numeric_limits<double>::quiet_NaN();
      for (const double value : pose) put(images, value);
      put(images, uint32_t{7});
      images += fmt::format("a {}.png", i) + '\0';
      put(images, uint64_t{1});
      for (const double value : {1.0, 2.0}) put(images, value);
      put(images, int64_t{-1});
    }
    WriteText(folder + "/cameras.bin", cameras);
    WriteText(folder + "/images.bin", images);
  }

  void WriteImages(const std::string& folder = "images", int width = 32, int height = 24,
                   const std::string& extension = ".png") {
    for (int i = 0; i < kViews; ++i) WriteImage(fmt::format("{}/a {}{}", folder, i, extension), width, height);
  }

  void ExpectRing(const Scene& scene) {
    ASSERT_EQ(scene.views.size(), size_t(kViews));
    for (int i = 0; i < kViews; ++i) {
      const Pose expected = RingPose(i, kViews), found = scene.views[i].camera.world_from_cam;
      EXPECT_TRUE(found.rotation.isApprox(expected.rotation, 1e-5));
      EXPECT_TRUE(found.translation.isApprox(expected.translation, 1e-5));
      const auto px = scene.views[i].camera.Project(Vec3::Zero());
      ASSERT_TRUE(px);
      EXPECT_NEAR(px->x(), scene.views[i].camera.cx, 1e-3);
    }
  }
  std::string LoadError() {
    return ErrorText([&] { LoadScene(root_, {}, Job()); });
  }
};

const StoredCamera kPinhole{"PINHOLE", 1, {40, 42, 16, 12}};

TEST_F(ColmapTest, TextModel) {
  WriteImages();
  WriteTextModel(kPinhole);
  const Scene scene = LoadScene(root_, {}, Job());
  EXPECT_EQ(scene.format, "colmap");
  EXPECT_THAT(scene.summary, HasSubstr("COLMAP sparse/0 (text), photos from images"));
  EXPECT_EQ(scene.TestViews(), std::vector<int>{0});
  ExpectRing(scene);
}

TEST_F(ColmapTest, BinaryModel) {
  WriteImages();
  WriteBinaryModel(kPinhole);
  const Scene scene = LoadScene(root_, {}, Job());
  EXPECT_THAT(scene.summary, HasSubstr("(binary)"));
  ExpectRing(scene);
}

// Mip-NeRF 360: a binary model, an LLFF pose file, photos at four sizes, every 8th of them (here every 4th) held out.
TEST_F(ColmapTest, MipNerf360Layout) {
  for (int factor : {1, 2, 4, 8}) {
    WriteImages(factor == 1 ? "images" : fmt::format("images_{}", factor), 32 / factor, 24 / factor);
  }
  WriteBinaryModel(kPinhole);
  WriteText("poses_bounds.npy", "not read");
  Scene scene = LoadScene(root_, {.test_every = 4}, Job());
  EXPECT_THAT(scene.summary, HasSubstr("COLMAP sparse/0 (binary), photos from images;"));
  EXPECT_EQ(scene.TestViews(), (std::vector<int>{0, 4}));
  ExpectRing(scene);
  std::filesystem::remove_all(root_ / "images");
  std::filesystem::remove_all(root_ / "images_2");
  scene = LoadScene(root_, {}, Job());
  EXPECT_EQ(scene.views[1].name, "images_4/a 1.png");
  EXPECT_DOUBLE_EQ(scene.views[1].camera.fx, 10);
  EXPECT_DOUBLE_EQ(scene.views[1].camera.cx, 4);
  ExpectRing(scene);
}

TEST_F(ColmapTest, TorchNgpsFolder) {
  WriteImages();
  WriteBinaryModel(kPinhole, "colmap_sparse/0");
  ExpectRing(LoadScene(root_, {}, Job()));
}

TEST_F(ColmapTest, EveryLensAndTheFoldersItMayLieIn) {
  WriteImages();
  struct Case {
    StoredCamera camera;
    double fx, fy;
    Lens lens;
  };
  const auto lens = [](LensModel model, const std::array<double, 12>& terms) {  // k1…k6, p1, p2, s1…s4
    return Lens(model, LensTerms::From(terms));
  };
  const std::vector<Case> cases = {
      {{"SIMPLE_PINHOLE", 0, {40, 16, 12}}, 40, 40, {}},
      {kPinhole, 40, 42, {}},
      {{"SIMPLE_RADIAL", 2, {40, 16, 12, 0.1}}, 40, 40, Lens::Radial(0.1)},
      {{"RADIAL", 3, {40, 16, 12, 0.1, -0.2}}, 40, 40, Lens::Radial(0.1, -0.2)},
      {{"OPENCV", 4, {40, 42, 16, 12, 0.1, -0.2, 0.003, 0.004}}, 40, 42, Lens::Radial(0.1, -0.2, 0.003, 0.004)},
      {{"OPENCV_FISHEYE", 5, {40, 42, 16, 12, 0.1, 0.2, 0.3, 0.4}},
       40,
       42,
       lens(LensModel::kFisheye, {0.1, 0.2, 0.3, 0.4})},
      {{"FULL_OPENCV", 6, {40, 42, 16, 12, 0.1, 0.2, 0.03, 0.04, 0.3, 0.4, 0.5, 0.6}},
       40,
       42,
       lens(LensModel::kRational, {0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.03, 0.04})},
      {{"FOV", 7, {40, 42, 16, 12, 0.9}}, 40, 42, lens(LensModel::kFieldOfView, {0.9})},
      {{"SIMPLE_RADIAL_FISHEYE", 8, {40, 16, 12, 0.1}}, 40, 40, lens(LensModel::kFisheye, {0.1})},
      {{"RADIAL_FISHEYE", 9, {40, 16, 12, 0.1, 0.2}}, 40, 40, lens(LensModel::kFisheye, {0.1, 0.2})},
      {{"THIN_PRISM_FISHEYE", 10, {40, 42, 16, 12, 0.1, 0.2, 0.03, 0.04, 0.3, 0.4, 0.05, 0.06}},
       40,
       42,
       lens(LensModel::kFisheye, {0.1, 0.2, 0.3, 0.4, 0, 0, 0.03, 0.04, 0.05, 0, 0.06, 0})},
      {{"RAD_TAN_THIN_PRISM_FISHEYE",
        11,
        {40, 42, 16, 12, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.01, 0.02, 0.03, 0.04, 0.05, 0.06}},
       40,
       42,
       lens(LensModel::kFisheye624, {0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.02, 0.01, 0.03, 0.04, 0.05, 0.06})},
      {{"SIMPLE_DIVISION", 12, {40, 16, 12, -0.1}}, 40, 40, lens(LensModel::kDivision, {-0.1})},
      {{"DIVISION", 13, {40, 42, 16, 12, -0.1}}, 40, 42, lens(LensModel::kDivision, {-0.1})},
      {{"SIMPLE_FISHEYE", 14, {40, 16, 12}}, 40, 40, lens(LensModel::kFisheye, {})},
      {{"FISHEYE", 15, {40, 42, 16, 12}}, 40, 42, lens(LensModel::kFisheye, {})},
      {{"EUCM", 16, {40, 42, 16, 12, 0.6, 1.1}}, 40, 42, lens(LensModel::kUnified, {0.6, 1.1})},
      {{"EQUIRECTANGULAR", 17, {32, 24}}, 32 / (2 * M_PI), 24 / M_PI, lens(LensModel::kEquirectangular, {})},
      {{"BROWN_CONRADY", 18, {40, 16, 12, 0.1, -0.2, 0.3, 0.003, 0.004}},
       40,
       40,
       lens(LensModel::kPerspective, {0.1, -0.2, 0.3, 0, 0, 0, 0.003, 0.004})}};
  for (const Case& c : cases) {
    for (const char* folder : {"sparse/0", "sparse", "colmap/sparse/0"}) {
      for (const bool binary : {false, true}) {
        SCOPED_TRACE(fmt::format("{} {} {}", c.camera.model, folder, binary));
        binary ? WriteBinaryModel(c.camera, folder) : WriteTextModel(c.camera, folder);
        const Camera camera = LoadScene(root_, {}, Job()).views[2].camera;
        EXPECT_EQ(camera.fx, c.fx);
        EXPECT_EQ(camera.fy, c.fy);
        EXPECT_EQ(camera.cx, 16);
        EXPECT_EQ(camera.cy, 12);
        EXPECT_EQ(camera.lens.model(), c.lens.model());
        EXPECT_EQ(camera.lens.terms().Values(), c.lens.terms().Values());
        for (const char* top : {"sparse", "colmap"}) std::filesystem::remove_all(root_ / top);
      }
    }
  }
}

TEST_F(ColmapTest, SmallerPhotosScaleTheCamera) {
  WriteImages("images_2", 16, 12);
  WriteTextModel(kPinhole);
  const Scene scene = LoadScene(root_, {}, Job());
  EXPECT_EQ(scene.views[0].name, "images_2/a 0.png");
  EXPECT_DOUBLE_EQ(scene.views[0].camera.fx, 20);
  EXPECT_DOUBLE_EQ(scene.views[0].camera.cy, 6);
}

TEST_F(ColmapTest, TheFolderWithMostPhotosIsTaken) {
  WriteImage("images/a 0.png", 32, 24);
  WriteImages("images_2", 16, 12);
  WriteTextModel(kPinhole);
  EXPECT_EQ(LoadScene(root_, {}, Job()).views.size(), size_t(kViews));
}

TEST_F(ColmapTest, MissingPhotosAndNone) {
  WriteImages();
  std::filesystem::remove(root_ / "images/a 3.png");
  WriteTextModel(kPinhole);
  const Scene scene = LoadScene(root_, {}, Job());
  EXPECT_EQ(scene.views.size(), 5u);
  ASSERT_EQ(scene.warnings.size(), 1u);
  EXPECT_THAT(scene.warnings[0], HasSubstr("1 of 6 listed images is missing and left out: images/a 3.png"));
  std::filesystem::remove_all(root_ / "images");
  EXPECT_THAT(LoadError(), HasSubstr("none of the 6 images"));
}

TEST_F(ColmapTest, PointsGiveBoundsAndExtent) {
  WriteImages();
  std::string points;
  for (int i = 0; i < 400; ++i) {  // a ball of radius 20 around cameras at distance sqrt(5)
    const double z = -1 + 2 * (i + 0.5) / 400, r = std::sqrt(1 - z * z), a = 2.4 * i;
    points += fmt::format("{} {} {} {} 1 2 3 0.5 1 2 3 4\n", i, 20 * r * std::cos(a), 20 * r * std::sin(a), 20 * z);
  }
  WriteTextModel(kPinhole, "sparse/0", points);
  const Scene scene = LoadScene(root_, {}, Job());
  EXPECT_EQ(scene.extent, 32);  // twice 20 / 2.24, next power of two
  EXPECT_NEAR(scene.model_from_file.scale, 1 / std::sqrt(5.0), 1e-4);
}

TEST_F(ColmapTest, UnknownLensNamesTheUndistorter) {
  WriteImages();
  WriteBinaryModel({"NEWER", 99, {40, 42, 16, 12}});
  EXPECT_THAT(LoadError(), testing::AllOf(HasSubstr("cameras.bin: camera 1 of 1: unknown lens model number 99"),
                                          HasSubstr("image_undistorter")));
  std::filesystem::remove_all(root_ / "sparse");
  WriteTextModel({"NEWER", 99, {40, 42, 16, 12}});
  EXPECT_THAT(LoadError(),
              testing::AllOf(HasSubstr("cameras.txt:2: unknown lens model NEWER"), HasSubstr("image_undistorter")));
}

TEST_F(ColmapTest, TruncatedBinary) {
  WriteImages();
  WriteBinaryModel(kPinhole);
  const auto path = root_ / "sparse/0/images.bin";
  std::filesystem::resize_file(path, std::filesystem::file_size(path) - 30);
  EXPECT_THAT(LoadError(), testing::AllOf(HasSubstr("images.bin: image 6 of 6"), HasSubstr("truncated")));
  std::filesystem::resize_file(root_ / "sparse/0/cameras.bin", 4);
  EXPECT_THAT(LoadError(), testing::AllOf(HasSubstr("cameras.bin"), HasSubstr("truncated")));
}

TEST_F(ColmapTest, BrokenTextNamesTheLine) {
  WriteImages();
  WriteTextModel({"PINHOLE", 1, {40, 42, 16}});
  EXPECT_THAT(LoadError(), HasSubstr("cameras.txt:2: PINHOLE has 4 parameters, found 3"));
  WriteTextModel(kPinhole);
  WriteText("sparse/0/images.txt", "# x\n1 1 0 0\n");
  EXPECT_THAT(LoadError(), HasSubstr("images.txt:2: expected a quaternion"));
}

TEST_F(ColmapTest, BadPoseAndUnknownCamera) {
  WriteImages();
  WriteTextModel(kPinhole);
  WriteText("sparse/0/images.txt", "1 0 0 0 0 0 0 1 7 a 0.png\n\n");
  EXPECT_THAT(LoadError(), testing::AllOf(HasSubstr("image a 0.png"), HasSubstr("quaternion has length 0")));
  WriteText("sparse/0/images.txt", "1 1 0 0 0 0 0 1 9 a 0.png\n\n");
  EXPECT_THAT(LoadError(), HasSubstr("its camera 9 is not in cameras.txt"));
  WriteText("sparse/0/images.txt", "1 1 0 0 0 nan 0 1 7 a 0.png\n\n");
  EXPECT_THAT(LoadError(), HasSubstr("images.txt:1: expected a translation"));
}

TEST_F(ColmapTest, PosesThatAreNotNumbers) {
  WriteImages();
  for (const int broken : {0, 3, 6}) {
    WriteBinaryModel(kPinhole, "sparse/0", broken);
    EXPECT_THAT(LoadError(), HasSubstr("images.bin: image a 0.png: the pose has values that are not finite numbers"));
  }
}

TEST_F(ColmapTest, IntrinsicsAbsent) {
  WriteImages();
  for (const double focal : {0.0, -40.0, std::numeric_limits<double>::quiet_NaN()}) {
    WriteBinaryModel({"PINHOLE", 1, {focal, 42, 16, 12}});
    EXPECT_THAT(LoadError(), HasSubstr("cameras.bin: camera 7: its size or focal length is not a positive number"));
  }
}

// Images with even numbers observe point 11; of point 12 the file knows no image.
TEST_F(ColmapTest, PointsComeWithTheirErrorsAndThePhotosThatFoundThem) {
  WriteImages();
  WriteTextModel(kPinhole, "sparse/0", "# points\n12 1 2 3 9 9 9 0.75 1 0 2 0\n11 0.5 0 0.25 1 2 3 1.5 1 0 3 0 5 0\n");
  Scene scene = LoadScene(root_, {}, Job());
  ASSERT_EQ(scene.points.size(), 2u);
  EXPECT_TRUE(scene.points[0].position.isApprox(Vec3(0.5, 0, 0.25)));
  EXPECT_FLOAT_EQ(scene.points[0].error_px, 1.5f);
  EXPECT_FLOAT_EQ(scene.points[1].error_px, 0.75f);
  for (int i = 0; i < kViews; ++i)
    EXPECT_THAT(scene.views[size_t(i)].points, testing::ElementsAreArray(std::vector<int>(i % 2 == 0 ? 1 : 0, 0))) << i;
  WriteText("sparse/0/points3D.txt", "11 0.5 0 0.25\n");  // nothing but the place
  EXPECT_EQ(LoadScene(root_, {}, Job()).points[0].error_px, 0);
}

TEST_F(ColmapTest, BinaryPointsComeWithTheirErrors) {
  WriteImages();
  WriteBinaryModel(kPinhole);
  std::string points;
  const auto put = [&](auto value) {
    char bytes[sizeof(value)];
    std::memcpy(bytes, &value, sizeof(value));
    points.append(bytes, sizeof(value));
  };
  put(uint64_t{2});
  for (const uint64_t id : {uint64_t{4}, uint64_t{2}}) {
    put(id);
    for (const double coordinate : {double(id), 0.5, 0.25}) put(coordinate);
    for (int c = 0; c < 3; ++c) put(uint8_t{200});
    put(0.125 * double(id));
    put(uint64_t{1});
    for (const int32_t track : {1, 0}) put(track);
  }
  WriteText("sparse/0/points3D.bin", points);
  const Scene scene = LoadScene(root_, {}, Job());
  ASSERT_EQ(scene.points.size(), 2u);
  EXPECT_EQ(scene.points[0].position.x(), 2);  // in the order of their ids
  EXPECT_FLOAT_EQ(scene.points[0].error_px, 0.25f);
  EXPECT_FLOAT_EQ(scene.points[1].error_px, 0.5f);
  EXPECT_TRUE(scene.views[0].points.empty());
}

}  // namespace
}  // namespace sanerf::scene
