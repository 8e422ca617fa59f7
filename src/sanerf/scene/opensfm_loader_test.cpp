#include "sanerf/scene/opensfm_loader.h"

#include <cmath>

#include "sanerf/core/json.h"
#include "sanerf/scene/known_point_test_support.h"

namespace sanerf::scene {
namespace {

using testing::HasSubstr;

class OpenSfmTest : public KnownPointTest {
 protected:
  // Camera from world turns by 90 degrees about x: what is ahead (y) becomes z, what is up becomes -y.
  static Json Reconstruction(const Json& camera) {
    Json shots = Json::object();
    for (int i = 0; i < kCameras; ++i) {
      const Vec3 c = Center(i);
      shots[Name(i) + ".jpg"] = {
          {"rotation", {M_PI / 2, 0, 0}}, {"translation", {-c.x(), c.z(), -c.y()}}, {"camera", "v2 a b"}};
    }
    return {{"cameras", {{"v2 a b", camera}}},
            {"shots", shots},
            {"points", {{"1", {{"coordinates", {0.5, 0, 1.25}}, {"color", {1, 2, 3}}}}}}};
  }
  static Json Brown() {
    return {{"projection_type", "brown"}, {"width", 64},  {"height", 48}, {"focal_x", 100 / 64.0},
            {"focal_y", 100 / 64.0},      {"c_x", 0.025}, {"c_y", 0},     {"k3", 0}};
  }
  void Write(const Json& json, const std::string& name = "reconstruction.json") { WriteText(name, json.dump()); }
};

TEST_F(OpenSfmTest, PosesAndIntrinsics) {
  WritePhotos();
  Write(Json::array({Reconstruction(Brown())}));
  const Scene scene = Load();
  EXPECT_EQ(scene.format, "opensfm");
  EXPECT_THAT(scene.summary, HasSubstr("OpenSfM reconstruction.json"));
  ExpectPoint(scene);
  ExpectPoint(LoadScene(root_ / "reconstruction.json", {}, Job()));
}

TEST_F(OpenSfmTest, LensesAreOpenCvs) {
  WritePhotos();
  Json camera = Brown();
  const double k1 = 0.3, k2 = -0.2, p1 = 0.02, p2 = -0.03;
  camera["k1"] = k1, camera["k2"] = k2, camera["p1"] = p1, camera["p2"] = p2;
  Write(Json::array({Reconstruction(camera)}));
  ExpectPoint(Load(), kPoint, [&](const Vec2& t) {
    const double x = t.x(), y = t.y(), r2 = x * x + y * y, radial = 1 + k1 * r2 + k2 * r2 * r2;
    return Vec2(x * radial + 2 * p1 * x * y + p2 * (r2 + 2 * x * x),
                y * radial + 2 * p2 * x * y + p1 * (r2 + 2 * y * y));
  });
}

TEST_F(OpenSfmTest, PerspectiveCamerasAreSharesOfTheLongerSide) {
  for (int i = 0; i < kCameras; ++i) WriteImage("images/" + Name(i) + ".png", 48, 64);
  Write(Json::array(
      {Reconstruction({{"projection_type", "perspective"}, {"width", 48}, {"height", 64}, {"focal", 100 / 64.0}})}));
  const Camera camera = Load().views[0].camera;
  EXPECT_NEAR(camera.fx, 100, 1e-9);
  EXPECT_NEAR(camera.fy, 100, 1e-9);
  EXPECT_EQ(camera.cx, 24);
  EXPECT_EQ(camera.cy, 32);
}

TEST_F(OpenSfmTest, ProjectsOfOpenDroneMapKeepThePhotosOutside) {
  WritePhotos();
  Write(Json::array({Reconstruction(Brown())}), "opensfm/reconstruction.json");
  ExpectPoint(Load());
  ExpectPoint(LoadScene(root_ / "opensfm/reconstruction.json", {}, Job()));
}

TEST_F(OpenSfmTest, OfSeveralTheLargest) {
  WritePhotos();
  Json small = Reconstruction(Brown());
  small["shots"].erase(Name(1) + ".jpg");
  Write(Json::array({small, Reconstruction(Brown())}));
  const Scene scene = Load();
  ExpectPoint(scene);
  EXPECT_THAT(scene.warnings,
              testing::Contains(HasSubstr("of 2 reconstructions the largest is read; 2 photos are of the others")));
}

TEST_F(OpenSfmTest, WhatCannotBeReadSaysTheWayOut) {
  WritePhotos();
  Json camera = Brown();
  camera["projection_type"] = "dual";
  Write(Json::array({Reconstruction(camera)}));
  EXPECT_THAT(LoadError(), testing::AllOf(HasSubstr("projection type dual"), HasSubstr("opensfm undistort")));
  Write(Json::object());
  EXPECT_THAT(LoadError(), HasSubstr("reconstruction.json: expected a list of reconstructions"));
  Json broken = Reconstruction(Brown());
  broken["shots"][Name(0) + ".jpg"]["rotation"] = {1, 2};
  Write(Json::array({broken}));
  EXPECT_THAT(LoadError(), HasSubstr("rotation: expected 3 numbers, found 2"));
}

}  // namespace
}  // namespace sanerf::scene
