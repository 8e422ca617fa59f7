// Rays of the training views, traced once: with the geometry frozen, the few samples that carry a ray's weight, their
// positions and geometry features never change, so the steps only ask the object field. What changes from one set of
// masks to the next are the rays' labels.
#pragma once

#include <vector>

#include "sanerf/core/job.h"
#include "sanerf/mask_aggregator/label_prior.h"
#include "sanerf/mask_aggregator/label_view.h"
#include "sanerf/mask_aggregator/view_trust.h"
#include "sanerf/nerf/model.h"
#include "sanerf/nerf/traced_rays.h"

namespace sanerf::mask_aggregator {

struct SamplePool {
  struct Pixel {
    int view = 0, x = 0, y = 0;  // of the label image
  };
  nerf::TracedRays rays;        // with geometry; each has a sample at least
  std::vector<Pixel> pixels;    // of the rays
  std::vector<uint8_t> labels;  // of the rays
  std::vector<float> prior;     // [ray][label], composited; empty = none
  std::vector<float> weights;   // of the rays in the loss, 1 in the mean of those with a label; empty = all 1

  int64_t size() const { return rays.num_rays(); }
  void Append(const SamplePool& other);  // prior and weights are dropped
  void Truncate(int64_t size);           // to the first rays; prior and weights are dropped
};

// Samples that carry light, per ray of these cameras (file frame): a few where surfaces are clear, dozens in fog.
// The mean of some hundred rays. Throws InterruptedError.
double SamplesPerRay(const nerf::NerfModel& nerf, const std::vector<Camera>& cameras, const Job& job);
// Bytes of a ray with so many samples, without its prior.
double PoolRayBytes(double num_samples);

// Rays that meet nothing are left out: no evidence about any object.

// num_rays rays, equally many per view, anywhere in the image. Cameras: file frame. Throws InterruptedError.
SamplePool TraceAnywhere(const nerf::NerfModel& nerf, const std::vector<Camera>& cameras, int num_rays, uint64_t seed,
                         const Job& job);

// The rays through these pixels of each camera, y * width + x. Cameras: file frame. Throws InterruptedError.
SamplePool TracePixels(const nerf::NerfModel& nerf, const std::vector<Camera>& cameras,
                       const std::vector<std::vector<int>>& pixels, const Job& job);

// num_rays rays near and inside the objects: uniformly in the masks' surroundings, so that both sides of an edge are
// drawn alike. A small object would be met by a handful of rays per step otherwise. Throws InterruptedError.
// Not in the paper, which draws from all views alike.
SamplePool TraceNearObjects(const nerf::NerfModel& nerf, const std::vector<LabelView>& views, int num_rays,
                            uint64_t seed, const Job& job);

// The label of every ray from the views' images; kIgnoreLabel where a view has none. Returns the rays that have one.
std::vector<int> Relabel(const std::vector<LabelView>& views, SamplePool* pool);

// How far the view of every ray is to be trusted; one per view, of its label image's size or another.
void SetWeights(const std::vector<LabelView>& views, const std::vector<ViewTrust>& trust, SamplePool* pool);

// Composites the prior's logits along every ray.
void SetPrior(const LabelPrior& prior, SamplePool* pool);

}  // namespace sanerf::mask_aggregator
