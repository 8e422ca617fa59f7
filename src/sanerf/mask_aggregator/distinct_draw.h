// Random choices without repetition.
#pragma once

#include <vector>

#include "sanerf/core/random.h"

namespace sanerf::mask_aggregator {

// `count` different ones of 0 .. of - 1 in random order, all of them when there are no more.
std::vector<int> DrawDistinct(int count, int of, Random* random);

}  // namespace sanerf::mask_aggregator
