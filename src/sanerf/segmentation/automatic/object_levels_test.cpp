#include "sanerf/segmentation/automatic/object_levels.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>
#include <set>

namespace sanerf::segmentation {
namespace {

using testing::ElementsAre;
using enum Verdict;

// Items as sets of cells of equal area: shares follow from them.
struct Cells {
  std::set<int> cells;
  double agreement = 0;
  bool is_background = false;
};

std::set<int> Interval(int from, int to) {
  std::set<int> cells;
  for (int i = from; i < to; ++i) cells.insert(i);
  return cells;
}

std::vector<Verdict> Choose(const std::vector<Cells>& all, double whole = 0.8) {
  std::vector<LevelItem> items;
  std::vector<std::vector<double>> share_in(all.size(), std::vector<double>(all.size(), 0));
  for (size_t i = 0; i < all.size(); ++i) {
    items.push_back({all[i].agreement, double(all[i].cells.size()) / 100, all[i].is_background});
    for (size_t j = 0; j < all.size(); ++j)
      for (const int cell : all[i].cells) share_in[i][j] += all[j].cells.count(cell) / double(all[i].cells.size());
  }
  return ChooseLevel(items, share_in, whole);
}

TEST(ChooseLevelTest, ObjectsBesideEachOtherStay) {
  EXPECT_THAT(Choose({{Interval(0, 10), 0.9}, {Interval(10, 30), 0.6}}), ElementsAre(kObject, kObject));
}

TEST(ChooseLevelTest, OfTheSameThingTheBetterStays) {
  EXPECT_THAT(Choose({{Interval(0, 20), 0.8}, {Interval(1, 21), 0.9}}), ElementsAre(kRepeated, kObject));
}

// A label on a bottle: the views agree on it a little better.
TEST(ChooseLevelTest, AWholeThatAgreesNearlyAsWellTakesItsParts) {
  EXPECT_THAT(Choose({{Interval(0, 20), 0.8}, {Interval(5, 10), 0.9}}), ElementsAre(kObject, kPart));
}

TEST(ChooseLevelTest, AWholeThatAgreesMuchLessGoes) {
  EXPECT_THAT(Choose({{Interval(0, 20), 0.6}, {Interval(5, 15), 0.9}}), ElementsAre(kWhole, kObject));
  EXPECT_THAT(Choose({{Interval(0, 20), 0.6}, {Interval(5, 15), 0.9}}, 0.5), ElementsAre(kObject, kPart));
}

// An apple in a bowl, and both as one.
TEST(ChooseLevelTest, PartsThatMakeUpTheWholeAreTakenWhenEachAgreesBetter) {
  EXPECT_THAT(Choose({{Interval(0, 20), 0.85}, {Interval(0, 14), 0.9}, {Interval(14, 20), 0.86}}),
              ElementsAre(kWhole, kObject, kObject));
  // The faces of a box: one of them has a lower confidence than the box.
  EXPECT_THAT(Choose({{Interval(0, 20), 0.85}, {Interval(0, 14), 0.9}, {Interval(14, 20), 0.7}}),
              ElementsAre(kObject, kPart, kPart));
}

TEST(ChooseLevelTest, BoardsOfATableAreTextureThingsOnItAreNot) {
  std::set<int> table = Interval(0, 80);
  for (int cell = 20; cell < 30; ++cell) table.erase(cell);  // hidden by an object
  EXPECT_THAT(Choose({{table, 0.8, true}, {Interval(40, 60), 0.7}, {Interval(20, 30), 0.75}, {Interval(0, 10), 0.9}}),
              ElementsAre(kBackground, kTexture, kObject, kObject));
}

TEST(ChooseLevelTest, OfTwoThatOverlapTheBetterAgreedStays) {
  EXPECT_THAT(Choose({{Interval(0, 20), 0.7}, {Interval(8, 30), 0.8}}), ElementsAre(kConflict, kObject));
}

TEST(ChooseLevelTest, Nothing) { EXPECT_TRUE(Choose({}).empty()); }

}  // namespace
}  // namespace sanerf::segmentation
