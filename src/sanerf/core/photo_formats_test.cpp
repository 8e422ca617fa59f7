// Photos as programs and telephones write them, read and refused: WebP, TIFF, HEIC, OpenEXR, palettes, CMYK.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>

#include "sanerf/core/photo_formats_test_support.h"

// After <cstdio>, whose types it uses without including it.
#include <jpeglib.h>

#include "sanerf/core/exr_codec.h"
#include "sanerf/core/files.h"
#include "sanerf/core/folder_test_support.h"
#include "sanerf/core/image_io.h"
#include "sanerf/core/jpeg_codec.h"
#include "sanerf/core/png_codec.h"
#include "sanerf/core/tone_map.h"

namespace sanerf {
namespace {

using ::testing::AllOf;
using ::testing::AnyOf;
using ::testing::HasSubstr;

std::string PhotoError(const std::filesystem::path& path) {
  return ErrorTextOf<Error>([&] { ReadImage(path); });
}

// Two colors side by side, and a corner that tells the directions apart; of four channels, the right half is clear.
ImageU8 TwoColors(int channels, int width = 32, int height = 20) {
  ImageU8 image(width, height, channels);
  const uint8_t left[4] = {200, 30, 40, 255}, right[4] = {10, 120, 220, 0}, corner[4] = {250, 250, 250, 255};
  for (int y = 0; y < height; ++y)
    for (int x = 0; x < width; ++x)
      for (int c = 0; c < channels; ++c)
        image.At(x, y, c) = (x < width / 4 && y < height / 4 ? corner : x < width / 2 ? left : right)[c];
  return image;
}

// Colors where alpha is not 0, and alpha itself.
double MeanDifference(const ImageU8& a, const ImageU8& b) {
  EXPECT_EQ(a.width, b.width);
  EXPECT_EQ(a.height, b.height);
  EXPECT_EQ(a.channels, b.channels);
  if (a.data.size() != b.data.size()) return 255;
  double sum = 0;
  for (size_t i = 0; i < a.data.size(); ++i) {
    const bool is_hidden = a.channels == 4 && i % 4 != 3 && a.data[i / 4 * 4 + 3] == 0;
    sum += is_hidden ? 0 : std::abs(int(a.data[i]) - int(b.data[i]));
  }
  return sum / double(a.data.size());
}

TEST(PhotoFormats, PalettesBecomeColors) {
  const TestFolder folder;
  // 16 x 12 pixels of two bits: color 1 on the left, color 2 on the right.
  constexpr unsigned char kPalette[] = {
      0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0x00, 0x00, 0x00, 0x0d, 0x49, 0x48, 0x44, 0x52, 0x00,
      0x00, 0x00, 0x10, 0x00, 0x00, 0x00, 0x0c, 0x02, 0x03, 0x00, 0x00, 0x00, 0x16, 0x89, 0xd5, 0x12, 0x00,
      0x00, 0x00, 0x0c, 0x50, 0x4c, 0x54, 0x45, 0x00, 0x00, 0x00, 0xc8, 0x1e, 0x28, 0x0a, 0x78, 0xdc, 0x09,
      0x09, 0x09, 0x00, 0xe1, 0x74, 0x0f, 0x00, 0x00, 0x00, 0x10, 0x49, 0x44, 0x41, 0x54, 0x78, 0x9c, 0x63,
      0x08, 0x0d, 0x5d, 0xb5, 0x8a, 0x81, 0x3c, 0x02, 0x00, 0xc5, 0x92, 0x17, 0xe9, 0x2b, 0x01, 0xa5, 0x53,
      0x00, 0x00, 0x00, 0x00, 0x49, 0x45, 0x4e, 0x44, 0xae, 0x42, 0x60, 0x82};
  WriteFileAtomic(folder / "a.png", std::string(reinterpret_cast<const char*>(kPalette), sizeof(kPalette)));
  EXPECT_EQ(ReadImageInfo(folder / "a.png").channels, 3);
  const ImageU8 image = ReadImage(folder / "a.png");
  ASSERT_EQ(image.channels, 3);
  EXPECT_EQ(std::vector<int>(image.Pixel(3, 5), image.Pixel(3, 5) + 3), (std::vector<int>{200, 30, 40}));
  EXPECT_EQ(std::vector<int>(image.Pixel(12, 5), image.Pixel(12, 5) + 3), (std::vector<int>{10, 120, 220}));
}

TEST(PhotoFormats, SixteenBitsBecomeEight) {
  const TestFolder folder;
  ImageU16 image(6, 4, 3);
  for (size_t i = 0; i < image.data.size(); ++i) image.data[i] = uint16_t(257 * (3 * i));
  WritePng(folder / "a.png", image);
  const ImageU8 read = ReadImage(folder / "a.png");
  for (size_t i = 0; i < read.data.size(); ++i) EXPECT_EQ(read.data[i], 3 * i);
}

// As printers' programs write it: what is stored is how little ink there is.
std::string EncodeCmyk(int width, int height, const uint8_t (&little_ink)[4]) {
  jpeg_compress_struct codec;
  jpeg_error_mgr errors;
  codec.err = jpeg_std_error(&errors);
  jpeg_create_compress(&codec);
  unsigned char* bytes = nullptr;
  unsigned long size = 0;
  jpeg_mem_dest(&codec, &bytes, &size);
  codec.image_width = JDIMENSION(width), codec.image_height = JDIMENSION(height);
  codec.input_components = 4;
  codec.in_color_space = JCS_CMYK;
  jpeg_set_defaults(&codec);  // writes Adobe's marker
  jpeg_set_quality(&codec, 98, TRUE);
  jpeg_start_compress(&codec, TRUE);
  std::vector<uint8_t> row;
  for (int x = 0; x < width; ++x) row.insert(row.end(), little_ink, little_ink + 4);
  JSAMPROW rows[1] = {row.data()};
  while (codec.next_scanline < codec.image_height) jpeg_write_scanlines(&codec, rows, 1);
  jpeg_finish_compress(&codec);
  jpeg_destroy_compress(&codec);
  const std::string encoded(reinterpret_cast<const char*>(bytes), size);
  std::free(bytes);
  return encoded;
}

TEST(PhotoFormats, CmykBecomesColorAndGrayStaysGray) {
  const TestFolder folder;
  WriteFileAtomic(folder / "a.jpg", EncodeCmyk(16, 12, {200, 100, 50, 204}));
  EXPECT_EQ(ReadImageInfo(folder / "a.jpg").channels, 3);
  const ImageU8 image = ReadImage(folder / "a.jpg");
  ASSERT_EQ(image.channels, 3);
  EXPECT_NEAR(image.At(8, 6, 0), 200 * 204 / 255, 3);
  EXPECT_NEAR(image.At(8, 6, 1), 100 * 204 / 255, 3);
  EXPECT_NEAR(image.At(8, 6, 2), 50 * 204 / 255, 3);
  WriteFileAtomic(folder / "b.jpg", EncodeJpeg(ImageU8(16, 12, 1, 77)));
  EXPECT_EQ(ReadImage(folder / "b.jpg").channels, 1);
  EXPECT_NEAR(ReadImage(folder / "b.jpg").At(5, 5), 77, 2);
}

TEST(PhotoFormats, OthersAreNamed) {
  const TestFolder folder;
  const auto error_of = [&](const std::string& bytes) {
    WriteFileAtomic(folder / "a.png", bytes);
    return PhotoError(folder / "a.png");
  };
  EXPECT_THAT(error_of("GIF89a and so on"), AllOf(HasSubstr("a GIF picture"), HasSubstr("convert it to PNG or JPEG")));
  EXPECT_THAT(error_of("#?RADIANCE\nand so on"), HasSubstr("a Radiance HDR picture"));
  EXPECT_THAT(error_of(std::string("\0\0\0\x0cJXL \r\n\x87\n", 12)), HasSubstr("a JPEG XL picture"));
  EXPECT_THAT(error_of("xyz"), HasSubstr("neither PNG nor JPEG, WebP, TIFF, HEIC or OpenEXR"));
}

#ifdef SANERF_HAS_WEBP
TEST(PhotoFormats, Webp) {
  const TestFolder folder;
  for (const int channels : {3, 4}) {
    WriteFileAtomic(folder / "a.webp", EncodeWebp(TwoColors(channels)));
    const ImageInfo info = ReadImageInfo(folder / "a.webp");
    EXPECT_EQ(info.width, 32);
    EXPECT_EQ(info.height, 20);
    EXPECT_EQ(info.channels, channels);
    EXPECT_EQ(info.orientation, 1);
    EXPECT_EQ(MeanDifference(TwoColors(channels), ReadImage(folder / "a.webp")), 0);
  }
  WriteFileAtomic(folder / "a.webp", EncodeWebp(TwoColors(3), 6));
  EXPECT_EQ(ReadImageInfo(folder / "a.webp").orientation, 6);
  EXPECT_EQ(MeanDifference(TwoColors(3), ReadImage(folder / "a.webp")), 0);
}
#else
TEST(PhotoFormats, WithoutWebpItIsNamed) {
  const TestFolder folder;
  WriteFileAtomic(folder / "a.webp", std::string("RIFF\0\0\0\0WEBPVP8L", 16));
  EXPECT_THAT(PhotoError(folder / "a.webp"),
              AllOf(HasSubstr("without WebP (libwebp)"), HasSubstr("setup.sh --formats")));
}
#endif

#ifdef SANERF_HAS_TIFF
TEST(PhotoFormats, Tiff) {
  const TestFolder folder;
  for (const int channels : {1, 3, 4}) {
    SCOPED_TRACE(channels);
    const ImageU8 image = TwoColors(channels);
    WriteTiff(folder / "a.tif", image, /*orientation=*/8);
    const ImageInfo info = ReadImageInfo(folder / "a.tif");
    EXPECT_EQ(info.width, 32);
    EXPECT_EQ(info.channels, channels == 4 ? 4 : 3);
    EXPECT_EQ(info.orientation, 8);
    const ImageU8 read = ReadImage(folder / "a.tif");  // as stored
    if (channels > 1) {
      EXPECT_LT(MeanDifference(image, read), 0.5);
    }
    EXPECT_NEAR(read.At(1, 1, 0), 250, 1);
    EXPECT_NEAR(read.At(1, 15, 0), 200, 1);
  }
  ImageU16 deep(8, 4, 3);
  for (size_t i = 0; i < deep.data.size(); ++i) deep.data[i] = uint16_t(257 * 2 * i);
  WriteTiff(folder / "deep.tif", deep);
  EXPECT_EQ(ReadImageInfo(folder / "deep.tif").bits, 16);
  const ImageU8 read = ReadImage(folder / "deep.tif");
  for (size_t i = 0; i < read.data.size(); ++i) EXPECT_NEAR(read.data[i], 2 * i, 1);
}

TEST(PhotoFormats, TiffIsMultipliedByAlphaNoMore) {
  const TestFolder folder;
  ImageU8 image(8, 8, 4);
  for (int64_t p = 0; p < image.num_pixels(); ++p) {
    const uint8_t pixel[4] = {200, 100, 60, 128};
    std::copy_n(pixel, 4, &image.data[size_t(4 * p)]);
  }
  WriteTiff(folder / "a.tif", image);
  EXPECT_LT(MeanDifference(image, ReadImage(folder / "a.tif")), 1.5);
  ImageU8 multiplied = image;
  for (size_t i = 0; i < multiplied.data.size(); ++i)
    if (i % 4 != 3) multiplied.data[i] = uint8_t(multiplied.data[i] * 128 / 255);
  WriteTiff(folder / "b.tif", multiplied, 1, EXTRASAMPLE_ASSOCALPHA);
  EXPECT_LT(MeanDifference(image, ReadImage(folder / "b.tif")), 1.5);
}

TEST(PhotoFormats, RawFilesOfCamerasAreNoTiff) {
  const TestFolder folder;
  TIFF* tiff = TIFFOpen((folder / "a.nef").c_str(), "w");
  TIFFSetField(tiff, TIFFTAG_SUBFILETYPE, FILETYPE_REDUCEDIMAGE);
  TIFFSetField(tiff, TIFFTAG_IMAGEWIDTH, 8u);
  TIFFSetField(tiff, TIFFTAG_IMAGELENGTH, 1u);
  TIFFSetField(tiff, TIFFTAG_SAMPLESPERPIXEL, 1);
  TIFFSetField(tiff, TIFFTAG_BITSPERSAMPLE, 8);
  TIFFSetField(tiff, TIFFTAG_PHOTOMETRIC, PHOTOMETRIC_MINISBLACK);
  uint8_t row[8] = {};
  TIFFWriteScanline(tiff, row, 0, 0);
  TIFFClose(tiff);
  EXPECT_THAT(PhotoError(folder / "a.nef"), AllOf(HasSubstr("a camera's raw file"), HasSubstr("convert it")));
}
#endif

#ifdef SANERF_HAS_HEIF
TEST(PhotoFormats, HeicAndAvif) {
  const TestFolder folder;
  const ImageU8 image = TwoColors(3, 64, 48);
  int num_read = 0;
  for (const heif_compression_format format : {heif_compression_HEVC, heif_compression_AV1}) {
    if (!WriteHeif(folder / "a.heic", image, format)) continue;
    if (!heif_have_decoder_for_format(format)) {
      EXPECT_THAT(PhotoError(folder / "a.heic"), HasSubstr("libheif cannot decode it"));
      continue;
    }
    const ImageInfo info = ReadImageInfo(folder / "a.heic");
    EXPECT_EQ(info.width, 64);
    EXPECT_EQ(info.height, 48);
    EXPECT_EQ(info.channels, 3);
    EXPECT_LT(MeanDifference(image, ReadImage(folder / "a.heic")), 6);
    ++num_read;
  }
  if (num_read == 0) GTEST_SKIP() << "libheif encodes nothing here";
}
#else
TEST(PhotoFormats, WithoutHeicItIsNamed) {
  const TestFolder folder;
  for (const char* brand : {"heic", "mif1", "avif"}) {
    WriteFileAtomic(folder / "a.heic", std::string("\0\0\0\x18", 4) + "ftyp" + brand + "and so on");
    EXPECT_THAT(PhotoError(folder / "a.heic"),
                AllOf(HasSubstr("without HEIC and AVIF (libheif)"), HasSubstr("scripts/setup.sh --formats")));
  }
}
#endif

TEST(PhotoFormats, LinearLightIsShownAsScreensShowIt) {
  ImageF linear(6, 1, 1);
  linear.data = {0, 0.214f, 0.8f, 1.6f, 1000, -3};
  const ImageU8 shown = ToneMapped(linear, 1);
  EXPECT_EQ(shown.data[0], 0);
  EXPECT_NEAR(shown.data[1], 127.5, 1);  // sRGB's middle gray
  EXPECT_NEAR(shown.data[2], 231, 1);    // 255 (1.055 0.8^(1/2.4) - 0.055)
  EXPECT_GT(shown.data[3], shown.data[2]);
  EXPECT_EQ(shown.data[4], 255);
  EXPECT_EQ(shown.data[5], 0);
  EXPECT_EQ(ToneMapped(linear, 0.5f).data[3], shown.data[2]);
}

#ifdef SANERF_HAS_OPENEXR
TEST(PhotoFormats, OpenExr) {
  const TestFolder folder;
  ImageF linear(12, 8, 4, 0.25f);
  for (int y = 0; y < 8; ++y)
    for (int x = 0; x < 12; ++x) linear.At(x, y, 0) = x < 6 ? 2.0f : 0.5f, linear.At(x, y, 3) = x < 6 ? 1.0f : 0.5f;
  for (const int border : {0, 3}) {
    SCOPED_TRACE(border);
    WriteExr(folder / "a.exr", linear, border);
    const ImageInfo info = ReadImageInfo(folder / "a.exr");
    EXPECT_EQ(info.width, 12);
    EXPECT_EQ(info.height, 8);
    EXPECT_EQ(info.channels, 4);
    EXPECT_TRUE(info.is_linear);
    const ImageF read = ReadLinear(folder / "a.exr");
    ASSERT_EQ(read.data.size(), linear.data.size());
    for (size_t i = 0; i < read.data.size(); ++i) EXPECT_NEAR(read.data[i], linear.data[i], 2e-3);
    EXPECT_EQ(ReadImage(folder / "a.exr").data, ToneMapped(read, 1).data);
  }
}
#else
TEST(PhotoFormats, WithoutOpenExrItIsNamed) {
  const TestFolder folder;
  WriteFileAtomic(folder / "a.exr", "\x76\x2f\x31\x01 and so on");
  EXPECT_THAT(PhotoError(folder / "a.exr"), AllOf(HasSubstr("without OpenEXR"), HasSubstr("setup.sh --formats")));
}
#endif

// Cut off anywhere, or with bytes that are not its own: an error that names the file, never a crash.
void ExpectDamageIsNoticed(const std::filesystem::path& path) {
  const std::string bytes = ReadFile(path, FileKind::kImage);
  const std::filesystem::path damaged = path.parent_path() / "damaged";
  int num_refused = 0;
  for (size_t size = 16; size < bytes.size() * 9 / 10; size += 1 + bytes.size() / 23) {
    WriteFileAtomic(damaged, bytes.substr(0, size));
    const std::string error = PhotoError(damaged);
    EXPECT_THAT(error, HasSubstr("damaged")) << size << " of " << bytes.size();
    num_refused += !error.empty();
  }
  EXPECT_GT(num_refused, 10);
  for (size_t at = 16; at < bytes.size(); at += 1 + bytes.size() / 41) {
    std::string other = bytes;
    other[at] = char(~other[at]);
    WriteFileAtomic(damaged, other);
    PhotoError(damaged);
    ErrorTextOf<Error>([&] { ReadImageInfo(damaged); });
  }
}

TEST(PhotoFormats, DamageIsNoticed) {
  const TestFolder folder;
#ifdef SANERF_HAS_WEBP
  WriteFileAtomic(folder / "a.webp", EncodeWebp(TwoColors(3, 96, 64)));
  ExpectDamageIsNoticed(folder / "a.webp");
#endif
#ifdef SANERF_HAS_TIFF
  WriteTiff(folder / "a.tif", TwoColors(3, 96, 64));
  ExpectDamageIsNoticed(folder / "a.tif");
#endif
#ifdef SANERF_HAS_HEIF
  if (WriteHeif(folder / "a.heic", TwoColors(3, 96, 64), heif_compression_HEVC))
    ExpectDamageIsNoticed(folder / "a.heic");
#endif
#ifdef SANERF_HAS_OPENEXR
  WriteExr(folder / "a.exr", ImageF(96, 64, 3, 0.3f));
  ExpectDamageIsNoticed(folder / "a.exr");
#endif
}

}  // namespace
}  // namespace sanerf
