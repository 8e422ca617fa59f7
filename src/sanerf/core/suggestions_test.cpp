#include "sanerf/core/suggestions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sanerf {
namespace {

using testing::ElementsAre;

TEST(NearestNames, OnlyPlausibleOnesNearestFirst) {
  const std::vector<std::string> commands = {"train", "render", "segment", "encode", "eval"};
  EXPECT_THAT(NearestNames("trian", commands), ElementsAre("train"));
  EXPECT_THAT(NearestNames("rendr", commands), ElementsAre("render"));
  EXPECT_THAT(NearestNames("seg", commands), ElementsAre("segment"));
  EXPECT_THAT(NearestNames("000.png", {"train/000.png", "test/000.png"}), ElementsAre("train/000.png", "test/000.png"));
  EXPECT_THAT(NearestNames("quux", commands), ElementsAre());
  EXPECT_EQ(DidYouMean("evall", commands), "did you mean 'eval'?");
  EXPECT_EQ(DidYouMean("a2", {"a1", "a3"}), "did you mean 'a1' or 'a3'?");
  EXPECT_EQ(DidYouMean("quux", commands), "");
}

}  // namespace
}  // namespace sanerf
