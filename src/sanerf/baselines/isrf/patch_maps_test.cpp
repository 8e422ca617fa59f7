#include "sanerf/baselines/isrf/patch_maps.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <functional>

#include "sanerf/baselines/options.h"
#include "sanerf/core/folder_test_support.h"
#include "sanerf/core/job.h"
#include "sanerf/mask_decoder/analytic_scene_test_support.h"

namespace sanerf::baselines {
namespace {

using namespace testing_scene;
using ::testing::HasSubstr;

// Maps of 64 x 64 patches with two channels over photos of 96 x 64 pixels: SAM's square is padded from 1024 * 64 / 96 =
// 683 of 1024 on, patch row 42.7. The decoder's other, finer map must not be taken for it.
class TwoChannels : public AnalyticContainer {
 public:
  explicit TwoChannels(const scene::Scene& scene) : AnalyticContainer(scene) {}
  std::shared_ptr<const sam::SamFeatures> Features(int view_idx, const Job&) const override {
    const Camera camera = WorkingCamera(view_idx);
    auto features = std::make_shared<sam::SamFeatures>();
    features->image_width = camera.width;
    features->image_height = camera.height;
    models::Tensor fine{"high_res_features", {1, 2, 128, 128}, std::vector<float>(2 * 128 * 128, 5)};
    models::Tensor main{"image_embed", {1, 2, 64, 64}, {}};
    for (int c = 0; c < 2; ++c)
      for (int y = 0; y < 64; ++y)
        for (int x = 0; x < 64; ++x) main.data.push_back(value(c, x, y));
    features->maps = {fine, main};
    return features;
  }
  std::function<float(int channel, int x, int y)> value;
};

class PatchMapsTest : public ::testing::Test {
 protected:
  PatchMaps Make(int components = 1) const {
    return MakePatchMaps(container_, sam_, {0, 1}, {IsrfOptions().FeatureModel(), components}, Job());
  }
  static float At(const PatchMap& map, double x, double y) {
    float feature = 0;
    map.At(x, y, &feature);
    return feature;
  }
  const scene::Scene scene_ = MakeScene();
  TwoChannels container_{scene_};
  const AnalyticSam sam_{};
};

TEST_F(PatchMapsTest, PatchesOnPaddingAreLeftOut) {
  container_.value = [](int, int x, int y) { return y > 42 ? 1e4f : x < 32 ? 1.0f : -1.0f; };
  const PatchMaps maps = Make();
  EXPECT_EQ(maps.name, "analytic");
  EXPECT_EQ(maps.channels, 1);
  ASSERT_EQ(maps.maps.size(), 2u);
  const PatchMap& map = maps.maps[1];
  EXPECT_EQ(map.cols, 64);
  EXPECT_EQ(map.rows, 43);
  // With the padding's values the component would be the difference between photo and padding, the same everywhere
  // here.
  EXPECT_NEAR(At(map, 0.25, 0.9), 1, 1e-3);
  EXPECT_NEAR(At(map, 0.75, 0.9), -1, 1e-3);
}

// The lower half of the photo begins in the middle of its own rows, not of the square's.
TEST_F(PatchMapsTest, PlacesFollowThePhotoInTheSquare) {
  container_.value = [](int, int, int y) { return y + 0.5 < 683.0 / 16 / 2 ? 1.0f : -1.0f; };
  const PatchMap map = Make().maps[0];
  EXPECT_NEAR(map.photo_rows, 683.0 / 16, 1e-9);
  for (const double x : {0.0, 0.3, 1.0}) {
    EXPECT_NEAR(At(map, x, 0.0), 1, 1e-3);
    EXPECT_NEAR(At(map, x, 0.46), 1, 1e-3);
    EXPECT_NEAR(At(map, x, 0.54), -1, 1e-3);
    EXPECT_NEAR(At(map, x, 1.0), -1, 1e-3);
  }
}

// Between patches (1, 0) and (0, 1), turned by the components, the feature half way keeps its length.
TEST_F(PatchMapsTest, FeaturesHaveLengthOne) {
  container_.value = [](int c, int x, int y) { return float((x + y) % 3 == c) + 0.01f * float(x * c); };
  const PatchMap map = Make(2).maps[0];
  for (double x = 0; x <= 1; x += 0.013) {
    float feature[2];
    map.At(x, 0.3, feature);
    EXPECT_NEAR(std::hypot(feature[0], feature[1]), 1, 1e-5);
  }
}

TEST_F(PatchMapsTest, AModelThatCannotBeReadIsAnError) {
  EXPECT_THAT(ErrorTextOf<Error>([&] {
                MakePatchMaps(container_, sam_, {0}, {"/nowhere/dino.onnx", 1}, Job());
              }),
              HasSubstr("cannot read the model /nowhere/dino.onnx"));
}

}  // namespace
}  // namespace sanerf::baselines
