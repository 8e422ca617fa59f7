#include "sanerf/nn/parameters.h"

#include "sanerf/kernels/isa.h"

namespace sanerf::nn {

void Parameters::Step(const kernels::AdamStep& step, int64_t begin, int64_t end) {
  kernels::Kernels().adam(step, end - begin, values.data() + begin, grads.data() + begin, m.data() + begin,
                          v.data() + begin);
}

}  // namespace sanerf::nn
