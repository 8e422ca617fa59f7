#include "sanerf/nerf/view_residuals.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sanerf/core/error.h"
#include "sanerf/core/json.h"
#include "sanerf/nerf/foggy_field_test_support.h"
#include "sanerf/scene/photos_test_support.h"

namespace sanerf::nerf {
namespace {

using testing::HasSubstr;

std::vector<ViewResidual> WithPsnr(const std::vector<double>& psnr) {
  std::vector<ViewResidual> residuals;
  for (size_t i = 0; i < psnr.size(); ++i) {
    ViewResidual residual;
    residual.view_idx = int(i);
    residual.psnr = psnr[i];
    residuals.push_back(residual);
  }
  Judge(&residuals);
  return residuals;
}

int NumBad(const std::vector<ViewResidual>& residuals) {
  int bad = 0;
  for (const ViewResidual& residual : residuals) bad += residual.is_bad;
  return bad;
}

// Median 30 dB; distances 2, 1, 0, 1, 2, 1 and 18 dB: their median is 1 dB, 0.23 of a log error, so a standard
// deviation is 0.341, and 12 dB are (18 ln(10) / 10) / 0.341 = 12.1 of them.
TEST(ViewResiduals, OneThatIsFarWorseIsBad) {
  const auto residuals = WithPsnr({28, 29, 30, 31, 32, 31, 12});
  EXPECT_EQ(NumBad(residuals), 1);
  EXPECT_TRUE(residuals[6].is_bad);
  EXPECT_NEAR(residuals[6].deviation, 12.14, 0.01);
  EXPECT_NEAR(residuals[2].deviation, 0, 1e-12);
  EXPECT_LT(residuals[4].deviation, 0);
}

TEST(ViewResiduals, ALowPsnrIsNoFaultWherePhotosDifferThatMuch) {
  EXPECT_EQ(NumBad(WithPsnr({20, 22, 24, 26, 28, 30, 32, 34, 36, 18, 16})), 0);
}

TEST(ViewResiduals, AlmostHalfMayBeBad) {
  EXPECT_EQ(NumBad(WithPsnr({30, 30.1, 29.9, 30, 30.2, 30, 12, 13, 14, 11})), 4);
}

// All but equal photos: what is 1 dB worse is not bad. 0.1 is the least standard deviation; 1 dB is 2.3 of these.
TEST(ViewResiduals, EqualPhotosDoNotMakeOthersBad) {
  const auto residuals = WithPsnr({30, 30, 30, 30, 29});
  EXPECT_EQ(NumBad(residuals), 0);
  EXPECT_NEAR(residuals[4].deviation, 2.303, 0.001);
}

TEST(ViewResiduals, HeldOutPhotosNeitherCountNorAreBad) {
  std::vector<ViewResidual> residuals = WithPsnr({30, 31, 29, 30, 12, 12, 12, 12, 12});
  for (size_t i = 4; i < residuals.size(); ++i) residuals[i].is_held_out = true;
  Judge(&residuals);
  EXPECT_EQ(NumBad(residuals), 0);
  EXPECT_GT(residuals[8].deviation, kBadDeviation);
  std::vector<ViewResidual> none;
  Judge(&none);
}

TEST(ViewResiduals, WeightsFollowTheDeviation) {
  ViewResidual residual;
  for (const double deviation : {-3.0, 0.0, 2.0}) {
    residual.deviation = deviation;
    EXPECT_EQ(WeightFor(residual, BadViews::kWeigh), 1) << deviation;
  }
  residual.deviation = 8;
  EXPECT_NEAR(WeightFor(residual, BadViews::kWeigh), 0.25, 1e-6);
  EXPECT_EQ(WeightFor(residual, BadViews::kKeep), 1);
  EXPECT_EQ(WeightFor(residual, BadViews::kDrop), 1);
  residual.is_bad = true;
  EXPECT_EQ(WeightFor(residual, BadViews::kDrop), 0);
}

TEST(ViewResiduals, AreNamedAndKept) {
  scene::Scene scene = scene::PhotosOf(7, 40, 30);
  for (size_t i = 0; i < scene.views.size(); ++i) scene.views[i].name = "p" + std::to_string(i) + ".png";
  std::vector<ViewResidual> residuals = WithPsnr({28, 29, 30, 31, 32, 31, 12});
  residuals[6].weight = 0;
  residuals[1].agreement = 0.75;
  EXPECT_EQ(
      BadViewsText(residuals, scene),
      "1 training photo that the field cannot explain, where half of the photos have 30.0 dB or more: p6.png 12.0 "
      "dB (dropped)");
  EXPECT_EQ(BadViewsText(WithPsnr({30, 30, 30}), scene), "");

  const TestFolder folder;
  WriteViewResiduals(folder / "views.json", residuals, scene, 0x2a);
  const auto stored = ReadViewResiduals(folder / "views.json", "000000000000002a");
  ASSERT_TRUE(stored);
  ASSERT_EQ(stored->size(), 7u);
  EXPECT_EQ((*stored)[6].view, "p6.png");
  EXPECT_TRUE((*stored)[6].is_bad);
  EXPECT_EQ((*stored)[6].weight, 0);
  EXPECT_EQ((*stored)[6].psnr, 12);
  EXPECT_EQ((*stored)[1].agreement, 0.75);
  EXPECT_EQ((*stored)[0].agreement, -1);
  EXPECT_FALSE(ReadViewResiduals(folder / "views.json", "000000000000002b")) << "of another field";
  EXPECT_FALSE(ReadViewResiduals(folder / "none.json", "000000000000002a"));
  Json json = ReadJsonFile(folder / "views.json");
  json["views"][2]["psnr"] = "much";
  WriteJsonFile(folder / "views.json", json);
  EXPECT_THAT(ErrorTextOf<Error>([&] { ReadViewResiduals(folder / "views.json", "000000000000002a"); }),
              HasSubstr("views[2].psnr"));
}

TEST(ViewResiduals, ManyPhotosAreComparedAtASmallerSize) {
  EXPECT_EQ(ComparedSize(10), 64);
  EXPECT_EQ(ComparedSize(400), 32);
  EXPECT_EQ(ComparedSize(100'000), 24);
}

using ViewResidualsOfAField = FoggyFieldTest;

// What the field shows itself is explained wholly, also when the photo is brighter and that is no fault; a photo of
// elsewhere is not, and what is ignored does not count.
TEST_F(ViewResidualsOfAField, MeasuresWhatCounts) {
  std::vector<ComparedPhoto> photos;
  for (int i = 0; i < 6; ++i) {
    ComparedPhoto photo;
    photo.view_idx = i;
    photo.camera = scene_->views[size_t(i)].camera.ResizedToLongest(24);
    photo.picture = nerf_->Render(photo.camera, Job()).rgb;
    photos.push_back(photo);
  }
  for (float& value : photos[1].picture.data) value *= 0.8f;
  for (float& value : photos[2].picture.data) value = 1 - value;
  photos[3].ignored = ImageU8(24, 24, 1);
  for (int x = 0; x < 24; ++x) photos[3].ignored.At(x, 0) = 255, photos[3].picture.At(x, 0, 1) = 1;
  const auto plain = MeasureViews(photos, *nerf_, /*fit_gains=*/false, Job());
  EXPECT_NEAR(plain[0].psnr, 100, 1e-9);
  EXPECT_LT(plain[1].psnr, 40);
  EXPECT_LT(plain[2].psnr, 20);
  EXPECT_NEAR(plain[3].psnr, 100, 1e-9);
  EXPECT_TRUE(plain[2].is_bad);
  EXPECT_FALSE(plain[0].is_bad);
  const auto fitted = MeasureViews(photos, *nerf_, /*fit_gains=*/true, Job());
  EXPECT_GT(fitted[1].psnr, 90);
  EXPECT_LT(fitted[2].psnr, 30);
  for (const ViewResidual& residual : plain) EXPECT_LE(residual.agreement, 1);
}

}  // namespace
}  // namespace sanerf::nerf
