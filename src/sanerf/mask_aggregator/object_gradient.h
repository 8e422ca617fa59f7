// Cross entropy of a group of pool rays and its gradient, on one thread (paper Eq. 7 and 8).
#pragma once

#include "sanerf/mask_aggregator/sample_pool.h"

namespace sanerf {

struct ObjectGroupGradient {
  GridGradient grid;
  Buffer grad_mlp;
  double loss = 0;
  int64_t num_correct = 0;
};

// Loss and gradient of the composited logits of one ray: -log softmax(logits)[label]. Returns the loss.
// Writes grad_logits times scale. Instantiated for float (the program) and double (the proofs).
template <class T>
double CrossEntropy(const T* logits, int num_labels, int label, T scale, T* grad_logits);

class ObjectGradient {
 public:
  explicit ObjectGradient(const ObjectField& field);

  // rays: indices into pool.rays. loss_scale: 1 / rays of the whole batch.
  void Compute(const SamplePool& pool, const std::vector<int>& rays, float loss_scale, ObjectGroupGradient* out);

 private:
  const ObjectField& field_;
  Buffer geometry_, grid_out_, inputs_, hidden_, logits_, grad_logits_, grad_inputs_, scratch_;
};

}  // namespace sanerf
