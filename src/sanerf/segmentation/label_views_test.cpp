#include "sanerf/segmentation/label_views.h"

#include <gtest/gtest.h>

#include "sanerf/core/error.h"
#include "sanerf/core/job.h"
#include "sanerf/mask_aggregator/label_view.h"

namespace sanerf::segmentation {

using mask_decoder::DecodedObject;
using mask_decoder::ViewDecision;

namespace {

constexpr int kPhotoSize = 40;

// Three cameras on the z axis, shifted along x, that see a wall at depth 2: 1 unit of the wall is 10 pixels.
class WallContainer : public feature_container::FeatureContainer {
 public:
  Camera WorkingCamera(int view_idx) const override {
    Camera camera;
    camera.width = camera.height = kPhotoSize;
    camera.fx = camera.fy = 20;
    camera.cx = camera.cy = kPhotoSize / 2.0;
    camera.world_from_cam.translation = Vec3(view_idx == 2 ? 100 : 0.5 * view_idx, 0, 2);
    return camera;
  }
  bool Has(int) const override { return true; }
  std::shared_ptr<const sam::SamFeatures> Features(int, const Job&) const override { throw Error("not needed"); }
  ImageF Depth(int, const Job&) const override { return ImageF(kPhotoSize, kPhotoSize, 1, 2.0f); }
  ImageF Opacity(int, const Job&) const override { return ImageF(kPhotoSize, kPhotoSize, 1, 1.0f); }
  ImageF Rgb(int, const Job&) const override { return ImageF(kPhotoSize, kPhotoSize, 3, 0.5f); }
  uint64_t ModelFingerprint() const override { return 0; }
};

ViewDecision Used(int view_idx, float predicted_iou, int x0, int x1) {
  ViewDecision view;
  view.view_idx = view_idx;
  view.used = true;
  view.predicted_iou = predicted_iou;
  view.mask = ImageU8(kPhotoSize, kPhotoSize, 1);
  for (int y = 10; y < 30; ++y) {
    for (int x = x0; x < x1; ++x) view.mask.At(x, y) = 255;
  }
  return view;
}

ViewDecision Unused(int view_idx) {
  ViewDecision view;
  view.view_idx = view_idx;
  return view;
}

DecodedObject Object(std::vector<ViewDecision> views) {
  DecodedObject object;
  object.views = std::move(views);
  return object;
}

TEST(LabelViews, OneViewAloneHasWhatAllOfThemHave) {
  const std::vector<DecodedObject> decoded = {Object({Used(0, 0.9f, 5, 15), Unused(1)}),
                                              Object({Used(0, 0.8f, 12, 22), Unused(1)})};
  EXPECT_EQ(PaintLabelImage(decoded, 0).data, PaintLabelViews(decoded, WallContainer()).views[0].labels.data);
  EXPECT_TRUE(PaintLabelImage(decoded, 1).empty());
}

TEST(LabelViews, TheMaskOfHigherConfidenceGetsTheOverlap) {
  const WallContainer container;
  const LabeledViews result =
      BuildLabelViews({Object({Used(0, 0.9f, 5, 15)}), Object({Used(0, 0.8f, 12, 22)})}, container, Job());
  ASSERT_EQ(result.views.size(), 1u);
  EXPECT_EQ(result.overlap_pixels, 3 * 20);
  EXPECT_EQ(result.overlap_views, 1);
  const ImageU8& labels = result.views[0].labels;
  EXPECT_EQ(labels.At(8, 15), 1);
  EXPECT_EQ(labels.At(13, 15), 1);  // both claim it, the first with higher confidence
  EXPECT_EQ(labels.At(18, 15), 2);
  EXPECT_EQ(labels.At(30, 15), 0);
  EXPECT_EQ(labels.At(8, 5), 0);
}

TEST(LabelViews, ViewsWithoutAnyMaskAreLeftOut) {
  const WallContainer container;
  const LabeledViews result = BuildLabelViews({Object({Used(0, 0.9f, 5, 15), Unused(1)})}, container, Job());
  EXPECT_EQ(result.views.size(), 1u);
}

TEST(LabelViews, AnUndecidedObjectIsNotTaughtToBeBackgroundWhereItMayBe) {
  const WallContainer container;
  // View 1 has a mask of the second object only. The first one lies at columns 5..14 of view 0, so at 0..9 of view 1
  // (the camera moved by 0.5 units = 5 pixels); its box grows by 30 % of its longest side, the 20 rows: 6 pixels.
  const std::vector<DecodedObject> decoded = {Object({Used(0, 0.9f, 5, 15), Unused(1)}),
                                              Object({Used(0, 0.8f, 25, 30), Used(1, 0.8f, 20, 25)})};
  const LabeledViews result = BuildLabelViews(decoded, container, Job());
  ASSERT_EQ(result.views.size(), 2u);
  const ImageU8& labels = result.views[1].labels;
  EXPECT_EQ(labels.At(5, 20), mask_aggregator::kIgnoreLabel);
  EXPECT_EQ(labels.At(22, 20), 2);
  EXPECT_EQ(labels.At(30, 20), 0);  // far from it: background
  EXPECT_EQ(labels.At(5, 1), 0);    // above the grown box
  EXPECT_EQ(result.views[0].labels.At(35, 20), 0);
}

TEST(LabelViews, AnObjectOutOfSightIsBackground) {
  const WallContainer container;
  const std::vector<DecodedObject> decoded = {Object({Used(0, 0.9f, 5, 15), Unused(2)}),
                                              Object({Used(2, 0.8f, 20, 25)})};
  const LabeledViews result = BuildLabelViews(decoded, container, Job());
  ASSERT_EQ(result.views.size(), 2u);
  for (const uint8_t label : result.views[1].labels.data) EXPECT_NE(label, mask_aggregator::kIgnoreLabel);
}

}  // namespace
}  // namespace sanerf::segmentation
