// The feature field itself (paper 3.1 and A): a hash grid, five linear layers whose third sees the input again, layer
// normalization. What runs through the layers depends on the reading of the paper:
//   ray     F(r) = LayerNorm(mlp(sum_k w_k grid(x_k), what the radiance field says about r))   (the release)
//   sample  F(r) = sum_k w_k LayerNorm(mlp(grid(x_k), geometry(x_k), d))                       (Eq. 2)
#pragma once

#include <span>
#include <string>

#include "sanerf/feature_container/feature_rays.h"
#include "sanerf/feature_container/field_options.h"
#include "sanerf/kernels/tiled.h"
#include "sanerf/nn/hash_grid.h"
#include "sanerf/nn/mlp.h"
#include "sanerf/nn/training_step.h"

namespace sanerf::feature_container {

// Layer normalization over channels, with trainable gain and bias.
class LayerNorm {
 public:
  // Gains start at one, biases at zero.
  LayerNorm(const std::string& name, int channels);

  int channels() const { return channels_; }
  nn::Parameters& params() { return params_; }  // gains, then biases
  const nn::Parameters& params() const { return params_; }

  // Tiled layouts of kernels.h; the backward adds into the caller's own grads, laid out as params().
  void Forward(const float* x, int64_t num_tiles, float* stats, float* out) const;
  void Backward(const float* x, const float* stats, const float* grad_out, int64_t num_tiles, float* grad_x,
                float* grads) const;

 private:
  int channels_;
  nn::Parameters params_;
};

class FeatureNetwork {
 public:
  FeatureNetwork(const std::string& name, const FeatureFieldOptions& options, int channels);

  int channels() const { return norm.channels(); }
  bool per_sample() const { return per_sample_; }
  std::vector<nn::Parameters*> parameters() { return {&grid.params(), &mlp.params(), &norm.params()}; }
  std::vector<const nn::Parameters*> networks() const { return {&mlp.params(), &norm.params()}; }
  nn::FieldParameters trainable(float network_rate) { return {&grid, {&mlp.params(), &norm.params()}, network_rate}; }

 private:
  bool per_sample_;

 public:
  nn::HashGrid grid;
  nn::Mlp mlp;  // inputs: grid features, FeatureRays::kInputs, zeros up to a multiple of 16
  LayerNorm norm;
};

// Some rays on one thread: forward, and backward with what the forward left behind.
class FeaturePass {
 public:
  explicit FeaturePass(const FeatureNetwork& network) : network_(network), scratch_(network.mlp.ScratchSize()) {}

  // Features [tile of rays][channels][kTile] of these rays, in their order; a ray without samples is left at zero when
  // the reading is per sample. Valid until the next call; padding is finite.
  const float* Forward(const FeatureRays& rays, std::span<const int64_t> chosen);
  // grad_features as the forward's result, zero in the padding. out->loss is left alone.
  void Backward(const float* grad_features, nn::FieldGradient* out);

 private:
  struct Slot {  // of a sample
    int ray;     // place in `chosen`
    float share;
  };
  void PlaceSamples(const FeatureRays& rays, std::span<const int64_t> chosen);
  void FillInputs(const FeatureRays& rays, std::span<const int64_t> chosen);
  // to[ray] += share * from[sample], resp. to[sample] = share * from[ray], of the first `channels` channels.
  void AddToRays(kernels::Tiled<const float> from, int channels, kernels::Tiled<float> to) const;
  void TakeFromRays(kernels::Tiled<const float> from, int channels, kernels::Tiled<float> to) const;

  const FeatureNetwork& network_;
  std::vector<Slot> slots_;
  int64_t sample_tiles_ = 0, ray_tiles_ = 0, row_tiles_ = 0;  // rows: what runs through the layers
  nn::Buffer positions_, grid_out_, inputs_, hidden_, linear_, stats_, rows_, composited_;
  nn::Buffer grad_rows_, grad_inputs_, scratch_;
};

}  // namespace sanerf::feature_container
