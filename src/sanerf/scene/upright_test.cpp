#include "sanerf/scene/upright.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "sanerf/core/exif_test_support.h"
#include "sanerf/core/job.h"
#include "sanerf/core/jpeg_codec.h"
#include "sanerf/scene/ignored_pixels.h"
#include "sanerf/scene/instance_masks.h"
#include "sanerf/scene/load_scene.h"
#include "sanerf/scene/scene_folder_test_support.h"

namespace sanerf::scene {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr int kWidth = 48, kHeight = 32;  // as stored

// White on black where the stored photo shows a place: the quarter around (12, 8).
ImageU8 StoredPhoto(int mark) {
  ImageU8 photo(kWidth, kHeight, 3, uint8_t(20 + mark));
  for (int y = 0; y < 16; ++y)
    for (int x = 0; x < 24; ++x)
      for (int c = 0; c < 3; ++c) photo.At(x, y, c) = 230;
  return photo;
}

class UprightTest : public SceneFolderTest {
 protected:
  static constexpr int kViews = 3;

  void WritePhotos(int orientation) {
    for (int i = 0; i < kViews; ++i)
      WriteText(fmt::format("images/0{}.jpg", i), WithExif(EncodeJpeg(StoredPhoto(5 * i), 95), orientation));
  }
  Scene Load(int w, int h, const Json& more = Json::object()) {
    Json file = {{"fl_x", 40}, {"w", w}, {"h", h}, {"cx", w / 2 + 2}, {"cy", h / 2 - 1}, {"k1", 0.05}, {"p1", 0.01}};
    file.update(more);
    file["frames"] = RingFrames(kViews, "images/", ".jpg");
    WriteText("transforms.json", file.dump());
    return LoadScene(root_, {}, Job());
  }
  // Of the photo as everything else sees it.
  static bool IsWhite(const View& view, const Vec2& px) {
    const ImageF photo = LoadViewImage(view);
    EXPECT_EQ(photo.width, view.camera.width);
    EXPECT_EQ(photo.height, view.camera.height);
    return photo.At(int(px.x()), int(px.y())) > 0.5f;
  }
};

// The pose belongs to the stored pixels: what the camera of a file without EXIF sees at (12, 8), inside the white
// quarter, stays the place that the turned camera sees there.
TEST_F(UprightTest, WhereTheStoredSizeFitsTheCameraIsTurnedWithThePhoto) {
  WritePhotos(1);
  const Camera stored = Load(kWidth, kHeight).views[1].camera;
  for (const int orientation : {3, 6, 8}) {
    SCOPED_TRACE(orientation);
    WritePhotos(orientation);
    const Scene scene = Load(kWidth, kHeight);
    const View& view = scene.views[1];
    EXPECT_EQ(view.camera.width, orientation == 3 ? kWidth : kHeight);
    for (const Vec2& px : {Vec2(12, 8), Vec2(30, 8), Vec2(12, 24), Vec2(40, 28)}) {
      const auto again = view.camera.Project(stored.Lift(px, 2));
      ASSERT_TRUE(again);
      EXPECT_EQ(IsWhite(view, *again), px == Vec2(12, 8)) << again->transpose();
    }
    EXPECT_THAT(scene.notes, ElementsAre(AllOf(HasSubstr("3 photos are not upright in their files"),
                                               HasSubstr("turned with them"), HasSubstr("images/00.jpg"))));
    EXPECT_THAT(scene.warnings, IsEmpty());
  }
}

TEST_F(UprightTest, WhereOnlyTheTurnedSizeFitsThePhotoAloneIsTurned) {
  WritePhotos(6);
  const Scene scene = Load(kHeight, kWidth);
  const View& view = scene.views[1];
  EXPECT_EQ(view.camera.width, kHeight);
  EXPECT_EQ(view.camera.cx, kHeight / 2 + 2);
  EXPECT_TRUE(view.camera.world_from_cam.rotation.isApprox(RingPose(1, kViews).rotation, 1e-12));
  // Clockwise: the left upper quarter is the right upper one.
  EXPECT_TRUE(IsWhite(view, {kHeight - 8, 12}));
  EXPECT_FALSE(IsWhite(view, {8, 12}));
  EXPECT_THAT(scene.notes, ElementsAre(HasSubstr("the poses belong to the upright pictures")));
}

TEST_F(UprightTest, AFileWithoutASizeSaysItByItsPrincipalPoint) {
  WritePhotos(6);
  Json file = {{"fl_x", 40}, {"cx", 15}, {"cy", 25}, {"frames", RingFrames(kViews, "images/", ".jpg")}};
  WriteText("transforms.json", file.dump());
  EXPECT_THAT(LoadScene(root_, {}, Job()).notes, ElementsAre(HasSubstr("the poses belong to the upright pictures")));
  file["cx"] = 25, file["cy"] = 15;
  WriteText("transforms.json", file.dump());
  EXPECT_THAT(LoadScene(root_, {}, Job()).notes, ElementsAre(HasSubstr("turned with them")));
}

TEST_F(UprightTest, NonsenseIsUprightAndMirrorsAreOnlyTurned) {
  WritePhotos(0);
  EXPECT_THAT(Load(kWidth, kHeight).notes, IsEmpty());
  WritePhotos(2);
  Scene scene = Load(kWidth, kHeight);
  EXPECT_TRUE(IsWhite(scene.views[1], {12, 8}));
  EXPECT_THAT(scene.notes, ElementsAre(HasSubstr("3 photos are mirrored")));
  WritePhotos(5);
  scene = Load(kWidth, kHeight);
  EXPECT_TRUE(IsWhite(scene.views[1], {kHeight - 8, 12}));  // as 6
  scene = Load(kHeight, kWidth);
  EXPECT_TRUE(IsWhite(scene.views[1], {8, 12}));  // as a viewer shows it, which is what its poses were made from
}

TEST_F(UprightTest, AShapeThatFitsNeitherWayIsAnError) {
  WritePhotos(6);
  EXPECT_THAT(ErrorText([&] { Load(40, 40); }), HasSubstr("the image is 48x32 but its camera is 40x40"));
  WritePhotos(1);
  EXPECT_THAT(ErrorText([&] { Load(kHeight, kWidth); }), HasSubstr("one of them is on its side"));
}

TEST_F(UprightTest, MasksAreTurnedWithThePhotoUnlessTheyAreUprightThemselves) {
  WritePhotos(6);
  ImageU8 stored(kWidth, kHeight, 1), upright(kHeight, kWidth, 1);
  stored.At(12, 8) = 7;
  upright.At(kHeight - 1 - 8, 12) = 7;
  for (const ImageU8& mask : {stored, upright}) {
    std::filesystem::create_directories(root_ / "masks");
    WritePng(root_ / "masks/1.png", mask);
    Scene scene = Load(kWidth, kHeight);
    View view = scene.views[1];
    view.mask_path = root_ / "masks/1.png";
    const ImageU16 ids = LoadViewInstances(view);
    EXPECT_EQ(ids.width, kHeight);
    EXPECT_EQ(ids.At(kHeight - 1 - 8, 12), 7);
    view.ignored = {{root_ / "masks/1.png", /*where_black=*/false}};
    EXPECT_EQ(LoadIgnoredPixels(view).At(kHeight - 1 - 8, 12), 255);
    EXPECT_EQ(NumIgnored(LoadIgnoredPixels(view)), 1);
  }
}

}  // namespace
}  // namespace sanerf::scene
