#include "sanerf/export/nerfstudio_set.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sanerf/core/error.h"
#include "sanerf/core/json.h"
#include "sanerf/export/export_test_support.h"
#include "sanerf/scene/ignored_pixels.h"
#include "sanerf/scene/load_scene.h"

namespace fs = std::filesystem;

namespace sanerf::exports {
namespace {

using ::testing::HasSubstr;

using NerfstudioSet = ExportTest;

// Where a point lies, from the file alone: nerfstudio's convention is OpenGL's camera, OpenCV's distortion.
Vec2 PixelByFile(const Json& intrinsics, const Json& matrix, const Vec3& p) {
  Vec3 offset, in_cam;
  for (size_t i = 0; i < 3; ++i) offset[int(i)] = p[int(i)] - matrix[i][3].get<double>();
  for (size_t c = 0; c < 3; ++c) {
    in_cam[int(c)] = 0;
    for (size_t r = 0; r < 3; ++r) in_cam[int(c)] += matrix[r][c].get<double>() * offset[int(r)];
  }
  const double x = in_cam.x() / -in_cam.z(), y = -in_cam.y() / -in_cam.z(), s = x * x + y * y;
  const auto of = [&](const char* key) { return intrinsics.at(key).get<double>(); };
  const double radial = 1 + s * (of("k1") + s * (of("k2") + s * (of("k3") + s * of("k4"))));
  const double u = x * radial + 2 * of("p1") * x * y + of("p2") * (s + 2 * x * x);
  const double v = y * radial + of("p1") * (s + 2 * y * y) + 2 * of("p2") * x * y;
  return {of("cx") + of("fl_x") * u, of("cy") + of("fl_y") * v};
}

TEST_F(NerfstudioSet, AnotherReaderFindsCamerasPhotosAndMasks) {
  scene::Scene scene = Some({0, 1, 8, 9, 10});
  for (scene::View& view : scene.views) view.camera.lens = Lens::Radial(-0.1, 0.02, 0.003, -0.004);
  scene.views[1].is_test = true;
  ExportOptions options;
  options.photos.points = 2000;
  const std::vector<ExportedFile> files = WriteNerfstudioSet(Input(scene), options, out_.path(), Job());
  EXPECT_EQ(files[0].count, 5);
  const Json file = ReadJsonFile(out_ / "transforms.json");
  EXPECT_EQ(file.at("camera_model"), "OPENCV");
  EXPECT_EQ(file.at("test_filenames").size(), 1u);
  EXPECT_EQ(file.at("val_filenames"), file.at("test_filenames"));
  EXPECT_EQ(file.at("train_filenames").size(), 4u);
  EXPECT_TRUE(fs::exists(out_ / file.at("ply_file_path").get<std::string>()));
  ASSERT_EQ(file.at("frames").size(), 5u);
  for (size_t i = 0; i < 5; ++i) {
    const Json& frame = file.at("frames")[i];
    const Camera& camera = scene.views[i].camera;
    const Vec3 p = camera.Lift({20.5, 41.5}, 2.5);
    const Vec2 px = PixelByFile(file, frame.at("transform_matrix"), p);
    EXPECT_NEAR(px.x(), 20.5, 1e-6);
    EXPECT_NEAR(px.y(), 41.5, 1e-6);
    EXPECT_EQ(ReadFile(out_ / frame.at("file_path").get<std::string>()), ReadFile(scene.views[i].image_path));
    // nerfstudio looks at what is not 0.
    EXPECT_GE(IouOf(ReadImage(out_ / frame.at("mask_path").get<std::string>()), Rendered(camera, 1)), 0.99);
  }
}

TEST_F(NerfstudioSet, IsASceneOfOurOwn) {
  scene::Scene scene = Some({0, 1, 8, 9});
  for (scene::View& view : scene.views) view.camera.height = 48;
  scene.views[0] = OnItsSide(scene.views[0], out_.path());
  for (size_t i = 1; i < 4; ++i) {
    scene.views[i].image_path = out_ / ("p" + std::to_string(i) + ".png");
    scene.views[i].name = scene.views[i].image_path.filename().string();
    WritePng(scene.views[i].image_path, ImageU8(64, 48, 3, uint8_t(60 * i)));
  }
  WriteNerfstudioSet(Input(scene), {}, out_ / "set", Job());
  const scene::Scene read = scene::LoadScene(out_ / "set", {}, Job());
  ASSERT_EQ(read.views.size(), 4u);
  for (const scene::View& view : scene.views) {
    const scene::View& again = read.views[size_t(read.FindView(view.name))];
    EXPECT_EQ(again.orientation, view.orientation);
    const Vec3 p = view.camera.Lift({20.5, 11.5}, 2.5);
    const auto px = again.camera.Project(p);
    ASSERT_TRUE(px);
    EXPECT_NEAR(px->x(), 20.5, 1e-6) << view.name;
    EXPECT_NEAR(px->y(), 11.5, 1e-6) << view.name;
    const ImageU8 ignored = scene::LoadIgnoredPixels(again), rendered = Rendered(view.camera, 1);
    ASSERT_EQ(ignored.data.size(), rendered.data.size());
    for (size_t i = 0; i < ignored.data.size(); ++i) ASSERT_EQ(ignored.data[i] == 0, rendered.data[i] != 0);
  }
}

TEST_F(NerfstudioSet, PhotosOfSeveralCamerasSayTheirOwn) {
  scene::Scene scene = Some({0, 1});
  scene.views[1].camera.fx *= 1.25;
  WriteNerfstudioSet(Input(scene), {}, out_.path(), Job());
  const Json file = ReadJsonFile(out_ / "transforms.json");
  EXPECT_FALSE(file.contains("fl_x"));
  EXPECT_EQ(file.at("camera_model"), "OPENCV");  // which nerfstudio looks for at the top alone
  EXPECT_DOUBLE_EQ(file.at("frames")[1].at("fl_x").get<double>(), scene.views[1].camera.fx);
}

TEST(NerfstudioIntrinsics, OfLensesThatItKnows) {
  Camera camera;
  camera.width = 640, camera.height = 320;
  camera.fx = camera.fy = 100;
  LensTerms terms;
  terms.k1 = 0.1;
  camera.lens = Lens(LensModel::kFisheye, terms);
  EXPECT_EQ(NerfstudioIntrinsics(camera).at("camera_model"), "OPENCV_FISHEYE");
  terms.p1 = 0.01, terms.p2 = 0.02;
  camera.lens = Lens(LensModel::kFisheye624, terms);
  const Json aria = NerfstudioIntrinsics(camera);
  EXPECT_EQ(aria.at("camera_model"), "FISHEYE624");
  EXPECT_EQ(aria.at("distortion_params")[6], 0.02);  // the other way around than OpenCV
  camera.lens = Lens(LensModel::kFisheye, terms);
  EXPECT_THAT(ErrorTextOf<Error>([&] { NerfstudioIntrinsics(camera); }),
              HasSubstr("no lens of the model fisheye with these terms\ntake the masks alone"));
  for (const LensModel model : {LensModel::kRational, LensModel::kDivision, LensModel::kUnified}) {
    LensTerms own;
    own.k1 = model == LensModel::kUnified ? 0.5 : 0.05;
    own.k2 = model == LensModel::kUnified ? 1 : 0;
    camera.lens = Lens(model, own);
    EXPECT_THROW(NerfstudioIntrinsics(camera), Error);
  }
  SeeWholeSphere(&camera);
  const Json sphere = NerfstudioIntrinsics(camera);
  EXPECT_NEAR(sphere.at("fl_x").get<double>(), 320, 1e-9);  // half the width
  EXPECT_NEAR(sphere.at("fl_y").get<double>(), 320, 1e-9);  // the height
}

}  // namespace
}  // namespace sanerf::exports
