#include "sanerf/experiments/eval/repeat_commands.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sanerf/core/files.h"
#include "sanerf/core/folder_test_support.h"
#include "sanerf/core/job.h"
#include "sanerf/core/json.h"
#include "sanerf/pipeline/settings.h"
#include "sanerf/scene/load_scene.h"
#include "sanerf/synth/small_scene_test_support.h"
#include "sanerf/synth/synth.h"

namespace sanerf::experiments {
namespace {

TEST(RepeatCommands, WhatASearchFoundIsSearchedForAgain) {
  const TestFolder folder;
  pipeline::Settings settings;
  settings.synth = synth::SmallScene(2, 16);
  synth::WriteSynthScene(folder / "photos", settings.synth, Job());
  const scene::Scene scene = scene::LoadScene(folder / "photos", {}, Job());
  EnsureWritableFolder(folder / "my run");
  run::RunFolder run = run::RunFolder::Create(folder / "my run", folder / "photos", scene, Job());
  pipeline::Assign(settings, "auto.grid=8");
  run.SetOptions(pipeline::ToJson(settings), Json::object());
  run::StoredObject first, second, mug;
  first.name = "object_01", second.name = "object_02", mug.name = "mug";
  first.labels = second.labels = {"object_01", "object_02"};
  mug.labels = {"mug"};
  mug.folder = run.path() / "objects" / "mug";

  std::string all;
  for (const auto& [what, command] : CommandsToRepeat(run, scene, {first, mug, second})) all += command + "\n";
  const std::string quoted = "'" + std::filesystem::canonical(folder / "my run").string();
  EXPECT_THAT(all, testing::HasSubstr("sanerf segment " + quoted + "' --auto --set auto.grid=8\n"));
  EXPECT_EQ(all.find(" --auto "), all.rfind(" --auto "));
  EXPECT_THAT(all, testing::HasSubstr(" --prompts " + quoted + "/objects/mug/prompts.json'"));
  EXPECT_THAT(all, testing::Not(testing::HasSubstr("object_01/prompts.json")));
}

}  // namespace
}  // namespace sanerf::experiments
