#include "sanerf/viewer/live/training_settings.h"

#include <gtest/gtest.h>

#include "sanerf/core/error.h"
#include "sanerf/core/files.h"
#include "sanerf/core/folder_test_support.h"
#include "sanerf/core/json.h"
#include "sanerf/pipeline/presets.h"
#include "sanerf/run/run_folder.h"
#include "sanerf/scene/load_scene.h"
#include "sanerf/synth/options.h"
#include "sanerf/synth/small_scene_test_support.h"
#include "sanerf/synth/synth.h"

namespace sanerf::viewer {
namespace {

TEST(TrainingSettings, APresetIsBelowWhatTheUserSaid) {
  pipeline::Settings said;
  pipeline::Assign(said, "nerf.iters=700", "--iters");
  pipeline::ApplyPreset(pipeline::Preset::kPaper, &said);  // of an earlier choice: not the user's own words
  pipeline::Assign(said, "nerf.iters=700", "--iters");
  const pipeline::Settings fast = WithPreset("fast", said);
  EXPECT_EQ(fast.nerf.iters, 700);
  EXPECT_EQ(fast.nerf.log2_table, 17);
  EXPECT_EQ(fast.nerf.batch_samples, 32768);
  EXPECT_THROW(WithPreset("quick", said), UsageError);
}

TEST(TrainingSettings, PresetsAreKnownByTheFieldTheyTrain) {
  for (const std::string& name : pipeline::PresetNames()) {
    pipeline::Settings settings = pipeline::SettingsOf(pipeline::ParsePreset(name));
    settings.nerf.save_seconds = 5;  // says nothing about the field
    EXPECT_EQ(PresetOf(settings), name);
    settings.nerf.seed = 77;
    EXPECT_EQ(PresetOf(settings), "");
  }
}

TEST(TrainingSettings, WhatARunHasRecordedIsReadWithWhoSaidIt) {
  const TestFolder folder;
  EXPECT_THROW(RecordedSettings(folder / "run"), Error);
  synth::WriteSynthScene(folder / "scene", synth::SmallScene(2, 16), Job());
  const scene::Scene scene = scene::LoadScene(folder / "scene", {}, Job());
  pipeline::Settings said;
  pipeline::Assign(said, "nerf.appearance=gain");
  pipeline::Assign(said, "nerf.iters=1600", "--iters");
  const pipeline::Settings trained = WithPreset("fast", said);
  EnsureWritableFolder(folder / "run");
  run::RunFolder run = run::RunFolder::Create(folder / "run", folder / "scene", scene, Job());
  run.SetOptions(pipeline::ToJson(trained), trained.origins.ToJson());
  run.Save(Job());

  const pipeline::Settings recorded = RecordedSettings(folder / "run");
  EXPECT_EQ(pipeline::ToJson(recorded), pipeline::ToJson(trained));
  EXPECT_EQ(recorded.origins.ToJson(), trained.origins.ToJson());
  EXPECT_EQ(recorded.origins.ToJson().at("nerf.log2_table"), "preset fast");
  EXPECT_EQ(recorded.origins.ToJson().at("nerf.iters"), "--iters");  // the preset says the same, and was not asked
  EXPECT_EQ(PresetOf(recorded), "");                                 // appearance is learned: somebody's own
  // Another preset takes the place of the first, and of nothing else.
  const pipeline::Settings next = WithPreset("default", recorded);
  EXPECT_EQ(next.nerf.log2_table, pipeline::Settings().nerf.log2_table);
  EXPECT_EQ(next.nerf.batch_samples, pipeline::Settings().nerf.batch_samples);
  EXPECT_EQ(next.nerf.iters, 1600);
  EXPECT_EQ(next.nerf.appearance, nerf::Appearance::kGain);
}

}  // namespace
}  // namespace sanerf::viewer
