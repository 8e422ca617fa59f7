// Scenes whose photos are in other formats than PNG and JPEG.
#include "sanerf/scene/linear_light.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <cmath>

#include "sanerf/core/job.h"
#include "sanerf/core/jpeg_codec.h"
#include "sanerf/core/photo_formats_test_support.h"
#include "sanerf/scene/load_scene.h"
#include "sanerf/scene/scene_folder_test_support.h"

namespace sanerf::scene {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class PhotoFormatsTest : public SceneFolderTest {
 protected:
  static constexpr int kViews = 4;

  // extension: as the file lists them.
  Scene Load(const std::string& extension) {
    const Json file = {{"fl_x", 20}, {"frames", RingFrames(kViews, "images/", extension)}};
    WriteText("transforms.json", file.dump());
    return LoadScene(root_, {}, Job());
  }
  static ImageU8 Photo(int i) { return ImageU8(16, 12, 3, uint8_t(50 + 10 * i)); }
};

#ifdef SANERF_HAS_WEBP
TEST_F(PhotoFormatsTest, WebpIsReadAlsoWhereTheFileListsAnotherFormat) {
  for (int i = 0; i < kViews; ++i) WriteText(fmt::format("images/0{}.webp", i), EncodeWebp(Photo(i), i == 1 ? 6 : 1));
  for (const char* extension : {".webp", ".png", ""}) {
    const Scene scene = Load(extension);
    ASSERT_EQ(scene.views.size(), size_t(kViews));
    EXPECT_EQ(scene.views[0].name, "images/00.webp");
    EXPECT_NEAR(LoadViewImage(scene.views[2]).At(3, 3), 70 / 255.0, 1e-6);
    EXPECT_EQ(scene.views[1].camera.width, 12);  // turned
  }
}

TEST_F(PhotoFormatsTest, BesidePngAndJpegOtherFormatsAreNotThePhotos) {
  for (int i = 0; i < kViews; ++i) {
    WriteText(fmt::format("images/0{}.webp", i), EncodeWebp(ImageU8(5, 5, 3)));
    WriteText(fmt::format("images/0{}.jpg", i), EncodeJpeg(Photo(i)));
  }
  EXPECT_EQ(Load("").views[0].name, "images/00.jpg");
  EXPECT_EQ(ImagesIn(root_ / "images").size(), size_t(kViews));
}
#endif

#ifdef SANERF_HAS_TIFF
TEST_F(PhotoFormatsTest, TiffOfSixteenBitsIsRead) {
  std::filesystem::create_directories(root_ / "images");
  for (int i = 0; i < kViews; ++i)
    WriteTiff(root_ / fmt::format("images/0{}.TIF", i), ImageU16(16, 12, 3, uint16_t(257 * (50 + 10 * i))));
  const Scene scene = Load(".tif");
  ASSERT_EQ(scene.views.size(), size_t(kViews));
  EXPECT_NEAR(LoadViewImage(scene.views[3]).At(3, 3), 80 / 255.0, 0.005);
}
#endif

#ifdef SANERF_HAS_OPENEXR
TEST_F(PhotoFormatsTest, LinearLightGetsOneExposureAndThatIsSaid) {
  const auto load = [&](float light) {
    std::filesystem::create_directories(root_ / "images");
    for (int i = 0; i < kViews; ++i)
      WriteExr(root_ / fmt::format("images/0{}.exr", i), ImageF(16, 12, 3, light * float(i + 1)));
    return Load(".exr");
  };
  Scene scene = load(0.2f);
  EXPECT_EQ(scene.views[0].exposure, 1);
  EXPECT_THAT(scene.notes, ElementsAre(HasSubstr("4 photos are in linear light (OpenEXR)")));
  EXPECT_NEAR(LoadViewImage(scene.views[0]).At(3, 3), 1.055 * std::pow(0.2, 1 / 2.4) - 0.055, 0.01);

  scene = load(500);
  EXPECT_THAT(scene.notes, ElementsAre(HasSubstr("as they would be white otherwise")));
  const float dark = LoadViewImage(scene.views[0]).At(3, 3), bright = LoadViewImage(scene.views[3]).At(3, 3);
  EXPECT_GT(dark, 0.2);
  EXPECT_LT(dark, 0.7);
  EXPECT_GT(bright, dark + 0.2);
  EXPECT_LT(bright, 0.99);
  scene = load(1e-4f);
  EXPECT_THAT(scene.notes, ElementsAre(HasSubstr("as they would be black otherwise")));
  EXPECT_GT(LoadViewImage(scene.views[3]).At(3, 3), 0.5);
}
#endif

TEST_F(PhotoFormatsTest, OthersHaveNoExposure) {
  for (int i = 0; i < kViews; ++i) WriteText(fmt::format("images/0{}.jpg", i), EncodeJpeg(Photo(i)));
  const Scene scene = Load(".jpg");
  EXPECT_EQ(scene.views[0].exposure, 1);
  EXPECT_THAT(scene.notes, IsEmpty());
}

}  // namespace
}  // namespace sanerf::scene
