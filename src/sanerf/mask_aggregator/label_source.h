// What says which label a place has.
#pragma once

#include <cstddef>
#include <span>

#include "sanerf/mask_aggregator/label_prior.h"
#include "sanerf/mask_aggregator/label_support.h"
#include "sanerf/mask_aggregator/object_field.h"

namespace sanerf::mask_aggregator {

// field, prior: one of them may be null, the outputs of both are added.
struct LabelSource {
  const ObjectField* field = nullptr;
  const LabelPrior* prior = nullptr;
  // Where there are several: the label that its output 1, 2, … has among those of all. Each object's output is then
  // what its own source gives it above the background, whose output is 0. Empty: this is the only source.
  std::span<const int> labels = {};
  // Where its own labels may be; null: anywhere.
  const LabelSupport* support = nullptr;

  size_t num_outputs() const { return size_t(field != nullptr ? field->num_labels() : prior->num_labels()); }
  // all: of all sources.
  void Join(const float* outputs, float* all) const {
    for (size_t i = 0; i < labels.size(); ++i) all[labels[i]] = outputs[i + 1] - outputs[0];
  }
};
using LabelSources = std::span<const LabelSource>;

// Of all together.
inline size_t NumOutputs(LabelSources sources) {
  size_t num = 1;
  for (const LabelSource& source : sources) num += source.num_outputs() - 1;
  return num;
}
inline bool HasField(LabelSources sources) {
  for (const LabelSource& source : sources)
    if (source.field != nullptr) return true;
  return false;
}

}  // namespace sanerf::mask_aggregator
