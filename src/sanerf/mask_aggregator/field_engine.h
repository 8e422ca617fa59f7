// A field on rays that are traced already: what it says about them, and steps that fit it to losses of that. Losses are
// the caller's code on [ray][output]; which rays are computed together, how their samples lie in memory and what is
// kept from the forward to the backward pass is the engine's business.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "sanerf/core/worker_pool.h"
#include "sanerf/mask_aggregator/object_gradient.h"

namespace sanerf::mask_aggregator {

inline constexpr int64_t kRaysPerGroup = 256;  // that one thread computes together

class FieldReader {
 public:
  explicit FieldReader(const ObjectField& field) : field_(field) {}  // must outlive this

  // Composited outputs [ray][output] of these rays of the pool, on top of its prior. In parallel.
  std::vector<float> Outputs(const SamplePool& pool, std::span<const int> rays);
  // use(first, rays, outputs) for rays[first], rays[first + 1], ... in groups, from several threads: for what is made
  // of the outputs at once, of more rays than should be held.
  using UseOutputs = std::function<void(size_t first, std::span<const int> rays, const std::vector<float>& outputs)>;
  void ForEachGroup(const SamplePool& pool, std::span<const int> rays, const UseOutputs& use);

 protected:
  WorkerPool<ObjectGradient>::Lease Worker();

 private:
  const ObjectField& field_;
  WorkerPool<ObjectGradient> workers_;
};

// A loss of some rays; it gets their outputs in the order of `rays`.
struct RayLoss {
  const SamplePool* pool;
  std::vector<int> rays;
  RayLossFunction loss;
};

class FieldEngine : public FieldReader {
 public:
  // field must outlive this; network_rate: see nn::FieldParameters. Gradients and moments that it has from earlier
  // steps stay with it.
  FieldEngine(ObjectField* field, float network_rate);

  // One step of Adam on the sum of the losses, in parallel. The sums do not depend on the number of threads.

  // Each of a few hundred rays, whose loss is called by the thread that has computed them. Returns the losses.
  std::vector<double> StepOnGroups(std::span<const RayLoss> groups, const kernels::AdamStep& adam);
  // Each of as many rays as need each other's outputs; called one after the other. Returns the sum of the losses.
  double Step(std::span<const RayLoss> losses, const kernels::AdamStep& adam);

  void Release();  // the last call: gradients and moments of the field

 private:
  void Apply(size_t num_groups, const kernels::AdamStep& adam);

  ObjectField* field_;
  float network_rate_;
  std::vector<nn::FieldGradient> gradients_;              // by group
  std::vector<std::unique_ptr<ObjectGradient>> waiting_;  // by group: what it computed waits for the loss
};

}  // namespace sanerf::mask_aggregator
