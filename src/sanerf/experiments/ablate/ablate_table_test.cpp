#include "sanerf/experiments/ablate/ablate_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "sanerf/core/error.h"
#include "sanerf/core/folder_test_support.h"
#include "sanerf/core/json.h"
#include "sanerf/experiments/compare/compare_formats.h"

namespace sanerf::experiments {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

VariantResult Scored(double mug, double bowl) {
  VariantResult result;
  result.objects = {{"mug", mug, mug - 0.1, 0.99, 0.8, 50, 60}, {"bowl", bowl, bowl - 0.1, 0.99, 0.8, 59, 60}};
  result.encode_seconds = 150;
  result.mask_seconds = 40;
  result.field_seconds = 21;
  result.score_seconds = 3;
  return result;
}

VariantResult Failed(const std::string& why) {
  VariantResult result;
  result.error = why;
  return result;
}

AblationResult Result(std::vector<std::string> scenes, std::vector<std::vector<VariantResult>> on,
                      std::vector<std::vector<VariantResult>> off) {
  AblationResult result;
  result.seeds = int(on[0].size());
  result.scenes = std::move(scenes);
  result.studies = {{"rounds",
                     "Refinement rounds",
                     {{{"off", {"segment.rounds=0"}}, false, std::move(off)}, {{"on"}, true, std::move(on)}}}};
  return result;
}

TEST(AblateResults, SpreadIsMeanAndSampleDeviation) {
  const Spread spread = SpreadOf({1, 2, 6});  // mean 3, squares 4 + 1 + 9 = 14, / 2
  EXPECT_DOUBLE_EQ(spread.mean, 3);
  EXPECT_DOUBLE_EQ(spread.deviation, std::sqrt(7.0));
  EXPECT_EQ(SpreadOf({5}).deviation, 0);
  EXPECT_EQ(SpreadOf({}).count, 0u);
}

// Seed 0: mean of 0.8 and 0.6; seed 1: of 0.9 and 0.7.
TEST(AblateResults, SpreadOverSeedsIsOfMeansOverScenes) {
  const AblationRow row{{"x"}, false, {{Scored(0.8, 0.8), Scored(0.9, 0.9)}, {Scored(0.6, 0.6), Scored(0.7, 0.7)}}};
  const auto iou = [](const VariantResult& result) { return result.Mean(&VariantResult::Object::iou); };
  const auto spread = SpreadOverSeeds(row, {0, 1}, iou);
  ASSERT_TRUE(spread);
  EXPECT_DOUBLE_EQ(spread->mean, 0.75);
  EXPECT_NEAR(spread->deviation, 0.1 / std::sqrt(2.0), 1e-12);
  const AblationRow broken{{"x"}, false, {{Scored(0.8, 0.8), Failed("no")}, {Scored(0.6, 0.6), Scored(0.7, 0.7)}}};
  EXPECT_FALSE(SpreadOverSeeds(broken, {0, 1}, iou));
  EXPECT_TRUE(SpreadOverSeeds(broken, {1}, iou));
}

TEST(AblateResults, ComeBackFromJson) {
  const Json json = Json::parse(ToJson(Scored(0.9, 0.7)).dump());
  EXPECT_EQ(ToJson(VariantResultFrom(JsonCursor(json, "row.json"))), json);
  const Json damaged = Json::parse(R"({"objects": [{"name": "mug"}]})");
  EXPECT_THAT(ErrorTextOf<Error>([&] { VariantResultFrom(JsonCursor(damaged, "row.json")); }),
              HasSubstr("row.json: objects[0]: \"iou\" is missing"));
}

TEST(AblateResults, NoConsistencyComesBackAsNone) {
  VariantResult result = Scored(0.9, 0.7);
  for (VariantResult::Object& object : result.objects) object.consistency = NAN;
  const Json json = Json::parse(ToJson(result).dump());
  EXPECT_TRUE(json["objects"][0]["consistency"].is_null());
  EXPECT_TRUE(std::isnan(VariantResultFrom(JsonCursor(json, "row.json")).objects[0].consistency));
  const AblationResult ablation = Result({"kitchen"}, {{result}}, {{result}});
  EXPECT_THAT(ToTable(ablation), Not(HasSubstr("nan")));
  EXPECT_THAT(ToCsv(ablation), Not(HasSubstr("nan")));
}

TEST(AblateTable, OneSceneShowsItsObjects) {
  const std::string text = ToTable(Result({"kitchen"}, {{Scored(0.9, 0.7)}}, {{Scored(0.8, 0.6)}}));
  EXPECT_THAT(text, HasSubstr("rounds            mug           bowl    IoU  boundary IoU"));
  EXPECT_THAT(text, HasSubstr("on *    90.00 / 80.00  70.00 / 60.00  80.00         70.00"));
  EXPECT_THAT(text, HasSubstr("54.5       150         61"));  // views, seconds
  EXPECT_THAT(text, HasSubstr("* the defaults"));
}

TEST(AblateTable, ViewsWithoutAnObjectAreNoted) {
  VariantResult some = Scored(0.9, 0.7);
  some.objects[1].views_without_object = 2;
  const AblationResult result = Result({"kitchen"}, {{some}}, {{Scored(0.8, 0.6)}});
  EXPECT_THAT(ToTable(result), HasSubstr("bowl on kitchen: in 2 held-out views neither there nor found"));
  EXPECT_THAT(ToTable(result), Not(HasSubstr("mug on kitchen")));
  const Json json = ToJson(some);
  EXPECT_EQ(VariantResultFrom(JsonCursor(json, "row.json")).objects[1].views_without_object, 2);
}

TEST(AblateTable, SeveralScenesAreColumnsWithTheirMean) {
  const std::string text = ToTable(
      Result({"kitchen", "bench"}, {{Scored(0.9, 0.7)}, {Scored(0.5, 0.5)}}, {{Scored(0.8, 0.6)}, {Scored(0.4, 0.4)}}));
  EXPECT_THAT(text, HasSubstr("kitchen          bench    IoU"));
  EXPECT_THAT(text, HasSubstr("on *    80.00 / 70.00  50.00 / 40.00  65.00         55.00"));
}

TEST(AblateTable, SeedsShowTheirSpread) {
  const std::string text =
      ToTable(Result({"kitchen"}, {{Scored(0.9, 0.9), Scored(0.8, 0.8)}}, {{Scored(0.8, 0.8), Scored(0.8, 0.8)}}));
  EXPECT_THAT(text, HasSubstr("85.00 ± 7.07"));
  EXPECT_THAT(text, HasSubstr("80.00 ± 0.00"));
  EXPECT_THAT(text, HasSubstr("over 2 seeds"));
}

TEST(AblateTable, AFailedRowSaysWhy) {
  const AblationResult result = Result({"kitchen", "bench"}, {{Scored(0.9, 0.7)}, {Failed("no view is left")}},
                                       {{Scored(0.8, 0.6)}, {Scored(0.4, 0.4)}});
  EXPECT_THAT(ToTable(result), HasSubstr("on on bench: no view is left"));
  EXPECT_THAT(ToTable(result), HasSubstr("on *    80.00 / 70.00         failed  failed"));
  EXPECT_THAT(ToCsv(result), HasSubstr("rounds,on,bench,0,,,,,,,,,,,no view is left\n"));
  EXPECT_EQ(ToJson(result)["studies"][0]["rows"][1]["results"][1][0]["error"], "no view is left");
}

TEST(AblateTable, MarkdownHasAHeaderLineAndEqualColumns) {
  const std::string text = ToMarkdown(Result({"kitchen"}, {{Scored(0.9, 0.7)}}, {{Scored(0.8, 0.6)}}));
  EXPECT_THAT(text, HasSubstr("### Refinement rounds\n\n| rounds |"));
  EXPECT_THAT(text, HasSubstr("\n|--------|--------------:|"));
  EXPECT_THAT(text, HasSubstr("| on *   | 90.00 / 80.00 |"));
  EXPECT_THAT(text, HasSubstr("\n\\* the defaults\n"));
}

// Every line has the header's number of fields.
TEST(AblateTable, CsvHasALinePerObject) {
  const std::string text = ToCsv(Result({"kitchen"}, {{Scored(0.9, 0.7)}}, {{Failed("a, \"b\"")}}));
  EXPECT_THAT(text,
              HasSubstr("rounds,on,kitchen,0,bowl,0.700000,0.600000,0.990000,0.800000,59,60,150.00,40.00,21.00,\n"));
  EXPECT_THAT(text, HasSubstr(",\"a, \"\"b\"\"\"\n"));
  const auto commas = [](const std::string& line) { return std::count(line.begin(), line.end(), ','); };
  const std::string header = text.substr(0, text.find('\n'));
  EXPECT_EQ(commas(header),
            commas("rounds,on,kitchen,0,bowl,0.700000,0.600000,0.990000,0.800000,59,60,150.00,40.00,21.00,"));
}

}  // namespace
}  // namespace sanerf::experiments
