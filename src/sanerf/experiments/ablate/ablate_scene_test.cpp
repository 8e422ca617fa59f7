#include "sanerf/experiments/ablate/ablate_scene.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sanerf/core/error.h"
#include "sanerf/core/files.h"
#include "sanerf/core/folder_test_support.h"
#include "sanerf/core/job.h"
#include "sanerf/core/json.h"
#include "sanerf/experiments/ablate/ablate.h"
#include "sanerf/run/open_run.h"
#include "sanerf/scene/load_scene.h"
#include "sanerf/synth/small_scene_test_support.h"
#include "sanerf/synth/synth.h"

namespace fs = std::filesystem;

namespace sanerf::experiments {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class AblateSceneTest : public ::testing::Test {
 protected:
  std::string UsageErrorText() const {
    return ErrorTextOf<UsageError>([&] { ReadScenes(request_, settings_, Job()); });
  }
  TestFolder folder_;
  ExperimentSettings settings_;
  AblateRequest request_;
};

TEST_F(AblateSceneTest, PromptsAreOnePerSceneOrOneName) {
  request_.scenes = {"a", "b", "c"};
  request_.prompts = {"a.json", "b.json"};
  EXPECT_THAT(UsageErrorText(), AllOf(HasSubstr("2 prompts files for 3 scenes"), HasSubstr("--prompts once")));
}

TEST_F(AblateSceneTest, ScenesOfOneNameWouldShareAFolder) {
  request_.scenes = {"runs/mug", "other/mug/"};
  EXPECT_THAT(UsageErrorText(), HasSubstr("two scenes are named 'mug'"));
}

// A procedural scene; what is wrong with a request for it is said before anything is written.
class AblateOneScene : public AblateSceneTest {
 protected:
  AblateOneScene() {
    synth::WriteSynthScene(folder_ / "scene", synth::SmallScene(2, 16), Job());
    request_.scenes = {folder_ / "scene"};
    request_.out = folder_ / "out";
  }
  void Prompts(const std::string& objects) {
    WriteFileAtomic(folder_ / "prompts.json", R"({"objects": [)" + objects + "]}");
    request_.prompts = {folder_ / "prompts.json"};
  }
  std::string WhyRefused() {
    request_.studies = AllStudies({});
    const std::string text = ErrorTextOf<Error>([&] { Ablate(request_, settings_, Job()); });
    EXPECT_FALSE(fs::exists(folder_ / "out"));
    return text;
  }
};

TEST_F(AblateOneScene, ObjectsWithoutGroundTruthCannotBeScored) {
  Prompts(R"({"name": "mug", "points": [{"p": [0, 0, 0], "label": 1}]})");
  EXPECT_THAT(WhyRefused(), AllOf(HasSubstr("prompts.json: no object can be scored"), HasSubstr("\"instance\": ID")));
}

TEST_F(AblateOneScene, PromptsThatEveryRowWouldRefuseAreRefusedOnce) {
  Prompts(R"({"name": "mug", "instance": 2, "clicks": [{"view": "test/000", "xy": [3, 3]}]})");
  EXPECT_THAT(WhyRefused(), HasSubstr("is in a held-out photo"));
  Prompts(R"({"name": "mug", "instance": 2, "clicks": [{"view": "train/000", "xy": [99, 3]}]})");
  EXPECT_THAT(WhyRefused(), HasSubstr("99"));
  Prompts(R"({"name": "mug~", "instance": 2, "points": [{"p": [0, 0, 0]}]})");
  EXPECT_THAT(WhyRefused(), HasSubstr("'mug~' cannot be the name of an object"));
}

TEST_F(AblateOneScene, ResultsAreNotMixedWithPhotosOrWithARun) {
  const auto why_not_in = [&](const fs::path& out) {
    request_.out = out;
    return WhyRefused();
  };
  EXPECT_THAT(why_not_in(folder_ / "scene" / "train"), HasSubstr("the scene has photos or masks in"));
  EXPECT_THAT(why_not_in(folder_ / "scene" / "train" / "new"), HasSubstr("the scene has photos or masks in"));
  EXPECT_FALSE(fs::exists(folder_ / "scene" / "train" / ".lock"));
  EXPECT_FALSE(fs::exists(folder_ / "scene" / "train" / "new"));
}

// Stopped when the training is announced, in a folder that has been made and locked by then.
TEST_F(AblateOneScene, StoppedBeforeItHasResultsItLeavesNothing) {
  class StopsTraining : public EventSink {
   public:
    void Take(const Event& event) override {
      if (event.text.find("the radiance field of") != std::string::npos) stop.RequestStop();
    }
    StopSource stop;
  } sink;
  Prompts(R"({"name": "mug", "instance": 2, "points": [{"p": [0, 0, 0]}]})");
  request_.studies = AllStudies({});
  EXPECT_THROW(Ablate(request_, settings_, Job().With(sink.stop.token()).With(sink)), InterruptedError);
  EXPECT_FALSE(fs::exists(folder_ / "out"));
}

// A run of that scene as far as it matters here: nothing looks at its radiance field.
class LightRuns : public AblateOneScene {
 protected:
  LightRuns() {
    scene_ = {"scene", folder_ / "scene", folder_ / "run", folder_ / "out" / "scene", {}};
    EnsureWritableFolder(folder_ / "run" / "nerf");
    Train("one");
  }
  void Train(const std::string& fingerprint) {
    const scene::Scene photos = scene::LoadScene(folder_ / "scene", {}, Job());
    run::RunFolder run = run::RunFolder::Create(folder_ / "run", folder_ / "scene", photos, Job());
    run.SetStage(run::Stage::kTrain, run::StageState::kComplete, 1, {{"fingerprint", fingerprint}});
    run.Save(Job());
    WriteFileAtomic(run.checkpoint(), fingerprint);
  }
  LightRun Open() const { return OpenLightRun(scene_, {}, Job()); }

  AblationScene scene_;
};

TEST_F(LightRuns, OneFolderServesUntilTheFieldIsAnotherOne) {
  fs::path folder;
  {
    const LightRun light = Open();
    folder = light.folder.path();
    EXPECT_EQ(folder.parent_path(), scene_.work);
    EXPECT_EQ(ReadFile(light.folder.checkpoint()), "one");
    WriteFileAtomic(folder / "segmented.json", "{}");
  }
  EXPECT_EQ(Open().folder.path(), folder);
  EXPECT_TRUE(fs::exists(folder / "segmented.json"));
  Train("two");
  const LightRun light = Open();
  EXPECT_EQ(light.folder.path(), folder);
  EXPECT_EQ(ReadFile(light.folder.checkpoint()), "two");
  EXPECT_FALSE(fs::exists(folder / "segmented.json"));
}

TEST_F(LightRuns, WhatAnotherCommandHasIsNotMadeAnew) {
  LightRun held = Open();
  const fs::path objects = held.folder.path() / "objects" / "mug";
  EnsureWritableFolder(objects);
  Train("two");
  EXPECT_THAT(ErrorTextOf<Error>([&] { Open(); }), HasSubstr("is in use: process "));
  EXPECT_TRUE(fs::exists(objects));
  EXPECT_EQ(ReadFile(held.folder.checkpoint()), "one");
  held.lock.reset();
  Open();
  EXPECT_FALSE(fs::exists(objects));
}

}  // namespace
}  // namespace sanerf::experiments
