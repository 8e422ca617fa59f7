#include "sanerf/eval/score_masks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <thread>

#include "sanerf/core/error.h"
#include "sanerf/core/folder_test_support.h"
#include "sanerf/core/job.h"
#include "sanerf/core/stopwatch.h"
#include "sanerf/scene/photos_test_support.h"

namespace sanerf::eval {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

ImageU8 LeftColumns(int count) {
  ImageU8 mask(8, 4, 1);
  for (int y = 0; y < 4; ++y)
    for (int x = 0; x < count; ++x) mask.At(x, y) = 255;
  return mask;
}

// Three views of 32 pixels: in the first 8 of 16 pixels are right; the second has neither object nor mask; in the
// third 4 pixels are taken for an object that is not there. IoU 8 / (16 + 4), accuracy (24 + 32 + 28) / 96.
TEST(ScoreMasks, AViewWithoutTheObjectHasNoIouOfItsOwn) {
  const scene::Scene scene = scene::PhotosOf(3, 8, 4);
  const std::vector<int> views = {0, 1, 2};
  std::vector<DepthView> depths;
  for (const int v : views) depths.push_back({scene.views[size_t(v)].camera, ImageF(8, 4, 1)});
  const std::vector<ImageU8> truths = {LeftColumns(4), LeftColumns(0), LeftColumns(0)};
  const TruthOf truth_of = [&](const scene::View& view, size_t) { return truths[size_t(&view - scene.views.data())]; };
  ObjectScore mug;
  mug.name = "mug";
  MaskScorer scorer({scene, views, depths, truth_of, {mug}}, Job());
  for (const int count : {2, 0, 1}) scorer.Add({LeftColumns(count)});
  const std::vector<ObjectScore> scores = scorer.Scores();
  ASSERT_EQ(scores.size(), 1u);
  EXPECT_DOUBLE_EQ(scores[0].score.Iou(), 8.0 / 20);
  EXPECT_DOUBLE_EQ(scores[0].score.Accuracy(), 84.0 / 96);
  EXPECT_EQ(scores[0].score.num_views, 3);
  EXPECT_EQ(scores[0].score.views_without_object, 1);
  ASSERT_EQ(scores[0].views.size(), 3u);
  EXPECT_EQ(scores[0].views[0].second.Iou(), 0.5);
  EXPECT_FALSE(scores[0].views[1].second.has_iou());
  EXPECT_TRUE(scores[0].views[2].second.has_iou());
  EXPECT_EQ(scores[0].views[2].second.Iou(), 0);
}

// A view's masks are handed over before the next view is segmented; what becomes of them is not timed.
TEST(SegmentViews, OneViewAfterTheOther) {
  std::vector<std::string> order;
  double in_segment = 0, in_take = 0;
  const auto wait_since = [](const Stopwatch& watch) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
    return watch.seconds();
  };
  const auto segment = [&](int view) {
    const Stopwatch watch;
    order.push_back("segment " + std::to_string(view));
    in_segment += wait_since(watch);
    return std::vector<ImageU8>{LeftColumns(view)};
  };
  const Stopwatch whole;
  const double seconds = SegmentViews(
      segment, "toy", {5, 7},
      [&](size_t v, std::vector<ImageU8> masks) {
        const Stopwatch watch;
        order.push_back("take " + std::to_string(v));
        EXPECT_EQ(masks[0].At(4, 0), 255);
        EXPECT_EQ(masks[0].At(6, 0), v == 1 ? 255 : 0);
        in_take += wait_since(watch);
      },
      Job());
  EXPECT_THAT(order, ElementsAre("segment 5", "take 0", "segment 7", "take 1"));
  EXPECT_GE(seconds, in_segment);
  EXPECT_LE(seconds, whole.seconds() - in_take);
}

// 254 objects in 8 photos of 100000 x 100000 pixels are 2.5 TB for one photo alone.
TEST(MaskScorer, SaysBeforeItStartsThatTheMasksDoNotFit) {
  const scene::Scene scene = scene::PhotosOf(8, 100'000, 100'000);
  const std::vector<int> views = {0, 1, 2, 3, 4, 5, 6, 7};
  std::vector<DepthView> depths(8);
  const auto no_truth = [](const scene::View&, size_t) { return std::nullopt; };
  EXPECT_THAT(ErrorTextOf<Error>([&] {
                MaskScorer({scene, views, depths, no_truth, std::vector<ObjectScore>(254)}, Job());
              }),
              AllOf(HasSubstr("the masks of 254 objects in 8 views need"), HasSubstr("score fewer objects")));
}

}  // namespace
}  // namespace sanerf::eval
