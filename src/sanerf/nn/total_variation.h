// Total variation of a hash grid's coarse levels: in space that few rays pass, neighbors of one another take each
// other's part. Of the levels without hashing alone, whose neighboring rows are neighbors in space.
#pragma once

#include <cstdint>
#include <span>

#include "sanerf/nn/hash_grid.h"

namespace sanerf::nn {

// Levels 0 ... NumDenseLevels - 1 are not hashed.
int NumDenseLevels(const HashGrid& grid);

struct VariationSample {
  int level = 0;      // a dense one
  int num_cells = 0;  // random ones, drawn anew for each (seed, step)
  uint64_t seed = 0, step = 0;
  // Leaves rows alone that no gradient has ever reached (their second moments are 0): Adam would move them by its whole
  // rate, however small their gradient is.
  bool only_trained = true;
};

// Mean over the cells of the sum over the three axes and all features of (value - that of the next node)^2. Adds scale
// * its gradient to the grid's. Levels are independent: several threads may each do one.
double AddTotalVariation(const VariationSample& sample, float scale, HashGrid* grid);

}  // namespace sanerf::nn
