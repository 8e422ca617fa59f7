#include "sanerf/scene/polycam_loader.h"

#include <fmt/format.h>

#include "sanerf/core/json.h"
#include "sanerf/scene/known_point_test_support.h"

namespace sanerf::scene {
namespace {

using testing::HasSubstr;

class PolycamTest : public KnownPointTest {
 protected:
  // In ARKit's world y is up and a camera that is not turned looks along -z: our (x, y, z) is its (x, z, -y).
  static inline const Vec3 kInArKit{kPoint.x(), kPoint.z(), -kPoint.y()};

  void WriteCameras(const std::string& prefix, double focal = 100) {
    for (int i = 0; i < kCameras; ++i) {
      const Vec3 c = Center(i);
      WriteText(fmt::format("keyframes/{}cameras/{}.json", prefix, Name(i)), Json{{"fx", focal},
                                                                                  {"fy", focal},
                                                                                  {"cx", 33.6},
                                                                                  {"cy", 24},
                                                                                  {"width", 64},
                                                                                  {"height", 48},
                                                                                  {"t_00", 1},
                                                                                  {"t_01", 0},
                                                                                  {"t_02", 0},
                                                                                  {"t_03", c.x()},
                                                                                  {"t_10", 0},
                                                                                  {"t_11", 1},
                                                                                  {"t_12", 0},
                                                                                  {"t_13", c.z()},
                                                                                  {"t_20", 0},
                                                                                  {"t_21", 0},
                                                                                  {"t_22", 1},
                                                                                  {"t_23", -c.y()},
                                                                                  {"blur_score", 50}}
                                                                                 .dump());
    }
  }
};

TEST_F(PolycamTest, PosesAndIntrinsics) {
  WritePhotos("keyframes/images");
  WriteCameras("");
  WriteText("mesh_info.json", "{}");
  const Scene scene = Load();
  EXPECT_EQ(scene.format, "polycam");
  EXPECT_THAT(scene.summary, HasSubstr("Polycam keyframes/images and keyframes/cameras"));
  ExpectPoint(scene, kInArKit);
  ExpectPoint(LoadScene(root_ / "keyframes", {}, Job()), kInArKit);
}

TEST_F(PolycamTest, CorrectedOnesGoFirst) {
  WritePhotos("keyframes/images");
  WriteCameras("", 70);
  WritePhotos("keyframes/corrected_images");
  WriteCameras("corrected_");
  ExpectPoint(Load(), kInArKit);
}

TEST_F(PolycamTest, PhotosWithoutACameraAreNamedAndABrokenCameraToo) {
  WritePhotos("keyframes/images");
  WriteCameras("");
  WriteImage("keyframes/images/extra.png", kWidth, kHeight);
  const Scene scene = Load();
  EXPECT_EQ(scene.views.size(), 3u);
  EXPECT_THAT(scene.warnings, testing::Contains(HasSubstr("Polycam has no pose for it: keyframes/images/extra.png")));
  WriteText("keyframes/cameras/IMG_0001.json", "{\"width\": 64, \"height\": 48, \"fx\": 100}");
  EXPECT_THAT(LoadError(), HasSubstr("keyframes/cameras/IMG_0001.json: "));
}

}  // namespace
}  // namespace sanerf::scene
