#include "sanerf/nerf/held_out_look.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "sanerf/core/error.h"
#include "sanerf/core/folder_test_support.h"
#include "sanerf/core/random.h"
#include "sanerf/nerf/photo_appearance.h"
#include "sanerf/nerf/small_field_test_support.h"
#include "sanerf/nerf/trainer.h"
#include "sanerf/scene/load_scene.h"
#include "sanerf/synth/small_scene_test_support.h"
#include "sanerf/synth/synth.h"

namespace sanerf::nerf {
namespace {

ImageF NoisePicture(uint64_t seed) {
  ImageF picture(16, 10, 3);
  Random random(seed);
  for (float& value : picture.data) value = 0.1f + 0.5f * random.NextFloat();
  return picture;
}

TEST(HeldOutLook, NamesAreParsed) {
  for (const HeldOutLook look : {HeldOutLook::kMean, HeldOutLook::kNearest, HeldOutLook::kHalf})
    EXPECT_EQ(ParseHeldOutLook(NameOf(look)), look);
  EXPECT_THAT(ErrorTextOf<UsageError>([] { ParseHeldOutLook("median"); }),
              testing::HasSubstr("--look median: expected mean, nearest or half"));
  EXPECT_EQ(Described(HeldOutLook::kMean), "");
}

// What differs by an affine transform is found from the left half, and the right half follows.
TEST(HeldOutLook, ColorsFittedOnTheLeftHalfHoldOnTheRight) {
  const ImageF picture = NoisePicture(1);
  ImageF photo = picture;
  ApplyColors({0.7, 0.1, 0, 0.05, 0, 0.9, 0.05, 0, 0.1, 0, 0.8, 0.1}, &photo);
  ImageF fitted = picture;
  ApplyColors(FitColors(picture, {photo, ImageU8(), 8}), &fitted);
  double worst = 0, before = 0;
  for (size_t i = 0; i < photo.data.size(); ++i) {
    worst = std::max(worst, std::abs(double(fitted.data[i] - photo.data[i])));
    before = std::max(before, std::abs(double(picture.data[i] - photo.data[i])));
  }
  EXPECT_GT(before, 0.05);
  EXPECT_LT(worst, 0.02);  // it is held to the identity a little
}

// Neither the right half nor ignored pixels have a say.
TEST(HeldOutLook, OnlyTheLeftHalfThatCountsIsFitted) {
  const ImageF picture = NoisePicture(2);
  ImageF photo = picture;
  ImageU8 ignored(16, 10, 1, 0);
  for (int y = 0; y < 10; ++y)
    for (int x = 0; x < 16; ++x) {
      if (x == 3) ignored.At(x, y) = 255;
      if (x >= 8 || x == 3)
        for (int c = 0; c < 3; ++c) photo.At(x, y, c) = 1;
    }
  const ColorTransform found = FitColors(picture, {photo, ignored, 8});
  for (int c = 0; c < 3; ++c)
    for (int k = 0; k < 4; ++k) EXPECT_NEAR(found[size_t(4 * c + k)], k == c ? 1 : 0, 1e-9);
}

TEST(HeldOutLook, NothingToFitIsTheIdentity) {
  const ImageF picture = NoisePicture(3);
  const ColorTransform found = FitColors(picture, {NoisePicture(4), ImageU8(16, 10, 1, 255), 8});
  for (int c = 0; c < 3; ++c)
    for (int k = 0; k < 4; ++k) EXPECT_NEAR(found[size_t(4 * c + k)], k == c ? 1 : 0, 1e-9);
}

// A field that learned gains: a stored photo's gain is what a view is shown with.
TEST(HeldOutLook, ViewsAreShownAsTheNearestPhotoShowsThem) {
  const TestFolder folder;
  synth::WriteSynthScene(folder / "scene", synth::SmallScene(6, 32), Job());
  const scene::Scene scene = scene::LoadScene(folder / "scene", {}, Job());
  NerfOptions options = SmallOptions();
  options.appearance = Appearance::kGain;
  NerfTrainer trainer(scene, options, Job());
  for (int i = 0; i < 20; ++i) trainer.Step();
  for (const bool finished : {false, true}) {
    trainer.Save(folder / "nerf.ckpt", finished);
    const NerfModel model = NerfModel::Load(folder / "nerf.ckpt");
    ASSERT_NE(model.appearance(), nullptr);
    const int train = scene.TrainViews()[2];
    const scene::View& view = scene.views[size_t(train)];
    const RenderedView plain = model.Render(view.camera, Job());
    RenderedView shown = plain, nearest = plain;
    EXPECT_TRUE(ShowAsPhoto(model, view.name, &shown));
    EXPECT_TRUE(ShowAsNearestPhoto(model, scene, view.camera, &nearest));
    EXPECT_EQ(nearest.rgb.data, shown.rgb.data);
    const auto transform = trainer.appearance()->TransformOf(2);
    for (int y = 0; y < plain.rgb.height; y += 5)
      for (int x = 0; x < plain.rgb.width; x += 5) {
        const float behind = (1 - plain.opacity.At(x, y)) * model.background()[1];
        const float want = transform[5] * (plain.rgb.At(x, y, 1) - behind) + behind;
        EXPECT_NEAR(shown.rgb.At(x, y, 1), std::clamp(want, 0.0f, 1.0f), 1e-5);
      }
    EXPECT_FALSE(ShowAsPhoto(model, "no such photo", &shown));
  }
  const NerfTrainer without(scene, SmallOptions(), Job());
  without.Save(folder / "none.ckpt", true);
  RenderedView view = NerfModel::Load(folder / "none.ckpt").Render(scene.views[0].camera, Job());
  EXPECT_FALSE(ShowAsNearestPhoto(NerfModel::Load(folder / "none.ckpt"), scene, scene.views[0].camera, &view));
}

}  // namespace
}  // namespace sanerf::nerf
