#include "sanerf/segmentation/weigh_views.h"

#include <algorithm>

#include "sanerf/mask_aggregator/label_vote.h"
#include "sanerf/segmentation/session_test_support.h"

namespace sanerf::segmentation {
namespace {

// A few views with exact masks, one of which believes to look somewhere else.
class WeighViewsTest : public SessionTest {
 protected:
  static constexpr int kViews = 5, kSpoiled = 2;

  void SetUp() override {
    scene::Scene scene = *shared_scene_;
    std::vector<int> seeing;  // enough of the box
    for (const int v : scene.TrainViews())
      if (CountBox(v) > 100) seeing.push_back(v);
    ASSERT_GE(seeing.size(), size_t(kViews));
    for (int i = 0; i < kViews; ++i) views_of_box_.push_back(seeing[size_t(i) * seeing.size() / kViews]);
    Pose& pose = scene.views[size_t(views_of_box_[kSpoiled])].camera.world_from_cam;
    pose.rotation = pose.rotation * Eigen::AngleAxisd(0.14, Vec3::UnitY()).toRotationMatrix();
    scene_with_spoiled_ = std::make_shared<const scene::Scene>(std::move(scene));
    object_.name = "box";
    for (const int v : views_of_box_) {
      mask_decoder::ViewDecision view;
      view.view_idx = v;
      view.view = scene_with_spoiled_->views[size_t(v)].name;
      view.used = true;
      view.outcome = mask_decoder::Outcome::kUsed;
      view.predicted_iou = 0.9f;
      view.mask = MaskOfLabel(scene::LoadViewMask(scene_with_spoiled_->views[size_t(v)]), kBoxId);
      object_.views.push_back(std::move(view));
    }
  }

  static int64_t CountBox(int v) {
    const ImageU8 ids = scene::LoadViewMask(shared_scene_->views[size_t(v)]);
    return std::count(ids.data.begin(), ids.data.end(), uint8_t(kBoxId));
  }
  SegmentationInput Input() const {
    return {scene_with_spoiled_, *nerf_, std::make_shared<const InstanceFeatures>(*scene_with_spoiled_, *nerf_),
            nullptr, views_of_box_};
  }
  std::vector<ImageU8> Labels() const {
    std::vector<ImageU8> labels;
    for (const mask_decoder::ViewDecision& view : object_.views) {
      labels.push_back(view.mask);
      for (uint8_t& label : labels.back().data) label = label != 0 ? 1 : 0;
    }
    return labels;
  }

  std::shared_ptr<const scene::Scene> scene_with_spoiled_;
  std::vector<int> views_of_box_;
  mask_decoder::DecodedObject object_;
};

TEST_F(WeighViewsTest, AViewWithAWrongPoseCountsForLess) {
  const SegmentationInput input = Input();
  const auto trust = WeighViews(input, object_, {}, 2, job_);
  ASSERT_EQ(trust.size(), size_t(kViews));
  float others = 2;
  for (int v = 0; v < kViews; ++v) {
    ASSERT_EQ(trust[size_t(v)].places.size(), 1u);
    if (v != kSpoiled) others = std::min(others, trust[size_t(v)].places[0].weight);
  }
  const float spoiled = trust[kSpoiled].places[0].weight;
  EXPECT_LT(spoiled, 0.5f);
  EXPECT_LT(spoiled, 0.7f * others);

  // What the masks vote is better for it in views that no mask came from.
  mask_aggregator::LabelVote vote(*nerf_, input.WorkingCameras(), {64, 64}, job_);
  vote.Count(Labels(), 2);
  const double alike = Iou(mask_aggregator::ObjectModel::OfVote(vote.Prior(), *nerf_), {kBoxId});
  vote.Trust(WeighViews(input, object_, {}, 4, job_));
  vote.Count(Labels(), 2);
  EXPECT_GT(Iou(mask_aggregator::ObjectModel::OfVote(vote.Prior(), *nerf_), {kBoxId}), alike);
}

TEST_F(WeighViewsTest, ViewsWithoutAMaskAreNotCompared) {
  object_.views[1].used = false;
  const auto trust = WeighViews(Input(), object_, {}, 2, job_);
  EXPECT_TRUE(trust[1].places.empty());
  EXPECT_EQ(trust[1].At(3, 3, 64, 64), 1);
  // Nor is what does not belong to the scene: of a view that shows nothing else, nothing is known.
  std::vector<ImageU8> ignored(size_t(kViews), ImageU8(64, 64, 1, 255));
  for (const auto& of_view : WeighViews(Input(), object_, ignored, 2, job_))
    for (const auto& place : of_view.places) EXPECT_EQ(place.weight, 1);
}

TEST_F(WeighViewsTest, ASessionUsesItOnlyWhenAsked) {
  const auto bytes = [&](double power) {
    SegmentationOptions options = SegmentOptionsForTests();
    options.object.iters = 5;
    options.segment.view_trust = float(power);
    Session session = MakeSession(options);
    session.AddObject(Clicked("ball", kBallId));
    return BytesOf(*session.Run(SessionSnapshot::Answer::kField, job_).model);
  };
  const std::string without = bytes(0);
  EXPECT_EQ(bytes(0), without);
  EXPECT_NE(bytes(2), without);
}

// And a session that drops specks stores where its object may be.
TEST_F(WeighViewsTest, ASessionConfinesItsObjectsOnlyWhenAsked) {
  for (const bool drops : {false, true}) {
    SegmentationOptions options = SegmentOptionsForTests();
    options.object.iters = 20;
    options.segment.drop_specks = drops;
    Session session = MakeSession(options);
    session.AddObject(Clicked("ball", kBallId));
    session.Update(job_);
    EXPECT_EQ(session.Snapshot(job_).model->support() != nullptr, drops);  // the vote
    session.Step(session.steps_left(), job_);
    const auto copy = session.Snapshot(job_).model;
    const auto last = session.Finish(job_).model;
    EXPECT_EQ(last->support() != nullptr, drops);
    if (drops) {
      EXPECT_EQ(copy->support()->Rows(), last->support()->Rows());
    }
    EXPECT_GT(Iou(*last, {kBallId}), 0.5);
  }
}

}  // namespace
}  // namespace sanerf::segmentation
