#include "sanerf/nerf/pixel_uses.h"

#include <gtest/gtest.h>

#include <cmath>

#include "sanerf/core/folder_test_support.h"
#include "sanerf/core/image_io.h"

namespace sanerf::nerf {
namespace {

constexpr int kWidth = 40, kHeight = 30;

// A view whose mask has a white square from (10, 10) to (20, 20).
class PixelUsesTest : public testing::Test {
 protected:
  void SetUp() override {
    ImageU8 mask(kWidth, kHeight, 1);
    for (int y = 10; y < 20; ++y)
      for (int x = 10; x < 20; ++x) mask.At(x, y) = 255;
    WritePng(folder_ / "mask.png", mask);
    scene::View view;
    view.name = "a.png";
    view.camera.width = kWidth, view.camera.height = kHeight;
    view.camera.fx = view.camera.fy = 40, view.camera.cx = 20, view.camera.cy = 15;
    scene_.views.push_back(view);
  }
  static bool IsIn(const ImageU8& image, int x, int y) { return !image.empty() && image.At(x, y) != 0; }

  TestFolder folder_;
  scene::Scene scene_;
};

TEST_F(PixelUsesTest, WithoutMasksEveryPixelCounts) {
  for (const Outside outside : {Outside::kIgnored, Outside::kEmpty}) {
    const PixelUses uses = UsesOfPixels(scene_, 0, {.outside = outside}, kWidth, kHeight);
    EXPECT_TRUE(uses.left_out.empty());
    EXPECT_TRUE(uses.empty.empty());
  }
}

TEST_F(PixelUsesTest, IgnoredPixelsAreLeftOutOrEmptyWithABandBetween) {
  scene_.views[0].ignored = {{folder_ / "mask.png", /*where_black=*/true}};
  const PixelUses ignored = UsesOfPixels(scene_, 0, {}, kWidth, kHeight);
  EXPECT_TRUE(ignored.empty.empty());
  EXPECT_TRUE(IsIn(ignored.left_out, 5, 5));
  EXPECT_FALSE(IsIn(ignored.left_out, 15, 15));
  const PixelUses uses = UsesOfPixels(scene_, 0, {.outside = Outside::kEmpty}, kWidth, kHeight);
  for (int y = 0; y < kHeight; ++y)
    for (int x = 0; x < kWidth; ++x) {
      const int away = std::max(std::max(10 - x, x - 19), std::max(10 - y, y - 19));  // from the square
      EXPECT_EQ(IsIn(uses.left_out, x, y), away == 1) << x << ", " << y;
      EXPECT_EQ(IsIn(uses.empty, x, y), away > 1) << x << ", " << y;
    }
}

TEST_F(PixelUsesTest, MasksOfAThingComeFromAFolderByView) {
  std::filesystem::create_directories(folder_ / "inside");
  std::filesystem::copy(folder_ / "mask.png", InsideFile(folder_ / "inside", 0));
  const PhotoUse use{.inside = folder_ / "inside"};
  const PixelUses uses = UsesOfPixels(scene_, 0, use, kWidth / 2, kHeight / 2);
  EXPECT_FALSE(IsIn(uses.left_out, 7, 7));
  EXPECT_FALSE(IsIn(uses.empty, 7, 7));
  EXPECT_TRUE(IsIn(uses.empty, 1, 1));
  EXPECT_TRUE(IsIn(uses.left_out, 11, 7));
  // What the photo's own masks ignore stays so.
  ImageU8 person(kWidth, kHeight, 1);
  for (int y = 0; y < kHeight; ++y) person.At(0, y) = 255;
  WritePng(folder_ / "person.png", person);
  scene_.views[0].ignored = {{folder_ / "person.png", /*where_black=*/false}};
  const PixelUses both = UsesOfPixels(scene_, 0, use, kWidth, kHeight);
  EXPECT_TRUE(IsIn(both.left_out, 0, 5));
  EXPECT_FALSE(IsIn(both.empty, 0, 5));
  EXPECT_TRUE(IsIn(both.empty, 2, 5));
}

TEST_F(PixelUsesTest, NothingIsDrawnOfAPhotoWhoseMaskOfTheThingIsEmpty) {
  std::filesystem::create_directories(folder_ / "inside");
  WritePng(InsideFile(folder_ / "inside", 0), ImageU8(kWidth, kHeight, 1));
  const PixelUses uses = UsesOfPixels(scene_, 0, {.inside = folder_ / "inside"}, kWidth, kHeight);
  EXPECT_TRUE(uses.empty.empty());
  for (const uint8_t value : uses.left_out.data) ASSERT_EQ(value, 255);
}

}  // namespace
}  // namespace sanerf::nerf
