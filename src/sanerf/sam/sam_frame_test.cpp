#include "sanerf/sam/sam_frame.h"

#include <gtest/gtest.h>

#include <cmath>

namespace sanerf::sam {
namespace {

TEST(SamFrame, NamesPositionsAsSamDoes) {
  // A 200 x 100 image stretched to 1024 x 1024. SAM adds 0.5 to what it is given, so the image's corner (0, 0) must
  // arrive as -0.5, its far corner as 1023.5, and the center of pixel (0, 0) in the middle of its 5.12 x 10.24 cell.
  const SamFrame stretched = SamFrame::Stretched(200, 100);
  EXPECT_FLOAT_EQ(stretched.ToDecoder(0, 0)[0], -0.5f);
  EXPECT_FLOAT_EQ(stretched.ToDecoder(200, 100)[0], 1023.5f);
  EXPECT_FLOAT_EQ(stretched.ToDecoder(200, 100)[1], 1023.5f);
  EXPECT_FLOAT_EQ(stretched.ToDecoder(0.5f, 0.5f)[0], 2.56f - 0.5f);
  EXPECT_FLOAT_EQ(stretched.ToDecoder(0.5f, 0.5f)[1], 5.12f - 0.5f);

  // Padded: both sides by 5.12, the image ends at row 512.
  const SamFrame padded = SamFrame::Padded(200, 100);
  EXPECT_EQ(padded.inner_width, 1024);
  EXPECT_EQ(padded.inner_height, 512);
  EXPECT_FLOAT_EQ(padded.ToDecoder(200, 100)[1], 511.5f);
}

TEST(SamFrame, PaddedSidesAreRoundedAsSamRoundsThem) {
  EXPECT_EQ(SamFrame::Padded(848, 566).inner_height, 683);  // 566 * 1024 / 848 = 683.47
  EXPECT_EQ(SamFrame::Padded(504, 378).inner_height, 768);
  EXPECT_EQ(SamFrame::Padded(1080, 1920).inner_width, 576);
  EXPECT_EQ(SamFrame::Padded(5000, 1).inner_height, 1);
}

TEST(SamFrame, PadsWithZeroAndNormalizes) {
  const SamFrame frame = SamFrame::Padded(64, 32);
  const std::vector<float> planes = frame.Normalized(ImageF(64, 32, 3, 1.0f));
  ASSERT_EQ(planes.size(), size_t{3} * 1024 * 1024);
  const auto at = [&](int c, int y, int x) { return planes[(size_t(c) * 1024 + y) * 1024 + x]; };
  EXPECT_NEAR(at(0, 0, 0), (1 - 0.485) / 0.229, 1e-5);
  EXPECT_NEAR(at(1, 511, 1023), (1 - 0.456) / 0.224, 1e-5);
  EXPECT_NEAR(at(2, 100, 100), (1 - 0.406) / 0.225, 1e-5);
  EXPECT_EQ(at(0, 512, 0), 0);
  EXPECT_EQ(at(2, 1023, 1023), 0);
}

// Bilinear sampling reproduces a linear function of the position wherever it does not leave the cells' centers, so a
// ramp of the square's coordinates tells where each pixel of the image was read.
void ExpectRampComesBack(const SamFrame& frame) {
  const double cell = double(kSamSize) / kSamLogitsSize;
  ImageF ramp_x(kSamLogitsSize, kSamLogitsSize, 1), ramp_y(kSamLogitsSize, kSamLogitsSize, 1);
  for (int y = 0; y < kSamLogitsSize; ++y)
    for (int x = 0; x < kSamLogitsSize; ++x) {
      ramp_x.At(x, y) = float((x + 0.5) * cell);
      ramp_y.At(x, y) = float((y + 0.5) * cell);
    }
  const ImageF in_x = frame.ToImage(ramp_x), in_y = frame.ToImage(ramp_y);
  ASSERT_EQ(in_x.width, frame.width);
  ASSERT_EQ(in_x.height, frame.height);
  for (int y = 0; y < frame.height; y += 3)
    for (int x = 0; x < frame.width; x += 3) {
      const double u = std::clamp((x + 0.5) * frame.inner_width / frame.width, cell / 2, kSamSize - cell / 2);
      const double v = std::clamp((y + 0.5) * frame.inner_height / frame.height, cell / 2, kSamSize - cell / 2);
      ASSERT_NEAR(in_x.At(x, y), u, 1e-3) << x << ", " << y;
      ASSERT_NEAR(in_y.At(x, y), v, 1e-3) << x << ", " << y;
    }
}

TEST(SamFrame, LogitsLandOnTheImagesPixels) {
  ExpectRampComesBack(SamFrame::Stretched(300, 100));
  ExpectRampComesBack(SamFrame::Padded(300, 100));
  ExpectRampComesBack(SamFrame::Padded(100, 300));
  ExpectRampComesBack(SamFrame::Stretched(64, 48));
  ExpectRampComesBack(SamFrame::Padded(1500, 1131));
}

TEST(SamFrame, PixelsOfTheSquareAreThoseTheDecoderIsGiven) {
  for (const SamFrame& frame : {SamFrame::Stretched(300, 100), SamFrame::Padded(300, 100), SamFrame::Padded(90, 120)}) {
    const auto at = frame.ToDecoder(70.25f, 33.5f);
    const auto back = frame.ToPixel(at[0] + 0.5, at[1] + 0.5);
    EXPECT_NEAR(back[0], 70.25, 1e-4);
    EXPECT_NEAR(back[1], 33.5, 1e-4);
  }
  // 300 x 100 padded: the image ends a third of the way down the square, at row 341 (rounded from 341.33).
  EXPECT_LT(SamFrame::Padded(300, 100).ToPixel(10, 340)[1], 100);
  EXPECT_GT(SamFrame::Padded(300, 100).ToPixel(10, 342)[1], 100);
}

// What FromImage writes ToImage reads back, and padding is marked.
TEST(SamFrame, MaskPromptsLandWhereTheImageIs) {
  for (const SamFrame& frame : {SamFrame::Stretched(300, 100), SamFrame::Padded(300, 100), SamFrame::Padded(90, 120)}) {
    ImageF ramp(frame.width / 2, frame.height / 2, 1);  // half the resolution: positions count, not pixels
    for (int y = 0; y < ramp.height; ++y)
      for (int x = 0; x < ramp.width; ++x) ramp.At(x, y) = float(2 * x + 1 + 3 * (2 * y + 1));
    const ImageF logits = frame.FromImage(ramp, -77);
    ASSERT_EQ(logits.width, kSamLogitsSize);
    ASSERT_EQ(logits.height, kSamLogitsSize);
    const ImageF back = frame.ToImage(logits);
    for (int y = 6; y < frame.height - 6; y += 5)
      for (int x = 6; x < frame.width - 6; x += 5)
        ASSERT_NEAR(back.At(x, y), x + 0.5 + 3 * (y + 0.5), 0.05) << x << ", " << y;
  }
  const ImageF padded = SamFrame::Padded(300, 100).FromImage(ImageF(30, 10, 1, 5.0f), -77);
  EXPECT_EQ(padded.At(255, 84), 5);  // 100 * 1024 / 300 = 341 rows, 85.25 cells
  EXPECT_EQ(padded.At(0, 86), -77);
}

}  // namespace
}  // namespace sanerf::sam
