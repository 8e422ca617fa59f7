#include "sanerf/baselines/isrf/feature_grid.h"

#include <fmt/format.h>

#include <algorithm>

#include "sanerf/core/job.h"
#include "sanerf/core/parallel.h"
#include "sanerf/core/random.h"
#include "sanerf/nn/training_loop.h"
#include "sanerf/nn/training_step.h"

namespace sanerf::baselines {
namespace {

constexpr int64_t kChunk = 64;        // rays
constexpr uint32_t kShards = 64;      // of the cells, by their numbers
constexpr float kFinalRate = 0.1f;    // learning rate at the end, as a share of the first
constexpr float kLeastLight = 1e-6f;  // below: rounding

}  // namespace

FeatureGrid::FeatureGrid(mask_aggregator::CellIndex grid_cells, int num_channels)
    : cells(std::move(grid_cells)), channels(num_channels) {
  rows.name = "features";
  rows.values = nn::Buffer(int64_t(cells.size()) * channels);
}

void FeatureGrid::Composite(const CellWeight* begin, const CellWeight* end, float* feature) const {
  std::fill(feature, feature + channels, 0.0f);
  for (const CellWeight* corner = begin; corner != end; ++corner) {
    const float* row = Row(corner->cell);
    for (int c = 0; c < channels; ++c) feature[c] += corner->weight * row[c];
  }
}

double SquaredError(const FeatureGrid& grid, const RayBatch& batch, std::vector<float>* residuals) {
  const size_t channels = size_t(grid.channels);
  residuals->resize(batch.targets.size());
  std::vector<double> errors(batch.size());
  const float scale = 2.0f / float(batch.targets.size());
  ParallelForChunks(int64_t(batch.size()), kChunk, [&](int64_t begin, int64_t end) {
    for (size_t r = size_t(begin); r < size_t(end); ++r) {
      float* residual = &(*residuals)[r * channels];
      grid.Composite(batch.weights.data() + batch.first[r], batch.weights.data() + batch.first[r + 1], residual);
      for (size_t c = 0; c < channels; ++c) {
        const float difference = residual[c] - batch.targets[r * channels + c];
        errors[r] += double(difference) * difference;
        residual[c] = scale * difference;
      }
    }
  });
  double sum = 0;
  for (const double error : errors) sum += error;
  return sum / double(batch.targets.size());
}

FeatureGridTrainer::FeatureGridTrainer(const TracedViews& views, const std::vector<PatchMap>& maps,
                                       const IsrfOptions& options, uint64_t seed, FeatureGrid* grid)
    : views_(views), maps_(maps), options_(options), seed_(seed), grid_(grid), met_in_(grid->cells.size(), 0) {
  grid_->rows.PrepareTraining();
  StartFromMeans();
}

void FeatureGridTrainer::StartFromMeans() {
  const int channels = grid_->channels;
  float* rows = grid_->rows.values.data();
  std::vector<float> light(grid_->cells.size(), 0.0f), target(static_cast<size_t>(channels));
  for (size_t r = 0; r < views_.places.size(); ++r) {
    const TracedViews::Place& place = views_.places[r];
    maps_[size_t(place.view)].At(place.x, place.y, target.data());
    for (int64_t s = views_.rays.first[r]; s < views_.rays.first[r + 1]; ++s) {
      const float* position = views_.rays.unit[size_t(s)].data();
      const float weight = views_.rays.weight[size_t(s)];
      const uint32_t cell = grid_->cells.Find(mask_aggregator::CellOf(position, grid_->cells.cells_per_axis()));
      light[cell] += weight;
      for (int c = 0; c < channels; ++c) rows[int64_t(cell) * channels + c] += weight * target[size_t(c)];
    }
  }
  for (size_t cell = 0; cell < light.size(); ++cell)
    for (int c = 0; c < channels; ++c) rows[int64_t(cell) * channels + c] /= std::max(light[cell], kLeastLight);
}

RayBatch FeatureGridTrainer::Draw(int step, int num_rays) const {
  const size_t channels = size_t(grid_->channels);
  Random random(seed_, uint64_t(step));
  std::vector<size_t> drawn(static_cast<size_t>(num_rays));
  for (size_t& r : drawn) r = random.NextBelow(uint32_t(views_.places.size()));

  std::vector<RayBatch> parts((drawn.size() + kChunk - 1) / kChunk);
  ParallelFor(int64_t(parts.size()), [&](int64_t p) {
    RayBatch& part = parts[size_t(p)];
    for (size_t i = size_t(p * kChunk); i < std::min(drawn.size(), size_t((p + 1) * kChunk)); ++i) {
      const size_t r = drawn[i];
      AddTrilinearWeights(grid_->cells, views_.rays, r, &part.weights);
      part.first.push_back(part.weights.size());
      part.targets.resize(part.targets.size() + channels);
      const TracedViews::Place& place = views_.places[r];
      maps_[size_t(place.view)].At(place.x, place.y, &part.targets[part.targets.size() - channels]);
    }
  });
  RayBatch batch;
  for (const RayBatch& part : parts) {
    for (size_t i = 1; i < part.first.size(); ++i) batch.first.push_back(batch.weights.size() + part.first[i]);
    batch.weights.insert(batch.weights.end(), part.weights.begin(), part.weights.end());
    batch.targets.insert(batch.targets.end(), part.targets.begin(), part.targets.end());
  }
  return batch;
}

void FeatureGridTrainer::AddGradient(const RayBatch& batch, const std::vector<float>& residuals,
                                     const kernels::AdamStep* adam) {
  struct Scatter {
    uint32_t cell, ray;
    float weight;
  };
  std::vector<std::vector<Scatter>> shards(kShards);
  for (size_t r = 0; r < batch.size(); ++r)
    for (size_t t = batch.first[r]; t < batch.first[r + 1]; ++t)
      shards[batch.weights[t].cell % kShards].push_back({batch.weights[t].cell, uint32_t(r), batch.weights[t].weight});
  ++batch_;
  const int channels = grid_->channels;
  float* grads = grid_->rows.grads.data();
  ParallelFor(kShards, [&](int64_t shard) {
    std::vector<uint32_t> met;
    for (const Scatter& scatter : shards[size_t(shard)]) {
      if (met_in_[scatter.cell] != batch_) {
        met_in_[scatter.cell] = batch_;
        met.push_back(scatter.cell);
      }
      float* row = grads + int64_t(scatter.cell) * channels;
      const float* residual = &residuals[size_t(scatter.ray) * size_t(channels)];
      for (int c = 0; c < channels; ++c) row[c] += scatter.weight * residual[c];
    }
    if (adam != nullptr) nn::StepRows(&grid_->rows, channels, met, *adam);
  });
}

void FeatureGridTrainer::Run(const Job& job) {
  std::vector<float> residuals;
  kernels::AdamStep adam;
  double error = 0;
  nn::TrainingLoop loop;
  loop.title = "lift features";
  loop.end_step = options_.iters;
  loop.step = [&](int64_t step) {
    const RayBatch batch = Draw(int(step), options_.rays);
    error = SquaredError(*grid_, batch, &residuals) * grid_->channels;
    adam.step = step + 1;
    adam.lr = options_.lr * nn::DecayedRate(kFinalRate, step, options_.iters);
    AddGradient(batch, residuals, &adam);
  };
  loop.report = [&](int64_t) {
    return nn::TrainingLoop::Report{{{"loss", error}}, fmt::format("error {:.4f}", error)};
  };
  loop.Run(job);
}

std::vector<float> RenderFeatures(const FeatureGrid& grid, const nerf::TracedRays& rays) {
  const size_t channels = size_t(grid.channels);
  std::vector<float> features(size_t(rays.num_rays()) * channels);
  ParallelForChunks(rays.num_rays(), kChunk, [&](int64_t begin, int64_t end) {
    std::vector<CellWeight> weights;
    for (size_t r = size_t(begin); r < size_t(end); ++r) {
      weights.clear();
      AddTrilinearWeights(grid.cells, rays, r, &weights);
      grid.Composite(weights.data(), weights.data() + weights.size(), &features[r * channels]);
      Normalize(&features[r * channels], grid.channels);
    }
  });
  return features;
}

}  // namespace sanerf::baselines
