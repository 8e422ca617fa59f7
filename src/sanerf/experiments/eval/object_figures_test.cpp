#include "sanerf/experiments/eval/object_figures.h"

#include <gmock/gmock.h>

#include <algorithm>

#include "sanerf/mask_aggregator/aggregator_test_support.h"
#include "sanerf/mask_aggregator/label_vote.h"

namespace sanerf::experiments {
namespace {

using ::testing::HasSubstr;

int Brightest(const ImageU8& picture, int x, int y) {
  return *std::max_element(picture.Pixel(x, y), picture.Pixel(x, y) + 3);
}

class ObjectFigures : public mask_aggregator::AggregatorTest {
 protected:
  // Instance 2 as the masks' vote has it.
  static mask_aggregator::ObjectModel Field() {
    mask_aggregator::LabelVote vote(*nerf_, Cameras(), {64, 64}, Job());
    vote.Count(LabelsOf({2}), 2);
    return mask_aggregator::ObjectModel::OfVote(vote.Prior(), *nerf_);
  }
};

TEST_F(ObjectFigures, PromptsACutOutAndATurn) {
  const mask_aggregator::ObjectModel field = Field();
  mask_decoder::ObjectPrompt prompt;
  const scene::View& clicked = scene_->views[size_t(scene_->TrainViews()[1])];
  prompt.clicks = {{clicked.name, Vec2(10, 10), 1}};
  const FiguredObject object{*scene_, *nerf_, field, /*label=*/1, prompt};
  std::vector<ObjectView> views;
  for (const int view_idx : scene_->TestViews())
    views.push_back(RenderObject(object, PictureCamera(scene_->views[size_t(view_idx)], 64), Job()));
  const std::vector<ReportFigure> figures = FiguresOf(object, views, 64, Job());
  ASSERT_EQ(figures.size(), 2u);
  EXPECT_THAT(figures[0].caption, HasSubstr(clicked.name));
  EXPECT_EQ(figures[0].picture.image.At(10, 10, 1), 220);  // the dot
  const ImageU8& cutout = figures[1].picture.image;
  ASSERT_EQ(cutout.channels, 4);
  EXPECT_FALSE(figures[1].picture.is_photo);
  int num_opaque = 0, num_clear = 0;
  for (int64_t p = 0; p < cutout.num_pixels(); ++p) {
    num_opaque += cutout.data[size_t(4 * p + 3)] > 250;
    num_clear += cutout.data[size_t(4 * p + 3)] < 5;
  }
  EXPECT_GT(num_opaque, 20);
  EXPECT_GT(num_clear, 20);

  // The object stays in the middle, and is all that is bright: 0.2 x 255 = 51.
  const std::vector<ReportPicture> frames = TurntableOf(object, Job());
  ASSERT_EQ(frames.size(), 12u);
  int num_in_the_middle = 0;
  double off_center = 0;  // of what is bright, pixels
  for (const ReportPicture& frame : frames) {
    const ImageU8& picture = frame.image;
    num_in_the_middle += Brightest(picture, picture.width / 2, picture.height / 2) > 51;
    EXPECT_LE(Brightest(picture, 0, 0), 51);
    Vec2 sum(0, 0);
    int count = 0;
    for (int y = 0; y < picture.height; ++y)
      for (int x = 0; x < picture.width; ++x)
        if (Brightest(picture, x, y) > 51) sum += Vec2(x + 0.5, y + 0.5), ++count;
    ASSERT_GT(count, 0);
    off_center += (sum / count - Vec2(picture.width / 2.0, picture.height / 2.0)).norm() / double(frames.size());
  }
  EXPECT_GT(num_in_the_middle, 8);
  EXPECT_LT(off_center, 0.15 * frames[0].image.width);
}

TEST_F(ObjectFigures, WhatIsNowhereHasNoCutOutAndNoTurn) {
  const mask_aggregator::ObjectModel field = Field();
  const mask_decoder::ObjectPrompt prompt;
  const FiguredObject object{*scene_, *nerf_, field, /*label=*/7, prompt};
  const Camera camera = PictureCamera(scene_->views[0], 64);
  EXPECT_TRUE(FiguresOf(object, {RenderObject(object, camera, Job())}, 64, Job()).empty());
  EXPECT_TRUE(TurntableOf(object, Job()).empty());
}

TEST_F(ObjectFigures, PicturesHaveNoMorePixelsThanThePhoto) {
  const scene::View& view = scene_->views[0];
  const int longest = std::max(view.camera.width, view.camera.height);
  EXPECT_EQ(PictureCamera(view, longest / 2).width, view.camera.width / 2);
  EXPECT_EQ(PictureCamera(view, 10 * longest).width, view.camera.width);
}

}  // namespace
}  // namespace sanerf::experiments
