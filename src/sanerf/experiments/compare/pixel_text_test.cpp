#include "sanerf/experiments/compare/pixel_text.h"

#include <gtest/gtest.h>

namespace sanerf::experiments {
namespace {

std::string Drawn(const std::string& text, int width, int height, int x = 0, int y = 0, int scale = 1) {
  ImageU8 image(width, height, 3);
  DrawText(text, x, y, {scale, {255, 255, 255}}, &image);
  std::string rows;
  for (int v = 0; v < height; ++v) {
    for (int u = 0; u < width; ++u) rows += image.At(u, v) != 0 ? '#' : '.';
    rows += '\n';
  }
  return rows;
}

TEST(PixelTextTest, LettersStandUpright) {
  EXPECT_EQ(Drawn("L7", 11, 7),
            "#.....#####\n"
            "#.........#\n"
            "#........#.\n"
            "#.......#..\n"
            "#.......#..\n"
            "#......#...\n"
            "#####..#...\n");
  EXPECT_EQ(Drawn("l", 5, 7), Drawn("L", 5, 7));
}

TEST(PixelTextTest, ScaleAndPlace) {
  EXPECT_EQ(TextWidth("L7", 1), 11);
  EXPECT_EQ(TextWidth("L7", 2), 22);
  EXPECT_EQ(TextWidth("", 2), 0);
  EXPECT_EQ(Drawn("-", 12, 4, 1, -5, 2), "............\n.##########.\n.##########.\n............\n");
}

TEST(PixelTextTest, WhatIsOutsideIsCut) {
  EXPECT_EQ(Drawn("L", 2, 2, -1, -5), "..\n##\n");
  EXPECT_EQ(Drawn("\x01", 5, 1), "#####\n");  // a letter that is not there
}

TEST(PixelTextTest, LongTextIsShortened) {
  EXPECT_EQ(FittingText("cracker_box", 65, 1), "cracker_box");
  EXPECT_EQ(FittingText("cracker_box", 64, 1), "cracker_..");
}

}  // namespace
}  // namespace sanerf::experiments
