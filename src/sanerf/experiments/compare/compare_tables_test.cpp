#include "sanerf/experiments/compare/compare_tables.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "sanerf/core/error.h"
#include "sanerf/core/folder_test_support.h"
#include "sanerf/core/json.h"
#include "sanerf/experiments/compare/compare_formats.h"

namespace sanerf::experiments {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

// An object of one view; union and totals are 1,000 pixels.
eval::ObjectScore Scored(const std::string& name, int64_t iou_permille) {
  const eval::MaskScore score{iou_permille, 1000, 900 + iou_permille / 10, 1000, iou_permille / 2, 1000, 1};
  eval::ObjectScore object;
  object.name = name;
  object.instance = 3;
  object.score = score;
  object.views = {{"test/000.png", score}};
  object.consistency = {800, 1000, 6};
  object.unmatched = {"test/001.png"};
  return object;
}

MethodResult NamedMethod(const std::string& name, const std::string& title,
                         const std::vector<std::vector<int64_t>>& ious) {
  MethodResult method{name, title, "", {}, ""};
  for (size_t r = 0; r < ious.size(); ++r) {
    MethodRun run;
    run.seed = r + 1;
    run.objects = {Scored("mug", ious[r][0]), Scored("bowl", ious[r][1])};
    run.fit_seconds = 2;
    run.view_seconds = 0.5;
    run.peak_rss_bytes = 700000000;
    method.runs.push_back(run);
  }
  return method;
}

CompareResult Result() {
  CompareResult result;
  result.scene = "kitchen & co";
  result.objects = {"mug", "bowl"};
  result.views = {"test/000.png"};
  result.methods = {NamedMethod("sanerf", "SANeRF-HQ", {{950, 970}, {930, 970}}),
                    NamedMethod("sa3d", "SA3D", {{960, 900}}), MethodResult{"isrf", "ISRF", "", {}, "no features"}};
  result.methods[1].remarks = "from view 12";
  return result;
}

TEST(CompareTables, MeansSpreadAndTheBestOfEachColumn) {
  const TextTable table = ScoreTable(Result());
  ASSERT_EQ(table.cells.size(), 4u);
  EXPECT_THAT(table.cells[0],
              ElementsAre("method", "mug", "bowl", "mIoU", "accuracy", "boundary IoU", "consistency", "seconds", "MB"));
  EXPECT_EQ(table.cells[1][1], "94.00");
  EXPECT_EQ(table.cells[1][3], "95.50 ± 0.71");  // means of the seeds 96 and 95
  EXPECT_EQ(table.cells[2][3], "93.00");
  EXPECT_EQ(table.cells[1][7], "2.5");
  EXPECT_EQ(table.cells[1][8], "700");
  EXPECT_THAT(table.cells[3], ElementsAre("ISRF", "-", "-", "-", "-", "-", "-", "-", "-"));
  EXPECT_FALSE(table.bold[1][1]);
  EXPECT_TRUE(table.bold[2][1]);
  EXPECT_TRUE(table.bold[1][2]);
  EXPECT_TRUE(table.bold[1][6] && table.bold[2][6]);  // equal: both
  EXPECT_FALSE(table.bold[1][7]);                     // seconds are no score
  EXPECT_THAT(table.notes, ElementsAre("SA3D: from view 12", "ISRF: no features"));
}

TEST(CompareTables, TextLinesUp) {
  const std::string text = ToText(ScoreTable(Result()));
  EXPECT_THAT(text, HasSubstr("\nSANeRF-HQ  94.00   97.00*  95.50 ± 0.71*"));
  EXPECT_THAT(text, HasSubstr("\nSA3D       96.00*  90.00          93.00 "));
  EXPECT_THAT(text, HasSubstr("\nISRF: no features\n"));
}

TEST(CompareTables, MarkdownAndLatex) {
  const TextTable table = ScoreTable(Result());
  EXPECT_THAT(ToMarkdown(table), HasSubstr("| method | mug |"));
  EXPECT_THAT(ToMarkdown(table), HasSubstr("\n| SA3D | **96.00** | 90.00 | 93.00 |"));
  const std::string latex = ToLatex(table, "Views of a & b_c, 10 %.");
  EXPECT_THAT(latex, HasSubstr("\\begin{tabular}{lrrrrrrrr}"));
  EXPECT_THAT(latex, HasSubstr("SANeRF-HQ & 94.00 & \\textbf{97.00} & \\textbf{95.50 $\\pm$ 0.71}"));
  EXPECT_THAT(latex, HasSubstr("Views of a \\& b\\_c, 10 \\%."));
}

TEST(CompareTables, CsvHasALinePerSeedAndObject) {
  const std::string csv = ToCsv({Result()});
  EXPECT_EQ(std::count(csv.begin(), csv.end(), '\n'), 1 + 2 * 2 + 2);
  EXPECT_THAT(csv, HasSubstr("\nkitchen & co,sa3d,1,bowl,0.900000,0.990000,0.450000,0.800000,1,2.00,0.50,700\n"));
  CompareResult odd = Result();
  odd.scene = "a,\"b\"";
  EXPECT_THAT(ToCsv({odd}), HasSubstr("\n\"a,\"\"b\"\"\",sanerf,"));
}

TEST(CompareTables, ResultsComeBackFromJson) {
  const MethodResult method = Result().methods[0];
  const Json json = Json::parse(ToJson(method).dump());
  const MethodResult back = MethodResultFrom(JsonCursor(json, "sanerf.json"));
  EXPECT_EQ(ToJson(back), ToJson(method));
  EXPECT_EQ(back.runs[1].objects[0].score.Iou(), 0.93);
  EXPECT_EQ(back.runs[0].objects[1].consistency.num_pairs, 6);
  EXPECT_THAT(back.runs[0].objects[0].unmatched, ElementsAre("test/001.png"));
}

TEST(CompareTables, WithASingleViewThereIsNoConsistency) {
  CompareResult result = Result();
  for (MethodResult& method : result.methods)
    for (MethodRun& run : method.runs)
      for (eval::ObjectScore& object : run.objects) object.consistency = {};
  const TextTable table = ScoreTable(result);
  const auto column = std::find(table.cells[0].begin(), table.cells[0].end(), "consistency") - table.cells[0].begin();
  for (size_t row = 1; row < table.cells.size(); ++row) {
    EXPECT_EQ(table.cells[row][size_t(column)], "-");
    EXPECT_FALSE(table.bold[row][size_t(column)]);
  }
  EXPECT_THAT(ToCsv({result}), AllOf(HasSubstr(",0.450000,,1,2.00"), Not(HasSubstr("nan"))));
  const Json json = ToJson(result.methods[0]);
  EXPECT_TRUE(json["mean_consistency"].is_null());
  EXPECT_EQ(ToJson(MethodResultFrom(JsonCursor(json, "sanerf.json"))), json);
}

TEST(CompareTables, AViewWithoutTheObjectComesBackAsOne) {
  MethodResult method = Result().methods[0];
  eval::MaskScore absent;
  absent.Add(ImageU8(8, 8, 1), ImageU8(8, 8, 1));
  eval::ObjectScore& object = method.runs[0].objects[0];
  object.views.emplace_back("test/009.png", absent);
  object.score += absent;
  const Json json = ToJson(method);
  const MethodResult back = MethodResultFrom(JsonCursor(json, "sanerf.json"));
  EXPECT_EQ(back.runs[0].objects[0].score.views_without_object, 1);
  EXPECT_FALSE(back.runs[0].objects[0].views.back().second.has_iou());
  EXPECT_EQ(ToJson(back), json);

  CompareResult result = Result();
  result.methods[0] = back;
  EXPECT_THAT(ScoreTable(result).notes, Contains(HasSubstr("mug: in 1 of 2 views it is neither there nor found")));
}

TEST(CompareTables, ADamagedResultIsNamed) {
  Json json = ToJson(Result().methods[0]);
  json["runs"][1]["objects"][0]["views"][0].erase("union");
  EXPECT_THAT(ErrorTextOf<Error>([&] { MethodResultFrom(JsonCursor(json, "sanerf.json")); }),
              HasSubstr("sanerf.json: runs[1].objects[0].views[0]: \"union\" is missing"));
  json["runs"][1]["objects"][0]["views"][0]["union"] = -1;
  EXPECT_THAT(ErrorTextOf<Error>([&] { MethodResultFrom(JsonCursor(json, "sanerf.json")); }),
              HasSubstr("views[0].union: expected an integer from 0"));
  json["runs"] = "none";
  EXPECT_THAT(ErrorTextOf<Error>([&] { MethodResultFrom(JsonCursor(json, "sanerf.json")); }),
              HasSubstr("sanerf.json: runs"));
}

TEST(CompareTables, UnknownMemoryIsLeftOut) {
  CompareResult result = Result();
  for (MethodRun& run : result.methods[0].runs) run.peak_rss_bytes = 0;
  const TextTable table = ScoreTable(result);
  EXPECT_EQ(table.cells[1].back(), "-");
  EXPECT_EQ(table.cells[2].back(), "700");
  EXPECT_THAT(ToCsv({result}), HasSubstr(",2.00,0.50,\n"));
  EXPECT_TRUE(ToJson(result.methods[0])["peak_rss_mib"].is_null());
}

// The paper's layout: a column per scene; who lacks a scene has no mean.
TEST(CompareTables, ScenesSideBySide) {
  CompareResult second = Result();
  second.scene = "bench";
  second.methods[0] = NamedMethod("sanerf", "SANeRF-HQ", {{900, 900}});
  second.methods[1].runs.clear();
  second.methods[1].error = "no view has a mask";
  const TextTable table = SceneTable({Result(), second});
  EXPECT_THAT(table.cells[0], ElementsAre("method", "kitchen & co Acc.", "bench Acc.", "mean Acc.", "kitchen & co mIoU",
                                          "bench mIoU", "mean mIoU"));
  EXPECT_THAT(table.cells[1], ElementsAre("SANeRF-HQ", "99.55", "99.00", "99.28", "95.50", "90.00", "92.75"));
  EXPECT_THAT(table.cells[2], ElementsAre("SA3D", "99.30", "-", "-", "93.00", "-", "-"));
  EXPECT_THAT(table.notes, ElementsAre("SA3D: from view 12", "ISRF on kitchen & co: no features",
                                       "SA3D on bench: no view has a mask", "ISRF on bench: no features"));
}

}  // namespace
}  // namespace sanerf::experiments
