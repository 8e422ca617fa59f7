#include "sanerf/mask_decoder/scribbles.h"

#include <gmock/gmock.h>

#include <algorithm>

#include "sanerf/core/error.h"
#include "sanerf/core/folder_test_support.h"
#include "sanerf/core/image_io.h"
#include "sanerf/core/jpeg_test_support.h"
#include "sanerf/core/json.h"

namespace sanerf::mask_decoder {
namespace {

using testing::AllOf;
using testing::HasSubstr;
namespace fs = std::filesystem;

// NVOS's folders for one scene; strokes at a quarter of the photo's 320 x 240.
class ScribblesTest : public testing::Test {
 protected:
  void SetUp() override {
    view_.name = "images/IMG_4038.JPG";
    view_.camera.width = 320, view_.camera.height = 240;
    fs::create_directories(folder_ / "scribbles/fern");
    fs::create_directories(folder_ / "reference_image/fern");
    WriteJpeg(folder_ / "reference_image/fern/IMG_4038.JPG", ImageU8(16, 12, 3, 90));
    ImageU8 positive(80, 60, 3, 0), negative(80, 60, 1, 0);
    Fill(&positive, 10, 20, 60, 24);  // 51 x 5, along the row 22
    Fill(&negative, 70, 5, 72, 55);   // 3 x 51, along the column 71
    WritePng(folder_ / "scribbles/fern/pos_0_fern.png", positive);
    WritePng(folder_ / "scribbles/fern/neg_0_fern.png", negative);
  }
  // Both corners belong to it.
  static void Fill(ImageU8* image, int x0, int y0, int x1, int y1) {
    for (int y = y0; y <= y1; ++y) {
      for (int x = x0; x <= x1; ++x) image->At(x, y) = 255;
    }
  }

  TestFolder folder_;
  scene::View view_;
};

TEST_F(ScribblesTest, FindsTheStrokesAndTheirPhoto) {
  for (const char* slash : {"", "/"}) {
    const Scribbles found = FindScribbles((folder_ / "scribbles/fern").string() + slash);
    EXPECT_EQ(found.view, "IMG_4038");
    EXPECT_EQ(found.positive.size(), 1u);
    EXPECT_EQ(found.negative.size(), 1u);
  }
  fs::remove_all(folder_ / "reference_image");
  EXPECT_EQ(FindScribbles(folder_ / "scribbles/fern").view, "");
}

TEST_F(ScribblesTest, ClicksOnTheMiddleLineFarFromEachOther) {
  const Scribbles found = FindScribbles(folder_ / "scribbles/fern");
  const ObjectPrompt prompt = PromptsFromScribbles(found, view_, "fern");
  EXPECT_EQ(prompt.name, "fern");
  EXPECT_EQ(WhyUnusable(prompt), std::nullopt);
  ASSERT_EQ(prompt.clicks.size(), size_t{2 * kClicksOfStrokes});
  // The middle line of the first stroke is the row 22 from column 12 to 58: beyond, the short sides are nearer than the
  // long ones. Its middle (35, 22) is the photo's (35.5, 22.5) * 4.
  EXPECT_EQ(prompt.clicks[0].xy, Vec2(142, 90));
  EXPECT_EQ(prompt.clicks[1].xy, Vec2(50, 90));
  EXPECT_EQ(prompt.clicks[2].xy, Vec2(234, 90));
  EXPECT_EQ(prompt.clicks[2].label, 1);
  EXPECT_EQ(prompt.clicks[2].view, "images/IMG_4038.JPG");
  EXPECT_EQ(prompt.clicks[kClicksOfStrokes].xy, Vec2(286, 122));  // (71.5, 30.5) * 4
  EXPECT_EQ(prompt.clicks[kClicksOfStrokes].label, 0);
  EXPECT_EQ(ToJson(PromptsFromScribbles(found, view_, "fern")), ToJson(prompt));
}

TEST_F(ScribblesTest, ASmallBlotGivesFewerClicks) {
  ImageU8 blot(80, 60, 1, 0);
  Fill(&blot, 30, 30, 32, 32);
  WritePng(folder_ / "scribbles/fern/pos_0_fern.png", blot);
  fs::remove(folder_ / "scribbles/fern/neg_0_fern.png");
  const ObjectPrompt prompt = PromptsFromScribbles(FindScribbles(folder_ / "scribbles/fern"), view_, "fern");
  ASSERT_EQ(prompt.clicks.size(), 1u);
  EXPECT_EQ(prompt.clicks[0].xy, Vec2(126, 126));  // (31.5, 31.5) * 4
}

TEST_F(ScribblesTest, SeveralPicturesAreOneSetOfStrokes) {
  ImageU8 more(80, 60, 1, 0);
  Fill(&more, 30, 50, 32, 52);
  WritePng(folder_ / "scribbles/fern/pos_1_fern.png", more);
  const ObjectPrompt prompt = PromptsFromScribbles(FindScribbles(folder_ / "scribbles/fern"), view_, "fern");
  EXPECT_TRUE(std::any_of(prompt.clicks.begin(), prompt.clicks.end(),
                          [](const ClickPrompt& click) { return click.xy == Vec2(126, 206); }));
}

TEST_F(ScribblesTest, Errors) {
  const fs::path folder = folder_ / "scribbles/fern", positive = folder / "pos_0_fern.png";
  EXPECT_THAT(ErrorTextOf<UsageError>([&] { FindScribbles(folder_ / "gone"); }), HasSubstr("no such folder"));
  WritePng(positive, ImageU8(60, 80, 1, 255));
  EXPECT_EQ(ErrorTextOf<Error>([&] { PromptsFromScribbles(FindScribbles(folder), view_, "fern"); }),
            positive.string() + ": the strokes are drawn on 60x80 pixels, but images/IMG_4038.JPG has 320x240\n");
  WritePng(positive, ImageU8(80, 60, 1, 0));
  EXPECT_EQ(ErrorTextOf<Error>([&] { PromptsFromScribbles(FindScribbles(folder), view_, "fern"); }),
            positive.string() + ": there is no stroke on the object\ndraw in white on black");
  WritePng(positive, ImageU8(80, 60, 1, 255));
  WritePng(folder / "pos_1_fern.png", ImageU8(160, 120, 1, 255));
  EXPECT_THAT(ErrorTextOf<Error>([&] { PromptsFromScribbles(FindScribbles(folder), view_, "fern"); }),
              HasSubstr("pos_1_fern.png: it has another size than " + positive.string()));
  fs::remove(positive);
  fs::remove(folder / "pos_1_fern.png");
  EXPECT_THAT(ErrorTextOf<Error>([&] { FindScribbles(folder); }),
              AllOf(HasSubstr("it has no picture of strokes on the object"), HasSubstr("pos_0.png")));
}

}  // namespace
}  // namespace sanerf::mask_decoder
