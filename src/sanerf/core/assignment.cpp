#include "sanerf/core/assignment.h"

#include <limits>

#include "sanerf/core/check.h"

namespace sanerf {
namespace {

// At most as many rows as columns. Rows enter one by one; each brings a shortest path of reassignments (Dijkstra on
// costs that the potentials keep non-negative) to a free column.
std::vector<int> AssignRows(const std::vector<std::vector<double>>& cost, size_t num_columns) {
  constexpr size_t kNone = std::numeric_limits<size_t>::max();
  const size_t num_rows = cost.size();
  std::vector<double> row_potential(num_rows, 0), column_potential(num_columns, 0);
  std::vector<size_t> row_of(num_columns, kNone);
  for (size_t entering = 0; entering < num_rows; ++entering) {
    std::vector<double> distance(num_columns, std::numeric_limits<double>::infinity());
    std::vector<size_t> previous(num_columns, kNone);  // column before this one on the path
    std::vector<bool> is_reached(num_columns, false);
    size_t row = entering, last = kNone;
    double length = 0;
    while (true) {
      size_t nearest = kNone;
      for (size_t c = 0; c < num_columns; ++c) {
        if (is_reached[c]) continue;
        const double through = length + cost[row][c] - row_potential[row] - column_potential[c];
        if (through < distance[c]) distance[c] = through, previous[c] = last;
        if (nearest == kNone || distance[c] < distance[nearest]) nearest = c;
      }
      length = distance[nearest];
      is_reached[nearest] = true;
      last = nearest;
      if (row_of[nearest] == kNone) break;
      row = row_of[nearest];
    }
    // The potentials follow, so that every used edge costs nothing.
    row_potential[entering] += length;
    for (size_t c = 0; c < num_columns; ++c) {
      if (!is_reached[c] || c == last) continue;
      row_potential[row_of[c]] += length - distance[c];
      column_potential[c] -= length - distance[c];
    }
    // Everyone on the path moves over by one.
    for (size_t c = last; c != kNone; c = previous[c])
      row_of[c] = previous[c] == kNone ? entering : row_of[previous[c]];
  }
  std::vector<int> column_of(num_rows, -1);
  for (size_t c = 0; c < num_columns; ++c)
    if (row_of[c] != kNone) column_of[row_of[c]] = int(c);
  return column_of;
}

}  // namespace

std::vector<int> MinCostAssignment(const std::vector<std::vector<double>>& cost) {
  if (cost.empty()) return {};
  const size_t num_columns = cost[0].size();
  for (const auto& row : cost) SANERF_CHECK_EQ(row.size(), num_columns);
  if (cost.size() <= num_columns) return AssignRows(cost, num_columns);

  std::vector<std::vector<double>> transposed(num_columns, std::vector<double>(cost.size()));
  for (size_t r = 0; r < cost.size(); ++r)
    for (size_t c = 0; c < num_columns; ++c) transposed[c][r] = cost[r][c];
  std::vector<int> column_of(cost.size(), -1);
  const std::vector<int> row_of = AssignRows(transposed, cost.size());
  for (size_t c = 0; c < num_columns; ++c) column_of[size_t(row_of[c])] = int(c);
  return column_of;
}

}  // namespace sanerf
