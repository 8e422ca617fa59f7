// The features of samples, which the density network sees, and the way back from them to the grids. Of one thread.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "sanerf/nerf/field.h"

namespace sanerf::nerf {

class SampleFeatures {
 public:
  // for_training: the moving part is also asked about one in eight of the places that stand still, or what was taken
  // for still by mistake could never move again.
  explicit SampleFeatures(const RadianceField& field, bool for_training = false)
      : field_(field), for_training_(for_training) {}

  // Forgets the samples so far.
  void Begin();
  // Tiled: positions in the unit cube [3] -> features [field.grid.num_outputs()]. times: of the scene, 0 to 1, one per
  // sample; may be null for a field without a moving part. first_sample: number of the first of these samples, from
  // which Backward counts; what it needs is kept until the next Begin.
  void Forward(const float* positions, const float* times, int64_t first_sample, int64_t num_tiles, float* features);

  // Samples of which the moving part was asked, by number, in tiles: -1 for padding.
  std::span<const int64_t> moving_samples() const { return samples_; }
  // Their m, in the same order.
  std::span<const float> moving_shares() const { return shares_; }

  // What asks the mask to take for still what it can: weight times the mean over rays of the light that comes from what
  // moves, sum of w (1 - m). The w are taken as given.
  struct MaskLoss {
    const float* light = nullptr;  // w, by sample
    float scale = 0;               // weight / rays of the batch
  };
  // Of a field with a moving part, all samples since Begin. grad_features: tiled, d loss / d features; becomes that by
  // the static grid's outputs. moving, mask: what MovingPart's grids get. Returns the mask loss.
  double Backward(float* grad_features, const MaskLoss& loss, nn::GridGradient* moving, nn::GridGradient* mask) const;

 private:
  bool IsAsked(int64_t sample, float share) const;

  const RadianceField& field_;
  bool for_training_;
  std::vector<int64_t> samples_;
  std::vector<float> shares_;
  // Of the moving samples, tiled: places and times [4], H3 - H4.
  nn::Buffer places_, differences_;
  nn::Buffer logits_, all_shares_;
};

}  // namespace sanerf::nerf
