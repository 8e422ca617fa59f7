#include "sanerf/feature_container/feature_network.h"

#include <algorithm>

#include "sanerf/core/check.h"

namespace sanerf {

using kernels::kTile;

namespace {

constexpr float kLeak = 0.01f;  // LeakyReLU, as the release
constexpr int kSkipTo = 2;      // the layer that sees the input again
constexpr int kGeo = RadianceField::kGeometry;

int RoundUp16(int n) { return (n + 15) / 16 * 16; }

std::vector<int> Widths(const FieldOptions& o, int channels) {
  return {RoundUp16(o.levels * o.features + FeatureRays::kInputs), o.width, o.width, o.width, o.width, channels};
}

}  // namespace

FeatureNetwork::FeatureNetwork(const std::string& name, const FieldOptions& o, int channels)
    : per_sample_(o.reading == FieldReading::kSample),
      grid(name + "_grid", {o.levels, o.features, o.log2_table, o.base, o.top}, uint64_t(o.seed)),
      mlp(name + "_mlp", Widths(o, channels), kLeak, uint64_t(o.seed) + 1, {.bias = true, .skip = kSkipTo}),
      norm(name + "_norm", channels) {}

// The chosen rays' samples lie in the slots one after the other.
void FeaturePass::PlaceSamples(const FeatureRays& rays, std::span<const int64_t> chosen) {
  slots_.clear();
  int64_t num_samples = 0;
  for (const int64_t ray : chosen) num_samples += rays.first[size_t(ray) + 1] - rays.first[size_t(ray)];
  sample_tiles_ = kernels::NumTiles(num_samples);
  positions_.Reserve(sample_tiles_ * 3 * kTile);
  positions_.Fill(0.5f);
  for (size_t i = 0; i < chosen.size(); ++i) {
    for (int64_t s = rays.first[size_t(chosen[i])]; s < rays.first[size_t(chosen[i]) + 1]; ++s) {
      const FeatureRays::Sample& sample = rays.samples[size_t(s)];
      const int64_t slot = int64_t(slots_.size());
      for (int a = 0; a < 3; ++a) positions_[(slot / kTile * 3 + a) * kTile + slot % kTile] = sample.unit[a];
      slots_.push_back({int(i), sample.weight});
    }
  }
}

void FeaturePass::AddToRays(const float* from, int from_width, int channels, float* to, int to_width) const {
  for (size_t begin = 0; begin < slots_.size(); begin += kTile) {
    const size_t count = std::min(size_t{kTile}, slots_.size() - begin);
    const float* tile = from + int64_t(begin) * from_width;
    int64_t place[kTile];
    for (size_t i = 0; i < count; ++i) {
      const int64_t ray = slots_[begin + i].ray;
      place[i] = ray / kTile * to_width * kTile + ray % kTile;
    }
    for (int c = 0; c < channels; ++c, tile += kTile)
      for (size_t i = 0; i < count; ++i) to[place[i] + c * kTile] += slots_[begin + i].weight * tile[i];
  }
}

void FeaturePass::TakeFromRays(const float* from, int from_width, int channels, float* to, int to_width) const {
  std::fill_n(to, sample_tiles_ * to_width * kTile, 0.0f);
  for (size_t begin = 0; begin < slots_.size(); begin += kTile) {
    const size_t count = std::min(size_t{kTile}, slots_.size() - begin);
    float* tile = to + int64_t(begin) * to_width;
    int64_t place[kTile];
    for (size_t i = 0; i < count; ++i) {
      const int64_t ray = slots_[begin + i].ray;
      place[i] = ray / kTile * from_width * kTile + ray % kTile;
    }
    for (int c = 0; c < channels; ++c, tile += kTile)
      for (size_t i = 0; i < count; ++i) tile[i] = slots_[begin + i].weight * from[place[i] + c * kTile];
  }
}

// Rows of the network: rays, or samples with what is known about them alone (geometry and direction).
void FeaturePass::FillInputs(const FeatureRays& rays, std::span<const int64_t> chosen) {
  const int width = network_.mlp.num_inputs(), features = network_.grid.num_outputs();
  row_tiles_ = network_.per_sample() ? sample_tiles_ : ray_tiles_;
  inputs_.Reserve(row_tiles_ * width * kTile);
  inputs_.Fill(0);
  if (!network_.per_sample()) {
    AddToRays(grid_out_.data(), features, features, inputs_.data(), width);
    for (size_t i = 0; i < chosen.size(); ++i) {
      float* in = &inputs_[(int64_t(i) / kTile * width + features) * kTile + int64_t(i) % kTile];
      const float* known = &rays.inputs[size_t(chosen[i]) * FeatureRays::kInputs];
      for (int c = 0; c < FeatureRays::kInputs; ++c) in[c * kTile] = known[c];
    }
    return;
  }
  SANERF_CHECK_EQ(rays.geometry.size(), rays.samples.size() * kGeo);
  for (int64_t tile = 0; tile < sample_tiles_; ++tile)
    std::copy_n(&grid_out_[tile * features * kTile], features * kTile, &inputs_[tile * width * kTile]);
  int64_t slot = 0;
  for (const int64_t ray : chosen) {
    const float* direction = &rays.inputs[size_t(ray) * FeatureRays::kInputs + kGeo];
    for (int64_t s = rays.first[size_t(ray)]; s < rays.first[size_t(ray) + 1]; ++s, ++slot) {
      float* in = &inputs_[(slot / kTile * width + features) * kTile + slot % kTile];
      for (int c = 0; c < kGeo; ++c) in[c * kTile] = rays.geometry[size_t(s * kGeo + c)];
      for (int c = 0; c < 16; ++c) in[(kGeo + c) * kTile] = direction[c];
    }
  }
}

const float* FeaturePass::Forward(const FeatureRays& rays, std::span<const int64_t> chosen) {
  PlaceSamples(rays, chosen);
  ray_tiles_ = kernels::NumTiles(int64_t(chosen.size()));
  grid_out_.Reserve(sample_tiles_ * network_.grid.num_outputs() * kTile);
  network_.grid.Forward(positions_.data(), sample_tiles_, grid_out_.data());
  FillInputs(rays, chosen);

  const int channels = network_.channels();
  hidden_.Reserve(row_tiles_ * network_.mlp.shape().HiddenWidth() * kTile);
  linear_.Reserve(row_tiles_ * channels * kTile);
  stats_.Reserve(row_tiles_ * 2 * kTile);
  rows_.Reserve(row_tiles_ * channels * kTile);
  network_.mlp.Forward(inputs_.data(), row_tiles_, hidden_.data(), linear_.data());
  network_.norm.Forward(linear_.data(), row_tiles_, stats_.data(), rows_.data());
  if (!network_.per_sample()) return rows_.data();
  composited_.Reserve(ray_tiles_ * channels * kTile);
  composited_.Fill(0);
  AddToRays(rows_.data(), channels, channels, composited_.data(), channels);
  return composited_.data();
}

void FeaturePass::Backward(const float* grad_features, FeatureGradient* out) {
  const int channels = network_.channels(), width = network_.mlp.num_inputs(), features = network_.grid.num_outputs();
  grad_rows_.Reserve(row_tiles_ * channels * kTile);
  if (network_.per_sample()) {
    TakeFromRays(grad_features, channels, channels, grad_rows_.data(), channels);
  } else {
    std::copy_n(grad_features, row_tiles_ * channels * kTile, grad_rows_.data());
  }
  out->norm.Reserve(network_.norm.params().size());
  out->norm.Fill(0);
  out->mlp.Reserve(network_.mlp.params().size());
  out->mlp.Fill(0);
  grad_inputs_.Reserve(row_tiles_ * width * kTile);
  network_.norm.Backward(linear_.data(), stats_.data(), grad_rows_.data(), row_tiles_, grad_rows_.data(),
                         out->norm.data());
  network_.mlp.Backward(inputs_.data(), hidden_.data(), grad_rows_.data(), row_tiles_, grad_inputs_.data(),
                        out->mlp.data(), scratch_.data());

  out->grid.num_tiles = sample_tiles_;
  out->grid.positions.Reserve(positions_.size());
  std::copy_n(positions_.data(), sample_tiles_ * 3 * kTile, out->grid.positions.data());
  out->grid.grad_features.Reserve(sample_tiles_ * features * kTile);
  if (network_.per_sample()) {
    for (int64_t tile = 0; tile < sample_tiles_; ++tile)
      std::copy_n(&grad_inputs_[tile * width * kTile], features * kTile,
                  &out->grid.grad_features[tile * features * kTile]);
  } else {
    TakeFromRays(grad_inputs_.data(), width, features, out->grid.grad_features.data(), features);
  }
}

}  // namespace sanerf
