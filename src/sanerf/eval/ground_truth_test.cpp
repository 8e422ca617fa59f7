#include "sanerf/eval/ground_truth.h"

#include <gmock/gmock.h>

#include "sanerf/core/error.h"
#include "sanerf/core/folder_test_support.h"
#include "sanerf/core/image_io.h"
#include "sanerf/core/job.h"
#include "sanerf/core/jpeg_test_support.h"
#include "sanerf/core/npy.h"
#include "sanerf/eval/score_masks.h"

namespace sanerf::eval {
namespace {

using testing::AllOf;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
namespace fs = std::filesystem;

// Three photos of 4 x 2 pixels.
class GroundTruthTest : public testing::Test {
 protected:
  void SetUp() override {
    for (const char* name : {"images/IMG_1.JPG", "images/IMG_2.JPG", "images/IMG_3.JPG"}) {
      scene::View view;
      view.name = name;
      view.camera.width = 4, view.camera.height = 2;
      views_.push_back(view);
    }
  }
  void Write(const std::string& name, const ImageU8& image) {
    fs::create_directories((folder_ / name).parent_path());
    if (fs::path(name).extension() == ".JPG") {
      WriteJpeg(folder_ / name, image);
    } else {
      WritePng(folder_ / name, image);
    }
  }
  std::vector<uint8_t> MaskOf(int view, int instance = -1) {
    const auto mask = GroundTruth(folder_.path(), views_).MaskOf(views_[size_t(view)], instance);
    return mask ? mask->data : std::vector<uint8_t>();
  }

  TestFolder folder_;
  std::vector<scene::View> views_;
};

TEST_F(GroundTruthTest, OneTargetViewAsNvosHasIt) {
  Write("IMG_2.JPG", ImageU8(4, 2, 3, 200));  // the photo itself
  ImageU8 mask(4, 2, 1, 0);
  mask.data = {255, 0, 0, 0, 0, 0, 0, 255};
  Write("IMG_2_mask.png", mask);
  Write("elsewhere.png", mask);
  const GroundTruth truth(folder_.path(), views_);
  EXPECT_TRUE(truth.from_folder());
  EXPECT_THAT(truth.unmatched_files(), ElementsAre("elsewhere.png"));
  EXPECT_FALSE(truth.MaskOf(views_[0], -1));
  EXPECT_FALSE(truth.Has(views_[0]));
  EXPECT_TRUE(truth.Has(views_[1]));
  EXPECT_FALSE(truth.Has(views_[2]));
  EXPECT_THAT(MaskOf(1), ElementsAre(255, 0, 0, 0, 0, 0, 0, 255));
}

TEST_F(GroundTruthTest, ZeroAndOneIsAMask) {
  ImageU8 mask(4, 2, 1, 0);
  mask.data = {1, 0, 3, 0, 0, 0, 0, 1};
  Write("IMG_1.png", mask);
  EXPECT_THAT(MaskOf(0), ElementsAre(255, 0, 255, 0, 0, 0, 0, 255));
  EXPECT_THAT(MaskOf(0, 3), ElementsAre(0, 0, 255, 0, 0, 0, 0, 0));
}

TEST_F(GroundTruthTest, PicturesThatLabelingToolsPaint) {
  ImageU8 pseudo(4, 2, 3, 0);
  pseudo.At(1, 0, 1) = 128;  // green: its first channel is 0
  Write("IMG_1_pseudo.png", pseudo);
  EXPECT_THAT(MaskOf(0), ElementsAre(0, 255, 0, 0, 0, 0, 0, 0));
  ImageU8 cutout(4, 2, 4, 90);
  for (int64_t p = 0; p < 8; ++p) cutout.data[size_t(4 * p + 3)] = p == 6 ? 255 : 0;
  Write("IMG_2_cutout.png", cutout);
  EXPECT_THAT(MaskOf(1), ElementsAre(0, 0, 0, 0, 0, 0, 255, 0));
}

// Compression leaves small values around a white object.
TEST_F(GroundTruthTest, OfAJpegTheBrightHalf) {
  views_[0].camera.width = 32, views_[0].camera.height = 16;
  ImageU8 mask(32, 16, 1, 0);
  for (int y = 0; y < 16; ++y) {
    for (int x = 0; x < 13; ++x) mask.At(x, y) = 255;
  }
  Write("IMG_1.JPG", mask);
  const std::vector<uint8_t> found = MaskOf(0);
  ASSERT_EQ(found.size(), mask.data.size());
  EXPECT_EQ(found, mask.data);
}

TEST_F(GroundTruthTest, IdsBeyond255) {
  const float ids[] = {0, 256, 300, -1, 0, 0, 0, 300};
  WriteNpy(folder_ / "IMG_3.npy", {2, 4}, ids);
  EXPECT_THAT(MaskOf(2, 300), ElementsAre(0, 0, 255, 0, 0, 0, 0, 255));
  EXPECT_THAT(MaskOf(2), ElementsAre(0, 255, 255, 0, 0, 0, 0, 255));
}

// Masks of the full-size photos, views at half of it: a pixel of the view covers 2 x 2 of the mask.
TEST_F(GroundTruthTest, AnotherScaleIsResampledAnotherShapeRefused) {
  ImageU8 mask(8, 4, 1, 0);
  for (int y = 0; y < 4; ++y) {
    for (int x = 0; x < 4; ++x) mask.At(x, y) = 255;
  }
  Write("IMG_1_mask.png", mask);
  EXPECT_THAT(MaskOf(0), ElementsAre(255, 255, 0, 0, 255, 255, 0, 0));
  views_[0].camera.width = 40, views_[0].camera.height = 20;
  Write("IMG_1_mask.png", ImageU8(40, 40, 1, 255));
  EXPECT_EQ(ErrorTextOf<Error>([&] { MaskOf(0); }),
            (folder_ / "IMG_1_mask.png").string() + ": the mask is 40x40 pixels, the photo 40x20\n");
}

TEST_F(GroundTruthTest, TheScenesOwn) {
  ImageU16 ids(4, 2, 1, 300);
  WritePng(folder_ / "ids.png", ids);
  views_[1].mask_path = folder_ / "ids.png";
  const GroundTruth truth("", views_);
  EXPECT_FALSE(truth.from_folder());
  EXPECT_FALSE(truth.Has(views_[0]));
  EXPECT_TRUE(truth.Has(views_[1]));
  EXPECT_FALSE(truth.Has(views_[2]));
  EXPECT_FALSE(truth.MaskOf(views_[0], 300));
  EXPECT_THAT(truth.MaskOf(views_[1], 300)->data, Each(255));
  EXPECT_THAT(truth.MaskOf(views_[1], 44)->data, Each(0));  // 300 modulo 256
  EXPECT_FALSE(TruthMask(views_[0], 300));
  EXPECT_THAT(TruthMask(views_[1], 300)->data, Each(255));
}

TEST_F(GroundTruthTest, FoldersThatCannotBeUsed) {
  EXPECT_THAT(ErrorTextOf<UsageError>([&] { GroundTruth(folder_ / "gone", views_); }), HasSubstr("no such folder"));
  Write("a/IMG_1.png", ImageU8(4, 2, 1, 1));
  Write("b/IMG_1.png", ImageU8(4, 2, 1, 1));
  EXPECT_THAT(ErrorTextOf<Error>([&] { GroundTruth(folder_.path(), views_); }),
              AllOf(HasSubstr("a/IMG_1.png and b/IMG_1.png are both named as the mask of images/IMG_1.JPG"),
                    HasSubstr("give the folder that holds one mask per view")));
}

TEST_F(GroundTruthTest, WhichInstancesTheMasksHold) {
  ImageU8 first(4, 2, 1, 0), second(4, 2, 1, 0);
  first.data = {7, 0, 3, 0, 0, 0, 0, 3};
  second.data = {9, 0, 0, 0, 0, 0, 0, 0};
  Write("IMG_1.png", first);
  Write("IMG_2.png", second);
  const GroundTruth truth(folder_.path(), views_);
  EXPECT_THAT(truth.InstancesIn(views_, {0, 2}, Job()), ElementsAre(3, 7));
  EXPECT_TRUE(truth.Shows(3, views_, {0, 1}, Job()));
  EXPECT_FALSE(truth.Shows(3, views_, {1, 2}, Job()));
  EXPECT_TRUE(truth.Shows(-1, views_, {1}, Job()));
}

TEST_F(GroundTruthTest, AStopEndsTheSearchBeforeTheNextMask) {
  Write("IMG_1.png", ImageU8(4, 2, 1, 7));
  const GroundTruth truth(folder_.path(), views_);
  StopSource stop;
  stop.RequestStop();
  const Job job = Job().With(stop.token());
  EXPECT_THROW(truth.Shows(7, views_, {0}, job), InterruptedError);
  EXPECT_THROW(truth.InstancesIn(views_, {0}, job), InterruptedError);
}

TEST_F(GroundTruthTest, WhyAnObjectCannotBeScored) {
  ImageU8 mask(4, 2, 1, 0);
  mask.data = {7, 0, 3, 0, 0, 0, 0, 3};
  Write("IMG_1.png", mask);
  Write("IMG_2.png", ImageU8(4, 2, 1, 0));
  const GroundTruth truth(folder_.path(), views_);
  scene::Scene scene;
  scene.views = views_;
  EXPECT_EQ(WhyNotShown(7, truth, scene, {0, 1}, Job()), std::nullopt);
  EXPECT_EQ(WhyNotShown(5, truth, scene, {0, 1}, Job()),
            "no mask of a held-out view has the instance 5; there are 3, 7");
  EXPECT_EQ(WhyNotShown(-1, truth, scene, {1}, Job()), "the masks of the held-out views are empty");
  EXPECT_EQ(WhyNotShown(7, truth, scene, {2}, Job()), "no held-out view has ground truth");
  // Of many the first are named.
  ImageU8 many(8, 4, 1, 0);
  for (size_t i = 0; i < many.data.size(); ++i) many.data[i] = uint8_t(10 + i % 16);
  Write("IMG_1.png", many);
  scene.views[0].camera.width = 8, scene.views[0].camera.height = 4;
  EXPECT_THAT(*WhyNotShown(5, GroundTruth(folder_.path(), scene.views), scene, {0}, Job()),
              HasSubstr("20, 21 and 4 more"));
}

}  // namespace
}  // namespace sanerf::eval
