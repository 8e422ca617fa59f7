#include "sanerf/export/colmap_set.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <map>

#include "sanerf/core/error.h"
#include "sanerf/export/export_test_support.h"
#include "sanerf/scene/ignored_pixels.h"
#include "sanerf/scene/load_scene.h"

namespace fs = std::filesystem;

namespace sanerf::exports {
namespace {

using ::testing::HasSubstr;

using ColmapSet = ExportTest;

// COLMAP's documentation, "Output Format", read by hand.
class BinaryFile {
 public:
  explicit BinaryFile(const fs::path& path) : bytes_(ReadFile(path)) {}
  template <class T>
  T Next() {
    T value{};
    EXPECT_LE(at_ + sizeof(T), bytes_.size());
    if (at_ + sizeof(T) <= bytes_.size()) std::memcpy(&value, bytes_.data() + at_, sizeof(T));
    at_ += sizeof(T);
    return value;
  }
  std::string NextName() {
    const std::string name = bytes_.c_str() + at_;
    at_ += name.size() + 1;
    return name;
  }
  bool IsAtEnd() const { return at_ == bytes_.size(); }

 private:
  const std::string bytes_;
  size_t at_ = 0;
};

struct CameraInFile {
  int model = 0;
  uint64_t width = 0, height = 0;
  std::vector<double> params;
};

std::map<int, CameraInFile> CamerasIn(const fs::path& path, size_t num_params) {
  BinaryFile file(path);
  std::map<int, CameraInFile> cameras;
  for (uint64_t n = file.Next<uint64_t>(); n > 0; --n) {
    const int id = file.Next<int32_t>();
    CameraInFile camera;
    camera.model = file.Next<int32_t>();
    camera.width = file.Next<uint64_t>();
    camera.height = file.Next<uint64_t>();
    for (size_t i = 0; i < num_params; ++i) camera.params.push_back(file.Next<double>());
    cameras[id] = camera;
  }
  EXPECT_TRUE(file.IsAtEnd());
  return cameras;
}

TEST_F(ColmapSet, AnotherReaderFindsCamerasPhotosAndMasks) {
  scene::Scene scene = Some({0, 1, 8, 9});
  for (scene::View& view : scene.views) view.camera.lens = Lens::Radial(-0.1, 0.02, 0.003, -0.004);
  ExportOptions options;
  options.photos.points = 2000;
  WriteColmapSet(Input(scene), options, out_.path(), Job());
  const std::map<int, CameraInFile> cameras = CamerasIn(out_ / "sparse/0/cameras.bin", 8);
  ASSERT_EQ(cameras.size(), 1u);                // all of one lens share it
  EXPECT_EQ(cameras.begin()->second.model, 4);  // OPENCV

  BinaryFile images(out_ / "sparse/0/images.bin");
  ASSERT_EQ(images.Next<uint64_t>(), 4u);
  for (size_t i = 0; i < 4; ++i) {
    EXPECT_EQ(images.Next<int32_t>(), int32_t(i) + 1);
    double q[4], t[3];
    for (double& value : q) value = images.Next<double>();
    for (double& value : t) value = images.Next<double>();
    const CameraInFile& camera = cameras.at(images.Next<int32_t>());
    const std::string name = images.NextName();
    EXPECT_EQ(images.Next<uint64_t>(), 0u);
    // cam = R world + t with the quaternion's matrix, x right, y down, z forward.
    const double w = q[0], a = q[1], b = q[2], c = q[3];
    const double r[3][3] = {{1 - 2 * (b * b + c * c), 2 * (a * b - w * c), 2 * (a * c + w * b)},
                            {2 * (a * b + w * c), 1 - 2 * (a * a + c * c), 2 * (b * c - w * a)},
                            {2 * (a * c - w * b), 2 * (b * c + w * a), 1 - 2 * (a * a + b * b)}};
    const Vec3 p = scene.views[i].camera.Lift({20.5, 41.5}, 2.5);
    double cam[3];
    for (int row = 0; row < 3; ++row) cam[row] = r[row][0] * p[0] + r[row][1] * p[1] + r[row][2] * p[2] + t[row];
    EXPECT_NEAR(cam[2], 2.5, 1e-9);
    const double x = cam[0] / cam[2], y = cam[1] / cam[2], s = x * x + y * y;
    const double k1 = camera.params[4], k2 = camera.params[5], p1 = camera.params[6], p2 = camera.params[7];
    const double radial = 1 + k1 * s + k2 * s * s;
    EXPECT_NEAR(camera.params[2] + camera.params[0] * (x * radial + 2 * p1 * x * y + p2 * (s + 2 * x * x)), 20.5, 1e-6);
    EXPECT_NEAR(camera.params[3] + camera.params[1] * (y * radial + p1 * (s + 2 * y * y) + 2 * p2 * x * y), 41.5, 1e-6);
    EXPECT_EQ(ReadFile(out_ / "images" / name), ReadFile(scene.views[i].image_path));
    // COLMAP looks for nothing where it is black.
    EXPECT_GE(IouOf(ReadImage(out_ / "masks" / (name + ".png")), Rendered(scene.views[i].camera, 1)), 0.99);
  }
  EXPECT_TRUE(images.IsAtEnd());

  BinaryFile points(out_ / "sparse/0/points3D.bin");
  const uint64_t count = points.Next<uint64_t>();
  ASSERT_GT(count, 10u);
  for (uint64_t i = 0; i < count; ++i) {
    EXPECT_EQ(points.Next<uint64_t>(), i + 1);
    for (int a = 0; a < 3; ++a) EXPECT_LT(std::abs(points.Next<double>()), 10);
    for (int c = 0; c < 3; ++c) points.Next<uint8_t>();
    points.Next<double>();
    EXPECT_EQ(points.Next<uint64_t>(), 0u);
  }
  EXPECT_TRUE(points.IsAtEnd());
}

TEST_F(ColmapSet, IsASceneOfOurOwn) {
  scene::Scene scene = Some({0, 1, 8, 9});
  WriteColmapSet(Input(scene), {}, out_ / "set", Job());
  const scene::Scene read = scene::LoadScene(out_ / "set", {}, Job());
  EXPECT_EQ(read.format, "colmap");
  ASSERT_EQ(read.views.size(), 4u);
  for (size_t i = 0; i < 4; ++i) {
    const scene::View& view = scene.views[i];
    const scene::View& again = read.views[size_t(read.FindView(view.name))];
    const Vec3 p = view.camera.Lift({20.5, 11.5}, 2.5);
    EXPECT_NEAR((*again.camera.Project(p) - Vec2(20.5, 11.5)).norm(), 0, 1e-6);
    const ImageU8 ignored = scene::LoadIgnoredPixels(again), rendered = Rendered(view.camera, 1);
    ASSERT_EQ(ignored.data.size(), rendered.data.size());
    for (size_t k = 0; k < ignored.data.size(); ++k) ASSERT_EQ(ignored.data[k] == 0, rendered.data[k] != 0);
  }
}

TEST(ColmapLensName, IsTheSmallestModelThatHoldsTheTerms) {
  const auto name = [](LensModel model, const LensTerms& terms) {
    Camera camera;
    camera.width = camera.height = 100;
    camera.fx = camera.fy = 100;
    camera.lens = Lens(model, terms);
    return ColmapLensName(camera);
  };
  LensTerms none, radial, sixth, prism;
  radial.k1 = 0.1;
  sixth.k3 = 0.01;
  prism.s1 = 0.01;
  EXPECT_EQ(name(LensModel::kPerspective, none), "PINHOLE");
  EXPECT_EQ(name(LensModel::kPerspective, radial), "OPENCV");
  EXPECT_EQ(name(LensModel::kPerspective, sixth), "FULL_OPENCV");
  EXPECT_EQ(name(LensModel::kRational, radial), "FULL_OPENCV");
  EXPECT_EQ(name(LensModel::kFisheye, radial), "OPENCV_FISHEYE");
  EXPECT_EQ(name(LensModel::kFisheye, prism), "THIN_PRISM_FISHEYE");
  EXPECT_EQ(name(LensModel::kEquirectangular, none), "EQUIRECTANGULAR");
  EXPECT_THAT(ErrorTextOf<Error>([&] { name(LensModel::kPerspective, prism); }),
              HasSubstr("a data set for COLMAP: it has no lens of the model perspective with these terms"));
}

}  // namespace
}  // namespace sanerf::exports
