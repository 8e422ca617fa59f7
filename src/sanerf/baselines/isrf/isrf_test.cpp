#include "sanerf/baselines/isrf/isrf.h"

#include <gmock/gmock.h>

#include <map>

#include "sanerf/core/job.h"
#include "sanerf/core/options_sweep_test_support.h"
#include "sanerf/core/random.h"
#include "sanerf/mask_aggregator/aggregator_test_support.h"
#include "sanerf/mask_decoder/analytic_scene_test_support.h"
#include "sanerf/scene/view_mask_test_support.h"
#include "sanerf/segmentation/borrowed_test_support.h"

namespace sanerf::baselines {

using mask_decoder::ObjectPrompt;

namespace {

using ::testing::HasSubstr;

constexpr int kSide = 32, kMapChannels = 16;  // of the feature maps; the photos have 64 x 64 pixels

// Features that tell instances apart, with noise: what a good encoder would give.
class InstanceFeatures : public feature_container::FeatureContainer {
 public:
  InstanceFeatures(const scene::Scene& scene, const nerf::NerfModel& nerf) : scene_(scene) {
    for (size_t v = 0; v < scene.views.size(); ++v) depths_.push_back(nerf.Render(scene.views[v].camera, Job()).depth);
  }
  Camera WorkingCamera(int view_idx) const override { return scene_.views[size_t(view_idx)].camera; }
  bool Has(int) const override { return true; }
  std::shared_ptr<const sam::SamFeatures> Features(int view_idx, const Job&) const override {
    const ImageU8 mask = scene::LoadViewMask(scene_.views[size_t(view_idx)]);
    auto features = std::make_shared<sam::SamFeatures>();
    features->image_width = mask.width;
    features->image_height = mask.height;
    models::Tensor labels{"labels", {mask.height, mask.width}, {mask.data.begin(), mask.data.end()}};  // AnalyticSam's
    models::Tensor map{"image_embed", {1, kMapChannels, kSide, kSide}, {}};
    Random random(11, uint64_t(view_idx));
    for (int c = 0; c < kMapChannels; ++c)
      for (int y = 0; y < kSide; ++y)
        for (int x = 0; x < kSide; ++x)
          map.data.push_back(float(mask.At(2 * x + 1, 2 * y + 1) % kMapChannels == c) + 0.2f * random.NextFloat());
    features->maps = {labels, map};
    return features;
  }
  ImageF Depth(int view_idx, const Job&) const override { return depths_[size_t(view_idx)]; }
  ImageF Opacity(int view_idx, const Job&) const override {
    ImageF opacity = Depth(view_idx, Job());
    for (float& value : opacity.data) value = value > 0;
    return opacity;
  }
  ImageF Rgb(int, const Job&) const override { return {}; }
  uint64_t ModelFingerprint() const override { return 7; }

 private:
  const scene::Scene& scene_;
  std::vector<ImageF> depths_;
};

class IsrfTest : public mask_aggregator::AggregatorTest {
 protected:
  static IsrfOptions SmallOptions() {
    IsrfOptions options;
    options.components = 16;
    options.voxels = 96;
    options.trace_size = 64;
    options.iters = 50;
    options.rays = 512;
    options.brush = 3;
    return options;
  }
  Isrf MakeIsrf(const IsrfOptions& options, const mask_decoder::MaskDecoderOptions& masks = {}) {
    using segmentation::Borrowed;
    return Isrf({Borrowed(*scene_), *nerf_, Borrowed(features_), Borrowed(sam_), scene_->TrainViews()}, options, masks,
                /*seed=*/1);
  }
  // Clicks on the scene's objects, each a negative one for the next object.
  static mask_decoder::Prompts SceneClicks() {
    mask_decoder::Prompts prompts = mask_decoder::ReadPrompts(*folder_ / "scene" / "prompts.json");
    const std::vector<ObjectPrompt> objects = prompts.objects;
    for (size_t o = 0; o < objects.size(); ++o) {
      mask_decoder::ClickPrompt other = objects[(o + 1) % objects.size()].clicks.at(0);
      other.label = 0;
      prompts.objects[o].clicks.push_back(other);
    }
    return prompts;
  }
  static double HeldOutIouOf(Isrf& isrf, size_t object, int instance) {
    int64_t both = 0, either = 0;
    for (const int v : scene_->TestViews()) {
      const ImageU8 truth = scene::LoadViewMask(scene_->views[size_t(v)]), ours = isrf.MasksFor(v, Job())[object];
      for (size_t i = 0; i < truth.data.size(); ++i) {
        both += truth.data[i] == instance && ours.data[i] != 0;
        either += truth.data[i] == instance || ours.data[i] != 0;
      }
    }
    return double(both) / double(either);
  }
  InstanceFeatures features_{*scene_, *nerf_};
  testing_scene::AnalyticSam sam_;
};

TEST_F(IsrfTest, FindsTheObjectsUnderTheStrokes) {
  const mask_decoder::Prompts prompts = SceneClicks();
  ASSERT_GT(prompts.objects.size(), 1u);
  Isrf isrf = MakeIsrf(SmallOptions());
  isrf.Fit(prompts, Job());
  EXPECT_EQ(isrf.Remarks(), "features of analytic");
  for (size_t o = 0; o < prompts.objects.size(); ++o)
    EXPECT_GT(HeldOutIouOf(isrf, o, prompts.objects[o].instance), 0.65) << prompts.objects[o].name;
}

TEST_F(IsrfTest, DoesNotDependOnThreads) {
  std::vector<std::vector<ImageU8>> masks;
  for (const int threads : {1, 4}) {
    SetNumThreads(threads);
    Isrf isrf = MakeIsrf(SmallOptions());
    isrf.Fit(SceneClicks(), Job());
    masks.push_back(isrf.MasksFor(scene_->TestViews()[0], Job()));
  }
  ASSERT_EQ(masks[0].size(), masks[1].size());
  for (size_t o = 0; o < masks[0].size(); ++o) EXPECT_EQ(masks[0][o].data, masks[1][o].data);
}

// A box gives the points that the mask decoder draws from its mask; a point that no view sees gives nothing.
TEST_F(IsrfTest, OtherPrompts) {
  const ObjectPrompt clicked = mask_decoder::ReadPrompts(*folder_ / "scene" / "prompts.json").objects.at(0);
  const int view_idx = scene_->FindView(clicked.clicks.at(0).view);
  const ImageU8 mask = scene::LoadViewMask(scene_->views[size_t(view_idx)]);
  ObjectPrompt boxed;
  boxed.name = clicked.name;
  mask_decoder::BoxPrompt box{clicked.clicks[0].view, 1e9, 1e9, -1, -1};
  for (int y = 0; y < mask.height; ++y) {
    for (int x = 0; x < mask.width; ++x) {
      if (mask.At(x, y) != clicked.instance) continue;
      box = {box.view, std::min(box.x0, double(x)), std::min(box.y0, double(y)), std::max(box.x1, double(x)),
             std::max(box.y1, double(y))};
    }
  }
  boxed.boxes = {box};
  Isrf isrf = MakeIsrf(SmallOptions());
  isrf.Fit({{boxed}}, Job());
  EXPECT_GT(HeldOutIouOf(isrf, 0, clicked.instance), 0.6);

  ObjectPrompt unseen;
  unseen.name = "mug";
  unseen.points = {{Vec3(0, 0, 50), 1}};
  EXPECT_THAT(ErrorTextOf<Error>([&] { isrf.Fit({{unseen}}, Job()); }),
              HasSubstr("object 'mug' has no stroke: no training view sees one of its positive points"));
}

TEST_F(IsrfTest, RunsAtTheEndsOfItsOptions) {
  IsrfOptions tiny = SmallOptions();
  tiny.voxels = 32;
  tiny.trace_size = 16;
  tiny.iters = 1;
  const mask_decoder::Prompts prompts{{SceneClicks().objects.at(0)}};
  const std::vector<std::string> dear = {"voxels", "trace_size", "iters", "rays"};
  const SweepCount count = SweepOptions("isrf", tiny, dear, [&](const IsrfOptions& options) {
    Isrf isrf = MakeIsrf(options);
    isrf.Fit(prompts, Job());
    EXPECT_EQ(isrf.MasksFor(scene_->TestViews()[0], Job()).size(), 1u);
  });
  EXPECT_GT(count.num_run, 3 * count.num_refused);
}

// A place below the floor is hidden from every view, unless the masks' options call everything visible.
TEST_F(IsrfTest, WhatIsVisibleTheMasksOptionsSay) {
  const mask_decoder::ClickPrompt click =
      mask_decoder::ReadPrompts(*folder_ / "scene" / "prompts.json").objects.at(0).clicks.at(0);
  const int view_idx = scene_->FindView(click.view);
  const double depth = features_.Depth(view_idx, Job()).At(int(click.xy.x()), int(click.xy.y()));
  ASSERT_GT(depth, 0);
  ObjectPrompt below;
  below.name = "mug";
  below.points = {{scene_->views[size_t(view_idx)].camera.Lift(click.xy + Vec2(0.5, 0.5), 3 * depth), 1}};
  Isrf usual = MakeIsrf(SmallOptions());
  EXPECT_THAT(ErrorTextOf<Error>([&] { usual.Fit({{below}}, Job()); }), HasSubstr("object 'mug' has no stroke"));
  mask_decoder::MaskDecoderOptions masks;
  masks.depth_tolerance = 100;
  Isrf lenient = MakeIsrf(SmallOptions(), masks);
  EXPECT_NO_THROW(lenient.Fit({{below}}, Job()));
}

}  // namespace
}  // namespace sanerf::baselines
