#include "sanerf/segmentation/refine/refinement_rounds.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "sanerf/core/error.h"
#include "sanerf/core/image_ops.h"
#include "sanerf/core/job.h"
#include "sanerf/mask_aggregator/aggregator_test_support.h"
#include "sanerf/mask_aggregator/label_view.h"
#include "sanerf/scene/view_mask_test_support.h"
#include "sanerf/segmentation/label_views.h"
#include "sanerf/segmentation/refine/same_candidate.h"

namespace sanerf::segmentation {

using sam::SamFeatures;
using scene::Scene;

namespace {

// The procedural scene's own cameras.
class SceneContainer : public feature_container::FeatureContainer {
 public:
  explicit SceneContainer(const Scene& scene) : scene_(scene) {}
  Camera WorkingCamera(int view_idx) const override { return scene_.views[size_t(view_idx)].camera; }
  bool Has(int) const override { return true; }
  std::shared_ptr<const SamFeatures> Features(int, const Job&) const override { throw Error("not needed"); }
  ImageF Depth(int, const Job&) const override { throw Error("not needed"); }
  ImageF Opacity(int, const Job&) const override { throw Error("not needed"); }
  ImageF Rgb(int, const Job&) const override { throw Error("not needed"); }
  uint64_t ModelFingerprint() const override { return 0; }

 protected:
  const Scene& scene_;
};

class RefinementTest : public mask_aggregator::AggregatorTest {
 protected:
  // Exact masks of an instance in every `step`-th view.
  static mask_decoder::DecodedObject ObjectOf(int instance, int step) {
    mask_decoder::DecodedObject object;
    const std::vector<ImageU8> labels = LabelsOf({instance});
    const std::vector<int> views = scene_->TrainViews();
    for (size_t v = 0; v < views.size(); ++v) {
      mask_decoder::ViewDecision decision;
      decision.view_idx = views[v];
      decision.used = int(v) % step == 0;
      if (decision.used) decision.mask = labels[v];
      object.views.push_back(std::move(decision));
    }
    return object;
  }
};

// An object that three of four views miss is unknown there where it is, and background stays background.
TEST_F(RefinementTest, AMissedObjectIsUnknownWhereTheOthersPutIt) {
  const std::vector<int> views = scene_->TrainViews();
  mask_aggregator::LabelVote vote(*nerf_, Cameras(), {64, 64}, Job());
  const SceneContainer container(*scene_);
  const std::vector<ImageU8> labels =
      LabelsByView({ObjectOf(2, 1), ObjectOf(4, 4)}, {views, container, MissedPlace::kVoted, &vote}, Job());
  ASSERT_EQ(labels.size(), views.size());
  int64_t missed = 0, missed_unknown = 0, background = 0, background_unknown = 0;
  for (size_t v = 0; v < views.size(); ++v) {
    const ImageU8 truth = scene::LoadViewMask(scene_->views[size_t(views[v])]);
    for (size_t i = 0; i < truth.data.size(); ++i) {
      if (truth.data[i] == 2) {
        EXPECT_EQ(labels[v].data[i], 1);
      }
      if (v % 4 == 0) {
        EXPECT_NE(labels[v].data[i], mask_aggregator::kIgnoreLabel);
      } else if (truth.data[i] == 4) {
        ++missed;
        missed_unknown += labels[v].data[i] == mask_aggregator::kIgnoreLabel;
      } else if (truth.data[i] != 2) {
        ++background;
        background_unknown += labels[v].data[i] == mask_aggregator::kIgnoreLabel;
      }
    }
  }
  EXPECT_GT(missed_unknown, missed * 8 / 10);
  EXPECT_LT(background_unknown, background / 20);
}

constexpr int kInstance = 2;

// Answers with the instance in every view by its candidate 1. Candidate 0, which has the higher confidence, is the
// instance in every other view and everything in the rest.
class WaveringSam : public sam::Sam {
 public:
  const std::string& name() const override { return name_; }
  uint64_t Fingerprint() const override { return 0; }
  sam::MaskRule default_rule() const override { return sam::MaskRule::kSingleMask; }
  SamFeatures Encode(const ImageF&, const Job&) const override { return {}; }
  std::unique_ptr<sam::Sam> Share() const override { return std::make_unique<WaveringSam>(); }
  void SetFeatures(std::shared_ptr<const SamFeatures> features) override { features_ = std::move(features); }
  std::vector<sam::SamMask> Predict(const sam::SamPrompt&, bool, const Job&) const override {
    ImageF object(features_->image_width, features_->image_height, 1);
    const std::vector<float>& ids = features_->maps[0].data;
    for (size_t i = 0; i < object.data.size(); ++i) object.data[i] = int(ids[i]) == kInstance ? 1.0f : -1.0f;
    const ImageF everything(object.width, object.height, 1, 1.0f);
    const bool wavers = int(features_->maps[1].data[0]) % 2 == 1;
    return {{wavers ? everything : object, 0.9f, 0}, {object, 0.6f, 1}};
  }
  ImageF ToImageFrame(const sam::SamMask& mask) const override { return mask.logits; }
  ImageF ToImageFrame(const sam::SamMask& mask, int width, int height) const override {
    return Resize(mask.logits, width, height);
  }
  ImageF FromImageFrame(const ImageF& logits) const override { return logits; }

 private:
  std::string name_ = "wavering";
  std::shared_ptr<const SamFeatures> features_;
};

// True masks and the view's number as features, depth by the radiance field.
class InstanceContainer : public SceneContainer {
 public:
  InstanceContainer(const Scene& scene, const nerf::NerfModel& nerf) : SceneContainer(scene), nerf_(nerf) {}
  std::shared_ptr<const SamFeatures> Features(int view_idx, const Job&) const override {
    const ImageU8 ids = scene::LoadViewMask(scene_.views[size_t(view_idx)]);
    auto features = std::make_shared<SamFeatures>();
    features->image_width = ids.width;
    features->image_height = ids.height;
    features->maps = {{"ids", {ids.height, ids.width}, {ids.data.begin(), ids.data.end()}},
                      {"view", {1}, {float(view_idx)}}};
    return features;
  }
  ImageF Depth(int view_idx, const Job&) const override { return nerf_.Render(WorkingCamera(view_idx), Job()).depth; }

 private:
  const nerf::NerfModel& nerf_;
};

// A click on the instance, decoded in every view.
struct Clicked {
  Clicked(const Scene& s, const nerf::NerfModel& n) : scene(s), nerf(n), views(s.TrainViews()), container(s, n) {
    mask_decoder::ObjectPrompt object;
    object.name = "cereal_box";
    object.min_visible = 1;
    object.clicks = {ClickInside(scene.views[size_t(views[0])])};
    prompts.objects = {object};
    objects = {mask_decoder::DecodeMasks(object, Context(), views, nullptr, Job())};
  }
  // The middle of the instance's pixels.
  static mask_decoder::ClickPrompt ClickInside(const scene::View& view) {
    const ImageU8 ids = scene::LoadViewMask(view);
    Vec2 sum(0, 0);
    int count = 0;
    for (int y = 0; y < ids.height; ++y)
      for (int x = 0; x < ids.width; ++x)
        if (ids.At(x, y) == kInstance) sum += Vec2(x, y), ++count;
    return {view.name, sum / count, 1};
  }
  mask_decoder::DecodeContext Context() { return {scene, container, sam, nerf.model_from_file(), {}}; }
  void Choose() {
    std::vector<Camera> cameras;
    for (const int v : views) cameras.push_back(container.WorkingCamera(v));
    mask_aggregator::LabelVote vote(nerf, cameras, {64, 64}, Job());
    ChooseCandidates({prompts, {0}, views}, Context(), &vote, &objects, Job());
  }
  int NumWithCandidate(int c) const {
    return int(std::count_if(objects[0].views.begin(), objects[0].views.end(),
                             [&](const mask_decoder::ViewDecision& view) { return view.used && view.candidate == c; }));
  }

  const Scene& scene;
  const nerf::NerfModel& nerf;
  std::vector<int> views;
  InstanceContainer container;
  WaveringSam sam;
  mask_decoder::Prompts prompts;
  std::vector<mask_decoder::DecodedObject> objects;
};

TEST_F(RefinementTest, TheViewsTakeTheCandidateNumberOnWhichTheyAgree) {
  Clicked clicked(*scene_, *nerf_);
  ASSERT_EQ(clicked.NumWithCandidate(1), 0);
  const int num_used = clicked.NumWithCandidate(0);
  ASSERT_GE(num_used, 8);
  clicked.Choose();
  EXPECT_EQ(clicked.NumWithCandidate(0), 0);
  EXPECT_EQ(clicked.NumWithCandidate(1), num_used);
}

// Measured: one book and three in a row, a helmet without and with its stand, and a part of a thing.
TEST(ViewsAgreementTest, ALargerThingMustAgreeBetterThanItsSizeExplains) {
  const ViewsAgreement book{0.727, 0.0055}, row_of_books{0.774, 0.0128};
  EXPECT_FALSE(row_of_books.BetterThan(book));
  const ViewsAgreement helmet{0.634, 0.031}, with_stand{0.708, 0.042};
  EXPECT_TRUE(with_stand.BetterThan(helmet));
  EXPECT_FALSE(helmet.BetterThan(with_stand));
  const ViewsAgreement whole{0.788, 0.0156}, part{0.665, 0.0047};
  EXPECT_FALSE(part.BetterThan(whole));  // its band is narrower, but it agrees worse
  EXPECT_FALSE(whole.BetterThan(whole));
  const ViewsAgreement specks{0.112, 0.0048}, bike{0.367, 0.0238};
  EXPECT_TRUE(bike.BetterThan(specks));
}

TEST_F(RefinementTest, MasksThatTheUserCorrectedStay) {
  Clicked clicked(*scene_, *nerf_);
  clicked.objects[0].corrected = true;
  clicked.Choose();
  EXPECT_EQ(clicked.NumWithCandidate(1), 0);
}

}  // namespace
}  // namespace sanerf::segmentation
