#include "sanerf/export/coco_rle.h"

#include <gtest/gtest.h>

#include <string>

namespace sanerf::exports {
namespace {

// Written from the description of the format, the other way around.
std::vector<int64_t> RunsInText(const std::string& text) {
  std::vector<int64_t> runs;
  for (size_t at = 0; at < text.size();) {
    int64_t value = 0;
    int shift = 0;
    for (bool more = true; more; ++at, shift += 5) {
      const int letter = text[at] - 48;
      value += int64_t(letter & 31) << shift;
      more = letter >= 32;
      if (!more && (letter & 16) != 0) value -= int64_t{1} << (shift + 5);
    }
    if (runs.size() > 2) value += runs[runs.size() - 2];
    runs.push_back(value);
  }
  return runs;
}

// Pseudo-random blobs, some of one pixel, some of whole columns.
ImageU8 Pattern(int width, int height, uint32_t seed) {
  ImageU8 mask(width, height, 1);
  uint32_t state = seed;
  for (uint8_t& value : mask.data) {
    state = state * 1664525u + 1013904223u;
    value = (state >> 24) % 7 < 3 ? 255 : 0;
  }
  for (int y = 0; y < height; ++y) mask.At(width / 2, y) = 255;
  return mask;
}

// pycocotools' own example: 9 x 10 pixels with these runs have this text.
TEST(CocoRle, IsPycocotoolsText) {
  EXPECT_EQ(TextOfRuns({6, 1, 40, 4, 5, 4, 5, 4, 21}), "61X13mN000`0");
  ImageU8 mask(10, 9, 1);
  // Down the columns: one pixel behind 6, then three columns of 4 from place 47 on with 5 between them.
  int place = 0, next = 0;
  const int runs[] = {6, 1, 40, 4, 5, 4, 5, 4, 21};
  for (const int run : runs) {
    for (int i = 0; i < run; ++i, ++place) mask.At(place / 9, place % 9) = next % 2 == 1 ? 255 : 0;
    ++next;
  }
  EXPECT_EQ(RunsOf(mask), (std::vector<uint32_t>{6, 1, 40, 4, 5, 4, 5, 4, 21}));
  const CocoBox box = CocoBoxOf(mask);
  EXPECT_EQ(box.x, 0);
  EXPECT_EQ(box.width, 8);  // the last pixel is the 69th: column 7
}

TEST(CocoRle, AnotherReaderFindsEveryPixel) {
  for (const auto& [width, height] : {std::pair(1, 1), {1, 40}, {40, 1}, {17, 23}, {300, 211}}) {
    for (uint32_t seed = 1; seed < 6; ++seed) {
      const ImageU8 mask = Pattern(width, height, seed);
      ImageU8 read(width, height, 1);
      size_t place = 0;
      bool is_inside = false;
      for (const int64_t run : RunsInText(TextOfRuns(RunsOf(mask)))) {
        ASSERT_GE(run, 0);
        for (int64_t i = 0; i < run; ++i, ++place)
          read.At(int(place) / height, int(place) % height) = is_inside ? 255 : 0;
        is_inside = !is_inside;
      }
      EXPECT_EQ(place, mask.data.size());
      EXPECT_EQ(read.data, mask.data);
    }
  }
}

TEST(CocoRle, EmptyAndFullMasks) {
  EXPECT_EQ(RunsOf(ImageU8(4, 3, 1)), (std::vector<uint32_t>{12}));
  EXPECT_EQ(RunsOf(ImageU8(4, 3, 1, 255)), (std::vector<uint32_t>{0, 12}));
  const CocoBox box = CocoBoxOf(ImageU8(4, 3, 1));
  EXPECT_EQ(box.width + box.height + box.x + box.y, 0);
  // A run longer than 31 bits of groups comes back.
  EXPECT_EQ(RunsInText(TextOfRuns({0, 268435456, 3, 1})), (std::vector<int64_t>{0, 268435456, 3, 1}));
}

}  // namespace
}  // namespace sanerf::exports
