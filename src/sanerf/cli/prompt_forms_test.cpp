#include "sanerf/cli/prompt_forms.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sanerf/core/error.h"

namespace sanerf::cli {
namespace {

using ::testing::HasSubstr;

TEST(PromptFormsTest, Clicks) {
  mask_decoder::ClickPrompt click = ParseClick("r_012:310,220");
  EXPECT_EQ(click.view, "r_012");
  EXPECT_EQ(click.xy, Vec2(310, 220));
  EXPECT_EQ(click.label, 1);
  click = ParseClick("train/a:b,c.png:1.5,-2:neg");
  EXPECT_EQ(click.view, "train/a:b,c.png");
  EXPECT_EQ(click.xy, Vec2(1.5, -2));
  EXPECT_EQ(click.label, 0);
  EXPECT_EQ(ParseClick("5:1,2:pos").label, 1);
  EXPECT_EQ(click.candidate, -1);
  click = ParseClick("a:mask1:3,4:neg:mask12");
  EXPECT_EQ(click.view, "a:mask1");
  EXPECT_EQ(click.label, 0);
  EXPECT_EQ(click.candidate, 12);
}

TEST(PromptFormsTest, PointsAndBoxes) {
  EXPECT_EQ(ParsePoint("0.5,-1e-2,3").p, Vec3(0.5, -0.01, 3));
  EXPECT_EQ(ParsePoint("1,2,3:neg").label, 0);
  const mask_decoder::BoxPrompt box = ParseBox("0007:10,20,30.5,40");
  EXPECT_EQ(box.view, "0007");
  EXPECT_EQ(box.x1, 30.5);
}

TEST(PromptFormsTest, WrongFormsAreUsageErrorsWithTheForm) {
  const auto hint_of = [](auto parse, const std::string& text) -> std::string {
    try {
      parse(text);
    } catch (const UsageError& error) {
      return error.hint();
    }
    return "no error for " + text;
  };
  for (const std::string text : {"", "r_012", "310,220", ":1,2", "a:1", "a:1,2,3", "a:1,b", "a:1,2:never", "a:nan,1",
                                 "a:1,2,", "a:1,2:mask", "a:1,2:mask100"}) {
    EXPECT_THAT(hint_of(ParseClick, text), HasSubstr("VIEW:X,Y")) << text;
  }
  for (const std::string text : {"", "1,2", "1,2,3,4", "x", "1,2,inf", "1;2;3", "1,2,3:no"}) {
    EXPECT_THAT(hint_of(ParsePoint, text), HasSubstr("X,Y,Z")) << text;
  }
  for (const std::string text : {"a:1,2,3", "1,2,3,4", "a:5,5,5,9", "a:5,9,8,5"}) {
    EXPECT_THAT(hint_of(ParseBox, text), HasSubstr("VIEW:X0")) << text;
  }
}

TEST(PromptFormsTest, WhatIsMissingIsNamed) {
  const auto why = [](auto parse, const std::string& text) {
    try {
      parse(text);
    } catch (const UsageError& error) {
      return std::string(error.why());
    }
    return std::string();
  };
  for (const char* text : {"train/000", "12", "a:", "train/000:neg", "a,b"})
    EXPECT_EQ(why(ParseClick, text), "X,Y is missing") << text;
  for (const char* text : {"310,220", ":1,2", "310,-220:neg", ""})
    EXPECT_EQ(why(ParseClick, text), "the view is missing") << text;
  EXPECT_EQ(why(ParseBox, "r_012"), "X0,Y0,X1,Y1 is missing");
  EXPECT_EQ(why(ParseBox, "1,2,3,4"), "the view is missing");
}

}  // namespace
}  // namespace sanerf::cli
