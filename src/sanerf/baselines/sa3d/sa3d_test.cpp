#include "sanerf/baselines/sa3d/sa3d.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sanerf/baselines/toy_scene_test_support.h"
#include "sanerf/core/job.h"
#include "sanerf/core/options_sweep_test_support.h"

namespace sanerf::baselines {
namespace {

using ::testing::HasSubstr;

class Sa3dTest : public ToySceneTest {
 protected:
  static Sa3dOptions Options() {
    Sa3dOptions options;
    options.voxels = 64;
    options.min_weight = 0.02f;  // the toy's surfaces are thick
    options.prompts = 3;
    return options;
  }
};

TEST_F(Sa3dTest, SegmentsTwoObjectsInUnseenViews) {
  Sa3d sa3d(Input(), Options(), {});
  sa3d.Fit({{ClicksOn(1, 1), ClicksOn(2, 1)}}, Job());
  EXPECT_GT(HeldOutIou(sa3d, 0, 1), 0.8);
  EXPECT_GT(HeldOutIou(sa3d, 1, 2), 0.8);
  for (const Sa3d::Course& course : sa3d.courses()) {
    EXPECT_GT(course.num_used, 10);
    EXPECT_EQ(course.num_used + course.num_rejected + course.num_unprompted, int(scene_->TrainViews().size()) - 1);
  }
}

TEST_F(Sa3dTest, IsTheSameOnAnyNumberOfThreads) {
  std::vector<std::vector<uint8_t>> masks;
  for (const int threads : {1, 3}) {
    SetNumThreads(threads);
    Sa3d sa3d(Input(), Options(), {});
    sa3d.Fit({{ClicksOn(2, 1)}}, Job());
    masks.push_back(sa3d.MasksFor(scene_->TestViews()[0], Job())[0].data);
  }
  EXPECT_EQ(masks[0], masks[1]);
}

TEST_F(Sa3dTest, StartsFromTheViewThatIsGiven) {
  const mask_decoder::ObjectPrompt object = ClicksOn(2, 3);
  Sa3dOptions options = Options();
  options.first_view = object.clicks[1].view;
  Sa3d sa3d(Input(), options, {});
  sa3d.Fit({{object}}, Job());
  EXPECT_EQ(sa3d.courses()[0].first_view, scene_->FindView(options.first_view));
}

// SAM calls everything the object wherever it was not clicked: such masks have nothing to do with the rendered scores.
TEST_F(Sa3dTest, RejectsMasksThatDisagreeWithTheScores) {
  const mask_decoder::ObjectPrompt object = ClicksOn(2, 1);
  Sa3d good(Input(), Options(), {});
  good.Fit({{object}}, Job());
  int num_asked = 0;
  const int num_first = int(scene_->TrainViews().size());  // to find the first view
  sam_.overwrite = [&](ImageF& logits) {
    if (++num_asked > num_first) std::fill(logits.data.begin(), logits.data.end(), 1.f);
  };
  SetNumThreads(1);
  Sa3d sa3d(Input(), Options(), {});
  sa3d.Fit({{object}}, Job());
  EXPECT_EQ(sa3d.courses()[0].num_used, 0);
  EXPECT_GT(sa3d.courses()[0].num_rejected, 10);
  EXPECT_LT(good.courses()[0].num_rejected, 5);
}

TEST_F(Sa3dTest, RunsAtTheEndsOfItsOptions) {
  Sa3dOptions tiny = Options();
  tiny.voxels = 32;
  segmentation::SegmentationInput input = Input();
  input.views.resize(5);
  const mask_decoder::ObjectPrompt object = ClicksOn(2, 1);
  const SweepCount count = SweepOptions("sa3d", tiny, {"voxels"}, [&](const Sa3dOptions& options) {
    Sa3d sa3d(input, options, {});
    sa3d.Fit({{object}}, Job());
    EXPECT_EQ(sa3d.MasksFor(scene_->TestViews()[0], Job()).size(), 1u);
  });
  EXPECT_GT(count.num_run, 3 * count.num_refused);
}

TEST_F(Sa3dTest, OptionsOutOfRangeAreNamed) {
  const auto text = [&](Sa3dOptions options) { return ErrorTextOf<UsageError>([&] { Sa3d(Input(), options, {}); }); };
  Sa3dOptions options;
  options.prompts = 0;
  EXPECT_THAT(text(options), HasSubstr("sa3d.prompts=0: expected an integer from 1 to 100"));
  options = {};
  options.min_iou = 2;
  EXPECT_THAT(text(options), HasSubstr("sa3d.min_iou=2: expected a number from 0 to 1"));
  options = {};
  options.first_view = "nowhere.png";
  EXPECT_THAT(text(options), HasSubstr("nowhere.png"));
}

TEST(IouWithScoresTest, CutsTheScoresAtTheirMeanAndAtZero) {
  ImageF scores(4, 1, 1);
  scores.data = {8, 6, 2, 0};  // mean 4: two pixels
  ImageU8 mask(4, 1, 1);
  mask.data = {255, 255, 0, 0};
  EXPECT_DOUBLE_EQ(IouWithScores(mask, scores), 1);
  mask.data = {0, 255, 255, 0};
  EXPECT_DOUBLE_EQ(IouWithScores(mask, scores), 1.0 / 3);
  scores.data = {-8, -6, -2, -1};  // above the mean is not enough
  EXPECT_DOUBLE_EQ(IouWithScores(mask, scores), 0);
}

// Two pixels, three voxels; the second voxel is seen by both. Worked by hand from the loss.
TEST(VoxelScoresTest, AScoreIsTheMeanOfWhatTheViewsAdded) {
  VoxelPixels pixels{2, 1, {0, 2, 4}, {{0, 0.6f}, {1, 0.4f}, {1, 0.5f}, {2, 0.5f}}};
  ImageU8 mask(2, 1, 1);
  mask.data = {255, 0};
  VoxelScores scores;
  scores.AddView(pixels, mask, 1);  // voxels: 0.6, 0.4 - 0.5, -0.5
  ImageF rendered = scores.Render(pixels);
  EXPECT_NEAR(rendered.data[0], 0.6f * 0.6f + 0.4f * -0.1f, 1e-6f);
  EXPECT_NEAR(rendered.data[1], 0.5f * -0.1f + 0.5f * -0.5f, 1e-6f);

  // A view that sees only the first pixel: its voxels' means are over two views, that of the third over one.
  VoxelPixels one{1, 1, {0, 2}, {{0, 0.8f}, {1, 0.2f}}};
  ImageU8 object(1, 1, 1, 255);
  scores.AddView(one, object, 1);  // voxels: (0.6 + 0.8) / 2, (-0.1 + 0.2) / 2, -0.5
  rendered = scores.Render(pixels);
  EXPECT_NEAR(rendered.data[0], 0.6f * 0.7f + 0.4f * 0.05f, 1e-6f);
  EXPECT_NEAR(rendered.data[1], 0.5f * 0.05f + 0.5f * -0.5f, 1e-6f);

  VoxelScores strict;  // the first view's background counts five times
  strict.AddView(pixels, mask, 5);
  EXPECT_NEAR(strict.Render(one).data[0], 0.8f * 0.6f + 0.2f * (0.4f - 2.5f), 1e-6f);
}

}  // namespace
}  // namespace sanerf::baselines
