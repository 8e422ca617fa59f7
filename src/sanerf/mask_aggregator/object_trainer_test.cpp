#include "sanerf/mask_aggregator/object_trainer.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>

#include "sanerf/core/error.h"
#include "sanerf/core/files.h"
#include "sanerf/core/job.h"
#include "sanerf/core/random.h"
#include "sanerf/mask_aggregator/aggregator_test_support.h"
#include "sanerf/mask_aggregator/label_vote.h"
#include "sanerf/mask_aggregator/object_gradient.h"
#include "sanerf/mask_aggregator/object_model.h"
#include "sanerf/mask_aggregator/options.h"

namespace sanerf::mask_aggregator {
namespace {

using testing::HasSubstr;

TEST(CellIndex, NumbersInOrderOfArrival) {
  CellIndex cells(3000);
  for (int i = 0; i < 5000; ++i)
    EXPECT_EQ(cells.Insert(CellIndex::Cell{i % 3000, i / 7 % 3000, i / 3000}), uint32_t(i));
  EXPECT_EQ(cells.Insert(CellIndex::Cell{17, 17 / 7, 0}), 17u);
  EXPECT_EQ(cells.size(), 5000u);
  for (int i = 0; i < 5000; ++i) EXPECT_EQ(cells.Find({i % 3000, i / 7 % 3000, i / 3000}), uint32_t(i));
  EXPECT_EQ(cells.CellAt(3001), (CellIndex::Cell{1, 3001 / 7, 1}));
  EXPECT_EQ(cells.Find({5, 5, 5}), CellIndex::kNone);
  EXPECT_EQ(cells.Find({-1, 0, 0}), CellIndex::kNone);
  EXPECT_EQ(cells.Find({3000, 0, 0}), CellIndex::kNone);
}

// Two cells side by side on a grid of four: label 1 has all votes of the left, label 0 of the right.
TEST(LabelPrior, InterpolatesBetweenTheCellsThatVoted) {
  CellIndex cells(4);
  cells.Insert(CellIndex::Cell{1, 1, 1});
  cells.Insert(CellIndex::Cell{2, 1, 1});
  const LabelPrior prior(cells, 2, {0, 9, 9, 0});
  const auto at = [&](float x, float y) {
    const float position[3] = {x, y, 0.375f};
    float logits[2] = {0, 0};
    prior.AddTo(position, 1, logits);
    EXPECT_NEAR(logits[0], -logits[1], 1e-6);
    return logits[1];
  };
  // Nine votes and half a vote of smoothing of ten: log(9.5 / 0.5) / 2 above the mean.
  const float expected = 0.5f * std::log(19.0f);
  EXPECT_NEAR(at(0.375f, 0.375f), expected, 1e-5);   // center of the left cell
  EXPECT_NEAR(at(0.625f, 0.375f), -expected, 1e-5);  // of the right one
  EXPECT_NEAR(at(0.5f, 0.375f), 0, 1e-6);            // between them
  EXPECT_NEAR(at(0.4375f, 0.375f), 0.5f * expected, 1e-5);
  EXPECT_NEAR(at(0.375f, 0.5f), expected, 1e-5);  // the cell above never voted: nothing is known of it
  EXPECT_EQ(at(0.9f, 0.9f), 0);
  // A cell with a tenth of the votes is less confident.
  const LabelPrior few(cells, 2, {0, 0.9f, 9, 0});
  const float position[3] = {0.375f, 0.375f, 0.375f};
  float logits[2] = {0, 0};
  few.AddTo(position, 2, logits);  // twice: it is added with its weight
  EXPECT_NEAR(logits[1], std::log(1.4f / 0.5f), 1e-5);
}

// A logit of 0 may be a draw, or nothing at all.
TEST(LabelPrior, SaysWhereSomebodyVoted) {
  CellIndex cells(4);
  cells.Insert(CellIndex::Cell{1, 1, 1});
  cells.Insert(CellIndex::Cell{2, 1, 1});
  const LabelPrior counted(cells, 2, {0, 0, 9, 0});
  const LabelPrior read = LabelPrior::FromLogits(4, counted.Coordinates(), 2, counted.logits());
  for (const LabelPrior* prior : {&counted, &read}) {
    const auto known = [&](float x, float y) {
      const float position[3] = {x, y, 0.375f};
      float logits[2] = {0, 0};
      return prior->AddTo(position, 1, logits);
    };
    EXPECT_EQ(known(0.375f, 0.375f), 0);  // center of the left cell
    EXPECT_EQ(known(0.625f, 0.375f), 1);  // of the right one
    EXPECT_NEAR(known(0.5f, 0.375f), 0.5f, 1e-6);
    EXPECT_EQ(known(0.9f, 0.9f), 0);  // met by nobody
  }
}

class ObjectTrainerTest : public AggregatorTest {
 protected:
  static std::shared_ptr<const LabelPrior> PriorOf(const std::vector<ImageU8>& labels, int num_labels) {
    LabelVote vote(*nerf_, Cameras(), {64, 64}, Job());
    vote.Count(labels, num_labels);
    return vote.Prior();
  }
  static int64_t Differences(const ImageU8& a, const ImageU8& b) {
    int64_t count = 0;
    for (size_t i = 0; i < a.data.size(); ++i) count += a.data[i] != b.data[i];
    return count;
  }
};

// The vote is an answer by itself; the field starts exactly there and only gets better.
TEST_F(ObjectTrainerTest, StartsFromTheVote) {
  const auto prior = PriorOf(LabelsOf({2}), 2);
  const ObjectModel vote = ObjectModel::OfVote(prior, *nerf_);
  const double vote_iou = HeldOutIou(vote);
  EXPECT_GT(vote_iou, 0.6);

  ObjectTrainer trainer(*nerf_, Cameras(), Options(), Job());
  trainer.SetMasks(LabelsOf({2}), 2, prior, Job());
  const Camera& camera = scene_->views[0].camera;
  EXPECT_EQ(trainer.Model().Render(camera, 1, Job()).probability.data, vote.Render(camera, 1, Job()).probability.data);
  trainer.Train({150, 1}, Job());
  const ObjectModel trained = trainer.Finish();
  EXPECT_GT(HeldOutIou(trained), vote_iou);

  trained.Save(*folder_ / "with_vote.ckpt");
  const ObjectModel loaded = ObjectModel::Load(*folder_ / "with_vote.ckpt", *nerf_);
  EXPECT_EQ(loaded.Render(camera, 1, Job()).probability.data, trained.Render(camera, 1, Job()).probability.data);
}

// Masks change while the field stays: it follows, with rays that were traced before. Without the vote a trained field
// needs longer for a new label than an untrained one.
TEST_F(ObjectTrainerTest, MasksMayChangeAndLabelsBeAdded) {
  ObjectTrainer trainer(*nerf_, Cameras(), Options(), Job());
  trainer.SetMasks(LabelsOf({2}), 2, PriorOf(LabelsOf({2}), 2), Job());
  const int64_t rays_at_first = trainer.num_rays();
  trainer.Train({150, 1}, Job());
  const double alone = HeldOutIou(trainer.Model());

  // Room for a second object: until it is trained nothing of the first is lost.
  trainer.SetMasks(LabelsOf({2, 3}), 3, PriorOf(LabelsOf({2, 3}), 3), Job());
  EXPECT_LT(trainer.num_rays(), rays_at_first * 5 / 4);
  EXPECT_EQ(trainer.Model().num_labels(), 3);
  trainer.Train({60, 0.5f}, Job());
  EXPECT_GT(HeldOutIou(trainer.Model(), 1, 2), alone - 0.05);
  EXPECT_GT(HeldOutIou(trainer.Model(), 2, 3), 0.5);

  // The first object's label goes to another instance.
  trainer.SetMasks(LabelsOf({4, 3}), 3, PriorOf(LabelsOf({4, 3}), 3), Job());
  trainer.Train({150, 0.5f}, Job());
  EXPECT_GT(HeldOutIou(trainer.Model(), 1, 4), 0.5);
  EXPECT_LT(HeldOutIou(trainer.Model(), 1, 2), 0.2);
}

TEST_F(ObjectTrainerTest, GoesOnFromAStoredField) {
  AggregatorOptions options = Options();
  ObjectTrainer first(*nerf_, Cameras(), options, Job());
  first.SetMasks(LabelsOf({2}), 2, PriorOf(LabelsOf({2}), 2), Job());
  first.Train({150, 1}, Job());
  first.Finish().Save(*folder_ / "first.ckpt");
  const ObjectModel stored = ObjectModel::Load(*folder_ / "first.ckpt", *nerf_);

  ObjectTrainer second(*nerf_, Cameras(), options, Job());
  second.StartFrom(stored);
  second.SetMasks(LabelsOf({2, 3}), 3, PriorOf(LabelsOf({2, 3}), 3), Job());
  // The new label is what the vote says of it, the object is what it was: few pixels change sides.
  const Camera& camera = scene_->views[0].camera;
  EXPECT_LT(Differences(MaskOf(second.Model(), camera, 1), MaskOf(stored, camera, 1)),
            camera.width * camera.height / 50);
  second.Train({60, 0.5f}, Job());
  EXPECT_GT(HeldOutIou(second.Model(), 1, 2), HeldOutIou(stored) - 0.05);
  EXPECT_GT(HeldOutIou(second.Model(), 2, 3), 0.4);
  // What was loaded has not moved.
  EXPECT_EQ(ObjectModel::Load(*folder_ / "first.ckpt", *nerf_).Render(camera, 1, Job()).probability.data,
            stored.Render(camera, 1, Job()).probability.data);
}

TEST_F(ObjectTrainerTest, StartedAgainItIsAsNew) {
  AggregatorOptions options = Options();
  options.rgb.weight = 1;
  const auto fit = [&](ObjectTrainer* trainer) {
    trainer->SetMasks(LabelsOf({2}), 2, PriorOf(LabelsOf({2}), 2), Job());
    trainer->Train({20, 1}, Job());
    return trainer->Model().Render(scene_->views[0].camera, 1, Job()).probability.data;
  };
  ObjectTrainer trainer(*nerf_, Cameras(), options, Job());
  const int64_t num_anywhere = trainer.num_rays();
  const std::vector<float> first = fit(&trainer);
  trainer.SetMasks(LabelsOf({4, 3}), 3, PriorOf(LabelsOf({4, 3}), 3), Job());
  trainer.Train({20, 1}, Job());
  trainer.StartAgain();
  EXPECT_EQ(trainer.num_rays(), num_anywhere);
  EXPECT_EQ(fit(&trainer), first);
}

// The last layer starts at 0: no label is preferred anywhere until the network has moved.
TEST_F(ObjectTrainerTest, TheNetworkMovesAtItsShareOfTheRate) {
  const auto farthest_from_a_draw = [](float network_lr) {
    AggregatorOptions options = Options();
    options.network_lr = network_lr;
    ObjectTrainer trainer(*nerf_, Cameras(), options, Job());
    trainer.SetMasks(LabelsOf({2}), 2, nullptr, Job());
    trainer.Train({40, 1}, Job());
    float farthest = 0;
    for (const float p : trainer.Model().Render(scene_->views[0].camera, 1, Job()).probability.data)
      farthest = std::max(farthest, std::abs(p - 0.5f));
    return farthest;
  };
  EXPECT_LT(farthest_from_a_draw(1e-6f), 0.001f);
  EXPECT_GT(farthest_from_a_draw(Options().network_lr), 0.05f);
}

TEST_F(ObjectTrainerTest, ViewsWithoutAMaskSayNothing) {
  ObjectTrainer trainer(*nerf_, Cameras(), Options(), Job());
  std::vector<ImageU8> labels = LabelsOf({2});
  for (size_t v = 0; v < labels.size(); v += 2) labels[v] = ImageU8();
  trainer.SetMasks(labels, 2, PriorOf(labels, 2), Job());
  trainer.Train({150, 1}, Job());
  EXPECT_GT(HeldOutIou(trainer.Model()), 0.55);
  EXPECT_THAT(ErrorTextOf<Error>([&] { trainer.SetMasks(std::vector<ImageU8>(labels.size()), 2, nullptr, Job()); }),
              HasSubstr("no view has a usable mask"));
}

TEST_F(ObjectTrainerTest, SmoothedLabelsAskForLessThanCertainty) {
  const auto highest = [&](float smoothing) {
    AggregatorOptions options = Options();
    options.label_smoothing = smoothing;
    ObjectTrainer trainer(*nerf_, Cameras(), options, Job());
    trainer.SetMasks(LabelsOf({2}), 2, nullptr, Job());
    trainer.Train({150, 1}, Job());
    const ImageF probability = trainer.Finish().Render(scene_->views[0].camera, 1, Job()).probability;
    return *std::max_element(probability.data.begin(), probability.data.end());
  };
  EXPECT_GT(highest(0), 0.97f);
  const float smoothed = highest(0.4f);  // asks for 0.8
  EXPECT_GT(smoothed, 0.7f);
  EXPECT_LT(smoothed, 0.95f);

  AggregatorOptions options = Options();
  options.label_smoothing = 1;
  EXPECT_THAT(ErrorTextOf<UsageError>([&] { ObjectTrainer trainer(*nerf_, Cameras(), options, Job()); }),
              HasSubstr("object.label_smoothing=1: expected a number from 0 to 0.99"));
}

// Weights of the rays in the loss: those of their views, 1 in the mean.
TEST_F(ObjectTrainerTest, RaysOfViewsThatAreTrustedLessWeighLess) {
  std::vector<LabelView> views(views_.begin(), views_.begin() + 4);
  std::vector<Camera> cameras;
  for (const LabelView& view : views) cameras.push_back(view.camera);
  SamplePool pool = TraceAnywhere(*nerf_, cameras, 400, 1, Job());
  Relabel(views, &pool);
  std::vector<ViewTrust> trust(4);
  trust[1] = {views[1].labels.width, views[1].labels.height, {{{0, 0, 10, 10}, 0.25f}}};
  SetWeights(views, trust, &pool);
  double sum = 0;
  float of_first = 0, of_second = 0;
  for (size_t ray = 0; ray < pool.weights.size(); ++ray) {
    sum += pool.weights[ray];
    (pool.pixels[ray].view == 1 ? of_second : of_first) = pool.weights[ray];
  }
  EXPECT_NEAR(sum / double(pool.size()), 1, 1e-4);
  EXPECT_NEAR(of_second, 0.25f * of_first, 1e-5f);
}

// The gradient of the weighted cross entropy of several rays, as the steps add it up, in double.
TEST(WeightedCrossEntropy, FiniteDifferencesInDouble) {
  constexpr int kRays = 4, kLabels = 3;
  const double weights[kRays] = {1, 0.25, 2.5, 0};
  const int labels[kRays] = {0, 2, 1, 1};
  std::vector<double> logits(kRays * kLabels), grad(logits.size()), unused(logits.size());
  Random random(3);
  for (double& logit : logits) logit = 4 * random.NextDouble() - 2;
  const auto loss = [&](std::vector<double>* to) {
    double sum = 0;
    for (int r = 0; r < kRays; ++r) {
      const double scale = weights[r] / kRays;
      sum += scale *
             CrossEntropy(&logits[size_t(r * kLabels)], kLabels, labels[r], scale, &(*to)[size_t(r * kLabels)], 0.1);
    }
    return sum;
  };
  loss(&grad);
  for (size_t i = 0; i < logits.size(); ++i) {
    const double kept = logits[i], h = 1e-6;
    logits[i] = kept + h;
    const double up = loss(&unused);
    logits[i] = kept - h;
    const double down = loss(&unused);
    logits[i] = kept;
    EXPECT_NEAR(grad[i], (up - down) / (2 * h), 1e-9) << i;
  }
}

// Views that are all trusted alike leave no trace, whatever the trust; a view that is not trusted has no say.
TEST_F(ObjectTrainerTest, TrustChangesVotesAndFieldOnlyWhereItDiffers) {
  const auto bytes = [&](const std::vector<ViewTrust>& trust) {
    ObjectTrainer trainer(*nerf_, Cameras(), Options(), Job());
    trainer.Trust(trust);
    trainer.SetMasks(LabelsOf({2}), 2, nullptr, Job());
    trainer.Train({10, 1}, Job());
    trainer.Finish().Save(*folder_ / "trust.ckpt");
    return ReadFile(*folder_ / "trust.ckpt");
  };
  const std::string without = bytes({});
  std::vector<ViewTrust> trust(Cameras().size());
  EXPECT_EQ(bytes(trust), without);
  trust[0] = {64, 64, {{{0, 0, 64, 64}, 0.1f}}};
  EXPECT_NE(bytes(trust), without);

  LabelVote vote(*nerf_, Cameras(), {64, 64}, Job());
  std::vector<ImageU8> labels = LabelsOf({2});
  vote.Count(labels, 2);
  const std::vector<float> all = vote.Prior()->logits();
  vote.Trust(std::vector<ViewTrust>(Cameras().size()));
  vote.Count(labels, 2);
  EXPECT_EQ(vote.Prior()->logits(), all);
  for (ViewTrust& of_view : trust) of_view = {};
  trust[0] = {64, 64, {{{0, 0, 64, 64}, 0.0f}}};
  vote.Trust(trust);
  vote.Count(labels, 2);
  const std::vector<float> not_trusted = vote.Prior()->logits();
  labels[0] = ImageU8();
  vote.Trust({});
  vote.Count(labels, 2);
  EXPECT_EQ(vote.Prior()->logits(), not_trusted);
}

}  // namespace
}  // namespace sanerf::mask_aggregator
