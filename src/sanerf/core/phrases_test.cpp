#include "sanerf/core/phrases.h"

#include <gtest/gtest.h>

namespace sanerf {
namespace {

TEST(Phrases, CountsAgreeWithTheirNoun) {
  EXPECT_EQ(Counted(0, "view"), "0 views");
  EXPECT_EQ(Counted(1, "view"), "1 view");
  EXPECT_EQ(Counted(12, "view"), "12 views");
  EXPECT_EQ(Counted(2, "box", "boxes"), "2 boxes");
  EXPECT_EQ(Counted(1, "box", "boxes"), "1 box");
  EXPECT_EQ(IsAre(1), "is");
  EXPECT_EQ(IsAre(0), "are");
  EXPECT_EQ(IsAre(2, "has", "have"), "have");
}

TEST(Phrases, Ordinals) {
  const char* expected[] = {"1st", "2nd", "3rd", "4th", "10th", "11th", "12th", "13th", "21st", "102nd", "111th"};
  size_t i = 0;
  for (const int n : {1, 2, 3, 4, 10, 11, 12, 13, 21, 102, 111}) EXPECT_EQ(Ordinal(n), expected[i++]);
}

TEST(Phrases, OfALongListTheFirstAreNamed) {
  EXPECT_EQ(FirstFew({}, 2), "");
  EXPECT_EQ(FirstFew({"a", "b"}, 2), "a, b");
  EXPECT_EQ(FirstFew({"a", "b", "c"}, 2), "a, b and 1 more");
  EXPECT_EQ(FirstFew({"a", "b", "c", "d"}, 2, " "), "a b and 2 more");
}

}  // namespace
}  // namespace sanerf
