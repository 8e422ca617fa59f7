#include "sanerf/mask_aggregator/find_support.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "sanerf/core/files.h"
#include "sanerf/mask_aggregator/aggregator_test_support.h"
#include "sanerf/mask_aggregator/object_trainer.h"
#include "sanerf/nerf/foggy_field_test_support.h"

namespace sanerf::mask_aggregator {
namespace {

// Evidence by hand, on a lattice of 32 cells a side.
class Evidence {
 public:
  explicit Evidence(int num_views) { evidence_.views.resize(size_t(num_views)); }

  // A cell that has the label.
  uint32_t Cell(int x, int y, int z, float mass = 1) {
    const uint32_t number = evidence_.cells.Insert(CellIndex::Cell{x, y, z});
    evidence_.mass.resize(evidence_.cells.size(), 0);
    evidence_.mass[number] = mass;
    return number;
  }
  // Light that a view gets from it, and the share of it that lies under the view's mask.
  void See(int view, uint32_t cell, float light, float share) {
    evidence_.views[size_t(view)].push_back({cell, light, share * light});
  }
  bool IsKept(uint32_t cell) const { return SupportedCells(evidence_)[cell] != 0; }

 private:
  LabelEvidence evidence_{CellIndex(32), {}, {}};
};

TEST(SupportedCells, FogBeforeOneCameraGoesAndTheObjectStays) {
  Evidence evidence(4);
  std::vector<uint32_t> body, fog;
  for (int x = 0; x < 3; ++x) body.push_back(evidence.Cell(10 + x, 10, 10));
  for (int x = 0; x < 3; ++x) fog.push_back(evidence.Cell(10 + x, 10, 20, 0.2f));
  for (int view = 0; view < 4; ++view)
    for (const uint32_t cell : body) evidence.See(view, cell, 1, 1);
  for (const uint32_t cell : fog) {
    evidence.See(0, cell, 0.4f, 1);  // before the object, seen from here
    evidence.See(1, cell, 0.4f, 0);  // beside it, seen from there
  }
  for (const uint32_t cell : body) EXPECT_TRUE(evidence.IsKept(cell));
  for (const uint32_t cell : fog) EXPECT_FALSE(evidence.IsKept(cell));
}

// Nobody contradicts what only one view sees, but nobody confirms it either.
TEST(SupportedCells, WhatOneViewAloneSeesStaysOnlyWhereItHangsTogetherWithTheRest) {
  Evidence evidence(3);
  const uint32_t body = evidence.Cell(10, 10, 10), behind = evidence.Cell(11, 11, 11),
                 beyond = evidence.Cell(12, 10, 12), apart = evidence.Cell(20, 10, 10);
  for (int view = 0; view < 3; ++view) evidence.See(view, body, 2, 1);
  evidence.See(0, behind, 1, 1);  // touches the body with a corner
  evidence.See(0, beyond, 1, 1);
  evidence.See(0, apart, 5, 1);
  EXPECT_TRUE(evidence.IsKept(body));
  EXPECT_TRUE(evidence.IsKept(behind));
  EXPECT_TRUE(evidence.IsKept(beyond));
  EXPECT_FALSE(evidence.IsKept(apart));
}

// A leg as thin as a cell, apart from the body (what joins them is hidden), and little light: two masks are enough.
TEST(SupportedCells, ThinPartsThatTwoMasksShowStay) {
  Evidence evidence(6);
  const uint32_t body = evidence.Cell(10, 10, 10, 100), leg = evidence.Cell(10, 10, 15, 0.1f),
                 foot = evidence.Cell(10, 10, 16, 0.1f);
  for (int view = 0; view < 6; ++view) evidence.See(view, body, 50, 1);
  for (const int view : {2, 5})
    for (const uint32_t cell : {leg, foot}) evidence.See(view, cell, 0.3f, 0.9f);
  for (const int view : {0, 1, 3})
    for (const uint32_t cell : {leg, foot}) evidence.See(view, cell, 0.3f, 0.1f);  // masks that miss it
  EXPECT_TRUE(evidence.IsKept(leg));
  EXPECT_TRUE(evidence.IsKept(foot));
}

// Fog that reaches the object is cut off where views contradict it, though it touches.
TEST(SupportedCells, AnArmOfFogIsCutOff) {
  Evidence evidence(3);
  const uint32_t body = evidence.Cell(10, 10, 10);
  for (int view = 0; view < 3; ++view) evidence.See(view, body, 2, 1);
  std::vector<uint32_t> arm;
  for (int z = 11; z < 15; ++z) {
    arm.push_back(evidence.Cell(10, 10, z));
    evidence.See(0, arm.back(), 0.3f, 1);
    evidence.See(1, arm.back(), 0.3f, 0);
    evidence.See(2, arm.back(), 0.3f, 0);
  }
  for (const uint32_t cell : arm) EXPECT_FALSE(evidence.IsKept(cell));
  EXPECT_TRUE(evidence.IsKept(body));
}

TEST(SupportedCells, WithOneMaskThatOneIsEnough) {
  Evidence evidence(3);
  const uint32_t body = evidence.Cell(10, 10, 10), outside = evidence.Cell(20, 10, 10);
  evidence.See(0, body, 2, 1);
  evidence.See(0, outside, 2, 0);
  EXPECT_TRUE(evidence.IsKept(body));
  EXPECT_FALSE(evidence.IsKept(outside));
}

TEST(SupportedCells, AnObjectDoesNotVanish) {
  Evidence evidence(2);  // each mask shows a part of its own: neither is confirmed
  const uint32_t large = evidence.Cell(10, 10, 10, 9), small = evidence.Cell(20, 10, 10, 1);
  evidence.See(0, large, 9, 1);
  evidence.See(1, small, 1, 1);
  EXPECT_TRUE(evidence.IsKept(large));
  EXPECT_FALSE(evidence.IsKept(small));
}

class FindSupportTest : public AggregatorTest {
 protected:
  // What these masks vote, and the vote itself.
  static std::unique_ptr<LabelVote> VoteOf(const std::vector<ImageU8>& labels, int num_labels) {
    auto vote = std::make_unique<LabelVote>(*nerf_, Cameras(), VoteOptions{64, 64}, Job());
    vote->Count(labels, num_labels);
    return vote;
  }
};

// A model that takes the ball (instance 3) for a part of the box (2), as a field with fog would; the masks show the
// ball in one view alone.
TEST_F(FindSupportTest, WhatOneMaskShowsIsNotThereAndTheObjectIs) {
  std::vector<ImageU8> both = LabelsOf({2, 3});
  for (ImageU8& labels : both)
    for (uint8_t& label : labels.data) label = label > 0 ? 1 : 0;
  const ObjectModel model = ObjectModel::OfVote(VoteOf(both, 2)->Prior(), *nerf_);
  std::vector<ImageU8> masks = LabelsOf({2});
  const std::vector<ImageU8> balls = LabelsOf({3});
  size_t most = 0;
  int64_t largest = 0;
  for (size_t v = 0; v < balls.size(); ++v) {
    const int64_t area = std::count(balls[v].data.begin(), balls[v].data.end(), 1);
    if (area > largest) largest = area, most = v;
  }
  ASSERT_GT(largest, 20);
  for (size_t i = 0; i < masks[most].data.size(); ++i)
    if (balls[most].data[i] != 0) masks[most].data[i] = 1;
  const auto vote = VoteOf(masks, 2);
  const auto support = FindSupport(*vote, model, Job());
  ASSERT_NE(support, nullptr);
  const ObjectModel confined = model.ConfinedTo(support);

  // Of the ball hardly anything is left, of the box nothing is lost that matters.
  int64_t ball_before = 0, ball_after = 0;
  for (const int v : scene_->TestViews()) {
    const scene::View& view = scene_->views[size_t(v)];
    const ImageU8 truth = scene::LoadViewMask(view), before = model.Render(view.camera, Job()).labels,
                  after = confined.Render(view.camera, Job()).labels;
    for (size_t i = 0; i < truth.data.size(); ++i) {
      ball_before += truth.data[i] == 3 && before.data[i] == 1;
      ball_after += truth.data[i] == 3 && after.data[i] == 1;
    }
  }
  ASSERT_GT(ball_before, 50);
  EXPECT_LT(double(ball_after), 0.1 * double(ball_before));
  EXPECT_GT(HeldOutIou(confined), HeldOutIou(model));
  const ObjectModel of_masks = ObjectModel::OfVote(vote->Prior(), *nerf_);
  EXPECT_GT(HeldOutIou(confined), HeldOutIou(of_masks) - 0.03);

  // Whoever asks the model: single points, and the scene without the object, which has the ball again.
  const Camera& camera = scene_->views[size_t(scene_->TestViews()[0])].camera;
  const ImageU8 truth = scene::LoadViewMask(scene_->views[size_t(scene_->TestViews()[0])]);
  const nerf::RenderedView whole = nerf_->Render(camera, Job());
  const nerf::RenderedView without = nerf_->RenderPart(camera, confined.Without({1}), Job());
  int64_t ball = 0, moved = 0, inside = 0;
  for (int y = 0; y < truth.height; ++y) {
    for (int x = 0; x < truth.width; ++x) {
      if (truth.At(x, y) != 3 || whole.depth.At(x, y) <= 0) continue;
      ++ball;
      moved += std::fabs(without.depth.At(x, y) - whole.depth.At(x, y)) > 0.02f * whole.depth.At(x, y);
      const Vec3 point[1] = {camera.Lift({x + 0.5, y + 0.5}, double(whole.depth.At(x, y)))};
      inside += confined.ProbabilitiesAt(point, Job())[1] > 0.5f;
    }
  }
  if (ball > 0) {
    EXPECT_LT(double(moved), 0.2 * double(ball) + 2);
    EXPECT_LT(double(inside), 0.2 * double(ball) + 2);
  }
}

// Exact masks in all views: nothing that they show is lost.
TEST_F(FindSupportTest, WhereAllMasksAgreeNothingIsLost) {
  const auto vote = VoteOf(LabelsOf({2, 4}), 3);
  const ObjectModel model = ObjectModel::OfVote(vote->Prior(), *nerf_);
  const ObjectModel confined = model.ConfinedTo(FindSupport(*vote, model, Job()));
  EXPECT_GT(HeldOutIou(confined, 1, 2), HeldOutIou(model, 1, 2) - 0.01);
  EXPECT_GT(HeldOutIou(confined, 2, 4), HeldOutIou(model, 2, 4) - 0.01);
}

TEST_F(FindSupportTest, AConfinedModelSurvivesTheDiskAndOldOnesAreRead) {
  const auto vote = VoteOf(LabelsOf({2}), 2);
  const ObjectModel model = TrainObjectModel(*nerf_, views_, 2, Options(), vote->Prior(), Job());
  const ObjectModel confined = model.ConfinedTo(FindSupport(*vote, model, Job()));
  ASSERT_NE(confined.support(), nullptr);
  const Camera& camera = scene_->views[0].camera;
  confined.Save(*folder_ / "confined.ckpt");
  const ObjectModel loaded = ObjectModel::Load(*folder_ / "confined.ckpt", *nerf_);
  ASSERT_NE(loaded.support(), nullptr);
  EXPECT_EQ(loaded.support()->Rows(), confined.support()->Rows());
  EXPECT_EQ(loaded.Render(camera, 1, Job()).probability.data, confined.Render(camera, 1, Job()).probability.data);

  model.Save(*folder_ / "anywhere.ckpt");  // as earlier versions write it
  EXPECT_EQ(ObjectModel::Load(*folder_ / "anywhere.ckpt", *nerf_).support(), nullptr);
  EXPECT_LT(ReadFile(*folder_ / "anywhere.ckpt").size(), ReadFile(*folder_ / "confined.ckpt").size());
}

TEST_F(FindSupportTest, SameCellsWithAnyNumberOfThreads) {
  const auto vote = VoteOf(LabelsOf({2}), 2);
  const ObjectModel model = ObjectModel::OfVote(vote->Prior(), *nerf_);
  SetNumThreads(1);
  const std::vector<float> of_one = FindSupport(*vote, model, Job())->Rows();
  SetNumThreads(4);
  EXPECT_EQ(FindSupport(*vote, model, Job())->Rows(), of_one);
}

// A field that is fog still: what the masks' rays meet before the object is taken for it by the vote.
class FoggySupportTest : public nerf::FoggyFieldTest {
 protected:
  // Of the object in views that no mask came from, and of what is shown as the object far from it.
  struct Shown {
    int64_t both = 0, either = 0, strays = 0;
    double Iou() const { return double(both) / double(either); }
  };
  static Shown Compare(const ObjectModel& model) {
    Shown shown;
    for (const int v : scene_->TestViews()) {
      const scene::View& view = scene_->views[size_t(v)];
      const ImageU8 truth = scene::LoadViewMask(view), ours = model.Render(view.camera, Job()).labels;
      for (size_t i = 0; i < truth.data.size(); ++i) {
        const bool is_true = truth.data[i] == 2, is_ours = ours.data[i] == 1;
        shown.both += is_true && is_ours;
        shown.either += is_true || is_ours;
        shown.strays += is_ours && !is_true;
      }
    }
    return shown;
  }
};

TEST_F(FoggySupportTest, SpecksGoAndTheObjectStays) {
  std::vector<Camera> cameras;
  std::vector<ImageU8> labels;
  for (const int v : scene_->TrainViews()) {
    cameras.push_back(scene_->views[size_t(v)].camera);
    labels.push_back(scene::LoadViewMask(scene_->views[size_t(v)]));
    for (uint8_t& id : labels.back().data) id = id == 2 ? 1 : 0;
  }
  LabelVote vote(*nerf_, cameras, {48, 64}, Job());
  vote.Count(labels, 2);
  const ObjectModel model = ObjectModel::OfVote(vote.Prior(), *nerf_);
  const Shown before = Compare(model), after = Compare(model.ConfinedTo(FindSupport(vote, model, Job())));
  EXPECT_LE(after.strays, before.strays);
  EXPECT_GE(after.Iou(), before.Iou() - 0.01);
  EXPECT_GT(double(after.both), 0.9 * double(before.both));
}

}  // namespace
}  // namespace sanerf::mask_aggregator
