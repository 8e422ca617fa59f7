#include "sanerf/experiments/compare/contact_sheet.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sanerf::experiments {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

MethodResult WithIous(const std::vector<int64_t>& percents) {
  MethodResult method{"m", "M", "", {MethodRun()}, ""};
  eval::ObjectScore object;
  for (size_t v = 0; v < percents.size(); ++v)
    object.views.emplace_back(std::to_string(v), eval::MaskScore{percents[v], 100, 0, 0, 0, 0, 1});
  method.runs[0].objects = {object};
  return method;
}

TEST(ContactSheet, ShowsTheLargestViewAndTheOneInDispute) {
  const std::vector<MethodResult> methods = {
      WithIous({90, 90, 90, 100}), WithIous({85, 40, 88, 0}), {"f", "F", "", {}, "failed"}};
  const std::vector<int64_t> pixels = {10, 20, 30, 0};  // the last view does not show the object
  const auto true_pixels = [&](size_t v) { return pixels[v]; };
  EXPECT_THAT(TellingViews(methods, 0, true_pixels), ElementsAre(1, 2));
  EXPECT_THAT(TellingViews({methods[2]}, 0, true_pixels), IsEmpty());
  EXPECT_THAT(TellingViews(methods, 0, [](size_t) { return int64_t{0}; }), IsEmpty());
}

TEST(ContactSheet, PictureAndPage) {
  ContactSheet sheet;
  sheet.columns = {"photo", "truth", "M"};
  SheetRow row{"mug, test/003.png", {{ImageU8(240, 120, 3, 90), ""}, {}, {ImageU8(240, 240, 3, 10), "97.31"}}};
  sheet.rows = {row, row};
  const ImageU8 picture = ToPicture(sheet);
  EXPECT_EQ(picture.width, 3 * 246 + 6);
  EXPECT_EQ(picture.At(6 + 2 * 246, 26 + 26), 10);  // first row, below its title, third column
  EXPECT_EQ(picture.At(6, 26 + 26), 90);
  EXPECT_EQ(picture.At(6, 26 + 26 + 200), 255);  // the first picture is less high

  CompareResult result;
  result.scene = "kitchen";
  result.objects = {"mug"};
  result.views = {"test/003.png"};
  result.methods = {WithIous({97})};
  const std::string page = ToHtml(sheet, result);
  EXPECT_THAT(page, HasSubstr("Comparison on kitchen"));
  EXPECT_THAT(page, HasSubstr("M 97.31 %"));
  EXPECT_THAT(page, HasSubstr("data:image/jpeg;base64,"));
}

}  // namespace
}  // namespace sanerf::experiments
