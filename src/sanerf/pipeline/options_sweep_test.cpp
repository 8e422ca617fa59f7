// The ends of every range that a tiny scene can show: synth, scene, radiance field and object field. The other stages'
// are swept beside their own tests: encode and field in feature_container, text in detect and segmentation, masks,
// segment and auto in segmentation, those of other methods in baselines.
#include <gtest/gtest.h>

#include <algorithm>

#include "sanerf/core/error.h"
#include "sanerf/core/folder_test_support.h"
#include "sanerf/core/job.h"
#include "sanerf/core/options_sweep_test_support.h"
#include "sanerf/mask_aggregator/object_trainer.h"
#include "sanerf/nerf/train_nerf.h"
#include "sanerf/nerf/trainer.h"
#include "sanerf/pipeline/settings.h"
#include "sanerf/scene/load_scene.h"
#include "sanerf/scene/view_mask_test_support.h"
#include "sanerf/synth/small_scene_test_support.h"
#include "sanerf/synth/synth.h"

namespace sanerf::pipeline {
namespace {

using Entry = OptionRegistry::Entry;

std::vector<Entry> EntriesOf(Settings& settings, const std::string& stage) {
  std::vector<Entry> entries;
  for (const Entry& entry : RegistryOf(settings).entries())
    if (entry.stage == stage) entries.push_back(entry);
  return entries;
}

class OptionsSweepTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = new TestFolder;
    synth::WriteSynthScene(*folder_ / "scene", synth::SmallScene(6, 24), Job());
    scene_ = new scene::Scene(scene::LoadScene(*folder_ / "scene", {}, Job()));
  }
  static void TearDownTestSuite() {
    delete scene_;
    delete folder_;
  }
  static Settings Tiny() {
    Settings settings;
    for (const char* assignment : {"nerf.iters=3",
                                   "nerf.batch_samples=2048",
                                   "nerf.log2_table=10",
                                   "nerf.levels=8",
                                   "nerf.base=4",
                                   "nerf.top=64",
                                   "nerf.density_width=16",
                                   "nerf.color_width=16",
                                   "nerf.occupancy_resolution=16",
                                   "nerf.occupancy_every=1",
                                   "nerf.step=0.05",
                                   "object.rays=64",
                                   "object.pool_rays=512",
                                   "object.log2_table=10",
                                   "object.levels=4",
                                   "object.features=4",
                                   "object.base=4",
                                   "object.top=32",
                                   "object.width=16",
                                   "object.rgb_weight=1",
                                   "object.rgb_from=0",
                                   "object.rgb_rays=8",
                                   "object.rgb_references=4",
                                   "object.rgb_redraw=1"})
      Assign(settings, assignment);
    return settings;
  }
  template <class F>
  static SweepCount Sweep(const std::string& stage, const std::vector<std::string>& dear, const F& run) {
    SweepCount count;
    Settings defaults;
    for (const Entry& option : EntriesOf(defaults, stage)) {
      for (const std::string& end : EndsOf(option, dear)) {
        Settings settings = Tiny();
        Assign(settings, option.name() + "=" + end);
        SweepOnce(
            option.name() + "=" + end, [&] { run(settings); }, &count);
      }
    }
    return count;
  }

  static inline TestFolder* folder_;
  static inline scene::Scene* scene_;
};

TEST_F(OptionsSweepTest, TheSmallestSceneIsMade) {
  const SweepCount count = Sweep("synth", {"views", "size", "samples"}, [](Settings settings) {
    const TestFolder folder;
    settings.synth.views = std::min(settings.synth.views, 3);
    settings.synth.size = std::min(settings.synth.size, 24);
    settings.synth.samples = std::min(settings.synth.samples, 2);
    synth::WriteSynthScene(folder / "scene", settings.synth, Job());
    EXPECT_EQ(scene::LoadScene(folder / "scene", {}, Job()).views.size(),
              size_t(settings.synth.views + synth::NumTestViews(settings.synth)));
  });
  EXPECT_EQ(count.num_run, 9);
  EXPECT_EQ(count.num_refused, 0);
}

TEST_F(OptionsSweepTest, ASceneWithoutASplitIsReadAtTheEndsOfItsOptions) {
  const std::filesystem::path unsplit = *folder_ / "unsplit";
  std::filesystem::copy(*folder_ / "scene", unsplit, std::filesystem::copy_options::recursive);
  std::filesystem::rename(unsplit / "transforms_train.json", unsplit / "transforms.json");
  std::filesystem::remove(unsplit / "transforms_test.json");
  const SweepCount count = Sweep("scene", {}, [&](const Settings& settings) {
    const scene::Scene scene = scene::LoadScene(unsplit, settings.scene, Job());
    EXPECT_FALSE(scene.TrainViews().empty());
    EXPECT_EQ(scene.TestViews().empty(), settings.scene.test_every == 0);
  });
  EXPECT_EQ(count.num_run, 9);
  EXPECT_EQ(count.num_refused, 0);
}

TEST_F(OptionsSweepTest, TheRadianceFieldTrainsAtTheEndsOfItsOptions) {
  const std::vector<std::string> dear = {"iters", "occupancy_resolution", "log2_table"};
  const SweepCount count = Sweep("nerf", dear, [](const Settings& settings) {
    const nerf::NerfModel model =
        nerf::TrainNerf(*scene_, settings.nerf, {*folder_ / "sweep.ckpt", *folder_ / "sweep.jsonl", false}, Job());
    const ImageF rgb = model.Render(scene_->views[0].camera, Job()).rgb;
    EXPECT_TRUE(std::all_of(rgb.data.begin(), rgb.data.end(), [](float c) { return c >= 0 && c <= 1.001f; }));
  });
  EXPECT_GE(count.num_run, 44);
  // One level of 2 features; a base above the top, a top below the base; exploding rates.
  EXPECT_LE(count.num_refused, 6);
}

TEST_F(OptionsSweepTest, TheObjectFieldIsFittedAtTheEndsOfItsOptions) {
  Settings good = Tiny();
  good.nerf.iters = 60;
  good.nerf.near_gradients = 0;  // in so few steps the first fog has to go
  const nerf::NerfModel nerf =
      nerf::TrainNerf(*scene_, good.nerf, {*folder_ / "nerf.ckpt", *folder_ / "nerf.jsonl", false}, Job());
  std::vector<Camera> cameras;
  std::vector<ImageU8> labels;
  for (const int v : scene_->TrainViews()) {
    cameras.push_back(scene_->views[size_t(v)].camera);
    labels.push_back(scene::LoadViewMask(scene_->views[size_t(v)]));
    for (uint8_t& id : labels.back().data) id = id > 0 ? 1 : 0;
  }
  const std::vector<std::string> dear = {"iters",     "rays",     "pool_rays", "rgb_redraw", "rgb_regions_per_step",
                                         "rgb_views", "rgb_rays", "log2_table"};
  const SweepCount count = Sweep("object", dear, [&](const Settings& settings) {
    mask_aggregator::ObjectTrainer trainer(nerf, cameras, settings.object, Job());
    trainer.SetMasks(labels, 2, nullptr, Job());
    trainer.Train({2, 1}, Job());
    const mask_aggregator::SegmentedView view = trainer.Finish().Render(cameras[0], 1, Job());
    EXPECT_LE(*std::max_element(view.labels.data.begin(), view.labels.data.end()), 1);
    EXPECT_TRUE(std::all_of(view.probability.data.begin(), view.probability.data.end(),
                            [](float p) { return p >= 0 && p <= 1; }));
  });
  EXPECT_GT(count.num_run, 35);
  EXPECT_LE(count.num_refused, 6);
}

}  // namespace
}  // namespace sanerf::pipeline
