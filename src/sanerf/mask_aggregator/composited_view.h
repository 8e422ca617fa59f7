// What a field says about the pixels of a view: its outputs per sample, composited along the rays (paper Eq. 7).
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "sanerf/core/job.h"
#include "sanerf/mask_aggregator/label_prior.h"
#include "sanerf/mask_aggregator/object_field.h"
#include "sanerf/nerf/block_tracer.h"
#include "sanerf/nerf/model.h"
#include "sanerf/nerf/ray_renderer.h"

namespace sanerf::mask_aggregator {

// What says which label a place has. field, prior: one of them may be null, the outputs of both are added.
struct LabelSource {
  const ObjectField* field = nullptr;
  const LabelPrior* prior = nullptr;
  // Where there are several: the label that its output 1, 2, … has among those of all. Each object's output is then
  // what its own source gives it above the background, whose output is 0. Empty: this is the only source.
  std::span<const int> labels = {};

  size_t num_outputs() const { return size_t(field != nullptr ? field->num_labels() : prior->num_labels()); }
  // all: of all sources.
  void Join(const float* outputs, float* all) const {
    for (size_t i = 0; i < labels.size(); ++i) all[labels[i]] = outputs[i + 1] - outputs[0];
  }
};
using LabelSources = std::span<const LabelSource>;
size_t NumOutputs(LabelSources sources);  // of all together

struct CompositedPixel {
  int x, y;              // of the whole view
  const float* outputs;  // [label]; all 0 for a ray that meets nothing
  float opacity;         // the sum of the samples' weights, [0, 1]
  float known;           // the part of it that meets what a prior has votes for; without a prior all of it
  // With radiance only: what NerfModel::Render shows.
  nerf::RenderedRay radiance = {};
  float depth = 0;  // file units
};
struct ViewToComposite {
  nerf::PartOfView part;  // or the whole view; file frame
  bool with_radiance = false;
};

// use(pixel) for every pixel of the view, from several threads at once. Throws InterruptedError.
void CompositeView(const nerf::NerfModel& nerf, LabelSources sources, const ViewToComposite& view,
                   const std::function<void(const CompositedPixel&)>& use, const Job& job);

// The same of single rays (model frame): [ray][label]. Parallel inside. Throws InterruptedError.
std::vector<float> CompositeRays(const nerf::NerfModel& nerf, LabelSources sources, std::span<const nerf::Ray> rays,
                                 const Job& job);

}  // namespace sanerf::mask_aggregator
