#include "sanerf/experiments/eval/eval_output.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sanerf/core/error.h"
#include "sanerf/core/folder_test_support.h"
#include "sanerf/core/json.h"
#include "sanerf/eval/scores.h"
#include "sanerf/experiments/eval/eval_stage.h"

namespace sanerf::experiments {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

eval::ObjectScore Scored(const std::string& name, int64_t iou_percent, int64_t boundary_percent) {
  eval::ObjectScore object;
  object.name = name;
  object.score.intersection = iou_percent;
  object.score.boundary_intersection = boundary_percent;
  object.score.union_ = object.score.boundary_union = object.score.total = 100;
  object.score.correct = 99;
  object.score.num_views = 12;
  object.consistency.intersection = 3;
  object.consistency.union_ = 4;
  object.consistency.num_pairs = 6;
  return object;
}

EvalResult TwoObjects() {
  EvalResult result;
  result.views = {{"a.png", 30, 0.9}};
  result.objects = {Scored("mug", 90, 80), Scored("bowl", 70, 60)};
  return result;
}

EvalResult BesideSam() {
  EvalResult result = TwoObjects();
  result.baselines = {{"sam", {Scored("mug", 85, 82), Scored("bowl", 70, 50)}, 4.5}};
  return result;
}

TEST(EvalOutput, TableShowsConsistency) {
  const std::string text = ToTable(TwoObjects());
  EXPECT_THAT(text, HasSubstr("object     IoU  accuracy  boundary IoU  consistency  views"));
  EXPECT_THAT(text, HasSubstr("mug     90.00%    99.00%        80.00%       75.00%     12"));
  EXPECT_THAT(text, HasSubstr("mean    80.00%"));
  EXPECT_THAT(text, Not(HasSubstr("method")));
}

TEST(EvalOutput, CountsTheHeldOutViews) {
  EvalResult result = TwoObjects();
  EXPECT_THAT(ToTable(result), HasSubstr("(1 held-out view)\n"));
  result.views.push_back({"b.png", 30, 0.9});
  EXPECT_THAT(ToTable(result), HasSubstr("(2 held-out views)\n"));
  result.views.clear();
  EXPECT_THAT(ToTable(result), HasSubstr("views  none is held out\n"));
  EXPECT_TRUE(ToJson(result)["psnr"].is_null());
}

TEST(EvalOutput, SaysInWhichLightViewsWereScored) {
  EvalResult result = TwoObjects();
  EXPECT_FALSE(ToJson(result).contains("look"));
  result.look = nerf::HeldOutLook::kHalf;
  EXPECT_THAT(ToTable(result), HasSubstr("(1 held-out view, right halves alone, colors fitted on the left ones)\n"));
  EXPECT_EQ(ToJson(result)["look"], "half");
  result.look = nerf::HeldOutLook::kNearest;
  EXPECT_THAT(ToTable(result), HasSubstr("in the light of the nearest training photo"));
}

TEST(EvalOutput, TableSaysWhoIsAhead) {
  const std::string text = ToTable(BesideSam());
  EXPECT_THAT(text, HasSubstr("mug     sanerf  90.00%"));
  EXPECT_THAT(text, HasSubstr("        sam     85.00%"));
  EXPECT_THAT(text, HasSubstr("        ahead   +5.00     +0.00         -2.00        +0.00"));
  EXPECT_THAT(
      text,
      HasSubstr("sanerf is ahead of sam on IoU for 1 of 2 objects, on boundary IoU for 1 of 2 objects (behind: mug)"));
}

TEST(EvalOutput, WithASingleViewThereIsNoConsistency) {
  EvalResult result = BesideSam();
  for (eval::ObjectScore& object : result.objects) object.consistency = {};
  for (eval::ObjectScore& object : result.baselines[0].objects) object.consistency = {};
  const std::string text = ToTable(result);
  EXPECT_THAT(text, HasSubstr("mug     sanerf  90.00%    99.00%        80.00%            -     12"));
  EXPECT_THAT(text, Not(HasSubstr("nan")));
  const Json json = ToJson(result);
  EXPECT_TRUE(json["objects"][0]["consistency"].is_null());
  EXPECT_TRUE(json["mean_consistency"].is_null());
  EXPECT_EQ(json["miou"], 0.8);
}

// A view that the object is not in is no success: it is counted, and has no IoU of its own.
TEST(EvalOutput, ViewsWithoutTheObjectAreCounted) {
  EvalResult result = TwoObjects();
  EXPECT_THAT(ToTable(result), Not(HasSubstr("neither there")));
  eval::MaskScore seen;
  seen.Add(ImageU8(8, 8, 1, 255), ImageU8(8, 8, 1, 255));
  eval::MaskScore absent;
  absent.Add(ImageU8(8, 8, 1), ImageU8(8, 8, 1));
  result.objects[0].score.views_without_object = 1;
  result.objects[0].views = {{"a.png", seen}, {"b.png", absent}};
  EXPECT_THAT(ToTable(result), HasSubstr("mug: in 1 of 12 views it is neither there nor found"));
  const Json json = ToJson(result);
  EXPECT_EQ(json["objects"][0]["views_without_object"], 1);
  EXPECT_EQ(json["objects"][1]["views_without_object"], 0);
  EXPECT_EQ(json["miou"], 0.8);
}

TEST(EvalOutput, JsonSaysWhatWasNotScored) {
  EvalResult result = TwoObjects();
  EXPECT_EQ(ToJson(result)["not_scored"], Json::array());
  result.not_scored = {{"cup", "no instance id", "say it"}};
  EXPECT_EQ(ToJson(result)["not_scored"],
            Json::parse(R"([{"object": "cup", "why": "no instance id", "how": "say it"}])"));
}

TEST(EvalOutput, JsonHasEveryMethodAndWhoIsAhead) {
  EXPECT_FALSE(ToJson(TwoObjects()).contains("baselines"));
  const Json json = ToJson(BesideSam());
  EXPECT_EQ(json["objects"][0]["consistency"], 0.75);
  EXPECT_EQ(json["mean_boundary_iou"], 0.7);
  EXPECT_EQ(json["baselines"][0]["method"], "sam");
  EXPECT_EQ(json["baselines"][0]["objects"][1]["iou"], 0.7);
  EXPECT_EQ(json["baselines"][0]["seconds"], 4.5);
  EXPECT_EQ(json["ahead"][0],
            Json({{"object", "mug"}, {"baseline", "sam"}, {"iou", "sanerf"}, {"boundary_iou", "sam"}}));
  EXPECT_EQ(json["ahead"][1]["iou"], "equal");
}

}  // namespace
}  // namespace sanerf::experiments
