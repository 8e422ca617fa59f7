// Single values of a sorted list, without sorting it. There is at least one.
#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

namespace sanerf {

// share: of the way from the smallest (0) to the largest (1), rounded down.
template <class T>
T Quantile(std::vector<T> values, double share) {
  const auto at = values.begin() + std::ptrdiff_t(share * double(values.size() - 1));
  std::nth_element(values.begin(), at, values.end());
  return *at;
}

// Of an even number the upper one of the two in the middle.
inline double Median(std::vector<double> values) {
  const auto middle = values.begin() + std::ptrdiff_t(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

}  // namespace sanerf
