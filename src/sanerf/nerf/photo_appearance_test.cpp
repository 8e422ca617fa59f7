#include "sanerf/nerf/photo_appearance.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "sanerf/core/error.h"
#include "sanerf/core/folder_test_support.h"
#include "sanerf/core/json.h"
#include "sanerf/core/random.h"
#include "sanerf/nn/checkpoint.h"

namespace sanerf::nerf {
namespace {

constexpr Appearance kLearnedKinds[] = {Appearance::kGain, Appearance::kAffine, Appearance::kBilateral};

std::vector<std::string> PhotoNames(int count) {
  std::vector<std::string> names;
  for (int i = 0; i < count; ++i) names.push_back("photo " + std::to_string(i) + ".jpg");
  return names;
}

constexpr int kFitPhotos = 4;

// What a photo shows of a color at that place of its picture.
using Shown = float (*)(int photo, int channel, float across, const float* color);

struct FitResult {
  double first_loss = 0, last_loss = 0;
  PhotoAppearance learned;
};
// Random rays of random photos, and what they show compared with what they should.
FitResult FitTo(Appearance kind, Shown truth) {
  constexpr int kRays = 64, kSteps = 600, kCounted = 20;
  FitResult result{0, 0, PhotoAppearance(kind, PhotoNames(kFitPhotos))};
  result.learned.params().PrepareTraining();
  Random random(5);
  for (int step = 0; step < kSteps; ++step) {
    std::vector<RayLookGradient> gradients(kRays);
    double loss = 0;
    for (RayLookGradient& gradient : gradients) {
      gradient.photo = int(random.NextBelow(kFitPhotos));
      RayLight<float> light, grad_light;
      for (float& c : light.color) c = random.NextFloat();
      light.opacity = 1;
      const float across = random.NextFloat(), down = random.NextFloat();
      const PhotoLook<float> look = result.learned.Look(gradient.photo, across, down);
      float shown[3], grad_shown[3];
      ShowLight(look, light, shown);
      for (int c = 0; c < 3; ++c) {
        const float residual = shown[c] - truth(gradient.photo, c, across, light.color);
        loss += double(residual) * residual / kRays;
        grad_shown[c] = residual / kRays;
      }
      ShowLightBackward(look, light, grad_shown, &grad_light, &gradient.of_ray);
    }
    result.learned.AddGradients(gradients);
    result.learned.Step({.lr = 1e-2f, .step = step + 1}, kRays, {1e-4f, 1e-3f});
    if (step == 0) result.first_loss = loss;
    if (step >= kSteps - kCounted) result.last_loss += loss / kCounted;
  }
  return result;
}

// Photos that show the light darker and brighter, each channel otherwise, the identity on average.
TEST(PhotoAppearance, FindsTheTransformsOfThePhotos) {
  const Shown truth = [](int photo, int c, float, const float* color) {
    return color[c] * (1 + (photo % 2 == 0 ? 0.3f : -0.3f) * float(c + 1) / 3);
  };
  for (const Appearance kind : kLearnedKinds) {
    const FitResult fit = FitTo(kind, truth);
    EXPECT_LT(fit.last_loss, 0.05 * fit.first_loss) << int(kind);
    const auto even = fit.learned.TransformOf(0), odd = fit.learned.TransformOf(1);
    for (int c = 0; c < 3; ++c)  // nodes of a grid that next to no light lies at stay near the identity
      EXPECT_NEAR(even[size_t(5 * c)] / odd[size_t(5 * c)], (1 + 0.1 * (c + 1)) / (1 - 0.1 * (c + 1)),
                  kind == Appearance::kBilateral ? 0.3 : 0.05)
          << int(kind) << " channel " << c;
  }
}

// A lamp now on the left, now on the right: one transform for a whole photo cannot say so.
TEST(PhotoAppearance, LightFromTheSideNeedsAGrid) {
  const Shown truth = [](int photo, int c, float across, const float* color) {
    return color[c] * (1 + (photo % 2 == 0 ? 1.0f : -1.0f) * (across - 0.5f));
  };
  const FitResult affine = FitTo(Appearance::kAffine, truth), grid = FitTo(Appearance::kBilateral, truth);
  EXPECT_GT(affine.last_loss, 0.5 * affine.first_loss);
  EXPECT_LT(grid.last_loss, 0.2 * grid.first_loss);
}

TEST(PhotoAppearance, TheMeanOverThePhotosStaysTheIdentity) {
  for (const Appearance kind : kLearnedKinds) {
    PhotoAppearance learned(kind, PhotoNames(3));
    learned.params().PrepareTraining();
    std::vector<RayLookGradient> gradients(2);
    for (RayLookGradient& gradient : gradients) {
      std::fill_n(gradient.of_ray.affine, kAffineValues, 0.5f);
      gradient.of_ray.across = gradient.of_ray.down = gradient.of_ray.luminance = 0.4f;
    }
    gradients[1].photo = 2;
    learned.AddGradients(gradients);
    learned.Step({.lr = 0.1f, .step = 1}, 2, {0.01f, 1});
    const int width = NumLookValues(kind);
    double moved = 0;
    for (int k = 0; k < width; ++k) {
      double mean = 0;
      for (int photo = 0; photo < 3; ++photo) {
        mean += double(learned.params().values[photo * width + k]) / 3;
        moved += std::abs(double(learned.params().values[photo * width + k] - IdentityOfLook(kind, k)));
      }
      ASSERT_NEAR(mean, double(IdentityOfLook(kind, k)), 1e-6);
    }
    EXPECT_GT(moved, 0.05);
  }
}

TEST(PhotoAppearance, IsReadAsItWasWritten) {
  const TestFolder folder;
  for (const Appearance kind : kLearnedKinds) {
    PhotoAppearance written(kind, PhotoNames(3));
    Random random(2);
    for (float& value : written.params().values.span()) value = random.NextFloat();
    nn::CheckpointWriter writer;
    writer.kind = "nerf";
    *writer.meta = Json::object();
    written.AddTo(&writer);
    writer.Write(folder / "look.ckpt");
    const nn::CheckpointReader reader(folder / "look.ckpt", "nerf");
    const auto read = PhotoAppearance::Read(reader, kind, "look.ckpt");
    ASSERT_NE(read, nullptr);
    EXPECT_EQ(read->photos(), written.photos());
    EXPECT_TRUE(std::ranges::equal(read->params().values.span(), written.params().values.span()));
    EXPECT_EQ(PhotoAppearance::Read(reader, Appearance::kNone, "look.ckpt"), nullptr);
  }
}

TEST(PhotoAppearance, HeadersThatCannotBeAreErrors) {
  const TestFolder folder;
  const auto error_with = [&](const Json& photos) {
    PhotoAppearance written(Appearance::kAffine, PhotoNames(2));
    nn::CheckpointWriter writer;
    writer.kind = "nerf";
    *writer.meta = Json::object();
    written.AddTo(&writer);
    (*writer.meta)["appearance_photos"] = photos;
    writer.Write(folder / "odd.ckpt");
    const nn::CheckpointReader reader(folder / "odd.ckpt", "nerf");
    return ErrorTextOf<Error>([&] { PhotoAppearance::Read(reader, Appearance::kAffine, "odd.ckpt"); });
  };
  EXPECT_THAT(error_with(3), testing::HasSubstr("appearance_photos is no list"));
  EXPECT_THAT(error_with(Json::array({1, 2})), testing::HasSubstr("names no photos"));
  EXPECT_THAT(error_with(Json::array({"a", "b", "c"})), testing::HasSubstr("'appearance'"));
  EXPECT_EQ(error_with(Json::array({"a", "b"})), "");
}

}  // namespace
}  // namespace sanerf::nerf
