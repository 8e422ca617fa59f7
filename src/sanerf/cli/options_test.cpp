// `sanerf options`.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "sanerf/cli/cli_test_support.h"
#include "sanerf/core/json.h"

namespace sanerf::cli {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

// Lines that were broken to fit the terminal, whole again.
std::string Unwrapped(const std::string& text) {
  std::istringstream words(text);
  std::string joined;
  for (std::string word; words >> word;) joined += word + " ";
  return joined;
}

TEST(OptionsCommand, ListsEveryOptionWithDefaultRangeAndMeaning) {
  const ProgramResult all = RunSanerf({"options"});
  ASSERT_EQ(all.exit_code, 0) << all.err;
  experiments::ExperimentSettings settings;
  const std::string words = Unwrapped(all.out);
  for (const auto& entry : RegistryOf(settings).entries()) {
    EXPECT_THAT(all.out, HasSubstr("  " + entry.name() + " "));
    EXPECT_THAT(words, HasSubstr(Unwrapped(entry.help)));
  }
  EXPECT_THAT(all.out, HasSubstr("nerf: the radiance field and its training  (sanerf train)"));

  const ProgramResult one = RunSanerf({"options", "nerf"});
  EXPECT_THAT(one.out, AllOf(HasSubstr("nerf.iters"), HasSubstr("1 to 1000000"), HasSubstr("0.01"),
                             HasSubstr("huber or mse"), Not(HasSubstr("object.iters"))));
  EXPECT_THAT(Unwrapped(RunSanerf({"options", "object"}).out),
              HasSubstr("(experimental) weight of the ray-pair RGB loss"));
  const ProgramResult none = RunSanerf({"options", "nref"});
  EXPECT_EQ(none.exit_code, 2);
  EXPECT_THAT(none.err, HasSubstr("unknown stage 'nref'\nhint: did you mean 'nerf'?"));
}

TEST(OptionsCommand, ShowsOneOptionByItsName) {
  const ProgramResult one = RunSanerf({"options", "nerf.iters"});
  ASSERT_EQ(one.exit_code, 0) << one.err;
  EXPECT_THAT(one.out, AllOf(HasSubstr("nerf.iters"), HasSubstr("1 to 1000000"), Not(HasSubstr("nerf.lr"))));
  EXPECT_THAT(one.err, HasSubstr("next:  sanerf train --help\n"));
  const Json stages = Json::parse(RunSanerf({"options", "nerf.iters", "--json"}).out)["stages"];
  ASSERT_EQ(stages.size(), 1u);
  EXPECT_EQ(stages[0]["options"].size(), 1u);
  EXPECT_THAT(RunSanerf({"options", "nerf.itres"}).err,
              HasSubstr("unknown option 'nerf.itres'\nhint: did you mean 'nerf.iters'?"));
}

TEST(OptionsCommand, NamesTheStageOfAnOptionGivenWithoutIt) {
  const ProgramResult result = RunSanerf({"options", "rgb_weight"});
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_THAT(result.err, HasSubstr("unknown stage 'rgb_weight'\nhint: write object.rgb_weight"));
}

TEST(OptionsCommand, ListsWhatAPresetChanges) {
  const ProgramResult paper = RunSanerf({"options", "--preset", "paper"});
  ASSERT_EQ(paper.exit_code, 0) << paper.err;
  EXPECT_THAT(paper.out, AllOf(HasSubstr("nerf.iters"), HasSubstr("3000 -> 15000"), HasSubstr("object.rgb_weight"),
                               Not(HasSubstr("nerf.seed")), Not(HasSubstr("report:"))));
  const Json stages = Json::parse(RunSanerf({"options", "nerf.iters", "--preset", "fast", "--json"}).out)["stages"];
  ASSERT_EQ(stages.size(), 1u);
  EXPECT_EQ(stages[0]["options"][0]["default"], 3000);
  EXPECT_EQ(stages[0]["options"][0]["preset"], 1600);
  const ProgramResult nothing = RunSanerf({"options", "segment", "--preset", "fast"});
  EXPECT_EQ(nothing.exit_code, 0);
  EXPECT_EQ(nothing.out, "");
  EXPECT_THAT(nothing.err, HasSubstr("preset fast changes nothing here"));
  EXPECT_THAT(RunSanerf({"options", "--preset", "papers"}).err, HasSubstr("did you mean 'paper'?"));
}

TEST(OptionsCommand, JsonHoldsWhatAFormNeeds) {
  const ProgramResult result = RunSanerf({"options", "--json"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const Json stages = Json::parse(result.out)["stages"];
  experiments::ExperimentSettings settings;
  EXPECT_EQ(stages.size(), RegistryOf(settings).stages().size());
  const Json& nerf = stages[2];
  EXPECT_EQ(nerf["command"], "train");
  const Json& iters = nerf["options"][0];
  EXPECT_EQ(iters["name"], "nerf.iters");
  EXPECT_EQ(iters["type"], "integer");
  EXPECT_EQ(iters["default"], 3000);
  EXPECT_EQ(iters["min"], 1);
  EXPECT_EQ(iters["max"], 1'000'000);
  EXPECT_EQ(iters["experimental"], false);
  // Numbers as --set takes them, not as single precision has them.
  EXPECT_THAT(result.out, AllOf(HasSubstr("\"default\": 0.01,"), Not(HasSubstr("\"default\": 0.00999"))));
}

TEST(OptionsCommand, MarkdownHasARowPerOption) {
  const ProgramResult result = RunSanerf({"options", "--markdown"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(result.err, "");
  EXPECT_THAT(result.out, HasSubstr("\n| `nerf.iters` | 3000 | 1 to 1000000 | optimization steps |\n"));
}

}  // namespace
}  // namespace sanerf::cli
