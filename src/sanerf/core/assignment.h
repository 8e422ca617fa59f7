// Who takes what at the least total cost: the Hungarian method.
#pragma once

#include <vector>

namespace sanerf {

// cost[row][column], finite, all rows of one length. Result: a column for every row, each at most once, -1 for the
// rows that are left over when there are more rows than columns; the sum over the assigned pairs is minimal.
// O(n^2 m) for n = min(rows, columns), m = max.
std::vector<int> MinCostAssignment(const std::vector<std::vector<double>>& cost);

}  // namespace sanerf
