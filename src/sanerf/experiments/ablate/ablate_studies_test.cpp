#include "sanerf/experiments/ablate/ablate_studies.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "sanerf/core/error.h"
#include "sanerf/core/folder_test_support.h"
#include "sanerf/core/job.h"
#include "sanerf/core/json.h"
#include "sanerf/experiments/compare/methods.h"
#include "sanerf/experiments/settings.h"

namespace sanerf::experiments {

using mask_decoder::ObjectPrompt;

namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// Points at x = 0 .. 5 (the second negative), clicks at x = 10, 11 (the second negative), a box.
ObjectPrompt Mug() {
  ObjectPrompt mug;
  mug.name = "mug";
  for (int i = 0; i < 6; ++i) mug.points.push_back({Vec3(i, 0, 0), i == 1 ? 0 : 1});
  mug.clicks = {{"a", Vec2(10, 0), 1}, {"a", Vec2(11, 0), 0}};
  mug.boxes = {{"a", 0, 0, 5, 5}};
  mug.min_visible = 4;
  return mug;
}

Variant Positives(int count) { return {"", {}, count}; }

std::vector<double> Places(const ObjectPrompt& object) {
  std::vector<double> places;
  for (const mask_decoder::PointPrompt& point : object.points) places.push_back(point.p.x());
  for (const mask_decoder::ClickPrompt& click : object.clicks) places.push_back(click.xy.x());
  return places;
}

TEST(AblateStudies, EveryAssignmentIsAnOptionAndEveryMethodIsOne) {
  std::set<std::string> names;
  for (const Study& study : AllStudies({"enc.onnx,dec.onnx"})) {
    EXPECT_TRUE(names.insert(study.name).second) << study.name;
    EXPECT_GE(study.variants.size(), 2u) << study.name;
    for (const Variant& variant : study.variants) {
      ExperimentSettings settings;
      for (const std::string& assignment : variant.assignments) EXPECT_NO_THROW(pipeline::Assign(settings, assignment));
      EXPECT_NO_THROW(FindMethod(NameOf(variant.scored), settings.baselines));
    }
  }
}

TEST(AblateStudies, ModelsOfTheUserAreRowsOfTheirOwn) {
  const std::vector<Study> studies = ChooseStudies({"backbone"}, {"enc.onnx,dec.onnx"});
  ASSERT_EQ(studies.size(), 1u);
  EXPECT_EQ(studies[0].variants.size(), 6u);  // three models, cached and distilled
  EXPECT_THAT(studies[0].variants.back().assignments,
              ElementsAre("encode.model=enc.onnx,dec.onnx", "encode.container=field"));
}

TEST(AblateStudies, AreChosenByNameInTheirOwnOrder) {
  const std::vector<Study> studies = ChooseStudies({"rounds", "rgb"}, {});
  ASSERT_EQ(studies.size(), 2u);
  EXPECT_EQ(studies[0].name, "rgb");
  EXPECT_EQ(studies[1].name, "rounds");
  EXPECT_EQ(ChooseStudies({}, {}).size(), AllStudies({}).size());
  EXPECT_THAT(ErrorTextOf<UsageError>([] { ChooseStudies({"round"}, {}); }), HasSubstr("did you mean 'rounds'?"));
  EXPECT_THAT(CurrentStudyNames({"looks", "rgb"}, Job()), ElementsAre("rounds", "rgb"));
}

TEST(AblateStudies, TheDefaultVariantLeavesPromptsAlone) {
  EXPECT_EQ(mask_decoder::ToJson(PromptsOf(Variant(), {{Mug()}}, 3)),
            mask_decoder::ToJson(mask_decoder::Prompts{{Mug()}}));
}

TEST(AblateStudies, SeedZeroTakesTheFirstPositives) {
  const ObjectPrompt three = PromptsOf(Positives(3), {{Mug()}}, 0).objects[0];
  EXPECT_THAT(Places(three), ElementsAre(0, 2, 3));
  EXPECT_TRUE(three.boxes.empty());
  EXPECT_EQ(three.min_visible, 0);  // 4 of 3 points would be none
  EXPECT_THAT(Places(PromptsOf(Positives(kAllPositives), {{Mug()}}, 0).objects[0]), ElementsAre(0, 2, 3, 4, 5, 10));
}

TEST(AblateStudies, OtherSeedsDrawPositives) {
  std::set<std::vector<double>> drawn;
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    const std::vector<double> places = Places(PromptsOf(Positives(2), {{Mug()}}, seed).objects[0]);
    EXPECT_EQ(places, Places(PromptsOf(Positives(2), {{Mug()}}, seed).objects[0]));
    ASSERT_EQ(places.size(), 2u);
    for (const double place : places) EXPECT_TRUE(place != 1 && place != 11) << "a negative one";
    drawn.insert(places);
  }
  EXPECT_GT(drawn.size(), 5u);  // of 15 pairs
}

TEST(AblateStudies, ABoxAloneStays) {
  ObjectPrompt boxed;
  boxed.name = "boxed";
  boxed.boxes = {{"a", 0, 0, 5, 5}};
  boxed.clicks = {{"a", Vec2(9, 9), 0}};
  EXPECT_EQ(mask_decoder::ToJson(PromptsOf(Positives(1), {{boxed}}, 0)),
            mask_decoder::ToJson(mask_decoder::Prompts{{boxed}}));
}

// P = 8 points and clicks: floor(6.4) + 1 = 7.
TEST(AblateStudies, MinVisibleFollowsItsRule) {
  const auto k = [](MinVisible rule) { return PromptsOf({"", {}, 0, rule}, {{Mug()}}, 0).objects[0].min_visible; };
  EXPECT_EQ(k(MinVisible::kAsGiven), 4);
  EXPECT_EQ(k(MinVisible::kOne), 1);
  EXPECT_EQ(k(MinVisible::kQuarter), 0);  // the mask decoder's own rule
  EXPECT_EQ(k(MinVisible::kRelease), 7);
}

}  // namespace
}  // namespace sanerf::experiments
