#include "sanerf/scene/meshroom_loader.h"

#include <fmt/format.h>

#include "sanerf/core/json.h"
#include "sanerf/scene/known_point_test_support.h"

namespace sanerf::scene {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class MeshroomTest : public KnownPointTest {
 protected:
  // Texts, as AliceVision writes numbers.
  static Json Texts(const std::vector<double>& numbers) {
    Json texts = Json::array();
    for (const double number : numbers) texts.push_back(fmt::format("{}", number));
    return texts;
  }
  static Json SfmData(const std::vector<double>& version, const Json& intrinsic) {
    Json views = Json::array(), poses = Json::array();
    for (int i = 0; i < kCameras; ++i) {
      const Vec3 c = Center(i);
      views.push_back({{"viewId", fmt::format("{}", 10 + i)},
                       {"poseId", fmt::format("{}", 20 + i)},
                       {"intrinsicId", "7"},
                       {"path", fmt::format("/somewhere/else/capture/{}.jpg", Name(i))},
                       {"width", "64"},
                       {"height", "48"}});
      // The columns of camera from world are the rows of world from camera.
      poses.push_back(
          {{"poseId", fmt::format("{}", 20 + i)},
           {"pose",
            {{"transform",
              {{"rotation", Texts({1, 0, 0, 0, 0, 1, 0, -1, 0})}, {"center", Texts({c.x(), c.y(), c.z()})}}},
             {"locked", "0"}}}});
    }
    Json stored = {{"intrinsicId", "7"}, {"width", "64"}, {"height", "48"}};
    stored.update(intrinsic);
    return {{"version", Texts(version)}, {"views", views}, {"intrinsics", Json::array({stored})}, {"poses", poses}};
  }
  static Json New(const Json& more = Json::object()) {
    Json intrinsic = {{"type", "pinhole"},      {"distortionType", "none"},
                      {"focalLength", "56.25"}, {"sensorWidth", "36"},
                      {"sensorHeight", "27"},   {"pixelRatio", "1"},
                      {"distortionParams", ""}, {"principalPoint", Texts({1.6, 0})}};
    intrinsic.update(more);
    return intrinsic;
  }
  void Write(const Json& json, const std::string& name = "cameras.sfm") { WriteText(name, json.dump(1)); }
};

TEST_F(MeshroomTest, PosesAndIntrinsicsOfEveryVersion) {
  WritePhotos();
  Write(SfmData({1, 0, 0}, {{"type", "radial3"},
                            {"pxFocalLength", "100"},
                            {"principalPoint", Texts({33.6, 24})},
                            {"distortionParams", Texts({0, 0, 0})}}));
  const Scene scene = Load();
  EXPECT_EQ(scene.format, "meshroom");
  EXPECT_THAT(scene.summary, HasSubstr("Meshroom cameras.sfm"));
  ExpectPoint(scene);
  Write(SfmData({1, 2, 0}, {{"type", "pinhole"},
                            {"pxFocalLength", Texts({100, 100})},
                            {"principalPoint", Texts({33.6, 24})},
                            {"distortionParams", ""}}));
  ExpectPoint(Load());
  Write(SfmData({1, 2, 1},
                {{"type", "pinhole"}, {"pxFocalLength", Texts({100, 100})}, {"principalPoint", Texts({1.6, 0})}}));
  ExpectPoint(Load());
  for (const double patch : {3, 6, 12}) {
    Write(SfmData({1, 2, patch}, New()));
    ExpectPoint(Load());
  }
}

TEST_F(MeshroomTest, PixelsThatAreNotSquare) {
  WritePhotos();
  Write(SfmData({1, 2, 3}, New({{"pixelRatio", "0.8"}})));
  EXPECT_NEAR(Load().views[0].camera.fy, 125, 1e-9);
  Write(SfmData({1, 2, 8}, New({{"pixelRatio", "0.8"}})));
  EXPECT_NEAR(Load().views[0].camera.fy, 80, 1e-9);
}

TEST_F(MeshroomTest, LensesOfBothGenerations) {
  WritePhotos();
  const double k1 = 0.3, k2 = -0.2, t1 = 0.02, t2 = -0.03;
  const auto brown = [&](const Vec2& t) {
    const double x = t.x(), y = t.y(), r2 = x * x + y * y, radial = 1 + k1 * r2 + k2 * r2 * r2;
    return Vec2(x * radial + t2 * (r2 + 2 * x * x) + 2 * t1 * x * y,
                y * radial + t1 * (r2 + 2 * y * y) + 2 * t2 * x * y);
  };
  Write(SfmData({1, 2, 8}, New({{"distortionType", "brown"}, {"distortionParams", Texts({k1, k2, 0, t1, t2})}})));
  ExpectPoint(Load(), kPoint, brown);
  Write(SfmData({1, 2, 6}, New({{"type", "brown"}, {"distortionParams", Texts({k1, k2, 0, t1, t2})}})));
  ExpectPoint(Load(), kPoint, brown);
  Write(SfmData({1, 2, 8}, New({{"distortionType", "3deanamorphic4"}, {"distortionParams", Texts({0.1, 0, 0})}})));
  EXPECT_THAT(LoadError(),
              AllOf(HasSubstr("the lens 3deanamorphic4 is not supported"), HasSubstr("PrepareDenseScene")));
}

TEST_F(MeshroomTest, PhotosThatMeshroomCouldNotAlignAreNamed) {
  WritePhotos();
  Json json = SfmData({1, 2, 8}, New());
  json["poses"].erase(1);
  Write(json);
  const Scene scene = Load();
  EXPECT_EQ(scene.views.size(), 2u);
  EXPECT_THAT(scene.warnings, testing::Contains(HasSubstr("Meshroom has no pose for it: IMG_0001.jpg")));
  json.erase("poses");
  Write(json);
  EXPECT_THAT(LoadError(), AllOf(HasSubstr("no pose for any photo"), HasSubstr("3 photos")));
}

TEST_F(MeshroomTest, CamerasGoBeforeTheWholeReconstruction) {
  WritePhotos();
  Write(SfmData({1, 2, 8}, New()));
  Write(SfmData({1, 2, 8}, New({{"focalLength", "99"}})), "sfm.json");
  ExpectPoint(Load());
  EXPECT_GT(LoadScene(root_ / "sfm.json", {}, Job()).views[0].camera.fx, 150);
}

TEST_F(MeshroomTest, BrokenFilesNameTheKey) {
  WritePhotos();
  Json json = SfmData({1, 2, 8}, New());
  json["poses"][0]["pose"]["transform"]["center"][1] = "four";
  Write(json);
  EXPECT_THAT(LoadError(), HasSubstr("poses[0].pose.transform.center[1]: expected a number, found \"four\""));
  Write(Json::array());
  EXPECT_THAT(LoadError(), HasSubstr("expected an object with \"views\""));
}

}  // namespace
}  // namespace sanerf::scene
