#include "sanerf/eval/score_masks.h"

#include <gtest/gtest.h>

#include "sanerf/core/job.h"
#include "sanerf/scene/photos_test_support.h"

namespace sanerf::eval {
namespace {

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
  const std::vector<ObjectScore> scores = ScoreMasks({{LeftColumns(2)}, {LeftColumns(0)}, {LeftColumns(1)}},
                                                     {scene, views, depths, truth_of, {mug}}, Job());
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

}  // namespace
}  // namespace sanerf::eval
