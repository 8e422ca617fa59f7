#include "sanerf/core/assignment.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

#include "sanerf/core/random.h"

namespace sanerf {
namespace {

using Matrix = std::vector<std::vector<double>>;

// Every way to give each of the shorter side's members a partner.
double CheapestByTrying(const Matrix& cost) {
  const size_t rows = cost.size(), columns = cost[0].size();
  std::vector<size_t> order(std::max(rows, columns));
  std::iota(order.begin(), order.end(), size_t{0});
  double best = 1e300;
  do {
    double sum = 0;
    for (size_t i = 0; i < std::min(rows, columns); ++i) sum += rows <= columns ? cost[i][order[i]] : cost[order[i]][i];
    best = std::min(best, sum);
  } while (std::next_permutation(order.begin(), order.end()));
  return best;
}

// Checks that no column is used twice and that as many rows as possible have one.
double CostOf(const Matrix& cost, const std::vector<int>& column_of) {
  std::vector<int> used;
  double sum = 0;
  for (size_t r = 0; r < cost.size(); ++r) {
    if (column_of[r] < 0) continue;
    sum += cost[r][size_t(column_of[r])];
    used.push_back(column_of[r]);
  }
  EXPECT_EQ(used.size(), std::min(cost.size(), cost[0].size()));
  std::sort(used.begin(), used.end());
  EXPECT_EQ(std::adjacent_find(used.begin(), used.end()), used.end());
  return sum;
}

TEST(AssignmentTest, AsCheapAsTheBestOfAllWays) {
  for (uint64_t trial = 0; trial < 200; ++trial) {
    Random random(1, trial);
    const size_t rows = 1 + random.NextBelow(6), columns = 1 + random.NextBelow(6);
    Matrix cost(rows, std::vector<double>(columns));
    const bool has_ties = trial % 2 == 0;  // few different values, negative ones among them
    for (auto& row : cost)
      for (double& value : row) value = has_ties ? double(random.NextBelow(4)) - 2 : random.NextDouble() - 0.5;
    EXPECT_NEAR(CostOf(cost, MinCostAssignment(cost)), CheapestByTrying(cost), 1e-9)
        << rows << "x" << columns << ", trial " << trial;
  }
}

// Greedy would take 0 first and then has to pay 9.
TEST(AssignmentTest, LooksBeyondTheCheapestPair) {
  EXPECT_EQ(MinCostAssignment({{0, 1}, {2, 9}}), (std::vector<int>{1, 0}));
}

TEST(AssignmentTest, NothingToAssign) {
  EXPECT_TRUE(MinCostAssignment({}).empty());
  EXPECT_EQ(MinCostAssignment({{}, {}}), (std::vector<int>{-1, -1}));
}

}  // namespace
}  // namespace sanerf
