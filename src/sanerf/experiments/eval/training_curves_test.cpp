#include "sanerf/experiments/eval/training_curves.h"

#include <gtest/gtest.h>

#include "sanerf/core/files.h"
#include "sanerf/core/folder_test_support.h"

namespace sanerf::experiments {
namespace {

TEST(TrainingCurves, AreWhatTheLogSays) {
  const TestFolder folder;
  WriteFileAtomic(folder / "log.jsonl",
                  "{\"step\": 10, \"loss\": 1, \"batch_psnr\": 12.5, \"held_out_psnr\": 0}\n"
                  "not json\n"
                  "{\"step\": 20, \"loss\": 0.5, \"batch_psnr\": 20, \"held_out_psnr\": 18}\n"
                  "{\"step\": 30, \"batch_psnr\": 22");
  const std::vector<ReportCurve> curves = CurvesIn(folder / "log.jsonl", "radiance field");
  ASSERT_EQ(curves.size(), 1u);  // the held-out photo was scored once
  EXPECT_EQ(curves[0].title, "radiance field: PSNR of the training photos");
  EXPECT_EQ(curves[0].points, (std::vector<std::pair<double, double>>{{10, 12.5}, {20, 20}}));
  WriteFileAtomic(folder / "object.jsonl", "{\"step\": 1, \"agreement\": 0.5}\n{\"step\": 2, \"agreement\": 0.75}\n");
  EXPECT_EQ(CurvesIn(folder / "object.jsonl", "mug")[0].points.back(), (std::pair<double, double>{2, 75}));
  EXPECT_TRUE(CurvesIn(folder / "none", "mug").empty());
}

TEST(TrainingCurves, AreDrawnFromTheLowestToTheHighest) {
  ReportPage page;
  page.curves = {{"mug <1>: agreement", "%", {{0, 50}, {5, 100}, {10, 75}}}, {"alone", "dB", {{1, 1}}}};
  const std::string html = ToHtml(page);
  EXPECT_NE(html.find("aria-label=\"mug &lt;1&gt;: agreement: from 50 to 75 %\""), std::string::npos);
  EXPECT_NE(html.find("points=\"0.0,176.0 210.0,24.0 420.0,100.0\""), std::string::npos);
  EXPECT_EQ(html.find("alone"), std::string::npos);
}

}  // namespace
}  // namespace sanerf::experiments
