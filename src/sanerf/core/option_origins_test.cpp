#include "sanerf/core/option_origins.h"

#include <gmock/gmock.h>

#include "sanerf/core/error.h"
#include "sanerf/core/folder_test_support.h"
#include "sanerf/core/json.h"

namespace sanerf {
namespace {

struct StageOptions {
  int iters = 100, seed = 1;

  template <class V>
  void Visit(V&& v) {
    v("iters", iters, "steps", Range(1, 1000));
    v("seed", seed, "seed", Range(0, 9));
  }
};

// Two stages and where their values come from.
struct TwoStages {
  StageOptions nerf, object;
  OptionOrigins origins;

  OptionRegistry Registry() {
    OptionRegistry registry;
    registry.Add({"nerf", "train", "the radiance field"}, nerf);
    registry.Add({"object", "segment", "the object field"}, object);
    return registry;
  }
};

TEST(OptionOrigins, TheLastOneToSayItIsKept) {
  const TestFolder folder;
  WriteJsonFile(folder / "a.json", Json{{"nerf", {{"iters", 7}}}, {"object", {{"seed", 3}}}});
  TwoStages given;
  given.origins.ApplyFile(given.Registry(), folder / "a.json");
  given.origins.Assign(given.Registry(), "nerf.iters=8", "--iters");
  EXPECT_EQ(given.nerf.iters, 8);
  EXPECT_EQ(given.object.seed, 3);
  EXPECT_EQ(given.origins.ToJson(), Json({{"nerf.iters", "--iters"}, {"object.seed", (folder / "a.json").string()}}));
  EXPECT_THAT(ErrorTextOf<UsageError>([&] { given.origins.AllowOnly({"nerf"}, "train", given.Registry()); }),
              testing::AllOf(testing::HasSubstr("object.seed"), testing::HasSubstr("sanerf segment")));
  EXPECT_NO_THROW(given.origins.AllowOnly({"nerf", "object"}, "compare", given.Registry()));
}

TEST(OptionOrigins, WhatARunRecordedWasNotGivenHere) {
  TwoStages restored;
  restored.origins.Restore(restored.Registry(), {{"object", {{"iters", 5}, {"unknown", 1}}}},
                           {{"object.iters", "preset paper"}}, "run.json");
  EXPECT_EQ(restored.object.iters, 5);
  EXPECT_EQ(restored.origins.ToJson(), Json({{"object.iters", "preset paper"}}));
  EXPECT_NO_THROW(restored.origins.AllowOnly({"nerf"}, "train", restored.Registry()));
}

TEST(OptionOrigins, TakesValuesWithWhoSaidThemAndForgetsThoseThatNobodyDid) {
  TwoStages into, from;
  into.origins.Assign(into.Registry(), "object.iters=9", "--set");
  from.nerf.iters = 30;
  into.origins.Take(into.Registry(), {{"nerf.iters", "preset fast"}, {"object.iters", ""}}, from.Registry());
  EXPECT_EQ(into.nerf.iters, 30);
  EXPECT_EQ(into.object.iters, 100);
  EXPECT_EQ(into.origins.ToJson(), Json({{"nerf.iters", "preset fast"}}));
}

}  // namespace
}  // namespace sanerf
