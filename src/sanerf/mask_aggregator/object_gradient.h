// A loss of pool rays and its gradient, on one thread (paper Eq. 7, 8 and 9).
#pragma once

#include <functional>
#include <span>

#include "sanerf/mask_aggregator/object_field.h"
#include "sanerf/mask_aggregator/ray_pair_loss.h"
#include "sanerf/mask_aggregator/sample_pool.h"

namespace sanerf::mask_aggregator {

// Loss and gradient of the composited logits of one ray: -log softmax(logits)[label]. Returns the loss.
// Writes grad_logits times scale. smoothing: this share of the target is spread over all labels (Szegedy et al. 2016),
// so that a label of high enough probability asks for nothing more. Instantiated for float (the program) and double
// (the proofs).
template <class T>
double CrossEntropy(const T* logits, int num_labels, int label, T scale, T* grad_logits, T smoothing = 0);

// A loss of several rays: composited logits [ray][label] in, their gradient out; returns the loss.
using RayLossFunction = std::function<double(const float* logits, float* grad_logits)>;

// Eq. 9 over rays whose outputs are logits. scale: of the loss and its gradient, which is written.
double RayPairLossOfLogits(const RayPairOptions& options, const RayPairs<float>& rays, float scale, float* grad_logits);

// Eq. 12 of one ray: the distance of what the logits say from the label of its mask.
float ErrorOfLogits(const RayPairOptions& options, int num_labels, const float* logits, int label);

class ObjectGradient {
 public:
  explicit ObjectGradient(const ObjectField& field);

  // rays: of the pool, in the order in which `loss` gets them. Replaces everything in *out: the gradient of the
  // network's weights, that of the grid as positions and gradients of its outputs, and the loss.
  void Compute(const SamplePool& pool, std::span<const int> rays, const RayLossFunction& loss, nn::FieldGradient* out);

  // The two halves of Compute, for a loss that needs the rays of several workers at once.
  // Composited on top of the pool's prior, [ray][label]. Valid until the next call.
  const std::vector<float>& Logits(const SamplePool& pool, std::span<const int> rays);
  // The same of rays with geometry, without a prior.
  const std::vector<float>& Logits(const nerf::TracedRays& all, std::span<const int> rays);
  // grad_logits: of what Logits has just returned for these rays. out->loss is left alone.
  void Backward(const SamplePool& pool, std::span<const int> rays, const float* grad_logits, nn::FieldGradient* out);

 private:
  void AddLogits(const nerf::TracedRays& all, std::span<const int> rays);

  const ObjectField& field_;
  int64_t num_tiles_ = 0;
  std::vector<float> composited_, grad_composited_;
  nn::Buffer positions_, geometry_, grad_logits_, grad_inputs_, scratch_;
  ObjectField::Activations activations_;
};

}  // namespace sanerf::mask_aggregator
