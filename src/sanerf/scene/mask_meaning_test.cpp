// What masks mean: ground truth, or what not to look at.
#include "sanerf/scene/mask_meaning.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "sanerf/core/job.h"
#include "sanerf/core/json.h"
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

class MaskMeaning : public SceneFolderTest {
 protected:
  static constexpr int kPhotos = 4, kWidth = 16, kHeight = 12;

  // A mask of `value` with a block of `inside` over its left quarter.
  void WriteMask(const std::string& name, uint8_t value, uint8_t inside, int width = kWidth, int height = kHeight) {
    ImageU8 mask(width, height, 1, value);
    for (int y = 0; y < height; ++y)
      for (int x = 0; x < width / 4; ++x) mask.At(x, y) = inside;
    std::filesystem::create_directories((root_ / name).parent_path());
    WritePng(root_ / name, mask);
  }
  void WriteScene(const Json& extra = Json::object(), bool with_masks = true) {
    Json frames = RingFrames(kPhotos);
    for (int i = 0; i < kPhotos; ++i) {
      WriteImage(fmt::format("images/0{}.png", i));
      if (with_masks) frames[size_t(i)]["mask_path"] = fmt::format("masks/0{}.png", i);
    }
    Json json = {{"fl_x", 20}, {"frames", frames}};
    json.update(extra);
    WriteText("transforms.json", json.dump());
  }
  void WriteColmap() {
    std::string images;
    for (int i = 0; i < kPhotos; ++i) {
      const Mat3 world_from_cv = RingPose(i, kPhotos).rotation * Vec3(1, -1, -1).asDiagonal();
      const Eigen::Quaterniond q(Mat3(world_from_cv.transpose()));
      const Vec3 t = -(world_from_cv.transpose() * RingPose(i, kPhotos).translation);
      images += fmt::format("{} {} {} {} {} {} {} {} 1 a/{}.jpg\n\n", i + 1, q.w(), q.x(), q.y(), q.z(), t.x(), t.y(),
                            t.z(), i);
      WriteImage(fmt::format("images/a/{}.jpg", i));  // what it is decides, not its name
    }
    WriteText("sparse/0/cameras.txt", "1 PINHOLE 16 12 20 20 8 6\n");
    WriteText("sparse/0/images.txt", images);
  }
  Scene Load(MasksAre masks_are = MasksAre::kGuess) const { return LoadScene(root_, {.masks_are = masks_are}, Job()); }
  static std::vector<std::string> WarningsOfMasks(const Scene& scene) {
    std::vector<std::string> warnings;
    for (const std::string& warning : scene.warnings)
      if (warning.find("masks") != std::string::npos) warnings.push_back(warning);
    return warnings;
  }
  static void ExpectLeftQuarterIgnored(const View& view, int width = kWidth, int height = kHeight) {
    const ImageU8 ignored = LoadIgnoredPixels(view, width, height);
    ASSERT_EQ(ignored.width, width);
    ASSERT_EQ(ignored.height, height);
    for (int y = 0; y < height; ++y)
      for (int x = 0; x < width; ++x) EXPECT_EQ(ignored.At(x, y) != 0, x < width / 4) << x << ", " << y;
  }
};

TEST_F(MaskMeaning, DynamicMasksBesideThePhotosIgnoreWhatIsNotBlack) {
  WriteScene(Json::object(), /*with_masks=*/false);
  WriteMask("images/dynamic_mask_01.png", 0, 1);  // any value
  WriteMask("images/dynamic_mask_02.png", 0, 255, 2 * kWidth, 2 * kHeight);
  const Scene scene = Load();
  ASSERT_EQ(scene.views.size(), size_t(kPhotos));
  EXPECT_THAT(scene.notes, IsEmpty());
  EXPECT_THAT(scene.summary, HasSubstr(", masks of what to ignore"));
  EXPECT_TRUE(LoadIgnoredPixels(scene.views[0]).empty());
  ExpectLeftQuarterIgnored(scene.views[1]);
  ExpectLeftQuarterIgnored(scene.views[2]);
  ExpectLeftQuarterIgnored(scene.views[1], 4 * kWidth, 4 * kHeight);
  const ImageU8 shrunk = LoadIgnoredPixels(scene.views[1], 4, 3);  // half of what is beside a pixel goes into it
  EXPECT_THAT(std::vector<uint8_t>(shrunk.Pixel(0, 1), shrunk.Pixel(0, 1) + 4), ElementsAre(255, 255, 0, 0));
  EXPECT_EQ(NumIgnored(LoadIgnoredPixels(scene.views[1], 2, 2)), 2) << "half ignored is ignored";
}

TEST_F(MaskMeaning, BlackInNerfstudiosMasksIsIgnored) {
  WriteScene({{"applied_transform", {{1, 0, 0, 0}, {0, 1, 0, 0}, {0, 0, 1, 0}}}});
  for (int i = 0; i < kPhotos; ++i) WriteMask(fmt::format("masks/0{}.png", i), 255, 0, 2 * kWidth, 2 * kHeight);
  const Scene scene = Load();
  EXPECT_EQ(scene.masks_are, MasksAre::kIgnore);
  for (const View& view : scene.views) {
    EXPECT_TRUE(view.mask_path.empty()) << "no ground truth";
    ExpectLeftQuarterIgnored(view);
  }
  ASSERT_EQ(scene.notes.size(), 1u);
  EXPECT_THAT(scene.notes[0], AllOf(HasSubstr("25.0 %"), HasSubstr("--masks-are object")));
  EXPECT_THAT(WarningsOfMasks(scene), IsEmpty());
}

TEST_F(MaskMeaning, MasksThatLeaveOutNearlyAllAreAWarning) {
  WriteScene({{"camera_model", "OPENCV"}});
  for (int i = 0; i < kPhotos; ++i) WriteMask(fmt::format("masks/0{}.png", i), 0, 255);
  const Scene scene = Load();
  EXPECT_EQ(scene.masks_are, MasksAre::kIgnore);
  EXPECT_THAT(WarningsOfMasks(scene), ElementsAre(AllOf(HasSubstr("75 %"), HasSubstr("--masks-are object"))));
}

TEST_F(MaskMeaning, OfOtherWritersWhatIsMostlyBlackIsAnObject) {
  WriteScene();
  for (int i = 0; i < kPhotos; ++i) WriteMask(fmt::format("masks/0{}.png", i), 0, 255);
  const Scene scene = Load();
  EXPECT_EQ(scene.masks_are, MasksAre::kObject);
  EXPECT_TRUE(scene.views[0].ignored.empty());
  EXPECT_EQ(LoadViewMask(scene.views[0]).At(1, 1), 255);
  EXPECT_EQ(LoadViewMask(scene.views[0]).At(9, 1), 0);
  ASSERT_EQ(scene.notes.size(), 1u);
  EXPECT_THAT(scene.notes[0], HasSubstr("--masks-are ignore"));
}

TEST_F(MaskMeaning, OfOtherWritersWhatIsMostlyWhiteIsToBeIgnored) {
  WriteScene();
  for (int i = 0; i < kPhotos; ++i) WriteMask(fmt::format("masks/0{}.png", i), 255, 0);
  EXPECT_EQ(Load().masks_are, MasksAre::kIgnore);
}

TEST_F(MaskMeaning, SmallNumbersAreInstances) {
  WriteScene({{"applied_transform", {{1, 0, 0, 0}, {0, 1, 0, 0}, {0, 0, 1, 0}}}});
  for (int i = 0; i < kPhotos; ++i) WriteMask(fmt::format("masks/0{}.png", i), 1, 7);
  const Scene scene = Load();
  EXPECT_EQ(scene.masks_are, MasksAre::kInstances);
  EXPECT_EQ(LoadViewMask(scene.views[0]).At(0, 0), 7);
  EXPECT_THAT(scene.notes, IsEmpty()) << "nothing to doubt";
}

TEST_F(MaskMeaning, WhatIsSaidHolds) {
  WriteScene();
  for (int i = 0; i < kPhotos; ++i) WriteMask(fmt::format("masks/0{}.png", i), 7, 0);
  const Scene ignore = Load(MasksAre::kIgnore);
  ExpectLeftQuarterIgnored(ignore.views[1]);
  EXPECT_TRUE(ignore.views[1].mask_path.empty());
  EXPECT_EQ(LoadViewMask(Load(MasksAre::kInstances).views[1]).At(9, 9), 7);
  const Scene object = Load(MasksAre::kObject);
  EXPECT_EQ(LoadViewMask(object.views[1]).At(9, 9), 255);
  EXPECT_EQ(LoadViewMask(object.views[1]).At(0, 9), 0);
  for (const Scene& scene : {ignore, object}) EXPECT_THAT(scene.notes, IsEmpty());
}

TEST_F(MaskMeaning, ColmapsMasksIgnoreWhatIsBlack) {
  WriteColmap();
  WriteMask("masks/a/1.jpg.png", 255, 0);
  WriteMask("masks/a/2.png", 255, 0);
  const Scene scene = Load();
  ASSERT_EQ(scene.views.size(), size_t(kPhotos));
  EXPECT_EQ(scene.masks_are, MasksAre::kIgnore);
  EXPECT_TRUE(scene.views[0].ignored.empty());
  ExpectLeftQuarterIgnored(scene.views[1]);
  EXPECT_TRUE(scene.views[2].ignored.empty()) << "not COLMAP's name of a mask";
}

TEST_F(MaskMeaning, AMaskOfAnotherShapeIsNamed) {
  WriteScene(Json::object(), /*with_masks=*/false);
  WriteMask("images/dynamic_mask_01.png", 0, 1, 12, 16);
  EXPECT_THAT(ErrorText([&] { Load(); }),
              AllOf(HasSubstr("images/dynamic_mask_01.png"), HasSubstr("images/01.png"), HasSubstr("12x16")));
}

TEST_F(MaskMeaning, PhotosOfAFolderWithDynamicMasksAreStillThePhotos) {
  for (const char* name : {"a.png", "b.png", "dynamic_mask_a.png"}) WriteImage(std::string("images/") + name);
  EXPECT_THAT(ImagesIn(root_ / "images"), ElementsAre(root_ / "images/a.png", root_ / "images/b.png"));
}

TEST_F(MaskMeaning, WhatIsSaidOfNoMaskIsNotSilentlyIgnored) {
  WriteScene(Json::object(), /*with_masks=*/false);
  EXPECT_THAT(WarningsOfMasks(Load(MasksAre::kIgnore)), ElementsAre(HasSubstr("--masks-are")));
  EXPECT_THAT(WarningsOfMasks(Load(MasksAre::kInstances)), IsEmpty()) << "what older runs stand for";
}

// Fields of older versions have learned from all pixels, and were scored with those masks.
TEST_F(MaskMeaning, OlderRunsKeepTheirGroundTruth) {
  SceneOptions options;
  MeanAsBefore(Json{{"scene", {{"test_every", 8}}}}, &options);
  EXPECT_EQ(options.masks_are, MasksAre::kInstances);
  options = {};
  MeanAsBefore(Json{{"scene", {{"test_every", 8}, {"masks_are", "ignore"}}}}, &options);
  EXPECT_EQ(options.masks_are, MasksAre::kGuess) << "the record itself says it";
  MeanAsBefore(Json::object(), &options);
  EXPECT_EQ(options.masks_are, MasksAre::kGuess);
}

}  // namespace
}  // namespace sanerf::scene
