#include "sanerf/segmentation/refine/redecode.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "sanerf/core/job.h"
#include "sanerf/core/json.h"
#include "sanerf/mask_decoder/analytic_scene_test_support.h"
#include "sanerf/mask_decoder/mask_decoder.h"
#include "sanerf/mask_decoder/views_file.h"
#include "sanerf/segmentation/refine/same_candidate.h"

namespace sanerf::segmentation {
namespace {

using namespace testing_scene;
using testing::HasSubstr;

// The analytic SAM offers everything, a speck, the object under the points, and everything again; by its single mask it
// takes everything.
class RedecodeTest : public testing::Test {
 protected:
  void SetUp() override {
    sam_.rule = sam::MaskRule::kSingleMask;
    object_.name = "ball";
    object_.min_visible = 1;
    object_.points = {{kBallCenter + kBallRadius * Vec3(0, 0.3, 1).normalized(), 1}};
    decoded_ = mask_decoder::DecodeMasks(object_, Context(), {kFront, kFrontLeft, kRight, kAway, kLens, kBack}, nullptr,
                                         Job());
    for (const mask_decoder::ViewDecision& view : decoded_.views) consensus_.push_back(Truth(view.view_idx, kBall));
  }
  Consensus Truth(int view_idx, int label) const {
    const auto features = container_.Features(view_idx, Job());
    const Camera camera = container_.WorkingCamera(view_idx);
    Consensus truth{ImageF(camera.width, camera.height, 1), ImageF(camera.width, camera.height, 1, 1.0f)};
    for (size_t i = 0; i < truth.probability.data.size(); ++i)
      truth.probability.data[i] = int(features->maps[0].data[i]) == label ? 1.0f : 0.0f;
    return truth;
  }
  mask_decoder::DecodeContext Context() { return {scene_, container_, sam_, Similarity(), options_}; }
  RedecodeResult Again() { return Redecode(object_, Context(), consensus_, &decoded_, Job()); }

  scene::Scene scene_ = MakeScene();
  AnalyticContainer container_{scene_};
  AnalyticSam sam_;
  mask_decoder::MaskDecoderOptions options_;
  mask_decoder::ObjectPrompt object_;
  mask_decoder::DecodedObject decoded_;
  std::vector<Consensus> consensus_;
};

TEST_F(RedecodeTest, TakesTheCandidateThatTheOthersConfirm) {
  ASSERT_EQ(decoded_.views[kFront].area, 1);  // everything
  const RedecodeResult result = Again();
  const mask_decoder::ViewDecision& front = decoded_.views[kFront];
  EXPECT_EQ(front.candidate, 2);
  EXPECT_NEAR(front.agreement, 1, 1e-6);
  EXPECT_TRUE(front.used);
  EXPECT_GT(result.agreement, 0.99);
  EXPECT_LT(result.agreement_before, 0.5);
  EXPECT_GT(result.num_changed, 0);
}

// The views share an error, a wide outline. A mask that repeats it agrees best; SAM's confidence is higher for the
// clean one.
TEST_F(RedecodeTest, PrefersACleanMaskToOneThatRepeatsWhatAllGetWrong) {
  const auto widened = [](const ImageF& image, float at_least) {
    ImageF wide = image;
    for (int y = 0; y < image.height; ++y)
      for (int x = 0; x < image.width; ++x)
        if (x + 1 < image.width && image.At(x + 1, y) >= at_least) wide.At(x, y) = 1;
    return wide;
  };
  sam_.surroundings = [&](const ImageF& object) { return widened(object, 0.5f); };
  for (Consensus& consensus : consensus_) consensus.probability = widened(consensus.probability, 0.5f);
  decoded_.memory = nullptr;  // SAM answers anew
  Again();
  EXPECT_EQ(decoded_.views[kFront].candidate, 2);
  EXPECT_LT(decoded_.views[kFront].agreement, 0.99);
  EXPECT_GT(decoded_.views[kFront].agreement, 0.85);
}

TEST_F(RedecodeTest, EveryCandidateNumberIsAnObjectOfItsOwn) {
  const std::vector<mask_decoder::DecodedObject> objects = ByCandidate(object_, Context(), decoded_, Job());
  ASSERT_EQ(objects.size(), 4u);
  for (const int view : {kFront, kFrontLeft, kLens}) {
    for (int c = 0; c < 4; ++c) EXPECT_EQ(objects[size_t(c)].views[size_t(view)].candidate, c);
    EXPECT_EQ(objects[0].views[size_t(view)].mask.data, decoded_.views[size_t(view)].mask.data);
    EXPECT_EQ(objects[1].views[size_t(view)].outcome, mask_decoder::Outcome::kTiny);  // a speck
    EXPECT_TRUE(objects[2].views[size_t(view)].used);
  }
  EXPECT_FALSE(objects[2].views[kBack].used);  // the point is not seen from there: nobody asked SAM
  EXPECT_EQ(objects[2].views[kBack].reason, decoded_.views[kBack].reason);
  EXPECT_NEAR(Coherence(objects[2], consensus_), 1, 1e-6);
  EXPECT_LT(Coherence(objects[0], consensus_), 0.5);
}

// Everything fits what the others say, but the user pointed at the table and said no.
TEST_F(RedecodeTest, MasksThatContradictThePromptsAreLessCoherent) {
  object_.points.push_back({Vec3(-1, 0, 1), 0});
  decoded_ =
      mask_decoder::DecodeMasks(object_, Context(), {kFront, kFrontLeft, kRight, kAway, kLens, kBack}, nullptr, Job());
  for (Consensus& consensus : consensus_)
    for (float& p : consensus.probability.data) p = 1;
  EXPECT_NEAR(Coherence(decoded_, consensus_), 0.5, 1e-6);  // one of two visible points
}

TEST_F(RedecodeTest, FindsTheObjectWhereNoPointIsVisible) {
  ASSERT_FALSE(decoded_.views[kBack].used);
  const RedecodeResult result = Again();
  EXPECT_TRUE(decoded_.views[kBack].used);
  EXPECT_TRUE(decoded_.views[kBack].from_others);
  EXPECT_GT(result.num_found, 0);
  EXPECT_FALSE(decoded_.views[kAway].used);  // it is not there
}

TEST_F(RedecodeTest, DropsAViewInWhichNothingAgrees) {
  // The others say that nothing of the object can be seen in the front view.
  for (float& p : consensus_[kFront].probability.data) p = 0;
  const RedecodeResult result = Again();
  EXPECT_FALSE(decoded_.views[kFront].used);
  EXPECT_EQ(decoded_.views[kFront].outcome, mask_decoder::Outcome::kDisagrees);
  EXPECT_THAT(decoded_.views[kFront].reason, HasSubstr("agrees only 0.0"));
  EXPECT_EQ(result.num_dropped, 1);
  EXPECT_THAT(mask_decoder::ToJson(decoded_).dump(), HasSubstr("\"agreement\""));
}

TEST_F(RedecodeTest, LeavesAViewAloneThatNoOtherKnows) {
  const ImageU8 before = decoded_.views[kFront].mask;
  consensus_[kFront].probability = consensus_[kFront].known = ImageF(8, 8, 1);
  Again();
  EXPECT_TRUE(decoded_.views[kFront].used);
  EXPECT_EQ(decoded_.views[kFront].mask.data, before.data);
  EXPECT_EQ(decoded_.views[kFront].agreement, -1);
}

// Mask prompt and box carry the consensus: the box is around it, the logits are positive inside.
TEST_F(RedecodeTest, PromptsWithTheVoteOfTheOthers) {
  sam_.prompts.clear();
  Again();
  const auto with_mask = std::find_if(sam_.prompts.begin(), sam_.prompts.end(),
                                      [](const sam::SamPrompt& prompt) { return !prompt.mask_logits.empty(); });
  ASSERT_NE(with_mask, sam_.prompts.end());
  ASSERT_TRUE(with_mask->box);
  const Vec2 center = *container_.WorkingCamera(kFront).Project(kBallCenter);
  EXPECT_LT(with_mask->box->x0, center.x());
  EXPECT_GT(with_mask->box->x1, center.x());
  EXPECT_LT(with_mask->box->y0, center.y());
  EXPECT_GT(with_mask->box->y1, center.y());
  EXPECT_GT(with_mask->mask_logits.At(int(center.x()), int(center.y())), 0);
  EXPECT_LT(with_mask->mask_logits.At(0, 0), 0);
}

}  // namespace
}  // namespace sanerf::segmentation
