#include "sanerf/experiments/eval/match_objects.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sanerf/core/json.h"
#include "sanerf/export/layers.h"

namespace sanerf::experiments {
namespace {

using testing::HasSubstr;

// Rows: no instance, instances 1 to 3; columns: no object, objects 1 and 2.
TEST(MatchByOverlapTest, TheAssignmentOfTheLargestSum) {
  const auto matches = MatchByOverlap({{1000, 0, 0}, {0, 80, 20}, {10, 70, 0}, {50, 0, 0}});
  ASSERT_EQ(matches.size(), 3u);
  // Object 1 has 150 pixels, object 2 20. Instance 1 with object 1: 80 / 170 = 0.47, with 2: 20 / 100 = 0.2;
  // instance 2 with object 1: 70 / 160 = 0.44. Together 0.2 + 0.44 is more than 0.47 alone.
  EXPECT_EQ(matches[0].object, 1);
  EXPECT_NEAR(matches[0].iou, 0.2, 1e-9);
  EXPECT_EQ(matches[1].object, 0);
  EXPECT_NEAR(matches[1].iou, 70.0 / 160, 1e-9);
  EXPECT_EQ(matches[2].object, -1);  // nothing is left that touches it
}

TEST(MatchByOverlapTest, BackgroundCountsAgainstAnObject) {
  const auto matches = MatchByOverlap({{500, 100}, {0, 100}});
  EXPECT_EQ(matches[0].object, 0);
  EXPECT_NEAR(matches[0].iou, 0.5, 1e-9);
}

TEST(MatchResultTest, TableAndJsonCountWhatWasFound) {
  MatchResult result;
  result.instances = {{1, "table", "support", 900, "", 0},
                      {2, "mug", "object", 300, "object_02", 0.93},
                      {7, "", "", 200, "object_01", 0.6}};
  result.spurious = {{"object_03", 0.12}};
  result.num_objects = 3;
  result.num_ignored = 1;
  const std::string table = ToTable(result);
  EXPECT_THAT(
      table,
      HasSubstr("1 of 3 instances found at IoU 80%, 2 at 50%; 1 of 3 objects matches none: object_03 (best 12%)"));
  EXPECT_THAT(table, HasSubstr("1 table (support)"));
  EXPECT_THAT(table, HasSubstr("1 instance of a few pixels left out"));
  const Json json = ToJson(result);
  EXPECT_EQ(json["found_80"], 1);
  EXPECT_EQ(json["num_spurious"], 1);
  EXPECT_TRUE(json["instances"][0]["object"].is_null());
}

TEST(LabelOverlayTest, BackgroundStaysLabelsDifferEdgesAreBright) {
  const ImageF gray(8, 8, 3, 0.5f);
  ImageU8 labels(8, 8, 1);
  for (int y = 0; y < 8; ++y)
    for (int x = 3; x < 8; ++x) labels.At(x, y) = y < 4 ? 1 : 2;
  const ImageU8 picture = exports::LabelOverlay(gray, labels);
  EXPECT_EQ(picture.At(0, 0, 0), 128);
  EXPECT_EQ(picture.At(0, 0, 2), 128);
  int difference = 0;
  for (int c = 0; c < 3; ++c) difference += std::abs(picture.At(6, 1, c) - picture.At(6, 6, c));
  EXPECT_GT(difference, 60);
  for (int c = 0; c < 3; ++c) EXPECT_GT(picture.At(2, 1, c), 200);  // last background pixel before the object
}

}  // namespace
}  // namespace sanerf::experiments
