#include "sanerf/mask_aggregator/distinct_draw.h"

#include <algorithm>
#include <numeric>

namespace sanerf::mask_aggregator {

// The beginning of a Fisher-Yates shuffle.
std::vector<int> DrawDistinct(int count, int of, Random* random) {
  std::vector<int> drawn(static_cast<size_t>(of));
  std::iota(drawn.begin(), drawn.end(), 0);
  const size_t size = size_t(std::min(count, of));
  for (size_t i = 0; i < size; ++i) std::swap(drawn[i], drawn[i + random->NextBelow(uint32_t(drawn.size() - i))]);
  drawn.resize(size);
  return drawn;
}

}  // namespace sanerf::mask_aggregator
