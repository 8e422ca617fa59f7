// What goes into a pretrained network and comes out of it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace sanerf::models {

struct Tensor {
  std::string name;
  std::vector<int64_t> shape;
  std::vector<float> data;  // row-major
};

}  // namespace sanerf::models
