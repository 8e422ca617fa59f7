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

TEST(Phrases, OfALongListTheFirstAreNamed) {
  EXPECT_EQ(FirstFew({}, 2), "");
  EXPECT_EQ(FirstFew({"a", "b"}, 2), "a, b");
  EXPECT_EQ(FirstFew({"a", "b", "c"}, 2), "a, b and 1 more");
  EXPECT_EQ(FirstFew({"a", "b", "c", "d"}, 2, " "), "a b and 2 more");
}

}  // namespace
}  // namespace sanerf
