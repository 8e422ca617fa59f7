#include "sanerf/nn/total_variation.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "sanerf/core/random.h"
#include "sanerf/nn/gradients_test_support.h"

namespace sanerf::nn {
namespace {

// Levels of 4, 8 and 16 nodes per axis; the last is hashed.
HashGrid GridOfThreeLevels() {
  HashGrid grid("g", {.levels = 3, .features = 2, .log2_table = 9, .base = 4, .top = 16}, 1);
  Random random(4);
  for (float& value : grid.params().values.span()) value = random.NextFloat() - 0.5f;
  grid.params().PrepareTraining();
  return grid;
}

TEST(TotalVariation, OnlyLevelsWithoutHashingAreDense) {
  EXPECT_EQ(NumDenseLevels(GridOfThreeLevels()), 2);
  EXPECT_EQ(NumDenseLevels(HashGrid("g", {.levels = 2, .features = 2, .log2_table = 8, .base = 8, .top = 16}, 1)), 0);
}

TEST(TotalVariation, GradientAgainstFiniteDifferences) {
  HashGrid grid = GridOfThreeLevels();
  const VariationSample sample{.level = 1, .num_cells = 200, .seed = 3, .step = 7, .only_trained = false};
  AddTotalVariation(sample, 0.5f, &grid);
  Buffer grads(grid.params().size());
  std::copy_n(grid.params().grads.data(), grads.size(), grads.data());
  ExpectGradientsMatchDifferences(grid.params(), grads, [&] { return 0.5 * AddTotalVariation(sample, 0, &grid); },
                                  {60, 1e-3f, 0.01, 1e-5});
  const int64_t first = int64_t(grid.shape().levels[1].row_offset) * 2, last = first + 512 * 2;
  for (int64_t i = 0; i < grads.size(); ++i) ASSERT_TRUE((i >= first && i < last) || grads[i] == 0) << i;
}

// Values that rise by 0.1 per node along x and by 0.2 along z, in both features: 2 * (0.01 + 0.04), in every cell.
TEST(TotalVariation, OfARamp) {
  HashGrid grid = GridOfThreeLevels();
  for (int64_t row = 0; row < 64; ++row)
    for (int64_t f = 0; f < 2; ++f) grid.params().values[2 * row + f] = 0.1f * float(row % 4) + 0.2f * float(row / 16);
  EXPECT_NEAR(AddTotalVariation({.level = 0, .num_cells = 50, .only_trained = false}, 0, &grid), 0.1, 1e-6);
}

TEST(TotalVariation, RowsWithoutAnyGradientStayAlone) {
  HashGrid grid = GridOfThreeLevels();
  const VariationSample sample{.level = 0, .num_cells = 500, .seed = 1};
  EXPECT_EQ(AddTotalVariation(sample, 1, &grid), 0);
  for (const float g : grid.params().grads.span()) ASSERT_EQ(g, 0);
  for (const int64_t row : {int64_t{0}, int64_t{1}, int64_t{20}}) grid.params().v[2 * row + 1] = 1;
  EXPECT_GT(AddTotalVariation(sample, 1, &grid), 0);
  for (int64_t row = 0; row < 64; ++row)
    ASSERT_EQ(grid.params().grads[2 * row] != 0, row < 2) << row;  // 20 has no trained neighbor
}

TEST(TotalVariation, IsDrawnBySeedAndStep) {
  HashGrid grid = GridOfThreeLevels();
  const auto of = [&](uint64_t seed, uint64_t step) { return AddTotalVariation({1, 20, seed, step, false}, 0, &grid); };
  EXPECT_EQ(of(1, 2), of(1, 2));
  EXPECT_NE(of(1, 2), of(1, 3));
  EXPECT_NE(of(1, 2), of(2, 2));
}

}  // namespace
}  // namespace sanerf::nn
