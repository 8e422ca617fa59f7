#include "sanerf/feature_container/feature_network.h"

#include <algorithm>

#include "sanerf/core/check.h"
#include "sanerf/kernels/isa.h"

namespace sanerf::feature_container {

using kernels::kTile;
using kernels::Tiled;
using kernels::TiledSample;
using kernels::TiledSize;

namespace {

constexpr float kLeak = 0.01f;  // LeakyReLU, as the release
constexpr int kSkipTo = 2;      // the layer that sees the input again
constexpr int kGeo = nerf::RadianceField::kGeometry;

int RoundUp16(int n) { return (n + 15) / 16 * 16; }

std::vector<int> Widths(const FeatureFieldOptions& o, int channels) {
  return {RoundUp16(o.levels * o.features + FeatureRays::kInputs), o.width, o.width, o.width, o.width, channels};
}

}  // namespace

LayerNorm::LayerNorm(const std::string& name, int channels) : channels_(channels) {
  params_.name = name;
  params_.values = nn::Buffer(2 * int64_t{channels});
  std::fill_n(params_.values.data(), channels, 1.0f);
}

void LayerNorm::Forward(const float* x, int64_t num_tiles, float* stats, float* out) const {
  const float* values = params_.values.data();
  kernels::Kernels().layer_norm_forward(channels_, values, values + channels_, x, num_tiles, stats, out);
}

void LayerNorm::Backward(const float* x, const float* stats, const float* grad_out, int64_t num_tiles, float* grad_x,
                         float* grads) const {
  kernels::Kernels().layer_norm_backward(channels_, params_.values.data(), x, stats, grad_out, num_tiles, grad_x, grads,
                                         grads + channels_);
}

FeatureNetwork::FeatureNetwork(const std::string& name, const FeatureFieldOptions& o, int channels)
    : per_sample_(o.reading == FieldReading::kSample),
      grid(name + "_grid", {o.levels, o.features, o.log2_table, o.base, o.top}, uint64_t(o.seed)),
      mlp(name + "_mlp", Widths(o, channels), kLeak, uint64_t(o.seed) + 1, {.bias = true, .skip = kSkipTo}),
      norm(name + "_norm", channels) {}

// The chosen rays' samples lie in the slots one after the other.
void FeaturePass::PlaceSamples(const FeatureRays& rays, std::span<const int64_t> chosen) {
  const nerf::TracedRays& traced = rays.traced;
  slots_.clear();
  int64_t num_samples = 0;
  for (const int64_t ray : chosen) num_samples += traced.NumSamples(ray);
  sample_tiles_ = kernels::NumTiles(num_samples);
  positions_.Reserve(TiledSize(sample_tiles_, 3));
  positions_.Fill(0.5f);
  const Tiled<float> positions(positions_.data(), 3);
  for (size_t i = 0; i < chosen.size(); ++i) {
    for (int64_t s = traced.first[size_t(chosen[i])]; s < traced.first[size_t(chosen[i]) + 1]; ++s) {
      positions.Set(int64_t(slots_.size()), traced.unit[size_t(s)].data());
      slots_.push_back({int(i), rays.share[size_t(s)]});
    }
  }
}

void FeaturePass::AddToRays(Tiled<const float> from, int channels, Tiled<float> to) const {
  for (size_t begin = 0; begin < slots_.size(); begin += kTile) {
    const size_t count = std::min(size_t{kTile}, slots_.size() - begin);
    TiledSample<float> place[kTile];
    for (size_t i = 0; i < count; ++i) place[i] = to.Sample(slots_[begin + i].ray);
    for (int c = 0; c < channels; ++c) {
      const float* values = from.Channel(int64_t(begin) / kTile, c);
      for (size_t i = 0; i < count; ++i) place[i][c] += slots_[begin + i].share * values[i];
    }
  }
}

void FeaturePass::TakeFromRays(Tiled<const float> from, int channels, Tiled<float> to) const {
  std::fill_n(to.data(), sample_tiles_ * to.Stride(), 0.0f);
  for (size_t begin = 0; begin < slots_.size(); begin += kTile) {
    const size_t count = std::min(size_t{kTile}, slots_.size() - begin);
    TiledSample<const float> place[kTile];
    for (size_t i = 0; i < count; ++i) place[i] = from.Sample(slots_[begin + i].ray);
    for (int c = 0; c < channels; ++c) {
      float* values = to.Channel(int64_t(begin) / kTile, c);
      for (size_t i = 0; i < count; ++i) values[i] = slots_[begin + i].share * place[i][c];
    }
  }
}

// Rows of the network: rays, or samples with what is known about them alone (geometry and direction).
void FeaturePass::FillInputs(const FeatureRays& rays, std::span<const int64_t> chosen) {
  const int width = network_.mlp.num_inputs(), features = network_.grid.num_outputs();
  row_tiles_ = network_.per_sample() ? sample_tiles_ : ray_tiles_;
  inputs_.Reserve(TiledSize(row_tiles_, width));
  inputs_.Fill(0);
  const Tiled<float> inputs(inputs_.data(), width);
  const Tiled<const float> grid_out(grid_out_.data(), features);
  if (!network_.per_sample()) {
    AddToRays(grid_out, features, inputs);
    for (size_t i = 0; i < chosen.size(); ++i) {
      const float* known = rays.Inputs(chosen[i]);
      for (int c = 0; c < FeatureRays::kInputs; ++c) inputs(int64_t(i), features + c) = known[c];
    }
    return;
  }
  const nerf::TracedRays& traced = rays.traced;
  SANERF_CHECK_EQ(traced.geometry.size(), traced.weight.size());
  kernels::CopyChannels(grid_out, 0, features, sample_tiles_, inputs, 0);
  int64_t slot = 0;
  for (const int64_t ray : chosen) {
    const float* direction = rays.Inputs(ray) + FeatureRays::kDirectionAt;
    for (int64_t s = traced.first[size_t(ray)]; s < traced.first[size_t(ray) + 1]; ++s, ++slot) {
      for (int c = 0; c < kGeo; ++c) inputs(slot, features + c) = traced.geometry[size_t(s)][size_t(c)];
      for (int c = 0; c < 16; ++c) inputs(slot, features + kGeo + c) = direction[c];
    }
  }
}

const float* FeaturePass::Forward(const FeatureRays& rays, std::span<const int64_t> chosen) {
  PlaceSamples(rays, chosen);
  ray_tiles_ = kernels::NumTiles(int64_t(chosen.size()));
  grid_out_.Reserve(TiledSize(sample_tiles_, network_.grid.num_outputs()));
  network_.grid.Forward(positions_.data(), sample_tiles_, grid_out_.data());
  FillInputs(rays, chosen);

  const int channels = network_.channels();
  hidden_.Reserve(TiledSize(row_tiles_, network_.mlp.shape().HiddenWidth()));
  linear_.Reserve(TiledSize(row_tiles_, channels));
  stats_.Reserve(TiledSize(row_tiles_, 2));
  rows_.Reserve(TiledSize(row_tiles_, channels));
  network_.mlp.Forward(inputs_.data(), row_tiles_, hidden_.data(), linear_.data());
  network_.norm.Forward(linear_.data(), row_tiles_, stats_.data(), rows_.data());
  if (!network_.per_sample()) return rows_.data();
  composited_.Reserve(TiledSize(ray_tiles_, channels));
  composited_.Fill(0);
  AddToRays({rows_.data(), channels}, channels, {composited_.data(), channels});
  return composited_.data();
}

void FeaturePass::Backward(const float* grad_features, nn::FieldGradient* out) {
  const int channels = network_.channels(), width = network_.mlp.num_inputs(), features = network_.grid.num_outputs();
  grad_rows_.Reserve(TiledSize(row_tiles_, channels));
  if (network_.per_sample()) {
    TakeFromRays({grad_features, channels}, channels, {grad_rows_.data(), channels});
  } else {
    std::copy_n(grad_features, TiledSize(row_tiles_, channels), grad_rows_.data());
  }
  out->Clear(network_.networks());
  grad_inputs_.Reserve(TiledSize(row_tiles_, width));
  network_.norm.Backward(linear_.data(), stats_.data(), grad_rows_.data(), row_tiles_, grad_rows_.data(),
                         out->networks[1].data());
  network_.mlp.Backward(inputs_.data(), hidden_.data(), grad_rows_.data(), row_tiles_, grad_inputs_.data(),
                        out->networks[0].data(), scratch_.data());

  out->grid.num_tiles = sample_tiles_;
  out->grid.positions.Reserve(positions_.size());
  std::copy_n(positions_.data(), TiledSize(sample_tiles_, 3), out->grid.positions.data());
  out->grid.grad_features.Reserve(TiledSize(sample_tiles_, features));
  const Tiled<const float> grad_inputs(grad_inputs_.data(), width);
  const Tiled<float> grad_grid(out->grid.grad_features.data(), features);
  if (network_.per_sample()) {
    kernels::CopyChannels(grad_inputs, 0, features, sample_tiles_, grad_grid, 0);
  } else {
    TakeFromRays(grad_inputs, features, grad_grid);
  }
}

}  // namespace sanerf::feature_container
