// Named trainable parameters with their gradients and Adam's moments.
#pragma once

#include <string>

#include "sanerf/kernels/kernels.h"
#include "sanerf/nn/buffer.h"

namespace sanerf::nn {

struct Parameters {
  std::string name;
  Buffer values;
  Buffer grads, m, v;  // empty until PrepareTraining

  int64_t size() const { return values.size(); }
  void PrepareTraining() {
    if (grads.size() == size()) return;
    grads = Buffer(size());
    m = Buffer(size());
    v = Buffer(size());
  }
  // Releases gradients and moments: a frozen network needs a quarter of the memory.
  void Freeze() {
    grads = Buffer();
    m = Buffer();
    v = Buffer();
  }
  // Adam on [begin, end); clears those gradients.
  void Step(const kernels::AdamStep& step, int64_t begin, int64_t end);
};

}  // namespace sanerf::nn
