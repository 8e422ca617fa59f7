#include "sanerf/core/image_io.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>

#include "sanerf/core/error.h"
#include "sanerf/core/files.h"
#include "sanerf/core/folder_test_support.h"
#include "sanerf/core/jpeg_codec.h"
#include "sanerf/core/jpeg_test_support.h"
#include "sanerf/core/png_codec.h"
#include "sanerf/core/random.h"

namespace sanerf {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

ImageU8 SmoothImage(int width, int height, int channels) {
  ImageU8 image(width, height, channels);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      for (int c = 0; c < channels; ++c) image.At(x, y, c) = uint8_t(127.5 + 120 * std::sin(0.1 * (x + 2 * y) + c));
    }
  }
  return image;
}

TEST(ImageIo, PngRoundTripIsExact) {
  const TestFolder folder;
  for (int channels = 1; channels <= 4; ++channels) {
    const ImageU8 image = SmoothImage(31, 17, channels);
    WritePng(folder / "a.jpg", image);  // the content decides, not the name
    const ImageInfo info = ReadImageInfo(folder / "a.jpg");
    EXPECT_EQ(info.width, 31);
    EXPECT_EQ(info.height, 17);
    EXPECT_EQ(info.channels, channels);
    EXPECT_EQ(info.bits, 8);
    const ImageU8 read = ReadImage(folder / "a.jpg");
    EXPECT_EQ(read.channels, channels);
    EXPECT_EQ(read.data, image.data);
  }
}

TEST(ImageIo, SixteenBitPng) {
  const TestFolder folder;
  ImageU16 image(3, 2, 1);
  image.data = {0, 1, 256, 257, 65535, 4660};
  WritePng(folder / "a.png", image);
  EXPECT_EQ(ReadPng16(folder / "a.png").data, image.data);
  EXPECT_EQ(ReadImageInfo(folder / "a.png").bits, 16);
  EXPECT_THAT(ReadImage(folder / "a.png").data, testing::ElementsAre(0, 0, 1, 1, 255, 18));
  WritePng(folder / "b.png", SmoothImage(5, 5, 1));
  const ImageU16 widened = ReadPng16(folder / "b.png");  // kept, not scaled
  EXPECT_EQ(widened.data[7], SmoothImage(5, 5, 1).data[7]);
}

TEST(ImageIo, JpegRoundTripIsClose) {
  const TestFolder folder;
  for (const int channels : {1, 3}) {
    const ImageU8 image = SmoothImage(50, 41, channels);
    WriteJpeg(folder / "a.png", image, 95);
    EXPECT_EQ(ReadImageInfo(folder / "a.png").channels, channels);
    const ImageU8 read = ReadImage(folder / "a.png");
    ASSERT_EQ(read.data.size(), image.data.size());
    double sum = 0;
    for (size_t i = 0; i < image.data.size(); ++i) sum += std::abs(int(image.data[i]) - int(read.data[i]));
    EXPECT_LT(sum / double(image.data.size()), 2.0);
  }
}

TEST(ImageIo, FilesThatAreNoImagesAreErrors) {
  const TestFolder folder;
  const auto error_of = [&](const std::string& name) { return ErrorTextOf<Error>([&] { ReadImage(folder / name); }); };
  WriteFileAtomic(folder / "text.png", "this is text");
  WriteFileAtomic(folder / "empty.png", "");
  EXPECT_THAT(error_of("text.png"),
              AllOf(HasSubstr((folder / "text.png").string()), HasSubstr("neither PNG nor JPEG")));
  EXPECT_THAT(error_of("empty.png"), HasSubstr("the file is empty"));
  EXPECT_THAT(error_of("none.png"), HasSubstr("No such file"));
  const auto info_error_of = [](const std::filesystem::path& path) {
    return ErrorTextOf<Error>([&] { ReadImageInfo(path); });
  };
  EXPECT_THAT(info_error_of(folder / "text.png"), HasSubstr("text.png: it is neither PNG nor JPEG"));
  EXPECT_THAT(info_error_of(folder / "none.png"), HasSubstr("none.png: No such file"));
  EXPECT_THAT(info_error_of(folder.path()), HasSubstr(folder.path().string() + ": it is a folder"));
  EXPECT_THAT(ErrorTextOf<Error>([&] { ReadPng16(folder / "text.png"); }), HasSubstr("text.png: it is not a PNG"));
}

// Every truncation is noticed, wherever it falls.
class TruncationTest : public ::testing::TestWithParam<const char*> {};

TEST_P(TruncationTest, IsAnErrorThatNamesTheFile) {
  const TestFolder folder;
  const ImageU8 image = SmoothImage(64, 48, 3);
  const std::string bytes = std::string(GetParam()) == "png" ? EncodePng(image) : EncodeJpeg(image);
  for (size_t size = 1; size < bytes.size(); size += 1 + size / 16) {
    WriteFileAtomic(folder / "a.img", bytes.substr(0, size));
    const std::string error = ErrorTextOf<Error>([&] { ReadImage(folder / "a.img"); });
    EXPECT_THAT(error, HasSubstr((folder / "a.img").string())) << size;
    EXPECT_THAT(error, HasSubstr(size < 8 ? "" : "the file is truncated")) << size;
  }
}

TEST_P(TruncationTest, DamagedBytesNeverCrash) {
  const TestFolder folder;
  const ImageU8 image = SmoothImage(40, 30, 3);
  const std::string bytes = std::string(GetParam()) == "png" ? EncodePng(image) : EncodeJpeg(image);
  Random random(11);
  int refused = 0;
  for (int round = 0; round < 150; ++round) {
    std::string damaged = bytes;
    for (int i = 0; i < 3; ++i) damaged[random.NextBelow(uint32_t(damaged.size()))] = char(random.NextU32());
    WriteFileAtomic(folder / "a.img", damaged);
    try {
      ReadImage(folder / "a.img");
    } catch (const Error&) {
      ++refused;
    }
  }
  EXPECT_GT(refused, 10);
}

INSTANTIATE_TEST_SUITE_P(Formats, TruncationTest, ::testing::Values("png", "jpeg"));

// A header may announce any size; memory is asked for only when the bytes behind it can be that picture.
TEST(ImageIo, SizesThatTheFileIsTooShortForAreErrors) {
  const TestFolder folder;
  const auto error_of = [&](std::string bytes) {
    WriteFileAtomic(folder / "a.img", bytes);
    return ErrorTextOf<Error>([&] { ReadImage(folder / "a.img"); });
  };
  std::string jpeg = EncodeJpeg(SmoothImage(31, 17, 3));
  const size_t frame = jpeg.find("\xff\xc0");  // marker, length, precision; then height and width
  ASSERT_NE(frame, std::string::npos);
  for (const size_t side : {frame + 5, frame + 7}) jpeg[side] = char(0x3f);
  EXPECT_THAT(error_of(jpeg), HasSubstr("the file is truncated: it is too short for its size in pixels"));
  for (const size_t side : {frame + 5, frame + 7}) jpeg[side] = char(0x7f);
  EXPECT_THAT(error_of(jpeg), HasSubstr("larger than 268 megapixels"));
  EXPECT_THAT(ErrorTextOf<Error>([&] { ReadImageInfo(folder / "a.img"); }), HasSubstr("larger than 268 megapixels"));

  // Of a single color: nothing compresses further, and it is still read.
  const std::string flat = EncodePng(ImageU8(4000, 3000, 3, 7));
  EXPECT_EQ(error_of(flat), "");
  EXPECT_THAT(error_of(flat.substr(0, flat.size() / 2)), HasSubstr("the file is truncated"));
  // The same header before a body that is a tenth of what it must be at least: width and height with their checksum.
  const std::string small = EncodePng(ImageU8(400, 300, 3, 7));
  constexpr size_t kHeader = 33;  // signature and IHDR
  EXPECT_THAT(error_of(flat.substr(0, kHeader) + small.substr(kHeader)),
              HasSubstr("the file is truncated: it is too short for its size in pixels"));
}

TEST(ImageIo, UnwritablePlacesAreErrors) {
  const TestFolder folder;
  const std::filesystem::path file = std::filesystem::path(folder / "no") / "a.img";
  const std::string expected = "cannot write " + file.string() + ": No such file or directory";
  EXPECT_THAT(ErrorTextOf<Error>([&] { WritePng(file, ImageU8(2, 2, 1)); }), HasSubstr(expected));
  EXPECT_THAT(ErrorTextOf<Error>([&] { WriteJpeg(file, ImageU8(2, 2, 3)); }), HasSubstr(expected));
}

}  // namespace
}  // namespace sanerf
