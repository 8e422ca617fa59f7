#include "sanerf/baselines/sam_per_view/sam_per_view.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sanerf/core/folder_test_support.h"
#include "sanerf/core/job.h"
#include "sanerf/mask_decoder/analytic_scene_test_support.h"
#include "sanerf/mask_decoder/mask_check.h"
#include "sanerf/mask_decoder/places.h"
#include "sanerf/nerf/small_field_test_support.h"
#include "sanerf/nerf/trainer.h"
#include "sanerf/scene/load_scene.h"
#include "sanerf/segmentation/borrowed_test_support.h"
#include "sanerf/synth/small_scene_test_support.h"
#include "sanerf/synth/synth.h"

namespace sanerf::baselines {

using mask_decoder::ObjectPrompt;

namespace {

using namespace testing_scene;
using ::testing::HasSubstr;

const Vec3 kFrontOfBall = kBallCenter + kBallRadius * Vec3(0.1, 0.3, 1).normalized();
const Vec3 kTopOfOther = kOtherCenter + kBallRadius * Vec3(0.1, 1, 0.2).normalized();

class SamPerViewTest : public ::testing::Test {
 protected:
  // Of the radiance field only the scale is asked for, which says how far a point may be from what is seen.
  static void SetUpTestSuite() {
    const TestFolder folder;
    synth::WriteSynthScene(folder / "scene", synth::SmallScene(4, 32), Job());
    const scene::Scene scene = scene::LoadScene(folder / "scene", {}, Job());
    nerf_ = new nerf::NerfModel(nerf::NerfTrainer(scene, nerf::SmallOptions(), Job()).Model());
  }
  static void TearDownTestSuite() { delete nerf_; }
  void SetUp() override {
    using segmentation::Borrowed;
    segmenter_ = std::make_unique<SamPerView>(
        segmentation::SegmentationInput{Borrowed(scene_), *nerf_, Borrowed(container_), Borrowed(sam_)},
        mask_decoder::MaskDecoderOptions());
  }
  ObjectPrompt PointOn(const std::string& name, const Vec3& p) const {
    ObjectPrompt object;
    object.name = name;
    object.points = {{p, 1}};
    return object;
  }
  // IoU of a mask at the photo's size with the true pixels of the label there.
  double Iou(const ImageU8& mask, int view_idx, int label) const {
    const Camera& camera = scene_.views[size_t(view_idx)].camera;
    int64_t both = 0, either = 0;
    for (int y = 0; y < mask.height; ++y) {
      for (int x = 0; x < mask.width; ++x) {
        const bool truth = Trace(camera.center(), camera.RayInWorld({x + 0.5, y + 0.5})).label == label;
        both += mask.At(x, y) != 0 && truth;
        either += mask.At(x, y) != 0 || truth;
      }
    }
    return double(both) / double(either);
  }

  scene::Scene scene_ = MakeScene();
  AnalyticContainer container_{scene_};
  AnalyticSam sam_;
  std::unique_ptr<SamPerView> segmenter_;
  static inline nerf::NerfModel* nerf_ = nullptr;
};

TEST_F(SamPerViewTest, DecodesEveryObjectWhereItsPointIsVisible) {
  segmenter_->Fit({{PointOn("ball", kFrontOfBall), PointOn("other", kTopOfOther)}}, Job());
  for (const int view_idx : {kFront, kFrontLeft}) {
    const std::vector<ImageU8> masks = segmenter_->MasksFor(view_idx, Job());
    ASSERT_EQ(masks.size(), 2u);
    EXPECT_EQ(masks[0].width, kPhotoWidth);
    EXPECT_EQ(masks[0].height, kPhotoHeight);
    // SAM's masks have half of the photo's resolution: the outline is off by up to a pixel.
    EXPECT_GT(Iou(masks[0], view_idx, kBall), 0.93);
    EXPECT_GT(Iou(masks[1], view_idx, kOther), 0.9);
  }
}

// The point lies on the front of the ball: `away` looks elsewhere, `back` sees the ball but not the point.
TEST_F(SamPerViewTest, AViewWithoutAVisiblePointHasAnEmptyMask) {
  segmenter_->Fit({{PointOn("ball", kFrontOfBall)}}, Job());
  for (const int view_idx : {kAway, kBack})
    EXPECT_EQ(mask_decoder::CountNonZero(segmenter_->MasksFor(view_idx, Job())[0]), 0) << view_idx;
}

// The mask decoder would not use this view (k); SAM alone answers wherever it is asked.
TEST_F(SamPerViewTest, OneVisiblePointIsEnough) {
  ObjectPrompt object = PointOn("ball", kFrontOfBall);
  for (const double x : {-0.1, 0.1})
    object.points.push_back({kBallCenter + kBallRadius * Vec3(x, 0, -1).normalized(), 1});
  object.min_visible = 3;
  segmenter_->Fit({{object}}, Job());
  EXPECT_GT(mask_decoder::CountNonZero(segmenter_->MasksFor(kFront, Job())[0]), 0);
}

TEST_F(SamPerViewTest, ABoxGivesItsPointsToTheOtherViews) {
  ObjectPrompt object;
  object.name = "ball";
  object.boxes = {{"front.png", 55, 43, 105, 92}};
  segmenter_->Fit({{object}}, Job());
  EXPECT_GT(Iou(segmenter_->MasksFor(kFrontLeft, Job())[0], kFrontLeft, kBall), 0.93);
}

TEST_F(SamPerViewTest, AViewThatIsNotEncodedIsAnError) {
  container_.missing = {kFront};
  segmenter_->Fit({{PointOn("ball", kFrontOfBall)}}, Job());
  EXPECT_THAT(ErrorTextOf<Error>([&] { segmenter_->MasksFor(kFront, Job()); }),
              HasSubstr("front.png has not been encoded"));
}

}  // namespace
}  // namespace sanerf::baselines
