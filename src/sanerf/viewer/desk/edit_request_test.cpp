#include "sanerf/viewer/desk/edit_request.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sanerf/core/error.h"
#include "sanerf/core/folder_test_support.h"
#include "sanerf/core/json.h"

namespace sanerf::viewer {
namespace {

using testing::HasSubstr;

// A camera of the page, with points whose places in its picture follow from where it looks from: the page's own test
// makes this camera of the same turn.
Json OrbitCamera() { return ReadJsonFile(SANERF_SOURCE_DIR "/web/test/unit/orbit_camera.json"); }

Camera CameraOf(const Json& json) { return CameraFromJson(JsonCursor(json, "camera")); }

TEST(EditRequest, ACameraOfThePageSeesKnownPointsWhereTheyAre) {
  const Json example = OrbitCamera();
  const Camera camera = CameraOf(example.at("camera"));
  for (const Json& known : example.at("points")) {
    const Vec3 p(known.at("p")[0], known.at("p")[1], known.at("p")[2]);
    const Vec2 px(known.at("px")[0], known.at("px")[1]);
    const auto seen = camera.Project(p);
    ASSERT_TRUE(seen);
    EXPECT_NEAR((*seen - px).norm(), 0, 1e-5) << known;
    EXPECT_NEAR(camera.ZDepth(p), known.at("depth").get<double>(), 1e-7) << known;
    EXPECT_NEAR((camera.Lift(px, known.at("depth")) - p).norm(), 0, 1e-7) << known;
  }
  EXPECT_EQ(ToJson(camera), Json::parse(example.at("camera").dump()));
}

TEST(EditRequest, CamerasKeepTheirLensThereAndBack) {
  Camera camera = CameraOf(OrbitCamera().at("camera"));
  LensTerms terms;
  terms.k1 = -0.1, terms.k2 = 0.02, terms.k3 = 0.003, terms.k4 = -0.0004;
  for (const LensModel model : {LensModel::kPerspective, LensModel::kFisheye, LensModel::kFisheye624}) {
    camera.lens = Lens(model, terms);
    const Json json = ToJson(camera);
    EXPECT_EQ(json.at("fisheye"), model == LensModel::kFisheye);
    EXPECT_EQ(json.contains("lens"), model == LensModel::kFisheye624);
    EXPECT_TRUE(CameraOf(json).lens == camera.lens) << json;
  }
}

TEST(EditRequest, CamerasThatCannotBeAreRefused) {
  const auto text = [](const char* key, const Json& value) {
    Json camera = OrbitCamera().at("camera");
    camera[key] = value;
    return ErrorTextOf<Error>([&] { CameraOf(camera); });
  };
  EXPECT_THAT(text("w", 0), HasSubstr("camera: w"));
  EXPECT_THAT(text("fx", -5), HasSubstr("camera: fx"));
  EXPECT_THAT(text("k", {0, 0}), HasSubstr("expected 6 numbers"));
  EXPECT_THAT(text("fisheye", 1), HasSubstr("camera: fisheye"));
  EXPECT_THAT(text("lens", {{"model", "bottle"}, {"terms", Json::array()}}), HasSubstr("there is no such lens"));
  EXPECT_THAT(text("lens", {{"model", "fisheye"}, {"terms", {1, 2}}}), HasSubstr("expected 12 numbers"));
  EXPECT_THAT(text("pose", {1, 0, 0, 0, 0, 1, 0, 0, 0, 0, -1, 0}), HasSubstr("rotation"));  // a mirror
  EXPECT_THAT(text("pose", {2, 0, 0, 0, 0, 2, 0, 0, 0, 0, 2, 0}), HasSubstr("rotation"));
}

TEST(EditRequest, APointMovesToWhatACameraSees) {
  const scene::Scene scene;
  std::vector<Vec2> asked;
  segmentation::PromptEdits edits;
  const auto edit = [&](const Json& request) {
    const auto seen = SeenBy(request, [&](const Camera&, const Vec2& px) {
      asked.push_back(px);
      return Vec3(double(asked.size()), 0, 0);
    });
    return DoEdit(request, {scene, seen}, &edits);
  };
  const Json camera = OrbitCamera().at("camera");
  const EditDone made = edit({{"op", "add_click"}, {"camera", camera}, {"xy", {10, 20}}});
  const auto point = [&] {
    return std::get<mask_decoder::PointPrompt>(edits.Object(made.object).prompts.at(0).prompt).p;
  };
  EXPECT_EQ(point(), Vec3(1, 0, 0));
  const Json move = {{"op", "move_prompt"}, {"prompt", int64_t(made.prompt)}, {"camera", camera}, {"xy", {30, 40}}};
  EXPECT_EQ(edit(move).prompt, made.prompt);
  EXPECT_EQ(point(), Vec3(2, 0, 0));
  EXPECT_EQ(asked, (std::vector<Vec2>{{10.5, 20.5}, {30.5, 40.5}}));
  edit({{"op", "move_prompt"}, {"prompt", int64_t(made.prompt)}, {"p", {0.5, 0, 0}}});
  EXPECT_EQ(point(), Vec3(0.5, 0, 0));
  EXPECT_EQ(asked.size(), 2u);
  EXPECT_THAT(ErrorTextOf<UsageError>([&] { edit({{"op", "add_click"}, {"xy", {10, 20}}}); }), HasSubstr("camera"));
  EXPECT_THAT(ErrorTextOf<UsageError>([&] {
                edit({{"op", "add_click"}, {"camera", camera}, {"xy", {-10, 20}}});
              }),
              HasSubstr("outside of the picture"));
}

// What is taken here is stored, and must be read again.
TEST(EditRequest, NumbersThatNobodyCouldMeanAreRefused) {
  scene::Scene scene;
  for (const bool is_test : {false, true}) {
    scene::View view;
    view.name = is_test ? "test.png" : "train.png";
    view.is_test = is_test;
    view.camera.width = view.camera.height = 100;
    scene.views.push_back(view);
  }
  const EditContext context{scene, std::nullopt};
  segmentation::PromptEdits edits;
  const auto refusal = [&](const char* key, const Json& value, Json request) {
    request[key] = value;
    return ErrorTextOf<UsageError>([&] { DoEdit(request, context, &edits); });
  };
  const Json click = {{"op", "add_click"}, {"view", 0}, {"xy", {10, 20}}, {"candidate", 3}};
  EXPECT_THAT(refusal("candidate", 4, click), HasSubstr("candidate"));
  EXPECT_THAT(refusal("candidate", -1, click), HasSubstr("candidate"));
  EXPECT_THAT(refusal("candidate", (int64_t{1} << 32) + 2, click), HasSubstr("candidate"));
  EXPECT_THAT(refusal("label", (int64_t{1} << 32) + 1, click), HasSubstr("label"));
  EXPECT_THAT(refusal("xy", {1e308, 0}, click), HasSubstr("xy"));
  const EditDone made = DoEdit(click, context, &edits);
  const Json move = {{"op", "move_prompt"}, {"prompt", int64_t(made.prompt)}};
  EXPECT_THAT(refusal("candidate", 4, move), HasSubstr("candidate"));
  const Json box = {{"op", "add_box"}, {"view", 0}};
  EXPECT_THAT(refusal("xyxy", {-1e308, -1e308, 1e308, 1e308}, box), HasSubstr("xyxy"));
  const Json use = {{"op", "use_view"}, {"object", int64_t(made.object)}, {"use", "always"}};
  EXPECT_THAT(refusal("view", 1, use), HasSubstr("test.png is held out"));
}

TEST(EditRequest, ObjectsMeetTheLimitOfAField) {
  const scene::Scene scene;
  segmentation::PromptEdits edits;
  const auto add = [&] { DoEdit({{"op", "add_object"}}, {scene, {}}, &edits); };
  for (int i = 0; i < 254; ++i) add();
  EXPECT_THAT(ErrorTextOf<UsageError>(add), HasSubstr("255 objects"));
  EXPECT_EQ(edits.objects().size(), 254u);
}

}  // namespace
}  // namespace sanerf::viewer
