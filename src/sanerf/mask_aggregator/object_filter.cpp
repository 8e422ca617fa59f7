#include "sanerf/mask_aggregator/object_filter.h"

#include <algorithm>
#include <utility>

namespace sanerf::mask_aggregator {

namespace {

constexpr float kThinStep = 0.004f;  // share of the light that a step takes; of less nobody is asked whose it is
// Inside of things no photo ever looked, so nothing is known of whose that is. What follows a hidden surface so closely
// belongs to it: model units, and steps.
constexpr float kShell = 0.02f, kShellSteps = 2;

}  // namespace

ObjectFilter::ObjectFilter(std::vector<LabelSource> sources, std::vector<bool> is_hidden, Surroundings surroundings)
    : sources_(std::move(sources)),
      is_hidden_(std::move(is_hidden)),
      surroundings_(surroundings),
      compositor_(sources_) {}

void ObjectFilter::Begin(int num_rays) { reach_.assign(size_t(num_rays), -1); }

void ObjectFilter::Classify(const nerf::SampleColumns& samples, std::span<const float> sigma) {
  dense_.clear();
  for (size_t i = 0; i < samples.size(); ++i)
    if (sigma[i] * samples.dt[i] > kThinStep) dense_.push_back(i);
  hides_.assign(dense_.size(), 0);
  if (dense_.empty()) return;

  nerf::TracedRays points;  // each as a ray of its own, which ends there
  points.weight.assign(dense_.size(), 1);
  const bool with_geometry = HasField(sources_);
  for (const size_t i : dense_) {
    points.unit.push_back(samples.Unit(i));
    if (with_geometry) points.geometry.push_back(samples.Geometry(i));
    points.first.push_back(int64_t(points.unit.size()));
  }
  const std::vector<float> logits = compositor_.Of(points).outputs;
  const size_t num_labels = is_hidden_.size();
  for (size_t i = 0; i < dense_.size(); ++i) {
    const float* of_sample = &logits[i * num_labels];
    hides_[i] = is_hidden_[size_t(std::max_element(of_sample, of_sample + num_labels) - of_sample)] ? 1 : 0;
  }
}

void ObjectFilter::Filter(const nerf::SampleColumns& samples, std::span<float> sigma) {
  Classify(samples, sigma);
  size_t next = 0;  // entry of dense_
  if (surroundings_ == Surroundings::kGo) {
    for (size_t i = 0; i < samples.size(); ++i) {
      const bool is_dense = next < dense_.size() && dense_[next] == i;
      if (!is_dense || hides_[next++] != 0) sigma[i] = 0;
    }
    return;
  }
  for (size_t i = 0; i < samples.size(); ++i) {
    float& reach = reach_[size_t(samples.ray[i])];
    const bool hides = next < dense_.size() && dense_[next] == i && hides_[next++] != 0;
    const float t = samples.t[i];
    if (hides) reach = std::max(reach, t + std::max(kShell, kShellSteps * samples.dt[i]));
    if (hides || t < reach) sigma[i] = 0;
  }
}

}  // namespace sanerf::mask_aggregator
