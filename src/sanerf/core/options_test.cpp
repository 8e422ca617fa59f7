#include "sanerf/core/options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "sanerf/core/error.h"
#include "sanerf/core/folder_test_support.h"
#include "sanerf/core/json.h"

namespace sanerf {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

enum class Loss { kHuber, kMse };

struct TrainOptions {
  int iters = 5000;
  float lr = 0.01f;
  double share = 0.99;
  bool fast = false;
  std::string model = "tiny", rule = "auto";
  Loss loss = Loss::kHuber;
  int features = 2;
  int width = 64;
  int views = 0;
  uint64_t seed = 1;

  template <class V>
  void Visit(V&& v) {
    v("iters", iters, "steps", Range(1, 100'000));
    v("lr", lr, "learning rate", Range(1e-7, 0.99));
    v("share", share, "of the steps", Range(0, 0.99));
    v("fast", fast, "hurry", kExperimental);
    v("model", model, "which", Text("a name or a path"));
    v("rule", rule, "which of them", OneOf("auto", "single"));
    v("loss", loss, "photometric loss", OneOf(Choice{"huber", Loss::kHuber}, Choice{"mse", Loss::kMse}));
    v("features", features, "per level", OneOf(2, 4, 8));
    v("width", width, "of a layer", Range(16, 256).MultipleOf(16));
    v("views", views, "to search", Range(2, 1000).OrZero());
    v("seed", seed, "seed", kSeeds);
  }
};

class OptionsTest : public ::testing::Test {
 protected:
  OptionsTest() { registry_.Add("nerf", options_); }
  std::string UsageErrorOf(const std::string& assignment, const std::string& origin = "--set") {
    return ErrorTextOf<UsageError>([&] { registry_.Set(assignment, origin); });
  }

  TrainOptions options_;
  OptionRegistry registry_;
};

TEST_F(OptionsTest, SetsEveryType) {
  for (const char* assignment :
       {"nerf.iters=1e3", "nerf.lr=0.5", "nerf.fast=true", "nerf.model=a=b", "nerf.rule=single", "nerf.loss=mse",
        "nerf.features=8", "nerf.width=16", "nerf.views=2", "nerf.seed=1000000000"})
    registry_.Set(assignment);
  EXPECT_EQ(options_.iters, 1000);
  EXPECT_EQ(options_.lr, 0.5f);
  EXPECT_TRUE(options_.fast);
  EXPECT_EQ(options_.model, "a=b");
  EXPECT_EQ(options_.rule, "single");
  EXPECT_EQ(options_.loss, Loss::kMse);
  EXPECT_EQ(options_.features, 8);
  EXPECT_EQ(options_.width, 16);
  EXPECT_EQ(options_.views, 2);
  EXPECT_EQ(options_.seed, 1'000'000'000u);
  registry_.Set("nerf.model=7");
  EXPECT_EQ(options_.model, "7");
  registry_.Set("nerf.views=0");
  EXPECT_EQ(options_.views, 0);
}

TEST_F(OptionsTest, UnknownNamesGetASuggestion) {
  EXPECT_EQ(UsageErrorOf("nerf.itres=10"),
            "unknown option 'nerf.itres'\ndid you mean 'nerf.iters'? (sanerf options nerf lists what there is)");
  EXPECT_EQ(UsageErrorOf("iters=10"),
            "unknown option 'iters'\ndid you mean 'nerf.iters'? (sanerf options lists what there is)");
  EXPECT_EQ(UsageErrorOf("zzzzzzzzzzz=10"), "unknown option 'zzzzzzzzzzz'\nsanerf options lists what there is");
  EXPECT_THAT(UsageErrorOf("nerf.itres=10", "a.json"), HasSubstr("a.json: unknown option 'nerf.itres'"));
  EXPECT_THAT(UsageErrorOf("nerf.iters"), HasSubstr("--set stage.key=value"));
}

TEST_F(OptionsTest, ValuesThatAreNoneOfTheOptionsChangeNothingAndAreExplained) {
  EXPECT_EQ(UsageErrorOf("nerf.iters=many"),
            "option nerf.iters=many: expected an integer from 1 to 100000\nsteps; for example --set nerf.iters=5000");
  for (const char* value : {"1.5", "0", "-1", "100001", "1e9", "99999999999", "1e60", "nan", "true", "\"7\"", "[1]"})
    EXPECT_THAT(UsageErrorOf(std::string("nerf.iters=") + value),
                HasSubstr(std::string("nerf.iters=") + value + ": expected an integer from 1 to 100000"));
  EXPECT_THAT(UsageErrorOf("nerf.iters="), HasSubstr("nerf.iters='': expected an integer"));
  EXPECT_EQ(UsageErrorOf("nerf.lr=1"),
            "option nerf.lr=1: expected a number from 1e-07 to 0.99\nlearning rate; for example --set nerf.lr=0.01");
  for (const char* value : {"fast", "-1", "0", "nan", "inf", "1e60", "true"})
    EXPECT_THAT(UsageErrorOf(std::string("nerf.lr=") + value), HasSubstr("expected a number from"));
  EXPECT_THAT(UsageErrorOf("nerf.seed=-1"), HasSubstr("an integer from 0 to 1000000000"));
  EXPECT_THAT(UsageErrorOf("nerf.fast=1"), HasSubstr("nerf.fast=1: expected true or false"));
  EXPECT_THAT(UsageErrorOf("nerf.rule=best"), HasSubstr("nerf.rule=best: expected auto or single"));
  EXPECT_THAT(UsageErrorOf("nerf.loss=l7"), HasSubstr("nerf.loss=l7: expected huber or mse"));
  EXPECT_THAT(UsageErrorOf("nerf.features=3"), HasSubstr("nerf.features=3: expected 2, 4 or 8"));
  EXPECT_THAT(UsageErrorOf("nerf.width=100"), HasSubstr("expected an integer from 16 to 256, a multiple of 16"));
  EXPECT_THAT(UsageErrorOf("nerf.views=1"), HasSubstr("expected an integer from 2 to 1000, or 0"));
  const TrainOptions untouched;
  EXPECT_EQ(OptionsToJson(options_), OptionsToJson(untouched));
}

TEST_F(OptionsTest, TheErrorNamesWhereTheValueWasGiven) {
  EXPECT_EQ(UsageErrorOf("nerf.iters=0", "--iters"),
            "--iters 0: expected an integer from 1 to 100000\nsteps; for example --iters 5000");
  EXPECT_EQ(UsageErrorOf("nerf.iters=0", "my.json"),
            "my.json: nerf.iters=0: expected an integer from 1 to 100000\nsteps; for example nerf.iters=5000");
}

TEST_F(OptionsTest, TheEndsOfARangeBelongToItInSinglePrecisionToo) {
  registry_.Set("nerf.lr=0.99");  // 0.99f is more than 0.99
  EXPECT_EQ(options_.lr, 0.99f);
  EXPECT_NO_THROW(CheckOptions(options_, "nerf"));
  TrainOptions again;
  OptionRegistry registry;
  registry.Add("nerf", again);
  registry.FromJson(registry_.ToJson(), "run.json");
  EXPECT_EQ(again.lr, 0.99f);
}

TEST_F(OptionsTest, JsonRoundTripIgnoresUnknownKeys) {
  options_.iters = 7;
  options_.loss = Loss::kMse;
  Json json = registry_.ToJson();
  EXPECT_EQ(json["nerf"]["iters"], 7);
  EXPECT_EQ(json["nerf"]["loss"], "mse");
  json["nerf"]["gone"] = 1;
  json["other"] = 2;
  options_ = {};
  registry_.FromJson(json, "run.json");
  EXPECT_EQ(options_.iters, 7);
  EXPECT_EQ(options_.loss, Loss::kMse);
}

TEST_F(OptionsTest, WhatAFileRecordedIsCheckedAndTheErrorNamesFileAndKey) {
  Json json = registry_.ToJson();
  json["nerf"]["iters"] = "text";
  EXPECT_THAT(ErrorTextOf<Error>([&] { registry_.FromJson(json, "a/run.json"); }),
              HasSubstr("a/run.json: nerf.iters=\"text\": expected an integer from 1 to 100000"));
  json["nerf"]["iters"] = 1'000'000'000;
  EXPECT_THAT(ErrorTextOf<Error>([&] { registry_.FromJson(json, "a/run.json"); }),
              HasSubstr("a/run.json: nerf.iters=1000000000: expected"));
  EXPECT_THAT(ErrorTextOf<Error>([&] {
                OptionsFromJson<TrainOptions>({{"lr", -1}}, "nerf", "model.ckpt");
              }),
              HasSubstr("model.ckpt: nerf.lr=-1: expected a number from 1e-07 to 0.99"));
  EXPECT_THROW(OptionsFromJson<TrainOptions>({{"loss", 3}}, "nerf", "model.ckpt"), Error);
}

TEST_F(OptionsTest, StructsThatAProgramFilledAreChecked) {
  EXPECT_NO_THROW(CheckOptions(options_, "nerf"));
  options_.lr = std::numeric_limits<float>::quiet_NaN();
  EXPECT_THAT(ErrorTextOf<UsageError>([&] { CheckOptions(options_, "nerf"); }),
              HasSubstr("nerf.lr=nan: expected a number from 1e-07 to 0.99"));
  options_ = {};
  options_.share = 0.995;
  EXPECT_THAT(ErrorTextOf<UsageError>([&] { CheckOptions(options_, "nerf"); }), HasSubstr("nerf.share=0.995"));
  options_ = {};
  options_.rule = "best";
  EXPECT_THAT(ErrorTextOf<UsageError>([&] { CheckOptions(options_, "nerf"); }), HasSubstr("nerf.rule=best"));
  options_ = {};
  options_.loss = Loss(7);
  EXPECT_THAT(ErrorTextOf<UsageError>([&] { CheckOptions(options_, "nerf"); }), HasSubstr("nerf.loss"));
}

enum class Winner { kSmaller, kConfident };

struct RenamedOptions {
  int color_width = 64;
  Winner winner = Winner::kSmaller;
  template <class V>
  void Visit(V&& v) {
    v("color_width", color_width, "width", Range(16, 1024), Formerly("colour_width"));
    v("winner", winner, "who wins", OneOf(Choice{"smaller", Winner::kSmaller}, Choice{"confident", Winner::kConfident}),
      Formerly("on_top").FormerChoice("surer", "confident"));
  }
};

TEST(Options, FormerNamesAreReadWithANotice) {
  RenamedOptions options;
  OptionRegistry registry;
  registry.Add("nerf", options);
  EXPECT_EQ(registry.Set("nerf.color_width=32").notice, "");
  const OptionRegistry::Assigned assigned = registry.Set("nerf.colour_width=48");
  EXPECT_EQ(assigned.entry->name(), "nerf.color_width");
  EXPECT_EQ(assigned.notice, "nerf.colour_width=48 is called nerf.color_width=48 now");
  EXPECT_EQ(options.color_width, 48);
  EXPECT_EQ(registry.Set("nerf.winner=surer").notice, "nerf.winner=surer is called nerf.winner=confident now");
  EXPECT_EQ(options.winner, Winner::kConfident);
  EXPECT_THROW(registry.Set("nerf.colour_width=5"), UsageError);  // by either name in range
  EXPECT_FALSE(registry.ToJson()["nerf"].contains("colour_width"));

  options = {};
  registry.FromJson({{"nerf", {{"colour_width", 80}, {"on_top", "surer"}}}}, "run.json");
  EXPECT_EQ(options.color_width, 80);
  EXPECT_EQ(options.winner, Winner::kConfident);
  registry.FromJson({{"nerf", {{"colour_width", 80}, {"color_width", 96}}}}, "run.json");
  EXPECT_EQ(options.color_width, 96);  // the present name is the one that is meant
}

enum class Light { kOff, kGain };
struct OnceAFlag {
  Light light = Light::kOff;
  template <class V>
  void Visit(V&& v) {
    v("light", light, "how light is told", OneOf(Choice{"off", Light::kOff}, Choice{"gain", Light::kGain}),
      Formerly("gains").FormerChoice("true", "gain").FormerChoice("false", "off"));
  }
};

TEST(Options, AFlagThatBecameAChoiceIsReadWithANotice) {
  OnceAFlag options;
  OptionRegistry registry;
  registry.Add("nerf", options);
  EXPECT_EQ(registry.Set("nerf.gains=true").notice, "nerf.gains=true is called nerf.light=gain now");
  EXPECT_EQ(options.light, Light::kGain);
  EXPECT_EQ(registry.Set("nerf.gains=false").notice, "nerf.gains=false is called nerf.light=off now");
  EXPECT_EQ(options.light, Light::kOff);
  const std::vector<std::string> notices = registry.FromJson({{"nerf", {{"gains", true}}}}, "run.json");
  EXPECT_EQ(options.light, Light::kGain);
  ASSERT_EQ(notices.size(), 1u);
  EXPECT_EQ(notices[0], "run.json: nerf.gains=true is called nerf.light=gain now");
  EXPECT_THROW(registry.FromJson({{"nerf", {{"gains", 1}}}}, "run.json"), Error);
}

struct SmallerOptions {
  int iters = 10;
  template <class V>
  void Visit(V&& v) {
    v("iters", iters, "steps", Range(1, 100));
    v("hurry", Removed("false", "every step is a whole one"));
  }
};

TEST(Options, FilesThatNameARemovedOptionAreRead) {
  SmallerOptions options;
  OptionRegistry registry;
  registry.Add("nerf", options);
  EXPECT_EQ(registry.entries().size(), 1u);  // no help and no page lists it
  EXPECT_EQ(registry.ToJson(), Json({{"nerf", {{"iters", 10}}}}));
  EXPECT_THAT(registry.FromJson({{"nerf", {{"iters", 20}, {"hurry", true}}}}, "run.json"),
              ElementsAre("run.json: nerf.hurry=true has no effect any more: every step is a whole one"));
  EXPECT_EQ(options.iters, 20);
  EXPECT_THAT(registry.FromJson({{"nerf", {{"hurry", false}}}}, "run.json"), ElementsAre());  // what is done anyway
  EXPECT_EQ(registry.Find("nerf.hurry"), nullptr);
  EXPECT_EQ(ErrorTextOf<UsageError>([&] { registry.Set("nerf.hurry=true"); }),
            "option nerf.hurry: it was removed: every step is a whole one\nleave it out");
  const OptionRegistry::Assigned same = registry.Set("nerf.hurry=false");  // what is done anyway
  EXPECT_EQ(same.entry, nullptr);
  EXPECT_EQ(same.notice, "nerf.hurry=false has no effect any more: every step is a whole one");
}

}  // namespace
}  // namespace sanerf
