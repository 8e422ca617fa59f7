#include "sanerf/pipeline/repeat_looks.h"

#include <gtest/gtest.h>

#include "sanerf/core/error.h"
#include "sanerf/mask_aggregator/aggregator_test_support.h"

namespace sanerf {
namespace {

// The procedural scene's own cameras.
class SceneContainer : public FeatureContainer {
 public:
  explicit SceneContainer(const Scene& scene) : scene_(scene) {}
  Camera WorkingCamera(int view_idx) const override { return scene_.views[size_t(view_idx)].camera; }
  bool Has(int) const override { return true; }
  std::shared_ptr<const SamFeatures> Features(int) const override { throw Error("not needed"); }
  ImageF Depth(int) const override { throw Error("not needed"); }
  ImageF Opacity(int) const override { throw Error("not needed"); }
  ImageF Rgb(int) const override { throw Error("not needed"); }
  uint64_t ModelFingerprint() const override { return 0; }

 private:
  const Scene& scene_;
};

class VotedPlace : public AggregatorTest {
 protected:
  // Exact masks of an instance in every `step`-th view.
  static DecodedObject ObjectOf(int instance, int step) {
    DecodedObject object;
    const std::vector<ImageU8> labels = LabelsOf({instance});
    const std::vector<int> views = scene_->TrainViews();
    for (size_t v = 0; v < views.size(); ++v) {
      ViewDecision decision;
      decision.view_idx = views[v];
      decision.used = int(v) % step == 0;
      if (decision.used) decision.mask = labels[v];
      object.views.push_back(std::move(decision));
    }
    return object;
  }
};

// An object that three of four views miss is unknown there where it is, and background stays background.
TEST_F(VotedPlace, AMissedObjectIsUnknownWhereTheOthersPutIt) {
  const std::vector<int> views = scene_->TrainViews();
  LabelVote vote(*nerf_, Cameras(), {64, 64});
  const std::vector<ImageU8> labels =
      LabelsByVotedPlace({ObjectOf(2, 1), ObjectOf(4, 4)}, views, SceneContainer(*scene_), &vote);
  ASSERT_EQ(labels.size(), views.size());
  int64_t missed = 0, missed_unknown = 0, background = 0, background_unknown = 0;
  for (size_t v = 0; v < views.size(); ++v) {
    const ImageU8 truth = LoadViewMask(scene_->views[size_t(views[v])]);
    for (size_t i = 0; i < truth.data.size(); ++i) {
      if (truth.data[i] == 2) {
        EXPECT_EQ(labels[v].data[i], 1);
      }
      if (v % 4 == 0) {
        EXPECT_NE(labels[v].data[i], kIgnoreLabel);
      } else if (truth.data[i] == 4) {
        ++missed;
        missed_unknown += labels[v].data[i] == kIgnoreLabel;
      } else if (truth.data[i] != 2) {
        ++background;
        background_unknown += labels[v].data[i] == kIgnoreLabel;
      }
    }
  }
  EXPECT_GT(missed_unknown, missed * 8 / 10);
  EXPECT_LT(background_unknown, background / 20);
}

}  // namespace
}  // namespace sanerf
