#include "sanerf/mask_aggregator/object_filter.h"

#include <gtest/gtest.h>

#include <cmath>

#include "sanerf/mask_aggregator/aggregator_test_support.h"
#include "sanerf/mask_aggregator/label_vote.h"
#include "sanerf/mask_aggregator/object_trainer.h"

namespace sanerf::mask_aggregator {
namespace {

using ObjectFilterTest = AggregatorTest;

// Of a vote alone, of a field alone, and of both.
TEST_F(ObjectFilterTest, TakesOutTheLabelsAndLeavesTheRest) {
  std::vector<ImageU8> labels;
  for (const LabelView& view : views_) labels.push_back(view.labels);
  LabelVote vote(*nerf_, Cameras(), {64, 64}, Job());
  vote.Count(labels, 2);
  const ObjectModel both = TrainObjectModel(*nerf_, views_, 2, Options(), vote.Prior(), Job());
  const ObjectModel field = TrainObjectModel(*nerf_, views_, 2, Options(), nullptr, Job());
  const Camera& camera = scene_->views[size_t(scene_->TestViews()[0])].camera;
  const nerf::RenderedView whole = nerf_->Render(camera, Job());
  for (const ObjectModel& model : {both.VoteAlone(), field, both}) {
    const nerf::RenderedView nothing_out = nerf_->RenderPart(camera, model.Without({}), Job());
    EXPECT_EQ(nothing_out.rgb.data, whole.rgb.data);
    EXPECT_EQ(nothing_out.depth.data, whole.depth.data);

    // Without all labels hardly anything is left: steps so thin that nobody asks whose they are.
    const nerf::RenderedView all_out = nerf_->RenderPart(camera, model.Without({0, 1}), Job());
    for (const float opacity : all_out.opacity.data) ASSERT_LT(opacity, 0.5f);

    const ImageU8 shown = model.Render(camera, Job()).labels;
    const nerf::RenderedView box_out = nerf_->RenderPart(camera, model.Without({1}), Job());
    int64_t box = 0, nearer = 0, others = 0, moved = 0;
    for (size_t i = 0; i < shown.data.size(); ++i) {
      const float before = whole.depth.data[i], after = box_out.depth.data[i];
      box += shown.data[i] == 1;
      nearer += shown.data[i] == 1 && after > 0 && after < 1.01f * before;
      others += shown.data[i] != 1;
      moved += shown.data[i] != 1 && std::fabs(after - before) > 0.02f * before;
    }
    ASSERT_GT(box, 50);
    EXPECT_LT(double(nearer), 0.25 * double(box));
    EXPECT_LT(double(moved), 0.1 * double(others));
  }
}

// Where a view shows the object it is as it was; elsewhere there is nothing, not even the fog that Without leaves.
TEST_F(ObjectFilterTest, AnObjectStandsAlone) {
  const ObjectModel model = TrainObjectModel(*nerf_, views_, 2, Options(), nullptr, Job());
  const Camera& camera = scene_->views[size_t(scene_->TestViews()[0])].camera;
  const ImageU8 shown = model.Render(camera, Job()).labels;
  const nerf::RenderedView whole = nerf_->Render(camera, Job());
  const nerf::RenderedView alone = nerf_->RenderPart(camera, model.Alone({1}), Job());
  int64_t box = 0, opaque = 0, elsewhere = 0, clear = 0;
  for (size_t i = 0; i < shown.data.size(); ++i) {
    if (shown.data[i] == 1) {
      ++box;
      opaque += alone.opacity.data[i] > 0.8f * whole.opacity.data[i];
    } else {
      ++elsewhere;
      clear += alone.opacity.data[i] < 0.1f;
    }
  }
  ASSERT_GT(box, 50);
  EXPECT_GT(double(opaque), 0.85 * double(box));
  EXPECT_GT(double(clear), 0.85 * double(elsewhere));  // the rest: parts of the box behind other things, its outline
  const nerf::RenderedView nothing = nerf_->RenderPart(camera, model.Alone({}), Job());
  for (const float opacity : nothing.opacity.data) ASSERT_EQ(opacity, 0.0f);
}

TEST_F(ObjectFilterTest, SameBytesWithAnyNumberOfThreads) {
  const ObjectModel field = TrainObjectModel(*nerf_, views_, 2, Options(), nullptr, Job());
  const Camera camera = scene_->views[0].camera;
  SetNumThreads(1);
  const std::vector<float> of_one = nerf_->RenderPart(camera, field.Without({1}), Job()).rgb.data;
  SetNumThreads(4);
  EXPECT_EQ(nerf_->RenderPart(camera, field.Without({1}), Job()).rgb.data, of_one);
}

}  // namespace
}  // namespace sanerf::mask_aggregator
