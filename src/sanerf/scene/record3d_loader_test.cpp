#include "sanerf/scene/record3d_loader.h"

#include <fmt/format.h>

#include "sanerf/core/json.h"
#include "sanerf/scene/known_point_test_support.h"

namespace sanerf::scene {
namespace {

using testing::HasSubstr;

class Record3dTest : public KnownPointTest {
 protected:
  static inline const Vec3 kInArKit{kPoint.x(), kPoint.z(), -kPoint.y()};  // see polycam_loader_test.cpp

  static Json Metadata(int count = kCameras) {
    Json poses = Json::array();
    for (int i = 0; i < count; ++i) {
      const Vec3 c = Center(i);
      poses.push_back({0, 0, 0, 1, c.x(), c.z(), -c.y()});
    }
    return {{"w", 64}, {"h", 48}, {"K", {100, 0, 0, 0, 100, 0, 33.6, 24, 1}}, {"fps", 60}, {"poses", poses}};
  }
  void WriteNumbered(const std::string& folder, int count = kCameras) {
    for (int i = 0; i < count; ++i) WriteImage(fmt::format("{}/{}.png", folder, i), kWidth, kHeight);
  }
};

TEST_F(Record3dTest, PosesAndIntrinsics) {
  for (const std::string folder : {"", "EXR_RGBD/"}) {
    WriteNumbered(folder + "rgb");
    WriteText(folder + "metadata.json", Metadata().dump());
    const Scene scene = Load();
    EXPECT_EQ(scene.format, "record3d");
    EXPECT_THAT(scene.summary, HasSubstr("Record3D " + folder + "rgb and " + folder + "metadata.json"));
    ExpectPoint(scene, kInArKit);
    std::filesystem::remove_all(root_);
    std::filesystem::create_directories(root_);
  }
}

TEST_F(Record3dTest, AnUnpackedR3dHasIntrinsicsOfEachFrame) {
  WriteNumbered("rgbd");
  Json metadata = Metadata();
  metadata["K"] = {70, 0, 0, 0, 70, 0, 32, 24, 1};
  for (int i = 0; i < kCameras; ++i) metadata["perFrameIntrinsicCoeffs"].push_back({100, 100, 33.6, 24});
  WriteText("metadata", metadata.dump());
  ExpectPoint(Load(), kInArKit);
}

TEST_F(Record3dTest, PosesBelongToPhotosByNumber) {
  WriteNumbered("rgb", 12);
  WriteText("metadata.json", Metadata(12).dump());
  for (const View& view : Load().views) {
    const int number = std::stoi(std::filesystem::path(view.name).stem().string());
    EXPECT_EQ(view.camera.center().x(), Center(number).x()) << view.name;
  }
  std::filesystem::remove(root_ / "rgb/11.png");
  EXPECT_THAT(LoadError(), HasSubstr("poses: 12 poses, but rgb has 11 photos"));
}

}  // namespace
}  // namespace sanerf::scene
