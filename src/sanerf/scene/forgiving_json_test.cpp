#include "sanerf/scene/forgiving_json.h"

#include <gmock/gmock.h>

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

class ForgivingJsonTest : public SceneFolderTest {
 protected:
  Json Read(const std::string& text) {
    WriteText("file.json", text);
    return ReadForgivingJson(root_ / "file.json");
  }
};

TEST_F(ForgivingJsonTest, NumbersThatJsonDoesNotKnow) {
  EXPECT_EQ(Read("[NaN,nan, -NaN ,-nan(ind),+nan,1.#QNAN,-1.#IND]"),
            Json({"NaN", "NaN", "NaN", "NaN", "NaN", "NaN", "NaN"}));
  EXPECT_EQ(Read("{\"a\":Infinity,\"b\":-Infinity,\"c\":inf,\"d\":-inf,\"e\":1.#INF,\"f\":1e999,\"g\":-1e400}"),
            Json({{"a", "Infinity"},
                  {"b", "-Infinity"},
                  {"c", "Infinity"},
                  {"d", "-Infinity"},
                  {"e", "Infinity"},
                  {"f", "Infinity"},
                  {"g", "-Infinity"}}));
  for (const Json& value : Read("[NaN, -Infinity, 1e999, null]")) EXPECT_TRUE(IsNotFinite(value)) << value;
  EXPECT_TRUE(HoldsNotFinite(Read("[[1, 2], [3, {\"a\": NaN}]]")));
}

TEST_F(ForgivingJsonTest, EverythingElseStaysAsItIs) {
  const std::string text =
      "\xef\xbb\xbf{\"NaN\": \"Infinity \\\" NaN, \\\\\", // NaN\n /* -inf \" */ \"n\": [1, -2.5e-3, 1E+3, 0.1, true, "
      "false], \"infinite\": \"nan\"}";
  const Json json = Read(text);
  EXPECT_EQ(json,
            (Json{{"NaN", "Infinity \" NaN, \\"}, {"n", {1, -2.5e-3, 1e3, 0.1, true, false}}, {"infinite", "nan"}}));
  EXPECT_FALSE(HoldsNotFinite(json["n"]));
  EXPECT_FALSE(IsNotFinite("nan of somebody"));
}

TEST_F(ForgivingJsonTest, BrokenJsonIsStillAnErrorWithItsLine) {
  EXPECT_THAT(ErrorText([&] { Read("{\"a\": NaN,\n\"b\": [ }"); }),
              AllOf(HasSubstr("file.json:2:8: broken JSON"), HasSubstr("fix the file at that position")));
  for (const char* text : {"", "{", "\"abc", "{\"a\": \"\\", "[nan", "/* nan", "nanny", "[1 2]", "infant"})
    EXPECT_THAT(ErrorText([&] { Read(text); }), testing::AnyOf(HasSubstr("broken JSON"), "")) << text;
  EXPECT_THAT(ErrorText([&] { Read(std::string("\xff\xfe{\0}\0", 6)); }), HasSubstr("UTF-16 | save it as UTF-8"));
}

class NotFinitePosesTest : public SceneFolderTest {
 protected:
  static constexpr int kPhotos = 5;
  void SetUp() override {
    SceneFolderTest::SetUp();
    for (int i = 0; i < kPhotos; ++i) WriteImage("images/0" + std::to_string(i) + ".png");
    file_ = {{"fl_x", 20}, {"frames", RingFrames(kPhotos)}};
  }
  Json& Frame(int i) { return file_["frames"][size_t(i)]; }
  // "@NaN@" as a text stands for NaN.
  Scene Load() {
    std::string text = file_.dump(1);
    for (const char* word : {"NaN", "Infinity", "-Infinity", "1e999"}) {
      const std::string marked = std::string("\"@") + word + "@\"";
      for (size_t at; (at = text.find(marked)) != std::string::npos;) text.replace(at, marked.size(), word);
    }
    WriteText("transforms.json", text);
    return LoadScene(root_, {}, Job());
  }

  Json file_;
};

TEST_F(NotFinitePosesTest, ThoseFramesAreLeftOutCountedAndNamed) {
  Frame(1)["transform_matrix"][0][3] = "@NaN@";
  Frame(2)["transform_matrix"][2][2] = "@-Infinity@";
  Frame(3)["fl_x"] = "@Infinity@";
  const Scene scene = Load();
  ASSERT_EQ(scene.views.size(), 2u);
  EXPECT_EQ(scene.views[1].name, "images/04.png");
  EXPECT_THAT(
      scene.warnings,
      ElementsAre("the cameras of 3 of 5 photos have values that are not finite numbers (NaN), and they are left "
                  "out: images/01.png, images/02.png, images/03.png"));
}

TEST_F(NotFinitePosesTest, OneKindAtATime) {
  const auto warning_with = [&](const char* key, const Json& value) {
    const Json before = file_;
    Frame(1)[key] = value;
    const std::vector<std::string> warnings = Load().warnings;
    file_ = before;
    return warnings;
  };
  const auto left_out =
      ElementsAre(AllOf(HasSubstr("the camera of 1 of 5 photos has values"), HasSubstr("images/01.png")));
  for (const char* key : {"fl_x", "cx", "k1", "near", "time", "w"}) {
    EXPECT_THAT(warning_with(key, "@NaN@"), left_out) << key;
    EXPECT_THAT(warning_with(key, "@1e999@"), left_out) << key;
    EXPECT_THAT(warning_with(key, nullptr), left_out) << key;
  }
  EXPECT_THAT(warning_with("depth_quality", "@NaN@"), ElementsAre()) << "what nobody reads may be anything";
}

TEST_F(NotFinitePosesTest, NoneLeftOrWhatAllShare) {
  for (int i = 0; i < kPhotos; ++i) Frame(i)["transform_matrix"][0][0] = "@NaN@";
  EXPECT_THAT(ErrorText([&] { Load(); }), AllOf(HasSubstr("no image left in "),
                                                HasSubstr("the cameras of all 5 photos that instant-ngp "
                                                          "transforms.json lists have values that are not finite"),
                                                HasSubstr("compute the poses again")));
  file_["frames"] = RingFrames(kPhotos);
  file_["fl_x"] = "@NaN@";
  EXPECT_THAT(ErrorText([&] { Load(); }), HasSubstr("transforms.json: fl_x: expected a number, found \"NaN\""));
}

// The camera stands where it stands, whatever the length of its axes.
TEST_F(NotFinitePosesTest, PosesWithAScaleAreNormalizedWithAWarning) {
  const auto scale = [&](int i, double by) {
    for (int row = 0; row < 3; ++row) {
      for (int column = 0; column < 3; ++column) {
        Json& value = Frame(i)["transform_matrix"][size_t(row)][size_t(column)];
        value = by * value.get<double>();
      }
    }
  };
  scale(1, 0.5);
  EXPECT_THAT(
      Load().warnings,
      ElementsAre("the poses of 1 photo have a scale, 0.5, which is taken out of their rotations: images/01.png"));
  scale(3, 1.02);
  scale(4, 1e-3);
  const Scene scene = Load();
  for (int i = 0; i < kPhotos; ++i) {
    const Pose& pose = scene.views[size_t(i)].camera.world_from_cam;
    EXPECT_TRUE(pose.rotation.isApprox(RingPose(i, kPhotos).rotation, 1e-9)) << i;
    EXPECT_TRUE(pose.translation.isApprox(RingPose(i, kPhotos).translation, 1e-9)) << i;
  }
  EXPECT_THAT(scene.warnings, ElementsAre(HasSubstr("the poses of 3 photos have a scale, 0.001 to 1.02, which")));
  scale(0, 1.001);  // digits that were cut off
  EXPECT_THAT(Load().warnings, ElementsAre(HasSubstr("the poses of 3 photos")));
}

TEST_F(NotFinitePosesTest, ShearedAndMirroredPosesStayErrorsAtAnyScale) {
  const auto error_with = [&](const Mat3& change) {
    Pose pose = RingPose(2, kPhotos);
    pose.rotation *= change;
    Json before = Frame(2);
    Frame(2)["transform_matrix"] = MatrixOf(pose);
    const std::string text = ErrorText([&] { Load(); });
    Frame(2) = before;
    return text;
  };
  for (const double scale : {0.01, 0.5, 1.0, 1.02, 30.0}) {
    Mat3 shear = Mat3::Identity();
    shear(0, 1) = 0.1;
    EXPECT_THAT(error_with(scale * shear),
                AllOf(HasSubstr("frames[2].transform_matrix (images/02.png): the pose is not "
                                "rigid"),
                      HasSubstr("their lengths are")));
    EXPECT_THAT(error_with(scale * Mat3(Vec3(1, 1, 1.3).asDiagonal())), HasSubstr("not rigid"));
    EXPECT_THAT(error_with(scale * Mat3(Vec3(1, 1, -1).asDiagonal())), HasSubstr("mirrored"));
    EXPECT_THAT(error_with(scale * Mat3(Vec3(1, 1, 0).asDiagonal())), HasSubstr("singular"));
  }
  EXPECT_THAT(error_with(Mat3::Zero()), HasSubstr("singular"));
}

}  // namespace
}  // namespace sanerf::scene
