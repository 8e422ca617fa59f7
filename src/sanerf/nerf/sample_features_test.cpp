// The mask and its two grids against the equation, written once more, and against differences.
#include "sanerf/nerf/sample_features.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "sanerf/core/random.h"
#include "sanerf/kernels/reference.h"
#include "sanerf/kernels/tiled.h"
#include "sanerf/nerf/small_field_test_support.h"
#include "sanerf/nn/gradients_test_support.h"

namespace sanerf::nerf {
namespace {

using kernels::kTile;
using kernels::Tiled;
using kernels::TiledSize;

constexpr int kMoments = 5;
constexpr int64_t kTiles = 3, kSamples = kTiles * kTile;

NerfOptions OptionsOverTime() {
  NerfOptions options = SmallOptions();
  options.moving_log2_table = 12;
  options.mask_resolution = 8;
  options.time_coarsest = 0.5f;
  return options;
}

// Tables of values that matter; in the upper half of the cube (z > 0.5) nothing moves when it is asked for.
class SampleFeaturesTest : public testing::Test {
 protected:
  SampleFeaturesTest() {
    Random random(4);
    for (nn::Parameters* params : field_.AllParameters())
      for (float& value : params->values.span()) value = random.NextFloat() - 0.5f;
    for (float& x : positions_.span()) x = random.NextFloat();
    for (float& t : times_.span()) t = random.NextFloat();
  }
  void StopUpperHalf() {
    const kernels::GridLevel& level = field_.moving->mask.shape().levels[0];
    for (uint32_t row = level.resolution * level.resolution * level.resolution / 2; row < level.num_rows; ++row)
      field_.moving->mask.params().values[2 * int64_t(row)] = 12;
  }
  nn::Buffer Features() {
    nn::Buffer features(TiledSize(kTiles, field_.grid.num_outputs()));
    pass_.Begin();
    pass_.Forward(positions_.data(), times_.data(), 0, kTiles, features.data());
    return features;
  }
  // m(x) and the features of one sample by the equation, in double precision.
  struct Twin {
    double share = 0;
    std::vector<double> features;
  };
  Twin TwinOf(int64_t s) const {
    double at[4];
    for (int a = 0; a < 3; ++a) at[a] = double(Tiled<const float>(positions_.data(), 3)(s, a));
    // Moment i of n lies in the middle of the i-th of n parts.
    at[3] = (double(times_[s]) * (kMoments - 1) + 0.5) / kMoments;
    const auto outputs = [&](const nn::HashGrid& grid) {
      const std::vector<double> table(grid.params().values.span().begin(), grid.params().values.span().end());
      std::vector<double> out(size_t(grid.num_outputs()));
      kernels::reference::GridForward(grid.shape(), table.data(), at, out.data());
      return out;
    };
    Twin twin;
    twin.share = kernels::reference::Sigmoid(outputs(field_.moving->mask)[0] - 1);
    const std::vector<double> still = outputs(field_.grid), moving = outputs(field_.moving->grid);
    const double m = twin.share < 0.99 ? twin.share : 1;
    for (size_t c = 0; c < still.size(); ++c) twin.features.push_back(m * still[c] + (1 - m) * moving[c]);
    return twin;
  }

  RadianceField field_{OptionsOverTime(), false, 5, kMoments};
  nn::Buffer positions_{TiledSize(kTiles, 3)}, times_{TiledSize(kTiles, 1)};
  SampleFeatures pass_{field_};
};

TEST_F(SampleFeaturesTest, AreThoseOfTheEquation) {
  StopUpperHalf();
  const nn::Buffer features = Features();
  const Tiled<const float> tiled(features.data(), field_.grid.num_outputs());
  int64_t num_still = 0;
  for (int64_t s = 0; s < kSamples; ++s) {
    const Twin twin = TwinOf(s);
    if (std::abs(twin.share - 0.99) < 1e-4) continue;  // on the edge, where rounding decides
    num_still += twin.share >= 0.99;
    for (size_t c = 0; c < twin.features.size(); ++c) ASSERT_NEAR(tiled(s, int(c)), twin.features[c], 1e-4) << s;
  }
  EXPECT_GT(num_still, 40);
  EXPECT_LT(num_still, kSamples - 40);
  for (const int64_t s : pass_.moving_samples()) {
    if (s < 0) continue;
    EXPECT_LT(Tiled<const float>(positions_.data(), 3)(s, 2), 0.62f) << "what stands still is not asked";
  }
}

TEST_F(SampleFeaturesTest, WhereNothingMovesTheyAreThoseOfTheStaticGrid) {
  for (int64_t i = 0; i < field_.moving->mask.params().size(); i += 2) field_.moving->mask.params().values[i] = 12;
  const nn::Buffer features = Features();
  nn::Buffer still(features.size());
  field_.grid.Forward(positions_.data(), kTiles, still.data());
  EXPECT_TRUE(std::ranges::equal(features.span(), still.span())) << "bit for bit";
  EXPECT_TRUE(pass_.moving_samples().empty());
  nn::Buffer grad(features.size(), 1.0f);
  nn::GridGradient moving, mask;
  EXPECT_EQ(pass_.Backward(grad.data(), {}, &moving, &mask), 0);
  EXPECT_EQ(moving.num_tiles, 0);
  EXPECT_EQ(mask.num_tiles, 0);
  for (const float g : grad.span()) EXPECT_EQ(g, 1.0f);
}

TEST_F(SampleFeaturesTest, TrainingAsksSomeOfWhatStandsStill) {
  for (int64_t i = 0; i < field_.moving->mask.params().size(); i += 2) field_.moving->mask.params().values[i] = 6.5f;
  nn::Buffer features(TiledSize(kTiles, field_.grid.num_outputs()));
  SampleFeatures training(field_, /*for_training=*/true);
  training.Begin();
  training.Forward(positions_.data(), times_.data(), 0, kTiles, features.data());
  int64_t num_asked = 0;
  for (size_t k = 0; k < training.moving_samples().size(); ++k) {
    if (training.moving_samples()[k] < 0) continue;
    ++num_asked;
    EXPECT_GT(training.moving_shares()[k], MovingPart::kStill);
  }
  EXPECT_GT(num_asked, kSamples / 16);
  EXPECT_LT(num_asked, kSamples / 4);
}

TEST_F(SampleFeaturesTest, WavesAreOnePass) {
  StopUpperHalf();
  const nn::Buffer whole = Features();
  const int channels = field_.grid.num_outputs();
  nn::Buffer waves(whole.size()), grad(whole.size()), grad_of_waves(whole.size());
  Random random(6);
  for (int64_t i = 0; i < grad.size(); ++i) grad[i] = grad_of_waves[i] = random.NextFloat() - 0.5f;
  nn::GridGradient moving[2], mask[2];
  pass_.Backward(grad.data(), {}, &moving[0], &mask[0]);
  SampleFeatures two(field_);
  two.Begin();
  two.Forward(positions_.data(), times_.data(), 0, 1, waves.data());
  two.Forward(positions_.data() + 3 * kTile, times_.data() + kTile, kTile, 2, waves.data() + channels * kTile);
  EXPECT_TRUE(std::ranges::equal(waves.span(), whole.span()));
  two.Backward(grad_of_waves.data(), {}, &moving[1], &mask[1]);
  EXPECT_TRUE(std::ranges::equal(grad.span(), grad_of_waves.span()));
  // The same gradients of the tables, up to the order of the sums.
  for (nn::HashGrid* grid : {&field_.moving->grid, &field_.moving->mask}) {
    const nn::GridGradient* gradients = grid == &field_.moving->grid ? moving : mask;
    std::vector<float> sums[2];
    for (int k = 0; k < 2; ++k) {
      grid->params().PrepareTraining();
      grid->params().grads.Fill(0);
      for (int l = 0; l < grid->shape().num_levels; ++l) grid->BackwardLevel(l, gradients[k]);
      sums[k].assign(grid->params().grads.span().begin(), grid->params().grads.span().end());
    }
    for (size_t i = 0; i < sums[0].size(); ++i) ASSERT_NEAR(sums[0][i], sums[1][i], 1e-4);
  }
}

TEST_F(SampleFeaturesTest, GradientsAreThoseOfDifferences) {
  nn::Buffer weights(TiledSize(kTiles, field_.grid.num_outputs())), light(kSamples);
  Random random(8);
  for (float& g : weights.span()) g = random.NextFloat() - 0.5f;
  for (float& w : light.span()) w = random.NextFloat();
  constexpr float kScale = 0.7f;
  // A linear function of the features, and the mask loss with its light as it is.
  const auto loss = [&] {
    const nn::Buffer features = Features();
    double sum = 0;
    for (int64_t i = 0; i < features.size(); ++i) sum += double(weights[i]) * features[i];
    for (size_t k = 0; k < pass_.moving_samples().size(); ++k)
      if (const int64_t s = pass_.moving_samples()[k]; s >= 0)
        sum += double(kScale) * light[s] * (1 - double(pass_.moving_shares()[k]));
    return sum;
  };
  loss();
  nn::Buffer grad(weights.size());
  std::copy_n(weights.data(), weights.size(), grad.data());
  nn::GridGradient still, moving, mask;
  const double mask_loss = pass_.Backward(grad.data(), {light.data(), kScale}, &moving, &mask);
  double expected = 0;
  for (size_t k = 0; k < pass_.moving_samples().size(); ++k)
    if (const int64_t s = pass_.moving_samples()[k]; s >= 0)
      expected += double(kScale) * light[s] * (1 - double(pass_.moving_shares()[k]));
  EXPECT_NEAR(mask_loss, expected, 1e-4 * expected);
  still.num_tiles = kTiles;
  still.positions = nn::Buffer(positions_.size());
  std::copy_n(positions_.data(), positions_.size(), still.positions.data());
  still.grad_features = std::move(grad);
  const auto check = [&](nn::HashGrid& grid, const nn::GridGradient& gradient) {
    grid.params().PrepareTraining();
    for (int l = 0; l < grid.shape().num_levels; ++l) grid.BackwardLevel(l, gradient);
    nn::ExpectGradientsMatchDifferences(grid.params(), grid.params().grads, loss, {10, 1e-2f, 0.02, 2e-3});
  };
  check(field_.grid, still);
  check(field_.moving->grid, moving);
  check(field_.moving->mask, mask);
}

TEST(MovingPart, MomentsAreNodesOfTheFinestLevel) {
  NerfOptions options = OptionsOverTime();
  const MovingPart part(options, false, 24, 1);
  const kernels::GridLevel& finest = part.grid.shape().levels[options.levels - 1];
  EXPECT_EQ(finest.num_times, 24u);
  EXPECT_EQ(part.grid.shape().levels[0].num_times, 12u) << "half of them";
  for (int moment = 0; moment < 24; ++moment) {
    EXPECT_NEAR(part.UnitTime(part.TimeOf(moment)) * 24 - 0.5f, moment, 1e-4);
    EXPECT_EQ(part.MomentOf(part.TimeOf(moment)), moment);
  }
  EXPECT_TRUE(part.mask.shape().levels[0].dense);
  EXPECT_EQ(part.mask.shape().levels[0].resolution, 8u);
  options.mask_resolution = 160;
  EXPECT_EQ(MaskGridOptions(options).log2_table, 22);  // 160^3 is just below
  EXPECT_LE(160 * 160 * 160, 1 << 22);
}

}  // namespace
}  // namespace sanerf::nerf
