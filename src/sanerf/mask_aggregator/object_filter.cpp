#include "sanerf/mask_aggregator/object_filter.h"

#include <algorithm>
#include <cmath>

#include "sanerf/kernels/tiled.h"

namespace sanerf::mask_aggregator {

using kernels::kTile;
using kernels::Tiled;
using kernels::TiledSize;

namespace {

constexpr float kThinStep = 0.004f;  // share of the light that a step takes; of less nobody is asked whose it is
// Inside of things no photo ever looked, so nothing is known of whose that is. What follows a hidden surface so closely
// belongs to it: model units, and steps.
constexpr float kShell = 0.02f, kShellSteps = 2;

}  // namespace

ObjectFilter::ObjectFilter(std::vector<LabelSource> sources, std::vector<bool> is_hidden)
    : sources_(std::move(sources)), is_hidden_(std::move(is_hidden)) {}

void ObjectFilter::Begin(int num_rays) { reach_.assign(size_t(num_rays), -1); }

void ObjectFilter::Classify(const nerf::RayTracer& wave, std::span<const nerf::RaySegment> segments,
                            const float* sigma) {
  slots_.clear();
  for (const nerf::RaySegment& segment : segments)
    for (int slot = segment.slot; slot < segment.slot + segment.count; ++slot)
      if (sigma[slot] * wave.dt()[slot] > kThinStep) slots_.push_back(slot);
  hides_.assign(slots_.size(), 0);
  if (slots_.empty()) return;

  constexpr int kGeo = nerf::RadianceField::kGeometry;
  const int64_t num_tiles = kernels::NumTiles(int64_t(slots_.size()));
  const size_t num_labels = is_hidden_.size();
  positions_.Reserve(TiledSize(num_tiles, 3));
  const Tiled<float> positions(positions_.data(), 3);
  for (int64_t i = 0; i < num_tiles * kTile; ++i) {  // padding repeats the last sample
    float unit[3];
    wave.positions().Get(slots_[size_t(std::min(i, int64_t(slots_.size()) - 1))], unit);
    positions.Set(i, unit);
  }
  if (std::any_of(sources_.begin(), sources_.end(),
                  [](const LabelSource& source) { return source.field != nullptr; })) {
    geometry_.Reserve(TiledSize(num_tiles, kGeo));
    const Tiled<float> geometry(geometry_.data(), kGeo);
    for (int64_t i = 0; i < num_tiles * kTile; ++i) {
      float of_sample[kGeo];
      wave.density_out().Get(slots_[size_t(std::min(i, int64_t(slots_.size()) - 1))], of_sample);
      geometry.Set(i, of_sample);
    }
  }
  std::vector<float> logits(slots_.size() * num_labels, 0);
  for (const LabelSource& source : sources_) {
    std::vector<float> own = LogitsOf(source);
    if (source.labels.empty()) {
      logits = std::move(own);
      break;
    }
    for (size_t i = 0; i < slots_.size(); ++i) source.Join(&own[i * source.num_outputs()], &logits[i * num_labels]);
  }
  for (size_t i = 0; i < slots_.size(); ++i) {
    const float* of_slot = &logits[i * num_labels];
    hides_[i] = is_hidden_[size_t(std::max_element(of_slot, of_slot + num_labels) - of_slot)] ? 1 : 0;
  }
}

std::vector<float> ObjectFilter::LogitsOf(const LabelSource& source) {
  const size_t num = source.num_outputs();
  std::vector<float> logits(slots_.size() * num, 0);
  if (source.field != nullptr) {
    source.field->Forward(positions_.data(), geometry_.data(), kernels::NumTiles(int64_t(slots_.size())),
                          &activations_);
    for (size_t i = 0; i < slots_.size(); ++i)
      Tiled<const float>(activations_.logits.data(), int(num)).Get(int64_t(i), &logits[i * num]);
  }
  if (source.prior == nullptr) return logits;
  for (size_t i = 0; i < slots_.size(); ++i) {
    float unit[3];
    Tiled<const float>(positions_.data(), 3).Get(int64_t(i), unit);
    source.prior->AddTo(unit, 1, &logits[i * num]);
  }
  return logits;
}

void ObjectFilter::Filter(const nerf::RayTracer& wave, std::span<const nerf::RaySegment> segments, float* sigma) {
  Classify(wave, segments, sigma);
  size_t next = 0;  // entry of slots_, which has the order of the segments
  for (const nerf::RaySegment& segment : segments) {
    float& reach = reach_[size_t(segment.ray)];
    for (int slot = segment.slot; slot < segment.slot + segment.count; ++slot) {
      const bool hides = next < slots_.size() && slots_[next] == slot && hides_[next++] != 0;
      const float t = wave.t()[slot];
      if (hides) reach = std::max(reach, t + std::max(kShell, kShellSteps * wave.dt()[slot]));
      if (hides || t < reach) sigma[slot] = 0;
    }
  }
}

}  // namespace sanerf::mask_aggregator
