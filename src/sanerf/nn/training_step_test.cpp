#include "sanerf/nn/training_step.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "sanerf/core/error.h"
#include "sanerf/core/folder_test_support.h"
#include "sanerf/core/parallel.h"
#include "sanerf/core/random.h"
#include "sanerf/nn/mlp.h"

namespace sanerf::nn {
namespace {

constexpr int kLevels = 4, kGroups = 3;

struct SmallField {
  HashGrid grid{"grid", {.levels = kLevels, .features = 4, .log2_table = 8, .base = 4, .top = 32}, 1};
  Mlp first{"first", {16, 16}, 0, 2}, second{"second", {16, 16}, 0, 3};

  FieldParameters trainable() { return {&grid, {&first.params(), &second.params()}, 0.25f}; }
  std::vector<float> values() const {
    std::vector<float> all;
    for (const Parameters* params : {&grid.params(), &first.params(), &second.params()})
      all.insert(all.end(), params->values.data(), params->values.data() + params->size());
    return all;
  }
};

std::vector<FieldGradient> MadeUpGradients(const SmallField& field) {
  std::vector<FieldGradient> groups(kGroups);
  Random random(8);
  for (FieldGradient& group : groups) {
    const Parameters* const networks[] = {&field.first.params(), &field.second.params()};
    group.Clear(networks);
    for (Buffer& network : group.networks)
      for (float& g : network.span()) g = random.NextFloat() - 0.5f;
    group.grid.num_tiles = 1;
    group.grid.positions = Buffer(3 * kernels::kTile);
    group.grid.grad_features = Buffer(16 * kernels::kTile);
    for (float& x : group.grid.positions.span()) x = random.NextFloat();
    for (float& g : group.grid.grad_features.span()) g = random.NextFloat() - 0.5f;
  }
  return groups;
}

// Rows that are not named keep their moments as well.
TEST(TrainingStep, RowsAreSteppedByThemselves) {
  constexpr int kRows = 5, kWidth = 16;
  const std::vector<uint32_t> rows = {4, 1};
  Parameters by_rows{"rows", Buffer(kRows * kWidth, 1), {}, {}, {}},
      whole{"whole", Buffer(kRows * kWidth, 1), {}, {}, {}};
  for (Parameters* params : {&by_rows, &whole}) params->PrepareTraining();
  for (int64_t step = 1; step <= 2; ++step) {
    const kernels::AdamStep adam{.lr = 0.1f, .step = step};
    for (int64_t i = 0; i < kRows * kWidth; ++i) by_rows.grads[i] = whole.grads[i] = float(i + step);
    StepParameters(&whole, adam);
    StepRows(&by_rows, kWidth, rows, adam);
  }
  for (int64_t i = 0; i < kRows * kWidth; ++i) {
    const bool is_stepped = i / kWidth == 1 || i / kWidth == 4;
    EXPECT_EQ(by_rows.values[i], is_stepped ? whole.values[i] : 1.0f) << i;
    EXPECT_EQ(by_rows.m[i], is_stepped ? whole.m[i] : 0.0f) << i;
  }
}

// One parameter after the other, as Adam's equations go.
TEST(TrainingStep, IsAdamOnTheSumOfTheGroups) {
  SmallField field, plain;
  const std::vector<FieldGradient> groups = MadeUpGradients(field);
  field.trainable().PrepareTraining();
  plain.trainable().PrepareTraining();
  kernels::AdamStep adam;
  adam.lr = 0.1f;
  for (int64_t step = 1; step <= 3; ++step) {
    adam.step = step;
    StepField(field.trainable(), groups, adam);

    kernels::AdamStep dense = adam, sparse = adam;
    dense.lr = 0.1f * 0.25f;
    sparse.skip_zero = true;
    for (size_t n = 0; n < 2; ++n) {
      Parameters& params = n == 0 ? plain.first.params() : plain.second.params();
      for (const FieldGradient& group : groups)
        for (int64_t i = 0; i < params.size(); ++i) params.grads[i] += group.networks[n][i];
      params.Step(dense, 0, params.size());
    }
    for (int level = 0; level < kLevels; ++level) {
      for (const FieldGradient& group : groups) plain.grid.BackwardLevel(level, group.grid);
      plain.grid.StepLevel(level, sparse);
    }
    EXPECT_EQ(field.values(), plain.values()) << step;
  }
  EXPECT_NE(field.values(), SmallField().values());
}

TEST(TrainingStep, GroupsMayLieApart) {
  SmallField field, apart;
  const std::vector<FieldGradient> groups = MadeUpGradients(field);
  field.trainable().PrepareTraining();
  apart.trainable().PrepareTraining();
  StepField(field.trainable(), groups, {});
  StepField(apart.trainable(), std::vector<const FieldGradient*>{&groups[0], &groups[1], &groups[2]}, {});
  EXPECT_EQ(field.values(), apart.values());
}

TEST(TrainingStep, SameBytesWithAnyNumberOfThreads) {
  std::vector<float> values[2];
  for (int i = 0; i < 2; ++i) {
    SetNumThreads(1 + 2 * i);
    SmallField field;
    field.trainable().PrepareTraining();
    StepField(field.trainable(), MadeUpGradients(field), {});
    values[i] = field.values();
  }
  SetNumThreads(0);
  EXPECT_EQ(values[0], values[1]);
}

TEST(TrainingStep, FrozenParametersHoldNoGradients) {
  SmallField field;
  field.trainable().PrepareTraining();
  EXPECT_EQ(field.second.params().grads.size(), field.second.params().size());
  field.trainable().Freeze();
  EXPECT_EQ(field.second.params().grads.size(), 0);
  EXPECT_EQ(field.grid.params().m.size(), 0);
}

TEST(TrainingStep, RatesDecayExponentiallyAndStayAtTheEnd) {
  EXPECT_DOUBLE_EQ(DecayedRate(0.01, 0, 100), 1);
  EXPECT_NEAR(DecayedRate(0.01, 50, 100), 0.1, 1e-12);
  EXPECT_NEAR(DecayedRate(0.01, 100, 100), 0.01, 1e-12);
  EXPECT_NEAR(DecayedRate(0.01, 150, 100), 0.01, 1e-12);
  EXPECT_NEAR(DecayedRate(0.01f, 3, 0), 0.01f, 1e-6f);
}

TEST(TrainingStep, ALossThatIsNotANumberNamesTheRateToLower) {
  EXPECT_NO_THROW(CheckLoss(3, "step 7", "nerf.lr"));
  for (const double loss : {double(NAN), double(INFINITY)})
    EXPECT_THAT(ErrorTextOf<Error>([&] { CheckLoss(loss, "step 7", "nerf.lr"); }),
                testing::HasSubstr("step 7: the loss is not a number\nlower the learning rate: --set nerf.lr=0.003"));
}

// A field may have several grids, with inputs and features of their own.
TEST(TrainingStep, OtherGridsAreSteppedLikeTheFirst) {
  SmallField field, plain;
  const HashGridOptions over_time{
      .levels = 2, .features = 2, .log2_table = 8, .base = 4, .top = 8, .time_base = 2, .time_top = 3};
  HashGrid other("other", over_time, 4), plain_other("other", over_time, 4);
  std::vector<FieldGradient> groups = MadeUpGradients(field);
  Random random(9);
  for (FieldGradient& group : groups) {
    GridGradient& gradient = group.more_grids.emplace_back();
    gradient.num_tiles = 1;
    gradient.positions = Buffer(4 * kernels::kTile);
    gradient.grad_features = Buffer(4 * kernels::kTile);
    for (float& x : gradient.positions.span()) x = random.NextFloat();
    for (float& g : gradient.grad_features.span()) g = random.NextFloat() - 0.5f;
  }
  FieldParameters all = field.trainable();
  all.more_grids = {{&other, 0.5f}};
  all.PrepareTraining();
  plain.trainable().PrepareTraining();
  plain_other.params().PrepareTraining();
  StepField(all, groups, {});
  StepField(plain.trainable(), groups, {});
  EXPECT_EQ(field.values(), plain.values());
  for (int level = 0; level < 2; ++level) {
    for (const FieldGradient& group : groups) plain_other.BackwardLevel(level, group.more_grids[0]);
    plain_other.StepLevel(level, {.lr = 0.5f * kernels::AdamStep().lr, .skip_zero = true});
  }
  EXPECT_TRUE(std::ranges::equal(other.params().values.span(), plain_other.params().values.span()));
  EXPECT_FALSE(std::ranges::equal(other.params().values.span(), HashGrid("new", over_time, 4).params().values.span()));
}

}  // namespace
}  // namespace sanerf::nn
