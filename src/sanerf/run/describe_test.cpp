#include "sanerf/run/describe.h"

#include <gmock/gmock.h>

#include "sanerf/core/json.h"
#include "sanerf/run/run_folder_test_support.h"

namespace sanerf::run {
namespace {

using ::testing::HasSubstr;

class DescribeTest : public RunFolderTest {
 protected:
  RunDescription Describe() const { return DescribeRun(RunFolder::Open(folder_ / "run"), Job()); }
};

TEST_F(DescribeTest, ASceneByItsViews) {
  scene::Scene scene = scene::LoadScene(folder_ / "scene", {}, Job());
  scene.views[2].mask_path = "mask.png";
  scene.views[3].camera.width = 8;
  scene.views[3].camera.lens = Lens::Radial(0.1);
  const SceneDescription described = DescribeScene(scene);
  EXPECT_EQ(described.num_train + described.held_out.size(), 4u);
  EXPECT_EQ(described.sizes, (std::map<std::string, int>{{"16x12", 3}, {"8x12", 1}}));
  EXPECT_EQ(described.num_masks, 1);
  EXPECT_TRUE(described.is_distorted);
  const Json json = ToJson(described);
  EXPECT_EQ(json["kind"], "scene");
  EXPECT_EQ(json["views"], 4);
  EXPECT_EQ(json["sizes"]["16x12"], 3);
}

TEST_F(DescribeTest, ARunByItsStagesAndOptions) {
  const RunDescription described = Describe();
  ASSERT_EQ(described.stages.size(), 1u);
  EXPECT_EQ(described.stages[0].name, "train");
  EXPECT_EQ(described.stages[0].state, "interrupted");
  EXPECT_EQ(described.stages[0].seconds, 1.5);
  ASSERT_EQ(described.changed.size(), 1u);
  EXPECT_EQ(described.changed[0].name, "nerf.iters");
  EXPECT_EQ(described.changed[0].value, "7");
  EXPECT_EQ(described.changed[0].origin, "--iters");
  EXPECT_GT(described.bytes, 0);
  EXPECT_EQ(ToJson(described)["changed_values"]["nerf.iters"], 7);

  RunFolder run = RunFolder::Open(folder_ / "run");
  run.SetStage(Stage::kTrain, StageState::kComplete, 2);
  run.Save(Job());
  EXPECT_EQ(Describe().stages[0].state, "missing");  // there is no radiance field
  EXPECT_EQ(ToJson(Describe())["stages"]["train"]["state"], "missing");
}

TEST_F(DescribeTest, ARunSaysWhyItCannotUseItsScene) {
  EXPECT_TRUE(Describe().scene.has_value());
  EXPECT_FALSE(ToJson(Describe())["scene"].contains("problem"));
  std::filesystem::rename(folder_ / "scene", folder_ / "elsewhere");
  const RunDescription described = Describe();
  EXPECT_FALSE(described.scene.has_value());
  EXPECT_THAT(described.problem, HasSubstr("is gone"));
  EXPECT_THAT(described.scene_path, HasSubstr("scene"));
  EXPECT_EQ(ToJson(described)["scene"]["hint"], described.hint);
}

}  // namespace
}  // namespace sanerf::run
