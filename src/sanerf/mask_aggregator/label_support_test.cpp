#include "sanerf/mask_aggregator/label_support.h"

#include <gtest/gtest.h>

#include <cmath>

namespace sanerf::mask_aggregator {
namespace {

CellIndex OneCell(int per_axis, const CellIndex::Cell& cell) {
  CellIndex cells(per_axis);
  cells.Insert(cell);
  return cells;
}

constexpr float kInside[3] = {0.3f, 0.3f, 0.3f}, kOutside[3] = {0.8f, 0.3f, 0.3f};  // of the cell {1, 1, 1} of 4

std::vector<float> Restricted(const LabelSupport& support, const float* position, std::vector<float> logits) {
  support.Restrict(position, logits.data());
  return logits;
}

TEST(LabelSupport, WhatIsSaidForALabelThatMayNotBeThereIsSaidForTheBackground) {
  LabelSupport support(2);
  EXPECT_FALSE(support.confines_anything());
  EXPECT_EQ(Restricted(support, kOutside, {-1, 3}), (std::vector<float>{-1, 3}));
  support.Confine(1, OneCell(4, {1, 1, 1}));
  EXPECT_TRUE(support.confines_anything());
  EXPECT_EQ(Restricted(support, kInside, {-1, 3}), (std::vector<float>{-1, 3}));
  EXPECT_EQ(Restricted(support, kOutside, {-1, 3}), (std::vector<float>{3, -1}));
  EXPECT_EQ(Restricted(support, kOutside, {3, -1}), (std::vector<float>{3, -1}));  // it was background before
}

TEST(LabelSupport, TheBestOfTheLabelsThatMayBeThereWins) {
  LabelSupport support(4);
  support.Confine(1, OneCell(4, {1, 1, 1}));
  support.Confine(2, OneCell(8, {6, 2, 2}));  // a lattice of its own
  EXPECT_EQ(Restricted(support, kOutside, {0, 5, 2, 1}), (std::vector<float>{0, 2, 5, 1}));
  EXPECT_EQ(Restricted(support, kInside, {0, 2, 5, 1}), (std::vector<float>{0, 5, 2, 1}));
  EXPECT_EQ(Restricted(support, kInside, {0, -1, 5, 1}), (std::vector<float>{0, -1, 1, 5}));  // 3 may be anywhere
  // Several that may not be there: none of them wins.
  LabelSupport strict(3);
  strict.Confine(1, OneCell(4, {1, 1, 1}));
  strict.Confine(2, OneCell(4, {1, 1, 1}));
  const std::vector<float> logits = Restricted(strict, kOutside, {0, 2, 3});
  EXPECT_EQ(logits[0], 3);
}

TEST(LabelSupport, SurvivesTheDisk) {
  LabelSupport support(3);
  CellIndex cells = OneCell(8, {6, 2, 2});
  cells.Insert(CellIndex::Cell{0, 7, 3});
  support.Confine(2, std::move(cells));
  EXPECT_EQ(support.CellsPerAxis(), (std::vector<int>{0, 0, 8}));
  const std::vector<float> rows = support.Rows();
  EXPECT_EQ(rows, (std::vector<float>{2, 6, 2, 2, 2, 0, 7, 3}));
  const auto read = LabelSupport::FromRows(support.CellsPerAxis(), rows);
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->Rows(), rows);
  EXPECT_TRUE(read->Allows(kOutside, 1));
  EXPECT_TRUE(read->Allows(kOutside, 2));
  EXPECT_FALSE(read->Allows(kInside, 2));
}

TEST(LabelSupport, RowsThatCannotBeAreRefused) {
  const std::vector<int> per_axis = {0, 0, 8};
  const auto is_refused = [&](const std::vector<float>& rows) { return !LabelSupport::FromRows(per_axis, rows); };
  EXPECT_FALSE(is_refused({}));
  EXPECT_FALSE(is_refused({2, 6, 2, 2}));
  EXPECT_TRUE(is_refused({2, 6, 2}));
  EXPECT_TRUE(is_refused({1, 6, 2, 2}));  // may be anywhere
  EXPECT_TRUE(is_refused({3, 6, 2, 2}));
  EXPECT_TRUE(is_refused({-1, 6, 2, 2}));
  EXPECT_TRUE(is_refused({2, 8, 2, 2}));
  EXPECT_TRUE(is_refused({2, 6, 2.5f, 2}));
  EXPECT_TRUE(is_refused({2, 6, NAN, 2}));
  EXPECT_TRUE(is_refused({2, 6, 2, 2, 2, 6, 2, 2}));  // twice
}

}  // namespace
}  // namespace sanerf::mask_aggregator
