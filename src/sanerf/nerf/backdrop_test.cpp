#include "sanerf/nerf/backdrop.h"

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>

#include "sanerf/core/error.h"
#include "sanerf/core/folder_test_support.h"
#include "sanerf/core/image_io.h"
#include "sanerf/core/random.h"

namespace sanerf::nerf {
namespace {

constexpr int kSide = 60, kHub = 8, kRim = 18;
constexpr uint8_t kHubColor = 120;

uint8_t WallAt(int x, int y, int c) { return uint8_t(40 + (7 * x + 5 * y + 30 * c) % 150); }
double FromMiddle(int x, int y) { return std::hypot(x - kSide / 2 + 0.5, y - kSide / 2 + 0.5); }

// A wall, and before it a wheel: its rim is another in every photo, its hub always of one color.
ImageU8 PhotoOfWheel(int photo, double brightness = 1) {
  ImageU8 image(kSide, kSide, 3);
  for (int y = 0; y < kSide; ++y)
    for (int x = 0; x < kSide; ++x)
      for (int c = 0; c < 3; ++c) {
        const double r = FromMiddle(x, y);
        double value = WallAt(x, y, c);
        if (r < kRim) value = Random(uint64_t(photo), uint64_t(y * kSide + x), uint64_t(c)).NextBelow(256);
        if (r < kHub) value = kHubColor;
        image.At(x, y, c) = uint8_t(std::lround(std::min(255.0, brightness * value)));
      }
  return image;
}

std::vector<ImageU8> Wheels(int count) {
  std::vector<ImageU8> photos;
  for (int i = 0; i < count; ++i) photos.push_back(PhotoOfWheel(i));
  return photos;
}

Backdrop BackdropOf(const std::vector<ImageU8>& photos) {
  std::vector<const ImageU8*> pointers;
  for (const ImageU8& photo : photos) pointers.push_back(&photo);
  return MakeBackdrop(pointers);
}

TEST(Backdrop, IsTheWallAndNeitherTheRimNorTheHub) {
  const Backdrop backdrop = BackdropOf(Wheels(15));
  for (int y = 0; y < kSide; ++y)
    for (int x = 0; x < kSide; ++x) {
      const double r = FromMiddle(x, y);
      if (r < kRim) {
        ASSERT_EQ(backdrop.known.At(x, y), 0) << x << ", " << y;
      } else if (r > kRim + 3) {  // a margin along the outline
        ASSERT_EQ(backdrop.known.At(x, y), 255) << x << ", " << y;
        for (int c = 0; c < 3; ++c) ASSERT_EQ(backdrop.plate.At(x, y, c), WallAt(x, y, c));
      }
    }
}

// Somebody walks through a third of the photos: the median is the wall still.
TEST(Backdrop, SurvivesWhoWalksThroughSomePhotos) {
  std::vector<ImageU8> photos = Wheels(15);
  for (int i = 0; i < 5; ++i)
    for (int y = 0; y < kSide; ++y)
      for (int x = 0; x < 8; ++x) photos[size_t(i)].At(x, y, 0) = 255;
  const Backdrop backdrop = BackdropOf(photos);
  EXPECT_EQ(backdrop.known.At(3, 30), 255);
  EXPECT_EQ(backdrop.plate.At(3, 30, 0), WallAt(3, 30, 0));
  EXPECT_EQ(LookFor(backdrop, photos[0]).shown.At(3, 30), 0);
  EXPECT_EQ(LookFor(backdrop, photos[9]).shown.At(3, 30), 255);
}

TEST(Backdrop, IsFoundInABrighterPhotoAndNotUnderTheThing) {
  const Backdrop backdrop = BackdropOf(Wheels(15));
  const BackdropInPhoto found = LookFor(backdrop, PhotoOfWheel(3, 1.2));
  for (const float gain : found.gain) EXPECT_NEAR(gain, 1.2, 0.02);
  EXPECT_EQ(found.shown.At(2, 2), 255);
  EXPECT_EQ(found.shown.At(30, 30), 0);
  // One pixel that something covers: all around it is left to the field as well.
  ImageU8 covered = PhotoOfWheel(3);
  covered.At(5, 5, 1) = uint8_t(covered.At(5, 5, 1) + 60);
  const ImageU8 shown = LookFor(backdrop, covered).shown;
  EXPECT_EQ(shown.At(5, 5), 0);
  EXPECT_EQ(shown.At(7, 7), 0);
  EXPECT_EQ(shown.At(8, 5), 255);
}

TEST(Backdrop, OfSeveralTheOneThatFitsIsFoundAtAnySize) {
  const Backdrop wall = BackdropOf(Wheels(15));
  Backdrop other = wall;
  for (uint8_t& value : other.plate.data) value = uint8_t(255 - value);
  const ImageU8 shown = ShownIn({other, wall}, PhotoOfWheel(20));
  EXPECT_EQ(shown.At(3, 50), 255);
  EXPECT_EQ(shown.At(30, 30), 0);
  EXPECT_EQ(ShownIn({}, PhotoOfWheel(20)).At(3, 50), 0);
  const Backdrop half = Resized(wall, kSide / 2, kSide / 2);
  EXPECT_EQ(half.plate.width, kSide / 2);
  EXPECT_EQ(half.known.At(15, 15), 0);
  EXPECT_EQ(half.known.At(1, 1), 255);
}

TEST(Backdrop, FilesKeepItAndOlderOnesGo) {
  const TestFolder folder;
  const Backdrop backdrop = BackdropOf(Wheels(5));
  StoreBackdrops(folder.path(), {backdrop, backdrop});
  StoreBackdrops(folder.path(), {backdrop});
  const std::vector<Backdrop> loaded = LoadBackdrops(folder.path());
  ASSERT_EQ(loaded.size(), 1u);
  EXPECT_EQ(loaded[0].plate.data, backdrop.plate.data);
  EXPECT_EQ(loaded[0].known.data, backdrop.known.data);
  StoreBackdrops(folder.path(), {});
  EXPECT_TRUE(LoadBackdrops(folder.path()).empty());
  std::ofstream(folder / "backdrop_0.png") << "no picture";
  EXPECT_THROW(LoadBackdrops(folder.path()), Error);
}

}  // namespace
}  // namespace sanerf::nerf
