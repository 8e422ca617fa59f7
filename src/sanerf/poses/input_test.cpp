#include "sanerf/poses/input.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "sanerf/core/error.h"
#include "sanerf/core/folder_test_support.h"
#include "sanerf/scene/scene_folder_test_support.h"

namespace sanerf::poses {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class InputTest : public scene::SceneFolderTest {
 protected:
  std::string LookError(const fs::path& path) {
    return ErrorTextOf<Error>([&] { LookAtInput(path); });
  }
  std::string PlaceError(const fs::path& scene, const PosesInput& input) {
    return ErrorTextOf<Error>([&] { CheckPlaceOfScene(scene, input); });
  }
};

TEST_F(InputTest, PhotosInTheOrderOfTheirNumbers) {
  for (const char* name : {"IMG_10.png", "IMG_9.png", "IMG_100.png"}) WriteImage(name);
  WriteText("notes.txt", "x");
  const PosesInput input = LookAtInput(root_ / "");
  EXPECT_FALSE(input.is_video);
  EXPECT_THAT(input.names, ElementsAre("IMG_9.png", "IMG_10.png", "IMG_100.png"));
  EXPECT_EQ(input.photos[0], root_ / "IMG_9.png");
  EXPECT_TRUE(AreNumbered(input.names));
  EXPECT_FALSE(AreNumbered({"a1.png", "mug.png"}));
}

TEST_F(InputTest, PhotosInsideImagesOrSeveralFolders) {
  for (const char* name : {"images/a.png", "images/b.png", "images/c.png", "other/d.png"}) WriteImage(name);
  EXPECT_THAT(LookAtInput(root_).names, ElementsAre("a.png", "b.png", "c.png"));
  fs::rename(root_ / "images", root_ / "left");
  EXPECT_THAT(LookAtInput(root_).names, ElementsAre("left/a.png", "left/b.png", "left/c.png", "other/d.png"));
}

TEST_F(InputTest, WhatHoldsNoPhotosSaysWhatToNameInstead) {
  EXPECT_THAT(LookError(root_ / "none"), AllOf(HasSubstr("it does not exist"), HasSubstr("sanerf poses PHOTOS")));
  EXPECT_THAT(LookError(root_), HasSubstr("neither it nor its folders hold any"));
  WriteText("notes.txt", "x");
  EXPECT_THAT(LookError(root_ / "notes.txt"), HasSubstr("neither a folder nor a video"));
  WriteText("my clip.MOV", "x");
  EXPECT_THAT(LookError(root_), AllOf(HasSubstr("it holds 1 video"),
                                      HasSubstr("sanerf poses '" + (root_ / "my clip.MOV").string() + "' --out")));
  EXPECT_TRUE(LookAtInput(root_ / "my clip.MOV").is_video);
  WriteImage("a.png");
  EXPECT_THAT(LookError(root_), AllOf(HasSubstr("1 photo is found, and poses need 3 or more"), HasSubstr("take more")));
}

TEST_F(InputTest, NamesThatNoJsonHoldsAreRefused) {
  for (const char* name : {"a.png", "b.png", "c\xc3(.png"}) WriteImage(name);
  EXPECT_THAT(LookError(root_), HasSubstr("has a name that is no UTF-8 text"));
}

TEST_F(InputTest, ASceneHasItsPoses) {
  WriteText("transforms.json", "{}");
  EXPECT_THAT(LookError(root_), AllOf(HasSubstr("has its poses already"), HasSubstr("sanerf info")));
}

TEST_F(InputTest, TheSceneGoesBesideWhatItIsMadeFrom) {
  for (const char* name : {"photos/a.png", "photos/b.png", "photos/c.png"}) WriteImage(name);
  const PosesInput input = LookAtInput(root_ / "photos");
  EXPECT_EQ(PlaceError(root_ / "scene", input), "");
  EXPECT_THAT(PlaceError(root_ / "photos", input), HasSubstr("would replace what it is made from"));
  EXPECT_THAT(PlaceError(root_, input), HasSubstr("would replace what it is made from"));
  EXPECT_THAT(PlaceError(root_ / "photos" / "scene", input), HasSubstr("it lies among the photos"));
  EXPECT_THAT(PlaceError(fs::current_path(), input), HasSubstr("it is the current one"));
  WriteText("full/thesis.tex", "x");
  EXPECT_THAT(PlaceError(root_ / "full", input), HasSubstr("holds something else"));
  EXPECT_THAT(PlaceError(root_ / "full" / "thesis.tex", input), HasSubstr("it is a file"));
  WriteText(std::string("old/") + kReportFile, "{}");
  EXPECT_EQ(PlaceError(root_ / "old", input), "") << "of this command";
  WriteText("films/clip.mp4", "x");
  EXPECT_THAT(PlaceError(root_ / "films", LookAtInput(root_ / "films" / "clip.mp4")), HasSubstr("would replace"));
}

TEST(NaturalOrder, IsAnOrder) {
  const std::vector<std::string> sorted = {"", "1", "01", "2", "10", "a", "a1", "a1b", "a2", "a10", "b"};
  for (size_t i = 0; i < sorted.size(); ++i) {
    EXPECT_FALSE(NaturalLess(sorted[i], sorted[i]));
    for (size_t j = i + 1; j < sorted.size(); ++j)
      EXPECT_TRUE(NaturalLess(sorted[i], sorted[j]) != NaturalLess(sorted[j], sorted[i])) << sorted[i] << sorted[j];
  }
  EXPECT_TRUE(NaturalLess("a2", "a10"));
  EXPECT_TRUE(NaturalLess("a2b", "a10a"));
  EXPECT_TRUE(NaturalLess("a007", "a8"));
  EXPECT_TRUE(NaturalLess("a", "a1"));
}

}  // namespace
}  // namespace sanerf::poses
