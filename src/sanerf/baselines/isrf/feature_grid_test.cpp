#include "sanerf/baselines/isrf/feature_grid.h"

#include <gtest/gtest.h>

#include <cmath>

#include "sanerf/core/job.h"
#include "sanerf/core/parallel.h"
#include "sanerf/core/random.h"

namespace sanerf::baselines {

using mask_aggregator::CellIndex;

namespace {

constexpr int kPerAxis = 8, kChannels = 3;

// Rays of one view with up to four samples each, anywhere in the unit cube, and a map of 4 x 4 patches.
class FeatureGridTest : public ::testing::Test {
 protected:
  FeatureGridTest() {
    Random random(9);
    for (int ray = 0; ray < 200; ++ray) {
      for (int s = 0; s <= ray % 4; ++s) {
        for (float& u : views_.rays.unit.emplace_back()) u = random.NextFloat();
        views_.rays.weight.push_back(0.1f + 0.15f * random.NextFloat());
      }
      views_.rays.first.push_back(views_.rays.num_samples());
      views_.places.push_back({0, random.NextFloat(), random.NextFloat()});
    }
    PatchMap map{4, 4, kChannels, 4, 4, {}};
    for (int i = 0; i < 16; ++i) {
      float feature[kChannels];
      for (float& value : feature) value = 2 * random.NextFloat() - 1;
      Normalize(feature, kChannels);
      map.values.insert(map.values.end(), feature, feature + kChannels);
    }
    maps_ = {map};
  }
  void TearDown() override { SetNumThreads(0); }
  FeatureGrid NewGrid() const {
    CellIndex cells(kPerAxis);
    for (const auto& position : views_.rays.unit) cells.Insert(mask_aggregator::CellOf(position.data(), kPerAxis));
    return FeatureGrid(cells, kChannels);
  }
  static IsrfOptions Options() {
    IsrfOptions options;
    options.iters = 50;
    options.rays = 64;
    return options;
  }
  double ErrorOfAll(const FeatureGrid& grid, const FeatureGridTrainer& trainer) const {
    std::vector<float> residuals;
    return SquaredError(grid, trainer.Draw(0, 2000), &residuals);
  }

  TracedViews views_;
  std::vector<PatchMap> maps_;
};

TEST_F(FeatureGridTest, WeightsAreTrilinearAmongTheCellsThatExist) {
  CellIndex cells(4);
  cells.Insert(CellIndex::Cell{1, 1, 1});
  cells.Insert(CellIndex::Cell{2, 1, 1});
  const float middle[3] = {1.75f / 4, 1.5f / 4, 1.5f / 4};  // a quarter of the way from one middle to the other
  const CellWeights weights = TrilinearWeights(cells, middle, 0.8f);
  ASSERT_EQ(weights.count, 2u);
  EXPECT_NEAR(weights.all[0].weight, 0.6, 1e-6);
  EXPECT_NEAR(weights.all[1].weight, 0.2, 1e-6);
  // Half of the eight cells around are not there: the others share their part.
  const float above[3] = {1.75f / 4, 1.9f / 4, 1.5f / 4};
  ASSERT_EQ(TrilinearWeights(cells, above, 0.8f).count, 2u);
  EXPECT_NEAR(TrilinearWeights(cells, above, 0.8f).all[0].weight, 0.6, 1e-6);
  const float elsewhere[3] = {0.9f, 0.1f, 0.1f};
  EXPECT_EQ(TrilinearWeights(cells, elsewhere, 0.8f).count, 0u);
}

TEST_F(FeatureGridTest, GradientMatchesFiniteDifferences) {
  FeatureGrid grid = NewGrid();
  FeatureGridTrainer trainer(views_, maps_, Options(), 1, &grid);
  const RayBatch batch = trainer.Draw(3, 40);
  std::vector<float> residuals, ignored;
  SquaredError(grid, batch, &residuals);
  trainer.AddGradient(batch, residuals);

  // The error is a square of the rows: central differences are exact up to rounding.
  constexpr float kStep = 0.25f;
  int num_nonzero = 0;
  for (int64_t i = 0; i < grid.rows.size(); i += 7) {
    float& value = grid.rows.values[i];
    const float before = value;
    value = before + kStep;
    const double higher = SquaredError(grid, batch, &ignored);
    value = before - kStep;
    const double lower = SquaredError(grid, batch, &ignored);
    value = before;
    EXPECT_NEAR(grid.rows.grads[i], (higher - lower) / (2 * kStep), 2e-7) << i;
    num_nonzero += grid.rows.grads[i] != 0;
  }
  EXPECT_GT(num_nonzero, 20);
}

// Every cell starts as the mean of what looks at it: two rays with weights 0.6 and 0.2 on one cell.
TEST_F(FeatureGridTest, StartsFromWeightedMeans) {
  TracedViews views;
  views.rays.unit = {{0.1f, 0.1f, 0.1f}, {0.1f, 0.1f, 0.1f}};
  views.rays.weight = {0.6f, 0.2f};
  views.rays.first = {0, 1, 2};
  views.places = {{0, 0.125f, 0.125f}, {0, 0.875f, 0.125f}};  // the middles of the first and the last patch of row 0
  CellIndex cells(kPerAxis);
  cells.Insert(CellIndex::Cell{0, 0, 0});
  FeatureGrid grid(cells, kChannels);
  FeatureGridTrainer trainer(views, maps_, Options(), 1, &grid);
  for (size_t c = 0; c < kChannels; ++c) {
    const float first = maps_[0].values[c], last = maps_[0].values[3 * kChannels + c];
    EXPECT_NEAR(grid.rows.values[int64_t(c)], 0.75f * first + 0.25f * last, 1e-5);
  }
}

TEST_F(FeatureGridTest, TrainingReducesTheError) {
  FeatureGrid grid = NewGrid();
  IsrfOptions options = Options();
  options.iters = 300;
  options.lr = 0.05f;
  FeatureGridTrainer trainer(views_, maps_, options, 1, &grid);
  const double before = ErrorOfAll(grid, trainer);
  trainer.Run(Job());
  EXPECT_LT(ErrorOfAll(grid, trainer), 0.3 * before);
}

TEST_F(FeatureGridTest, DoesNotDependOnThreads) {
  std::vector<std::vector<float>> results;
  for (const int threads : {1, 4}) {
    SetNumThreads(threads);
    FeatureGrid grid = NewGrid();
    FeatureGridTrainer(views_, maps_, Options(), 1, &grid).Run(Job());
    results.emplace_back(grid.rows.values.span().begin(), grid.rows.values.span().end());
  }
  EXPECT_EQ(results[0], results[1]);
}

TEST_F(FeatureGridTest, RenderedFeaturesHaveLengthOne) {
  FeatureGrid grid = NewGrid();
  FeatureGridTrainer(views_, maps_, Options(), 1, &grid).Run(Job());
  nerf::TracedRays rays = views_.rays;
  rays.first.push_back(rays.first.back());  // meets nothing
  const std::vector<float> features = RenderFeatures(grid, rays);
  for (int64_t r = 0; r < rays.num_rays(); ++r) {
    double squares = 0;
    for (size_t c = 0; c < kChannels; ++c) squares += std::pow(features[size_t(r) * kChannels + c], 2);
    EXPECT_NEAR(squares, r + 1 == rays.num_rays() ? 0 : 1, 1e-5) << r;
  }
}

}  // namespace
}  // namespace sanerf::baselines
