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

// Photos that show the light through a transform each, the mean of which is the identity, over random rays: it is
// found.
TEST(PhotoAppearance, FindsTheTransformsOfThePhotos) {
  for (const Appearance kind : kLearnedKinds) {
    constexpr int kPhotos = 4, kRays = 64;
    PhotoAppearance learned(kind, PhotoNames(kPhotos));
    learned.params().PrepareTraining();
    const auto truth = [](int photo, int c, const float* color) {  // darker and brighter, in each channel otherwise
      return color[c] * (1 + (photo % 2 == 0 ? 0.3f : -0.3f) * float(c + 1) / 3);
    };
    Random random(5);
    double first = 0, last = 0;
    for (int step = 0; step < 600; ++step) {
      std::vector<RayLookGradient> gradients(kRays);
      double loss = 0;
      for (RayLookGradient& gradient : gradients) {
        gradient.photo = int(random.NextBelow(kPhotos));
        RayLight<float> light{{random.NextFloat(), random.NextFloat(), random.NextFloat()}, 1}, grad_light;
        const PhotoLook<float> look = learned.Look(gradient.photo, random.NextFloat(), random.NextFloat());
        float shown[3], grad_shown[3];
        ShowLight(look, light, shown);
        for (int c = 0; c < 3; ++c) {
          const float residual = shown[c] - truth(gradient.photo, c, light.color);
          loss += double(residual) * residual / kRays;
          grad_shown[c] = residual / kRays;
        }
        ShowLightBackward(look, light, grad_shown, &grad_light, &gradient.of_ray);
      }
      learned.AddGradients(gradients);
      learned.Step({.lr = 1e-2f, .step = step + 1}, kRays, {1e-4f, 1e-2f});
      if (step == 0) first = loss;
      last = loss;
    }
    EXPECT_LT(last, 0.05 * first) << int(kind);
    const auto even = learned.TransformOf(0), odd = learned.TransformOf(1);
    for (int c = 0; c < 3; ++c)
      EXPECT_NEAR(even[size_t(5 * c)] / odd[size_t(5 * c)], (1 + 0.1 * (c + 1)) / (1 - 0.1 * (c + 1)),
                  kind == Appearance::kBilateral ? 0.3 : 0.05)
          << int(kind) << " channel " << c;
  }
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
