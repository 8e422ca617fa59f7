#include "sanerf/nn/hash_grid.h"

#include <gmock/gmock.h>

#include "sanerf/core/error.h"
#include "sanerf/core/folder_test_support.h"
#include "sanerf/core/parallel.h"
#include "sanerf/core/random.h"
#include "sanerf/nn/gradients_test_support.h"

namespace sanerf::nn {
namespace {

std::vector<uint32_t> ResolutionsOf(const HashGrid& grid) {
  std::vector<uint32_t> resolutions;
  for (int l = 0; l < grid.shape().num_levels; ++l) resolutions.push_back(grid.shape().levels[l].resolution);
  return resolutions;
}

// The published density grid: 16 levels from 16 to 4096 nodes. Dense while res^3 <= 2^19, rows padded to 8:
// 4096 + 13824 + 39304 + 117656 + 357912 = 532792, and 11 hashed levels of 524288.
TEST(HashGrid, LevelsOfTheDensityGrid) {
  HashGridOptions options;
  options.top = 4096;
  const HashGrid grid("density", options, 1);
  EXPECT_THAT(ResolutionsOf(grid),
              testing::ElementsAre(16, 24, 34, 49, 71, 102, 148, 213, 308, 446, 646, 934, 1352, 1956, 2831, 4096));
  EXPECT_EQ(grid.params().size(), 6299960 * 2);
  EXPECT_EQ(grid.num_outputs(), 32);
  uint64_t rows = 0;
  for (int l = 0; l < 16; ++l) {
    const kernels::GridLevel& level = grid.shape().levels[l];
    EXPECT_EQ(level.row_offset, rows) << l;
    EXPECT_EQ(level.dense, l < 5) << l;
    EXPECT_EQ(level.num_rows == 1u << 19, !level.dense) << l;
    rows += level.num_rows;
  }
}

// 16 levels of 8 features from 16 to 512: 4096 + 9264 + 17576 + 32768 + 68928 + 132656 + 262144 = 527432 dense rows
// (the levels are exact thirds of an octave, so 32, 64, ... 512 must come out whole) and 9 hashed levels.
TEST(HashGrid, LevelsOfTheObjectGrid) {
  HashGridOptions options;
  options.features = 8;
  options.top = 512;
  const HashGrid grid("objects", options, 1);
  EXPECT_THAT(ResolutionsOf(grid),
              testing::ElementsAre(16, 21, 26, 32, 41, 51, 64, 81, 102, 128, 162, 204, 256, 323, 407, 512));
  EXPECT_EQ(grid.params().size(), (527432 + 9 * 524288) * 8);
  EXPECT_EQ(grid.num_outputs(), 128);
}

TEST(HashGrid, OneLevel) {
  HashGridOptions options;
  options.levels = 1;
  options.base = options.top = 20;
  options.log2_table = 14;
  const HashGrid grid("one", options, 1);
  EXPECT_THAT(ResolutionsOf(grid), testing::ElementsAre(20));
  EXPECT_TRUE(grid.shape().levels[0].dense);
  EXPECT_EQ(grid.params().size(), 8000 * 2);
}

TEST(HashGrid, StartsSmallAndDependsOnTheSeedOnly) {
  HashGridOptions options;
  options.levels = 4;
  options.log2_table = 12;
  const HashGrid a("a", options, 1), same("b", options, 1), other("c", options, 2);
  double sum = 0, most = 0;
  for (const float value : a.params().values.span()) {
    sum += value;
    most = std::max(most, std::abs(double(value)));
  }
  EXPECT_LE(most, 1e-4);
  EXPECT_GT(most, 0.99e-4);
  EXPECT_NEAR(sum / double(a.params().size()), 0, 2e-6);
  EXPECT_TRUE(std::ranges::equal(a.params().values.span(), same.params().values.span()));
  EXPECT_FALSE(std::ranges::equal(a.params().values.span(), other.params().values.span()));
}

TEST(HashGrid, OptionsOutOfRangeAreNamed) {
  const auto error_of = [](auto change) {
    HashGridOptions options;
    change(options);
    return ErrorTextOf<UsageError>([&] { HashGrid("density", options, 1); });
  };
  using O = HashGridOptions;
  EXPECT_EQ(error_of([](O& o) { o.levels = 0; }), "hash grid density, levels 0: expected an integer from 1 to 32\n");
  EXPECT_THAT(error_of([](O& o) { o.levels = 33; }), testing::HasSubstr("levels 33"));
  EXPECT_EQ(error_of([](O& o) { o.features = 3; }), "hash grid density, features 3: expected one of 2, 4, 8\n");
  EXPECT_THAT(error_of([](O& o) { o.log2_table = 23; }), testing::HasSubstr("log2_table 23"));
  EXPECT_THAT(error_of([](O& o) { o.log2_table = 7; }), testing::HasSubstr("an integer from 8 to 22"));
  EXPECT_THAT(error_of([](O& o) { o.base = 1; }), testing::HasSubstr("base 1"));
  EXPECT_THAT(error_of([](O& o) { o.top = 8; }), testing::HasSubstr("top 8: expected an integer from 16 to 1048576"));
  EXPECT_EQ(error_of([](O& o) { o = {.levels = 2, .log2_table = 8, .top = 1 << 20}; }), "");  // contracted space
}

TEST(HashGrid, StepLevelMovesItsLevelOnly) {
  HashGridOptions options;
  options.levels = 3;
  options.log2_table = 12;
  HashGrid grid("g", options, 1);
  grid.params().PrepareTraining();
  grid.params().grads.Fill(1.0f);
  const Buffer& values = grid.params().values;
  const std::vector<float> before(values.data(), values.data() + values.size());
  grid.StepLevel(1, {});
  const kernels::GridLevel& level = grid.shape().levels[1];
  for (int64_t i = 0; i < values.size(); ++i) {
    const bool inside = i >= int64_t(level.row_offset) * 2 && i < int64_t(level.row_offset + level.num_rows) * 2;
    ASSERT_EQ(values[i] != before[size_t(i)], inside) << i;
    ASSERT_EQ(grid.params().grads[i], inside ? 0.0f : 1.0f) << i;
  }
}

// Levels in parallel, samples of one cell in many tiles: the order of additions must not depend on the threads.
TEST(HashGrid, GradientsAreTheSameWithOneThreadAndTwo) {
  HashGridOptions options;
  options.log2_table = 12;
  options.top = 256;
  const int64_t tiles = 32;
  Random random(5);
  Buffer positions(tiles * 3 * kernels::kTile), grad_out(tiles * 32 * kernels::kTile);
  for (float& x : positions.span()) x = random.NextFloat();
  for (float& g : grad_out.span()) g = random.NextFloat() - 0.5f;
  const auto gradients = [&](int threads) {
    SetNumThreads(threads);
    HashGrid grid("g", options, 1);
    grid.params().PrepareTraining();
    ParallelFor(16, [&](int64_t l) { grid.BackwardLevel(int(l), positions.data(), grad_out.data(), tiles); });
    SetNumThreads(0);
    const auto grads = grid.params().grads.span();
    return std::vector<float>(grads.begin(), grads.end());
  };
  EXPECT_EQ(gradients(1), gradients(2));
}

// Levels open, half open and closed: outputs and gradients are those of the plain grid, times the weights.
TEST(HashGrid, LevelWeightsMultiplyOutputsAndGradients) {
  for (const int features : {2, 4}) {
    const HashGridOptions options{.levels = 4, .features = features, .log2_table = 10, .base = 4, .top = 40};
    HashGrid plain("g", options, 1), weighted("g", options, 1);
    const std::vector<float> weights = {1, 0.5f, 0.25f, 0};
    weighted.SetLevelWeights(weights);
    constexpr int64_t kTiles = 3;
    const int64_t num_outputs = kTiles * plain.num_outputs() * kernels::kTile;
    Random random(3);
    Buffer positions(kTiles * 3 * kernels::kTile), a(num_outputs), b(num_outputs), grad_out(num_outputs);
    for (float& x : positions.span()) x = random.NextFloat();
    for (float& g : grad_out.span()) g = random.NextFloat() - 0.5f;
    plain.Forward(positions.data(), kTiles, a.data());
    weighted.Forward(positions.data(), kTiles, b.data());
    const int64_t per_level = int64_t{features} * kernels::kTile;
    for (int64_t i = 0; i < num_outputs; ++i) ASSERT_EQ(b[i], weights[size_t(i / per_level % 4)] * a[i]) << i;
    for (HashGrid* grid : {&plain, &weighted}) {
      grid->params().PrepareTraining();
      for (int l = 0; l < 4; ++l) grid->BackwardLevel(l, positions.data(), grad_out.data(), kTiles);
    }
    for (int l = 0; l < 4; ++l) {
      const kernels::GridLevel& level = plain.shape().levels[l];
      const int64_t begin = int64_t(level.row_offset) * features, end = begin + int64_t(level.num_rows) * features;
      for (int64_t i = begin; i < end; ++i)
        ASSERT_NEAR(weighted.params().grads[i], weights[size_t(l)] * plain.params().grads[i], 1e-6) << l;
    }
  }
}

// The loss sum over outputs of ask * output, by entries of the table.
TEST(HashGrid, WeightedGradientsAgainstFiniteDifferences) {
  const HashGridOptions options{.levels = 3, .features = 2, .log2_table = 9, .base = 4, .top = 24};
  HashGrid grid("g", options, 1);
  grid.SetLevelWeights({1, 0.6f, 0});
  Random random(9);
  Buffer positions(3 * kernels::kTile), out(grid.num_outputs() * kernels::kTile), ask(out.size());
  for (float& value : grid.params().values.span()) value = random.NextFloat() - 0.5f;
  for (float& x : positions.span()) x = random.NextFloat();
  for (float& g : ask.span()) g = random.NextFloat() - 0.5f;
  const auto loss = [&] {
    grid.Forward(positions.data(), 1, out.data());
    double sum = 0;
    for (int64_t i = 0; i < out.size(); ++i) sum += double(ask[i]) * out[i];
    return sum;
  };
  grid.params().PrepareTraining();
  for (int l = 0; l < 3; ++l) grid.BackwardLevel(l, positions.data(), ask.data(), 1);
  ExpectGradientsMatchDifferences(grid.params(), grid.params().grads, loss, {40, 1e-2f, 0.01, 1e-4});
  const int64_t closed = int64_t(grid.shape().levels[2].row_offset) * 2;
  for (int64_t i = closed; i < grid.params().size(); ++i) ASSERT_EQ(grid.params().grads[i], 0);
}

}  // namespace
}  // namespace sanerf::nn
