#include "sanerf/export/cutouts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sanerf/core/error.h"
#include "sanerf/core/image_ops.h"
#include "sanerf/export/export_test_support.h"

namespace fs = std::filesystem;

namespace sanerf::exports {
namespace {

using ::testing::HasSubstr;

using Cutouts = ExportTest;

TEST_F(Cutouts, HaveThePhotosOwnPixels) {
  const scene::Scene scene = Some({0});
  ExportOptions options;
  options.photos.hard_edge = true;
  const std::vector<ExportedFile> files = WriteCutouts(Input(scene, 2), options, out_.path(), Job());
  ASSERT_EQ(files.size(), 2u);
  const ImageU8 photo = ToRgb(ReadImage(scene.views[0].image_path));
  for (int label = 1; label <= 2; ++label) {
    const ImageU8 cut =
        ReadImage(out_ / "cutouts" / (label == 1 ? "box" : "ball") / fs::path(scene.views[0].name).filename());
    ASSERT_EQ(cut.channels, 4);
    const ImageU8 mask = Rendered(scene.views[0].camera, label);
    for (int y = 0; y < 64; ++y)
      for (int x = 0; x < 64; ++x) {
        ASSERT_EQ(cut.At(x, y, 3), mask.At(x, y));
        for (int c = 0; c < 3; ++c) ASSERT_EQ(cut.At(x, y, c), photo.At(x, y, c));
      }
  }
}

// The inside is the object, far outside there is nothing, between them it is soft.
TEST_F(Cutouts, HaveSoftOutlinesUnlessAskedOtherwise) {
  const scene::Scene scene = Some({0});
  WriteCutouts(Input(scene), {}, out_.path(), Job());
  const ImageU8 cut = ReadImage(out_ / "cutouts" / "box" / fs::path(scene.views[0].name).filename());
  const ImageU8 mask = Rendered(scene.views[0].camera, 1);
  int64_t soft = 0, agree = 0;
  for (size_t i = 0; i < mask.data.size(); ++i) {
    const uint8_t alpha = cut.data[4 * i + 3];
    soft += alpha > 10 && alpha < 245;
    agree += (alpha > 127) == (mask.data[i] != 0);
  }
  EXPECT_GT(soft, 5);
  EXPECT_GT(double(agree), 0.97 * double(mask.data.size()));
}

TEST_F(Cutouts, AreUprightAndOfTheSizeThatIsAskedFor) {
  scene::Scene scene = Some({0});
  scene.views[0] = OnItsSide(scene.views[0], out_.path());
  ExportOptions options;
  options.photos.longest_side = 32;
  WriteCutouts(Input(scene), options, out_.path(), Job());
  const ImageInfo info = ReadImageInfo(out_ / "cutouts" / "box" / "side.png");
  EXPECT_EQ(info.width, 32);
  EXPECT_EQ(info.height, 24);
  EXPECT_EQ(info.orientation, 1);
}

TEST_F(Cutouts, OfAnEmptyObjectAreASentence) {
  const scene::Scene away = LookingAway(Some({0}));
  EXPECT_THAT(ErrorTextOf<Error>([&] { WriteCutouts(Input(away), {}, out_.path(), Job()); }),
              HasSubstr("the object 'box' is empty"));
}

}  // namespace
}  // namespace sanerf::exports
