// Grid, network and optimizer together learn a function of space: wrong gradients anywhere would show.
#include <gtest/gtest.h>

#include <cmath>

#include "sanerf/core/random.h"
#include "sanerf/nn/hash_grid.h"
#include "sanerf/nn/mlp.h"

namespace sanerf::nn {
namespace {

using kernels::kTile;

constexpr int64_t kTiles = 8, kSamples = kTiles * kTile;

struct Trained {
  double first_loss, last_loss;
  std::vector<float> weights;  // of the network, then of the grid
};

struct What {
  bool grid = true, mlp = true;
  float grid_scale = 1;  // of the grid's first entries, which are tiny
};

Trained Train(const What& train, int steps) {
  HashGridOptions options;
  options.levels = 8;
  options.log2_table = 10;
  options.base = 4;
  options.top = 32;
  HashGrid grid("grid", options, 3);
  Mlp mlp("mlp", {16, 32, 1}, 0, 4);
  grid.params().PrepareTraining();
  mlp.params().PrepareTraining();
  for (float& value : grid.params().values.span()) value *= train.grid_scale;

  Buffer x(kSamples * 3), features(kSamples * 16), hidden(kSamples * 32), out(kSamples), grad_out(kSamples),
      grad_features(kSamples * 16), scratch(mlp.ScratchSize());
  std::vector<float> target;
  Random random(6);
  for (float& value : x.span()) value = random.NextFloat();
  for (int64_t s = 0; s < kSamples; ++s) {
    const float* p = x.data() + s / kTile * 3 * kTile + s % kTile;
    target.push_back(std::sin(7 * p[0]) * p[kTile] + (p[2 * kTile] > 0.5f ? 0.5f : -0.5f));
  }

  Trained trained{};
  for (int step = 1; step <= steps; ++step) {
    grid.Forward(x.data(), kTiles, features.data());
    mlp.Forward(features.data(), kTiles, hidden.data(), out.data());
    double loss = 0;
    for (int64_t s = 0; s < kSamples; ++s) {
      const float difference = out[s] - target[size_t(s)];
      loss += double(difference) * difference / kSamples;
      grad_out[s] = 2 * difference / kSamples;
    }
    mlp.Backward(features.data(), hidden.data(), grad_out.data(), kTiles, grad_features.data(),
                 mlp.params().grads.data(), scratch.data());
    kernels::AdamStep adam;
    adam.step = step;
    if (train.mlp) mlp.params().Step(adam, 0, mlp.params().size());
    adam.skip_zero = true;
    for (int l = 0; l < options.levels && train.grid; ++l) {
      grid.BackwardLevel(l, x.data(), grad_features.data(), kTiles);
      grid.StepLevel(l, adam);
    }
    (step == 1 ? trained.first_loss : trained.last_loss) = loss;
  }
  for (const Parameters* params : {&mlp.params(), &grid.params()})
    trained.weights.insert(trained.weights.end(), params->values.data(), params->values.data() + params->size());
  return trained;
}

TEST(Training, LearnsAFunctionOfSpace) {
  const Trained trained = Train({}, 400);
  EXPECT_GT(trained.first_loss, 0.1);
  EXPECT_LT(trained.last_loss, 1e-4);
}

// Each half learns alone: the grid through the network's input gradient, the network on features that stand still.
TEST(Training, TheGridAloneLearns) { EXPECT_LT(Train({.mlp = false}, 400).last_loss, 1e-4); }

TEST(Training, TheNetworkAloneLearns) {
  const Trained trained = Train({.grid = false, .grid_scale = 1e4f}, 400);
  EXPECT_LT(trained.last_loss, 0.1 * trained.first_loss);
}

// Without any step nothing is learned: the thresholds above mean something.
TEST(Training, StandingStillLearnsNothing) {
  const Trained trained = Train({.grid = false, .mlp = false}, 3);
  EXPECT_EQ(trained.last_loss, trained.first_loss);
}

TEST(Training, RepeatsItselfBitForBit) { EXPECT_EQ(Train({}, 30).weights, Train({}, 30).weights); }

}  // namespace
}  // namespace sanerf::nn
