#include "sanerf/core/orientation.h"

#include <gtest/gtest.h>

#include "sanerf/core/exif_test_support.h"
#include "sanerf/core/files.h"
#include "sanerf/core/folder_test_support.h"
#include "sanerf/core/image_io.h"
#include "sanerf/core/jpeg_codec.h"

namespace sanerf {
namespace {

TEST(Orientation, IsReadInEitherByteOrder) {
  for (const bool is_big_endian : {false, true}) {
    for (int orientation = 1; orientation <= 8; ++orientation) {
      EXPECT_EQ(ExifOrientation(ExifOf(orientation, is_big_endian)), orientation);
    }
    for (const int nonsense : {0, 9, 255, 4711}) EXPECT_EQ(ExifOrientation(ExifOf(nonsense, is_big_endian)), 1);
  }
}

TEST(Orientation, BrokenExifIsUpright) {
  const std::string whole = ExifOf(6);
  for (size_t size = 0; size < 20; ++size) EXPECT_EQ(ExifOrientation(whole.substr(0, size)), 1) << size;
  EXPECT_EQ(ExifOrientation("this is no TIFF structure at all"), 1);
  std::string far = whole;
  for (const size_t at : {4, 5, 6, 7}) far[at] = char(0xff);  // a directory beyond the end
  EXPECT_EQ(ExifOrientation(far), 1);
  std::string text = whole;
  text[12] = 2;  // of another type
  EXPECT_EQ(ExifOrientation(text), 1);
}

TEST(Orientation, PhotosSayIt) {
  const TestFolder folder;
  const std::string jpeg = EncodeJpeg(ImageU8(16, 8, 3, 100));
  WriteFileAtomic(folder / "a.jpg", WithExif(jpeg, 6));
  ImageInfo info = ReadImageInfo(folder / "a.jpg");
  EXPECT_EQ(info.orientation, 6);
  EXPECT_EQ(info.width, 16);  // as stored
  WriteFileAtomic(folder / "b.jpg", WithExif(jpeg, 0));
  EXPECT_EQ(ReadImageInfo(folder / "b.jpg").orientation, 1);
  WriteFileAtomic(folder / "c.jpg", jpeg);
  EXPECT_EQ(ReadImageInfo(folder / "c.jpg").orientation, 1);
}

// EXIF's own words: where the first row and the first column of the file are in what is shown. A picture of 3 x 2:
//   1 2 3
//   4 5 6
TEST(Orientation, PutsRowsAndColumnsWhereExifSays) {
  ImageU8 stored(3, 2, 1);
  stored.data = {1, 2, 3, 4, 5, 6};
  const auto shown = [&](int orientation) { return Upright(stored, orientation).data; };
  using Data = std::vector<uint8_t>;
  EXPECT_EQ(shown(1), (Data{1, 2, 3, 4, 5, 6}));  // top, left
  EXPECT_EQ(shown(2), (Data{3, 2, 1, 6, 5, 4}));  // top, right
  EXPECT_EQ(shown(3), (Data{6, 5, 4, 3, 2, 1}));  // bottom, right
  EXPECT_EQ(shown(4), (Data{4, 5, 6, 1, 2, 3}));  // bottom, left
  EXPECT_EQ(shown(5), (Data{1, 4, 2, 5, 3, 6}));  // left, top
  EXPECT_EQ(shown(6), (Data{4, 1, 5, 2, 6, 3}));  // right, top
  EXPECT_EQ(shown(7), (Data{6, 3, 5, 2, 4, 1}));  // right, bottom
  EXPECT_EQ(shown(8), (Data{3, 6, 2, 5, 1, 4}));  // left, bottom
  EXPECT_EQ(Upright(stored, 6).width, 2);
}

TEST(Orientation, AnUprightPictureGoesBackIntoItsFile) {
  ImageU8 stored(3, 2, 1);
  stored.data = {1, 2, 3, 4, 5, 6};
  for (int orientation = 1; orientation <= 8; ++orientation) {
    const ImageU8 again = AsStored(Upright(stored, orientation), orientation);
    EXPECT_EQ(again.width, 3) << orientation;
    EXPECT_EQ(again.data, stored.data) << orientation;
    EXPECT_EQ(ExifOrientation(ExifWithOrientation(orientation)), orientation);
  }
}

TEST(Orientation, APngSaysItToo) {
  const TestFolder folder;
  WritePng(folder / "a.png", ImageU8(16, 8, 1, 100), 6);
  const ImageInfo info = ReadImageInfo(folder / "a.png");
  EXPECT_EQ(info.orientation, 6);
  EXPECT_EQ(info.width, 16);  // as stored
  EXPECT_EQ(ReadImage(folder / "a.png").data, std::vector<uint8_t>(16 * 8, 100));
  WritePng(folder / "b.png", ImageU8(16, 8, 1, 100), 1);
  EXPECT_EQ(ReadFile(folder / "b.png").find("eXIf"), std::string::npos);
}

TEST(Orientation, WithoutTheMirrorUpStaysUp) {
  // Where the first row and column of an upright picture's twin end up vertically is the same with and without mirror.
  for (const auto& [with, without] : {std::pair(2, 1), std::pair(4, 3), std::pair(5, 6), std::pair(7, 8)}) {
    EXPECT_EQ(TurnAlone(with), without);
    EXPECT_EQ(TurnAlone(without), without);
  }
  EXPECT_EQ(NumTurnsClockwise(6), 1);
  EXPECT_EQ(NumTurnsClockwise(8), 3);
}

}  // namespace
}  // namespace sanerf
