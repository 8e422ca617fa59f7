#include "sanerf/scene/mask_files.h"

#include <gmock/gmock.h>

#include "sanerf/core/npy.h"
#include "sanerf/scene/hdf5_test_support.h"
#include "sanerf/scene/instance_masks.h"
#include "sanerf/scene/scene_folder_test_support.h"

namespace sanerf::scene {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;
namespace fs = std::filesystem;

class MaskFilesTest : public SceneFolderTest {
 protected:
  void AddView(const std::string& name, bool is_test = false) {
    View view;
    view.name = name;
    view.is_test = is_test;
    views_.push_back(view);
  }
  void AddFiles(const std::vector<std::string>& names) {
    for (const std::string& name : names) WriteText(name, "");
  }
  // The file of every view, "-" for none.
  std::vector<std::string> Matches() {
    std::vector<const View*> views;
    for (const View& view : views_) views.push_back(&view);
    const MaskMatches matches = MatchMasks(root_, views);
    unmatched_ = matches.unmatched;
    std::vector<std::string> names;
    for (const fs::path& path : matches.of_view) {
      names.push_back(path.empty() ? "-" : path.lexically_relative(root_).generic_string());
    }
    return names;
  }
  std::string MatchError() {
    return ErrorText([&] { Matches(); });
  }
  View ViewWithMask(const std::string& mask, int width = 3, int height = 2) {
    View view;
    view.name = "images/0.png";
    view.mask_path = root_ / mask;
    view.camera.width = width, view.camera.height = height;
    return view;
  }

  std::vector<View> views_;
  std::vector<std::string> unmatched_;
};

TEST_F(MaskFilesTest, PathsNamesAndNumbers) {
  AddView("train/000.png"), AddView("train/001.png"), AddView("images/frame_7.jpg"), AddView("color/0042.jpg");
  AddFiles({"train_000.png", "train/001.png", "frame_7.PNG", "42.npy", "notes.txt", "annotations.json"});
  EXPECT_THAT(Matches(), ElementsAre("train_000.png", "train/001.png", "frame_7.PNG", "42.npy"));
  EXPECT_THAT(unmatched_, ElementsAre());
}

// NVOS: the photo of the target view lies beside its mask.
TEST_F(MaskFilesTest, NvosMaskGoesBeforeThePhotoBesideIt) {
  AddView("images/IMG_4026.JPG"), AddView("images/IMG_4027.JPG");
  AddFiles({"IMG_4027.JPG", "IMG_4027_mask.png"});
  EXPECT_THAT(Matches(), ElementsAre("-", "IMG_4027_mask.png"));
  EXPECT_THAT(unmatched_, ElementsAre());
}

// SPIn-NeRF's masks as its labeling tool writes them, and those of two scenes that carry the scene's name in front.
TEST_F(MaskFilesTest, SpinNerfSuffixesAndPrefixes) {
  AddView("images/IMG_1.png"), AddView("images/IMG_2.png"), AddView("images/IMG_3.png"), AddView("images/000012.jpg");
  AddFiles({"IMG_1.png", "IMG_1_pseudo.png", "IMG_1_cutout.png", "IMG_2_pseudo.png", "IMG_2_cutout.png",
            "IMG_3_cutout.png", "truck_000012.png"});
  EXPECT_THAT(Matches(), ElementsAre("IMG_1.png", "IMG_2_pseudo.png", "IMG_3_cutout.png", "truck_000012.png"));
  EXPECT_THAT(unmatched_, ElementsAre());
}

TEST_F(MaskFilesTest, WhatFitsNothingIsListed) {
  AddView("images/a.png");
  AddFiles({"b.png", "more/c_mask.png", "xa.png"});
  EXPECT_THAT(Matches(), ElementsAre("-"));
  EXPECT_THAT(unmatched_, ElementsAre("b.png", "more/c_mask.png", "xa.png"));
}

TEST_F(MaskFilesTest, ArraysGoBeforeTheirPictures) {
  AddView("color/3.png");
  AddFiles({"3.png", "3.npy", "3.hdf5"});
  EXPECT_THAT(Matches(), ElementsAre("3.npy"));
}

TEST_F(MaskFilesTest, HeldOutViewsOwnNamesThatFitSeveral) {
  AddView("train/000.png"), AddView("test/000.png", /*is_test=*/true);
  AddFiles({"000.png"});
  EXPECT_THAT(Matches(), ElementsAre("-", "000.png"));
  views_[1].is_test = false;
  EXPECT_THAT(MatchError(), AllOf(HasSubstr("000.png: it fits the views train/000.png and test/000.png"),
                                  HasSubstr("name it after the whole path of its view: train_000")));
}

TEST_F(MaskFilesTest, TwoFilesOfOneView) {
  AddView("images/a.png");
  AddFiles({"depth/a.png", "label/a.png"});
  EXPECT_THAT(
      MatchError(),
      AllOf(StartsWith(root_.string() + ": depth/a.png and label/a.png are both named as the mask of images/a.png"),
            HasSubstr("one mask per view")));
}

TEST_F(MaskFilesTest, SixteenBitIdsAreNotScaled) {
  ImageU16 ids(3, 2, 1, 0);
  ids.data = {0, 5, 255, 256, 700, 65535};
  WritePng(root_ / "ids.png", ids);
  EXPECT_THAT(LoadViewInstances(ViewWithMask("ids.png")).data, ElementsAre(0, 5, 255, 256, 700, 65535));
}

TEST_F(MaskFilesTest, ArraysOfIds) {
  const float ids[] = {-1, 0, 3, 12, 499, 7};
  WriteNpy(root_ / "ids.npy", {2, 3}, ids);
  EXPECT_THAT(LoadViewInstances(ViewWithMask("ids.npy")).data, ElementsAre(0, 0, 3, 12, 499, 7));
  WriteNpy(root_ / "ids.npy", {2, 3, 1}, ids);
  EXPECT_EQ(LoadViewInstances(ViewWithMask("ids.npy")).At(1, 1), 499);
  EXPECT_THAT(ErrorText([&] { LoadViewInstances(ViewWithMask("ids.npy", 6, 4)); }),
              HasSubstr("ids.npy: the mask is 3x2 but its image is 6x4"));
}

TEST_F(MaskFilesTest, ArraysOfSomethingElse) {
  const float halves[] = {0, 0.5, 1, 1, 1, 1};
  WriteNpy(root_ / "ids.npy", {2, 3}, halves);
  EXPECT_THAT(ErrorText([&] { ReadInstanceIds(root_ / "ids.npy"); }),
              AllOf(HasSubstr("ids.npy: 0.5 is not an instance id"), HasSubstr("whole numbers up to 65535")));
  WriteNpy(root_ / "ids.npy", {1, 2, 3}, halves);
  EXPECT_THAT(ErrorText([&] { ReadInstanceIds(root_ / "ids.npy"); }),
              HasSubstr("expected instance ids in rows and columns, found an array of shape [1, 2, 3]"));
  WriteHdf5<int>(root_ / "0.hdf5", "colors", {2}, H5T_NATIVE_INT, {1, 2});
  EXPECT_THAT(ErrorText([&] { ReadInstanceIds(root_ / "0.hdf5"); }),
              HasSubstr("0.hdf5: it has none of the data sets cp_instance_id_segmaps, instance_segmaps"));
}

}  // namespace
}  // namespace sanerf::scene
