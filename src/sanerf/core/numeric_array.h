// What a file of numbers holds, whatever type they have there.
#pragma once

#include <cstdint>
#include <vector>

namespace sanerf {

struct NumericArray {
  std::vector<int64_t> shape;
  std::vector<double> data;  // row by row
};

}  // namespace sanerf
