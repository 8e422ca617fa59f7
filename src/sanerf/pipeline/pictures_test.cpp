#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sanerf/core/image_ops.h"
#include "sanerf/pipeline/layers.h"
#include "sanerf/pipeline/report_page.h"

namespace sanerf {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(Layers, OverlayTintsTheInsideAndDrawsTheContour) {
  const ImageF grey(7, 7, 3, 0.5f);
  ImageU8 mask(7, 7, 1);
  for (int y = 1; y < 6; ++y) {
    for (int x = 1; x < 6; ++x) mask.At(x, y) = 255;
  }
  const ImageU8 overlay = Overlay(grey, mask);
  EXPECT_EQ(overlay.At(0, 0, 0), 128);
  EXPECT_GT(overlay.At(1, 1, 0), 250);  // contour
  EXPECT_GT(overlay.At(3, 3, 0), 128);  // veil: redder and
  EXPECT_LT(overlay.At(3, 3, 2), 128);  // less blue
}

TEST(Layers, CutoutKeepsColourAndSetsAlpha) {
  ImageF rgb(1, 1, 3), alpha(1, 1, 1, 0.2f);
  rgb.data = {1, 0, 0.2f};
  EXPECT_THAT(Cutout(rgb, alpha).data, ElementsAre(255, 0, 51, 51));
}

TEST(Layers, DifferenceHasFourColours) {
  ImageU8 mask(4, 1, 1), truth(4, 1, 1);
  mask.data = {0, 255, 0, 255};
  truth.data = {0, 0, 255, 255};
  const ImageU8 difference = MaskDifference(mask, truth);
  EXPECT_LT(difference.At(0, 0, 0), 50);
  EXPECT_GT(difference.At(1, 0, 2), 200);  // too much: blue
  EXPECT_GT(difference.At(2, 0, 0), 200);  // missed: red
  EXPECT_GT(difference.At(3, 0, 1), 200);  // right: white
}

TEST(Layers, LabelsAndChannels) {
  ImageU8 labels(3, 1, 1);
  labels.data = {0, 2, 1};
  EXPECT_THAT(MaskOfLabel(labels, 2).data, ElementsAre(0, 255, 0));
  ImageF two(2, 1, 2);
  two.data = {1, 2, 3, 4};
  EXPECT_THAT(Channel(two, 1).data, ElementsAre(2, 4));
}

TEST(ReportPage, IsOneSelfContainedFile) {
  ReportPage page;
  page.title = "run <1>";
  page.facts = {{"31.2 dB", "PSNR"}};
  page.scores = {{"object", "IoU"}, {"mug & co", "97.1 %"}};
  page.columns = {"photo", "difference"};
  page.objects = {
      {"mug & co",
       "fine",
       {{"test/000.png", "IoU 97 %", {{ImageU8(4, 4, 3)}, {ImageU8(4, 4, 3), false}}}, {"b", "", {{}, {}}}}}};
  const std::string html = ToHtml(page);
  EXPECT_THAT(html, HasSubstr("<title>run &lt;1&gt;</title>"));
  EXPECT_THAT(html, HasSubstr("mug &amp; co"));
  EXPECT_THAT(html, HasSubstr("data:image/jpeg;base64,/9j/"));
  EXPECT_THAT(html, HasSubstr("data:image/png;base64,iVBORw0KGgo"));
  EXPECT_THAT(html, HasSubstr("<span class=\"none\">none</span>"));
  EXPECT_THAT(html, HasSubstr("</html>"));
  EXPECT_THAT(html, Not(HasSubstr("http")));
}

}  // namespace
}  // namespace sanerf
