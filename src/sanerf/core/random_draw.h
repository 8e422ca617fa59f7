// Random choices without repetition.
#pragma once

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <utility>
#include <vector>

#include "sanerf/core/random.h"

namespace sanerf {

// `count` different ones of `from` in random order, all of them when there are no more: the beginning of a Fisher-Yates
// shuffle.
template <class T>
std::vector<T> DrawFrom(std::vector<T> from, int count, Random* random) {
  const size_t wanted = std::min(from.size(), size_t(count));
  for (size_t i = 0; i < wanted; ++i) std::swap(from[i], from[i + random->NextBelow(uint32_t(from.size() - i))]);
  from.resize(wanted);
  return from;
}

// The same of 0 .. of - 1.
inline std::vector<int> DrawDistinct(int count, int of, Random* random) {
  std::vector<int> all(static_cast<size_t>(of));
  std::iota(all.begin(), all.end(), 0);
  return DrawFrom(std::move(all), count, random);
}

}  // namespace sanerf
