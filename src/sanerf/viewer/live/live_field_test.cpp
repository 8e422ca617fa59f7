#include "sanerf/viewer/live/live_field.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <thread>

#include "sanerf/core/error.h"
#include "sanerf/core/events_test_support.h"
#include "sanerf/core/files.h"
#include "sanerf/core/folder_test_support.h"
#include "sanerf/core/json.h"
#include "sanerf/nerf/model.h"
#include "sanerf/nerf/nerf_checkpoint.h"
#include "sanerf/nn/checkpoint.h"
#include "sanerf/pipeline/presets.h"
#include "sanerf/pipeline/train_stage.h"
#include "sanerf/synth/options.h"
#include "sanerf/synth/small_scene_test_support.h"
#include "sanerf/synth/synth.h"

namespace fs = std::filesystem;

namespace sanerf::viewer {
namespace {

using Phase = LiveField::Phase;
using testing::HasSubstr;

class LiveFieldTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = new TestFolder;
    synth::WriteSynthScene(*folder_ / "scene", synth::SmallScene(8, 32), Job());
  }
  static void TearDownTestSuite() { delete folder_; }

  // Above those given, which say how large the field's table is.
  static pipeline::Settings SmallButForItsTable(int iters, pipeline::Settings settings = {}) {
    for (const char* value : {"batch_samples=4096", "levels=8", "top=128", "occupancy_resolution=32",
                              "near_gradients=0", "save_seconds=1000000"})
      pipeline::Assign(settings, std::string("nerf.") + value);
    pipeline::Assign(settings, "nerf.iters=" + std::to_string(iters));
    return settings;
  }
  static pipeline::Settings Small(int iters) {
    pipeline::Settings settings = SmallButForItsTable(iters);
    pipeline::Assign(settings, "nerf.log2_table=12");
    return settings;
  }
  static fs::path Scene() { return *folder_ / "scene"; }
  fs::path Run(const std::string& name) const { return runs_ / name; }

  template <class Done>
  static void WaitFor(const Done& done) {
    for (int i = 0; i < 12'000 && !done(); ++i) std::this_thread::sleep_for(std::chrono::milliseconds(10));
    ASSERT_TRUE(done());
  }

  static inline TestFolder* folder_;
  TestFolder runs_;
  EventRecorder events_;
  Job job_{events_, StopToken()};
  std::atomic<int> num_changes_ = 0;
  std::function<void()> on_change_ = [this] { ++num_changes_; };
};

TEST_F(LiveFieldTest, KeepsTheLockThatItIsGiven) {
  pipeline::Train({Scene(), Run("run")}, Small(10), Job());
  {
    const LiveField field({}, {Run("run"), run::LockRun(Run("run"))}, pipeline::Settings(), on_change_, job_);
    EXPECT_EQ(field.phase(), Phase::kTrained);
    EXPECT_THAT(ErrorTextOf<Error>([&] { const run::RunLock second(Run("run")); }), HasSubstr("in use"));
  }
  EXPECT_NO_THROW(run::LockRun(Run("run")));
}

TEST_F(LiveFieldTest, NamesThePresetsAsTheCommandLineDoes) {
  const LiveField field(Scene(), Run("run"), pipeline::Settings(), on_change_, job_);
  EXPECT_EQ(field.TrainFlags().at("train"), "");
  EXPECT_EQ(field.TrainFlags().at("train:fast"), " --preset fast");
}

TEST_F(LiveFieldTest, PausedAndResumedItHasTheBytesOfATrainingInOneGo) {
  const pipeline::Settings settings = Small(1500);
  pipeline::Train({Scene(), Run("straight")}, settings, Job());
  {
    LiveField field(Scene(), Run("run"), settings, on_change_, job_);
    EXPECT_EQ(field.phase(), Phase::kPhotos);
    EXPECT_EQ(field.model(), nullptr);
    EXPECT_EQ(field.TrainingState(), Json(nullptr));
    EXPECT_THAT(field.TrainFlags().at("train"), HasSubstr("nerf.iters=1500"));
    EXPECT_EQ(field.TrainFlags().at("train:fast"), field.TrainFlags().at("train"));  // --set overrules a preset
    EXPECT_EQ(field.scene()->TrainViews().size(), 8u);
    field.Start("default");
    WaitFor([&] { return field.model() != nullptr; });
    const auto seen = field.model();
    EXPECT_FALSE(seen->finished());
    EXPECT_THAT(ErrorTextOf<Error>([&] { field.Start("fast"); }), HasSubstr("is being trained already"));
    EXPECT_THAT(ErrorTextOf<Error>([&] { field.Resume(); }), HasSubstr("no paused training"));
    // A picture of it does not change while the training goes on.
    const Camera camera = field.scene()->views[0].camera;
    const std::vector<float> picture = seen->Render(camera, Job()).rgb.data;
    field.Pause();
    EXPECT_EQ(field.phase(), Phase::kPaused);
    EXPECT_EQ(seen->Render(camera, Job()).rgb.data, picture);
    ASSERT_NE(field.model(), nullptr);
    EXPECT_EQ(field.TrainingState()["preset"], "default");
    EXPECT_GT(field.TrainingState()["step"], 0);
    EXPECT_THAT(ErrorTextOf<Error>([&] { field.Pause(); }), HasSubstr("nothing is being trained"));
  }
  // Another process finds it paused, with its curve, and goes on.
  LiveField field({}, Run("run"), pipeline::Settings(), on_change_, job_);
  EXPECT_EQ(field.phase(), Phase::kPaused);
  EXPECT_NE(field.model(), nullptr);
  EXPECT_EQ(field.TrainingState()["iters"], 1500);
  EXPECT_EQ(field.TrainFlags().size(), 1u);
  EXPECT_THAT(field.TrainFlags().at("train"), HasSubstr("nerf.iters=1500"));
  EXPECT_GT(field.TrainingState()["curve"].size(), 0u);
  field.Resume();
  WaitFor([&] { return field.phase() == Phase::kTrained; });
  EXPECT_TRUE(field.model()->finished());
  EXPECT_EQ(field.TrainingState()["step"], 1500);
  EXPECT_EQ(ReadFile(Run("run") / "nerf/model.ckpt"), ReadFile(Run("straight") / "nerf/model.ckpt"));
  EXPECT_THAT(ErrorTextOf<Error>([&] { field.Start("fast"); }), HasSubstr("--restart --preset fast"));
  EXPECT_GT(num_changes_, 4);
}

TEST_F(LiveFieldTest, APausedTrainingStandsWhereItWasSaved) {
  constexpr int kIters = 1'000'000;  // of which the log has one line in 5,000
  int64_t paused = 0;
  {
    LiveField field(Scene(), Run("run"), Small(kIters), on_change_, job_);
    field.Start("default");
    WaitFor([&] { return field.model() != nullptr; });
    EXPECT_GT(field.model()->step(), 0);
    field.Pause();
    paused = field.step();
  }
  const nn::CheckpointReader saved(Run("run") / "nerf/model.ckpt", nerf::kNerfCheckpointKind);
  EXPECT_EQ(paused, saved.meta().at("step").get<int64_t>());
  ASSERT_GT(paused, 0);
  const LiveField field({}, Run("run"), pipeline::Settings(), on_change_, job_);
  EXPECT_EQ(field.phase(), Phase::kPaused);
  EXPECT_EQ(field.step(), paused);
  EXPECT_EQ(field.TrainingState().at("step"), paused);
}

TEST_F(LiveFieldTest, HoldsTheLockAndLeavesNothingBehindWhenNothingWasDone) {
  {
    LiveField field(Scene(), Run("new"), Small(10), on_change_, job_);
    EXPECT_THAT(ErrorTextOf<Error>([&] { run::RunLock lock(Run("new")); }), HasSubstr("is in use"));
  }
  EXPECT_FALSE(fs::exists(Run("new")));
  // A training that is stopped before its first step leaves nothing either.
  {
    LiveField field(Scene(), Run("new"), Small(1'000'000), on_change_, job_);
    field.Start("default");
  }
  const bool has_begun = fs::exists(Run("new") / "run.json");
  EXPECT_EQ(fs::exists(Run("new")), has_begun);
}

TEST_F(LiveFieldTest, APresetIsBelowWhatTheUserSaid) {
  LiveField field(Scene(), Run("run"), Small(20), on_change_, job_);
  field.Start("fast");
  WaitFor([&] { return field.phase() == Phase::kTrained; });
  const Json options = run::RunFolder::Open(Run("run")).options()["nerf"];
  EXPECT_EQ(options["iters"], 20);       // of --set
  EXPECT_EQ(options["log2_table"], 12);  // of --set, not the preset's 17
  EXPECT_EQ(field.TrainingState()["preset"], "fast");
  EXPECT_THROW(field.Start("fastest"), UsageError);
}

TEST_F(LiveFieldTest, ARunSaysWithWhichPresetItWasTrainedAsTheCommandLineDoes) {
  {
    LiveField field(Scene(), Run("run"), SmallButForItsTable(20), on_change_, job_);
    EXPECT_NE(field.settings().nerf.log2_table, 17);
    field.Start("fast");
    EXPECT_EQ(field.settings().nerf.log2_table, 17);  // what the session goes on with
    WaitFor([&] { return field.phase() == Phase::kTrained; });
  }
  pipeline::Settings preset;
  pipeline::ApplyPreset(pipeline::Preset::kFast, &preset);
  pipeline::Train({Scene(), Run("straight")}, SmallButForItsTable(20, preset), Job());
  const run::RunFolder ours = run::RunFolder::Open(Run("run")), straight = run::RunFolder::Open(Run("straight"));
  EXPECT_EQ(ours.options().at("nerf").at("log2_table"), 17);
  EXPECT_EQ(ours.origins().at("nerf.log2_table"), "preset fast");
  EXPECT_EQ(ours.options(), straight.options());
  EXPECT_EQ(ours.origins(), straight.origins());
  EXPECT_EQ(ReadFile(ours.checkpoint()), ReadFile(straight.checkpoint()));  // and it was trained with them
}

TEST_F(LiveFieldTest, WhoeverWaitsSlowsTrainingDownButDoesNotEndIt) {
  LiveField field(Scene(), Run("run"), Small(100), on_change_, job_);
  const LiveField::Priority priority(field), another(field);
  field.Start("default");
  WaitFor([&] { return field.phase() == Phase::kTrained; });
}

TEST_F(LiveFieldTest, TheNumbersOfATrainingAreToldThoughNobodyLooksAtIt) {
  LiveField field(Scene(), Run("run"), Small(1'000'000), on_change_, job_);
  field.Start("default");
  WaitFor([&] { return num_changes_ >= 5; });  // its beginning, one picture, and then its numbers alone
  EXPECT_EQ(field.phase(), Phase::kTraining);
}

TEST_F(LiveFieldTest, WhatEndsATrainingIsSaid) {
  fs::copy(Scene(), runs_ / "scene", fs::copy_options::recursive);
  LiveField field(runs_ / "scene", Run("run"), Small(100), on_change_, job_);
  fs::path photo;
  for (const auto& view : field.scene()->views)
    if (!view.is_test) photo = view.image_path;
  WriteFileAtomic(photo, ReadFile(photo).substr(0, 100));
  field.Start("default");
  WaitFor([&] { return field.phase() != Phase::kTraining; });
  EXPECT_EQ(field.phase(), Phase::kPhotos);
  ASSERT_FALSE(events_.Texts("warning").empty());
  EXPECT_THAT(events_.Texts("warning").back(), HasSubstr(photo.filename().string()));
}

}  // namespace
}  // namespace sanerf::viewer
