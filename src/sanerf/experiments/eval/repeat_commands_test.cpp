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
  first.field_id = second.field_id = "f0";
  mug.field_id = "f1";

  std::string all;
  for (const auto& [what, command] : CommandsToRepeat(run, scene, {first, mug, second})) all += command + "\n";
  const std::string quoted = "'" + std::filesystem::canonical(folder / "my run").string();
  EXPECT_THAT(all, testing::HasSubstr("sanerf segment " + quoted + "' --auto --set auto.grid=8\n"));
  EXPECT_EQ(all.find(" --auto "), all.rfind(" --auto "));
  EXPECT_THAT(all, testing::HasSubstr(" --prompts " + quoted + "/objects/mug/prompts.json'"));
  EXPECT_THAT(all, testing::Not(testing::HasSubstr("object_01/prompts.json")));
}

TEST(RepeatCommands, ObjectsThatShareAFieldAreSegmentedTogether) {
  const TestFolder folder;
  synth::WriteSynthScene(folder / "photos", synth::SmallScene(2, 16), Job());
  const scene::Scene scene = scene::LoadScene(folder / "photos", {}, Job());
  EnsureWritableFolder(folder / "run");
  run::RunFolder run = run::RunFolder::Create(folder / "run", folder / "photos", scene, Job());
  run.SetOptions(pipeline::ToJson(pipeline::Settings()), Json::object());
  std::vector<run::StoredObject> objects(3);  // by name, as they are listed
  const char* names[] = {"ball", "box", "mug"};
  const int labels[] = {2, 1, 1};
  for (size_t i = 0; i < 3; ++i) {
    objects[i].name = names[i];
    objects[i].label = labels[i];
    objects[i].folder = run.path() / "objects" / names[i];
    objects[i].field_id = i < 2 ? "f0" : "f1";
  }
  std::vector<std::pair<std::string, std::string>> segment;
  for (const auto& command : CommandsToRepeat(run, scene, objects))
    if (command.second.rfind("sanerf segment", 0) == 0) segment.push_back(command);
  ASSERT_EQ(segment.size(), 2u);
  EXPECT_EQ(segment[0].first, "box, ball");
  EXPECT_THAT(segment[0].second,
              testing::ContainsRegex("/objects/box/prompts.json --prompts .*/objects/ball/prompts.json"));
  EXPECT_EQ(segment[1].first, "mug");
}

}  // namespace
}  // namespace sanerf::experiments
