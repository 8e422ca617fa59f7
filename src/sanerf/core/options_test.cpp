#include "sanerf/core/options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sanerf/core/error.h"
#include "sanerf/core/test_folder.h"

namespace sanerf {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

struct TrainOptions {
  int iters = 5000;
  float lr = 0.5f;
  bool fast = false;
  std::string model = "tiny";
  uint64_t seed = 1;

  template <class V>
  void Visit(V&& v) {
    v("iters", iters, "steps");
    v("lr", lr, "learning rate");
    v("fast", fast, "hurry");
    v("model", model, "which");
    v("seed", seed, "seed");
  }
};

class OptionsTest : public ::testing::Test {
 protected:
  OptionsTest() { registry_.Add("nerf", options_); }
  std::string UsageErrorOf(const std::string& assignment) {
    return ErrorTextOf<UsageError>([&] { registry_.Set(assignment); });
  }

  TrainOptions options_;
  OptionRegistry registry_;
};

TEST_F(OptionsTest, SetsEveryType) {
  registry_.Set("nerf.iters=1e3");
  registry_.Set("nerf.lr=2");
  registry_.Set("nerf.fast=true");
  registry_.Set("nerf.model=a=b");
  registry_.Set("nerf.seed=18446744073709551615");
  EXPECT_EQ(options_.iters, 1000);
  EXPECT_EQ(options_.lr, 2.0f);
  EXPECT_TRUE(options_.fast);
  EXPECT_EQ(options_.model, "a=b");
  EXPECT_EQ(options_.seed, UINT64_MAX);
  registry_.Set("nerf.model=7");
  EXPECT_EQ(options_.model, "7");
}

TEST_F(OptionsTest, UnknownNamesGetASuggestion) {
  EXPECT_EQ(UsageErrorOf("nerf.itres=10"), "unknown option 'nerf.itres'\ndid you mean 'nerf.iters'?");
  EXPECT_EQ(UsageErrorOf("iters=10"), "unknown option 'iters'\ndid you mean 'nerf.iters'?");
  EXPECT_THAT(UsageErrorOf("zzzzzzzzzzz=10"), HasSubstr("known: nerf.iters, nerf.lr"));
  EXPECT_THAT(UsageErrorOf("nerf.iters"), HasSubstr("--set stage.key=value"));
}

TEST_F(OptionsTest, ValuesOfTheWrongTypeChangeNothing) {
  EXPECT_THAT(UsageErrorOf("nerf.iters=many"), HasSubstr("option nerf.iters expects an integer, not 'many'"));
  EXPECT_THAT(UsageErrorOf("nerf.iters=1.5"), HasSubstr("expects an integer"));
  EXPECT_THAT(UsageErrorOf("nerf.iters=99999999999"), HasSubstr("expects an integer"));
  EXPECT_THAT(UsageErrorOf("nerf.seed=-1"), HasSubstr("an integer, 0 or more"));
  EXPECT_THAT(UsageErrorOf("nerf.lr=fast"), HasSubstr("expects a number"));
  EXPECT_THAT(UsageErrorOf("nerf.lr=1e60"), HasSubstr("expects a number"));
  EXPECT_THAT(UsageErrorOf("nerf.fast=1"), HasSubstr("expects true or false"));
  EXPECT_THAT(UsageErrorOf("nerf.iters="), HasSubstr("expects an integer"));
  EXPECT_EQ(options_.iters, 5000);
  EXPECT_EQ(options_.lr, 0.5f);
  EXPECT_EQ(options_.seed, 1u);
}

TEST_F(OptionsTest, JsonRoundTripIgnoresUnknownKeys) {
  options_.iters = 7;
  Json json = registry_.ToJson();
  EXPECT_EQ(json["nerf"]["iters"], 7);
  json["nerf"]["gone"] = 1;
  json["other"] = 2;
  options_.iters = 9;
  registry_.FromJson(json);
  EXPECT_EQ(options_.iters, 7);
  json["nerf"]["iters"] = "text";
  EXPECT_THROW(registry_.FromJson(json), Error);
}

TEST(NearestNames, OnlyPlausibleOnesNearestFirst) {
  const std::vector<std::string> commands = {"train", "render", "segment", "encode", "eval"};
  EXPECT_THAT(NearestNames("trian", commands), ElementsAre("train"));
  EXPECT_THAT(NearestNames("rendr", commands), ElementsAre("render"));
  EXPECT_THAT(NearestNames("seg", commands), ElementsAre("segment"));
  EXPECT_THAT(NearestNames("000.png", {"train/000.png", "test/000.png"}), ElementsAre("train/000.png", "test/000.png"));
  EXPECT_THAT(NearestNames("quux", commands), ElementsAre());
  EXPECT_EQ(DidYouMean("evall", commands), "did you mean 'eval'?");
  EXPECT_EQ(DidYouMean("a2", {"a1", "a3"}), "did you mean 'a1' or 'a3'?");
  EXPECT_EQ(DidYouMean("quux", commands), "");
}

}  // namespace
}  // namespace sanerf
