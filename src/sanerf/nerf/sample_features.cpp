#include "sanerf/nerf/sample_features.h"

#include <algorithm>

#include "sanerf/core/check.h"
#include "sanerf/core/random.h"
#include "sanerf/kernels/isa.h"
#include "sanerf/kernels/tiled.h"

namespace sanerf::nerf {

using kernels::kTile;
using kernels::Tiled;
using kernels::TiledSample;
using kernels::TiledSize;

namespace {
constexpr uint64_t kAskedOfStill = 8;  // one of so many
}  // namespace

bool SampleFeatures::IsAsked(int64_t sample, float share) const {
  return share < MovingPart::kStill || (for_training_ && MixBits(uint64_t(sample)) % kAskedOfStill == 0);
}

void SampleFeatures::Begin() {
  samples_.clear();
  shares_.clear();
}

void SampleFeatures::Forward(const float* positions, const float* times, int64_t first_sample, int64_t num_tiles,
                             float* features) {
  field_.grid.Forward(positions, num_tiles, features);
  if (!field_.moving || num_tiles == 0) return;
  SANERF_CHECK(times != nullptr);
  const MovingPart& moving = *field_.moving;

  // m of all samples.
  logits_.Reserve(TiledSize(num_tiles, 2));
  all_shares_.Reserve(TiledSize(num_tiles, 1));
  moving.mask.Forward(positions, num_tiles, logits_.data());
  for (int64_t tile = 0; tile < num_tiles; ++tile) {
    const float* logit = Tiled<const float>(logits_.data(), 2).Channel(tile, 0);
    for (int i = 0; i < kTile; ++i) all_shares_[tile * kTile + i] = logit[i] + MovingPart::kMaskStart;
  }
  kernels::Kernels().sigmoid(all_shares_.data(), TiledSize(num_tiles, 1), all_shares_.data());

  // Those that may move, in tiles of their own.
  const int64_t first_place = int64_t(samples_.size());
  for (int64_t s = 0; s < num_tiles * kTile; ++s) {
    if (!IsAsked(first_sample + s, all_shares_[s])) continue;
    samples_.push_back(first_sample + s);
    shares_.push_back(all_shares_[s]);
  }
  const int64_t count = int64_t(samples_.size()) - first_place;
  if (count == 0) return;
  const int64_t first_tile = first_place / kTile, added = kernels::NumTiles(count);
  samples_.resize(size_t(first_place + added * kTile), -1);
  shares_.resize(samples_.size(), 1.0f);
  places_.Grow(TiledSize(first_tile + added, 4));
  differences_.Grow(TiledSize(first_tile + added, field_.grid.num_outputs()));
  const Tiled<const float> position(positions, 3);
  const Tiled<float> place(places_.data(), 4), difference(differences_.data(), field_.grid.num_outputs()),
      feature(features, field_.grid.num_outputs());
  for (int64_t i = first_place; i < int64_t(samples_.size()); ++i) {
    float at[4] = {0.5f, 0.5f, 0.5f, 0.5f};
    if (const int64_t s = samples_[size_t(i)] - first_sample; samples_[size_t(i)] >= 0) {
      position.Get(s, at);
      at[3] = moving.UnitTime(times[s]);
    }
    place.Set(i, at);
  }
  moving.grid.Forward(place.Tile(first_tile), added, difference.Tile(first_tile));  // H4, for now

  for (int64_t i = first_place; i < int64_t(samples_.size()); ++i) {
    if (samples_[size_t(i)] < 0) continue;
    const float share = shares_[size_t(i)];
    const TiledSample<float> still = feature.Sample(samples_[size_t(i)] - first_sample), other = difference.Sample(i);
    for (int c = 0; c < feature.channels(); ++c) {
      const float h4 = other[c], d = still[c] - h4;
      still[c] = h4 + share * d;
      other[c] = d;
    }
  }
}

double SampleFeatures::Backward(float* grad_features, const MaskLoss& loss, nn::GridGradient* moving,
                                nn::GridGradient* mask) const {
  const int channels = field_.grid.num_outputs();
  const int64_t num_tiles = int64_t(samples_.size()) / kTile;
  moving->num_tiles = mask->num_tiles = num_tiles;
  moving->positions.Reserve(TiledSize(num_tiles, 4));
  moving->grad_features.Reserve(TiledSize(num_tiles, channels));
  mask->positions.Reserve(TiledSize(num_tiles, 3));
  mask->grad_features.Reserve(TiledSize(num_tiles, 2));
  const Tiled<const float> place(places_.data(), 4), difference(differences_.data(), channels);
  const Tiled<float> grad(grad_features, channels), grad_moving(moving->grad_features.data(), channels),
      grad_mask(mask->grad_features.data(), 2);
  if (num_tiles > 0) std::copy_n(places_.data(), TiledSize(num_tiles, 4), moving->positions.data());
  kernels::CopyChannels(place, 0, 3, num_tiles, Tiled<float>(mask->positions.data(), 3), 0);
  double sum = 0;
  for (int64_t i = 0; i < int64_t(samples_.size()); ++i) {
    const TiledSample<float> to_moving = grad_moving.Sample(i), to_mask = grad_mask.Sample(i);
    to_mask[0] = to_mask[1] = 0;
    const int64_t s = samples_[size_t(i)];
    if (s < 0) {
      for (int c = 0; c < channels; ++c) to_moving[c] = 0;
      continue;
    }
    const float share = shares_[size_t(i)], light = loss.light != nullptr ? loss.light[s] : 0;
    const TiledSample<float> g = grad.Sample(s);
    const TiledSample<const float> d = difference.Sample(i);
    // f = H4 + m (H3 - H4), and the loss has scale w (1 - m) besides; dm / dl = m (1 - m).
    float to_share = -loss.scale * light;
    for (int c = 0; c < channels; ++c) {
      to_share += g[c] * d[c];
      to_moving[c] = (1 - share) * g[c];
      g[c] *= share;
    }
    to_mask[0] = share * (1 - share) * to_share;
    sum += double(loss.scale) * double(light) * double(1 - share);
  }
  return sum;
}

}  // namespace sanerf::nerf
