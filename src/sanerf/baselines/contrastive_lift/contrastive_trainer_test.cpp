#include "sanerf/baselines/contrastive_lift/contrastive_trainer.h"

#include <gtest/gtest.h>

#include "sanerf/baselines/contrastive_lift/embedding_clusters.h"
#include "sanerf/baselines/lift_test_support.h"
#include "sanerf/core/parallel.h"

namespace sanerf::baselines {

using mask_aggregator::ObjectField;

namespace {

ContrastiveLiftOptions Options() {
  ContrastiveLiftOptions options;
  options.lift = ToyOptions();
  options.clusters.min_cluster_size = kToyRays;
  return options;
}

std::vector<float> ValuesOf(const ObjectField& field) {
  const auto grid = field.grid.params().values.span(), mlp = field.mlp.params().values.span();
  std::vector<float> values(grid.begin(), grid.end());
  values.insert(values.end(), mlp.begin(), mlp.end());
  return values;
}

// Before each loss, all parameters of the slow field move a tenth of the way to the fast ones, which the loss then
// moves.
TEST(ContrastiveTrainer, TheSlowFieldIsTheRunningMeanOfTheFastOne) {
  const ToyRays toy = MakeToyRays();
  const ContrastiveLiftOptions options = Options();
  ObjectField fast(options.lift.field, options.dims, 1, ObjectField::Start::kRandom);
  ContrastiveTrainer trainer(toy.rays, options, 1, &fast);
  std::vector<float> expected = ValuesOf(fast);  // the slow field starts as a copy
  EXPECT_EQ(ValuesOf(trainer.slow()), expected);
  for (int step = 0; step < 5; ++step) {
    const std::vector<float> before = ValuesOf(fast);
    for (size_t i = 0; i < before.size(); ++i) expected[i] = 0.9f * expected[i] + 0.1f * before[i];
    trainer.Step(step);
    const std::vector<float> slow = ValuesOf(trainer.slow());
    double farthest = 0;
    for (size_t i = 0; i < slow.size(); ++i) farthest = std::max(farthest, double(std::abs(slow[i] - expected[i])));
    EXPECT_LT(farthest, 1e-6) << step;
    EXPECT_NE(ValuesOf(fast), before);
  }
}

TEST(ContrastiveTrainer, EmbeddingsOfAnObjectClusterAcrossViews) {
  const ToyRays toy = MakeToyRays();
  const ContrastiveLiftOptions options = Options();
  std::vector<float> first;
  for (const int threads : {1, 3}) {
    SetNumThreads(threads);
    ObjectField fast(options.lift.field, options.dims, 1, ObjectField::Start::kRandom);
    {
      ContrastiveTrainer trainer(toy.rays, options, 1, &fast);
      for (int step = 0; step < options.lift.iters; ++step) trainer.Step(step);
    }
    const std::vector<float> embeddings = mask_aggregator::FieldReader(fast).Outputs(toy.rays.pool, toy.rays.AllRays());
    const EmbeddingClusters clusters(options.dims, embeddings, options.clusters, 1, Job());
    EXPECT_EQ(clusters.num_clusters(), kToyBalls);
    std::vector<int> objects;
    for (size_t i = 0; i < embeddings.size(); i += size_t(options.dims))
      objects.push_back(clusters.Nearest(&embeddings[i]));
    EXPECT_GT(ToyAgreement(toy, objects), 0.98);
    if (first.empty()) first = embeddings;
    EXPECT_EQ(embeddings, first);  // the number of threads changes nothing
  }
  SetNumThreads(0);
}

}  // namespace
}  // namespace sanerf::baselines
