// What a training does for casual captures, beside the plain one of trainer_test.cpp: the terms of its loss together,
// levels that open, sparse points, the pruning at the end.
#include <gtest/gtest.h>

#include <cmath>
#include <optional>

#include "sanerf/core/error.h"
#include "sanerf/core/folder_test_support.h"
#include "sanerf/core/job.h"
#include "sanerf/nerf/level_window.h"
#include "sanerf/nerf/model_access.h"
#include "sanerf/nerf/small_field_test_support.h"
#include "sanerf/nerf/train_nerf.h"
#include "sanerf/nerf/trainer.h"
#include "sanerf/nn/gradients_test_support.h"
#include "sanerf/scene/load_scene.h"
#include "sanerf/synth/render.h"
#include "sanerf/synth/small_scene_test_support.h"
#include "sanerf/synth/synth.h"

namespace sanerf::nerf {

using scene::Scene;

namespace {

// One scene for all tests of the file.
class CasualCapture : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = new TestFolder;
    synth::WriteSynthScene(folder_->path() / "scene", synth::SmallScene(36, 64), Job());
    scene_ = new Scene(scene::LoadScene(folder_->path() / "scene", {}, Job()));
  }
  static void TearDownTestSuite() {
    delete scene_;
    delete folder_;
  }
  static std::filesystem::path Path(const std::string& name) { return folder_->path() / name; }

  static inline TestFolder* folder_;
  static inline Scene* scene_;
};

// With every term on: looks of each kind, levels that are half open, the penalty near cameras, points on rays.
TEST_F(CasualCapture, GroupGradientWithEveryTermAgainstDifferences) {
  NerfOptions o = SmallOptions();
  RadianceField field(o, scene_->extent > 1, 5);
  Random random(3);
  for (float& v : field.grid.params().values.span()) v = random.NextFloat() - 0.5f;
  std::vector<float> weights(size_t(o.levels), 1);
  weights[3] = 0.5f, weights[4] = weights[5] = 0;
  field.grid.SetLevelWeights(weights);
  OccupancyGrid occupancy(o.occupancy_resolution, 1 + int(std::lround(std::log2(scene_->extent))));
  const TraceOptions trace{{0.05f, 0.05f, 0}, 0};
  RayLossOptions loss{false, 0.1f, 0.01f};
  loss.occlusion = 0.3f, loss.ray_end = 0.2f, loss.point_depth = 0.4f;
  const TrainingPhotos photos(*scene_, 1, Job());
  PhotoAppearance looks(Appearance::kBilateral, std::vector<std::string>(photos.cameras().size(), "photo"));
  looks.params().PrepareTraining();
  for (float& v : looks.params().values.span()) v += 0.3f * (random.NextFloat() - 0.5f);
  RayGroup group;
  for (int i = 0; i < 12; ++i) {
    group.rays.push_back(photos.Draw(&random));
    const TrainingRay& ray = group.rays.back();
    group.jitter.push_back(random.NextFloat());
    for (int c = 0; c < 3; ++c) group.backgrounds.push_back(random.NextFloat());
    group.looks.push_back(looks.Look(ray.photo, ray.across, ray.down));
    group.occlusion_ends.push_back(2);
    group.points.push_back({1.5f, i % 3 == 0 ? 0.5f : 0.0f});
  }
  const auto value = [&] {
    GroupGradient other;
    BatchGradient(field, occupancy, trace, loss).Compute(group, {1, 1, 0.01f}, &other);
    return other.field.loss;
  };
  GroupGradient out;
  BatchGradient(field, occupancy, trace, loss).Compute(group, {1, 1, 0.01f}, &out);
  field.grid.params().PrepareTraining();
  for (int l = 0; l < o.levels; ++l) field.grid.BackwardLevel(l, out.field.grid);
  looks.AddGradients(out.grad_looks);
  const nn::DifferenceCheck check{6, 2e-3f, 0.03, 1e-3};
  nn::ExpectGradientsMatchDifferences(field.density.params(), out.field.networks[0], value, check);
  nn::ExpectGradientsMatchDifferences(field.color.params(), out.field.networks[1], value, check);
  nn::ExpectGradientsMatchDifferences(field.grid.params(), field.grid.params().grads, value, check);
  nn::ExpectGradientsMatchDifferences(looks.params(), looks.params().grads, value, check);
}

// Half way the coarse levels alone are open, in what is rendered and in what is read again; at the end all are.
TEST_F(CasualCapture, LevelsOpenWhileItTrains) {
  NerfOptions o = SmallOptions();
  o.coarse_to_fine = 0.5f, o.coarse_levels = 3;
  NerfTrainer trainer(*scene_, o, Job());
  const auto weights_of = [](const NerfModel& model) { return ModelAccess::Traced(model).field.grid.level_weights(); };
  EXPECT_EQ(weights_of(trainer.Model()), LevelWeights(o, 0));
  while (trainer.step() < 8) trainer.Step();
  EXPECT_EQ(weights_of(trainer.CopyModel()), LevelWeights(o, 8));
  trainer.Save(Path("levels.ckpt"), false);
  const NerfModel read = NerfModel::Load(Path("levels.ckpt"));
  EXPECT_EQ(weights_of(read), LevelWeights(o, 8));
  const Camera camera = scene_->views[0].camera;
  EXPECT_EQ(read.Render(camera, Job()).rgb.data, trainer.Model().Render(camera, Job()).rgb.data);
  while (trainer.step() < o.iters) trainer.Step();
  EXPECT_TRUE(weights_of(trainer.Model()).empty());
}

TEST_F(CasualCapture, PruningIsPartOfTheEnd) {
  NerfOptions o = SmallOptions();
  const NerfModel plain = TrainNerf(*scene_, o, {Path("plain.ckpt"), Path("plain.jsonl"), false}, Job());
  o.prune_below = 30;  // of 36: what most photos see alone is left, so early there is fog wherever two look
  const NerfModel pruned = TrainNerf(*scene_, o, {Path("pruned.ckpt"), Path("pruned.jsonl"), false}, Job());
  const OccupancyGrid &before = ModelAccess::Traced(plain).occupancy, &after = ModelAccess::Traced(pruned).occupancy;
  EXPECT_LT(after.NumOccupied(), before.NumOccupied());
  EXPECT_GT(after.NumOccupied(), 0);
}

// A stop that comes while it prunes: the training is kept, and what goes on from it ends as one without a stop.
TEST_F(CasualCapture, AStopWhilePruningLosesNothing) {
  NerfOptions o = SmallOptions();
  o.prune_below = 2;
  StopSource stop;
  NerfTrainFiles files{Path("stopped.ckpt"), Path("stopped.jsonl"), true};
  files.hooks.between_steps = [&](const NerfTrainer& trainer) {
    if (trainer.step() == o.iters) stop.RequestStop();  // after the loop's last look at it
  };
  EXPECT_THROW(TrainNerf(*scene_, o, files, Job().With(stop.token())), InterruptedError);
  EXPECT_FALSE(NerfModel::Load(files.checkpoint).finished());
  files.hooks = {};
  const NerfModel resumed = TrainNerf(*scene_, o, files, Job());
  EXPECT_TRUE(resumed.finished());
  const NerfTrainFiles straight{Path("unstopped.ckpt"), Path("unstopped.jsonl"), false};
  EXPECT_EQ(TrainNerf(*scene_, o, straight, Job()).Fingerprint(), resumed.Fingerprint());
}

// Points of the truth, each found in the photos that see it: after few steps the depths of the photos are nearer to the
// truth than without them.
TEST_F(CasualCapture, PointsOfTheSceneSayWhereRaysEnd) {
  Scene scene = *scene_;
  synth::SynthOptions synth;
  synth.samples = 1;
  synth.size = 64;
  const std::vector<int> train = scene.TrainViews();
  const auto camera_of = [&](size_t i) -> const Camera& { return scene.views[size_t(train[i])].camera; };
  std::vector<ImageF> truths;
  for (size_t i = 0; i < train.size(); ++i) truths.push_back(synth::RenderSynthView(camera_of(i), synth, Job()).depth);
  for (size_t i = 0; i < train.size(); ++i)
    for (int y = 4; y < 64; y += 6)
      for (int x = 4; x < 64; x += 6) {
        const double depth = double(truths[i].At(x, y));
        if (!(depth > 0)) continue;
        const Vec3 p = camera_of(i).Lift(Vec2(x + 0.5, y + 0.5), depth);
        for (size_t j = 0; j < train.size(); ++j) {
          const std::optional<Vec2> px = camera_of(j).Project(p);
          if (!px || !camera_of(j).Contains(*px)) continue;
          const double z = camera_of(j).ZDepth(p), seen = double(truths[j].At(int(px->x()), int(px->y())));
          if (std::abs(seen - z) < 0.01 * z) scene.views[size_t(train[j])].points.push_back(int(scene.points.size()));
        }
        scene.points.push_back({p, 1});
      }
  double error[2];
  for (const bool used : {false, true}) {
    NerfOptions o = SmallOptions();
    o.iters = 150;
    o.point_depth = used ? 0.1f : 0;
    NerfTrainer trainer(scene, o, Job());
    while (trainer.step() < o.iters) trainer.Step();
    double sum = 0;
    int64_t count = 0;
    for (size_t i = 0; i < train.size(); i += 6) {
      const ImageF depth = trainer.Model().Render(scene.views[size_t(train[i])].camera, Job()).depth;
      for (int y = 8; y < 56; ++y)
        for (int x = 8; x < 56; ++x) {
          const double want = double(truths[i].At(x, y));
          if (!(want > 0)) continue;
          sum += std::min(1.0, std::abs(double(depth.At(x, y)) - want) / want);
          ++count;
        }
    }
    error[used] = sum / double(count);
  }
  EXPECT_LT(error[true], error[false]);
}

// Scenes without points, and options that are off, cost nothing and change nothing.
TEST_F(CasualCapture, WithoutPointsTheirWeightChangesNothing) {
  std::string bytes[2];
  for (const bool used : {false, true}) {
    NerfOptions o = SmallOptions();
    o.point_depth = used ? 0.1f : 0;
    NerfTrainer trainer(*scene_, o, Job());
    for (int i = 0; i < 10; ++i) trainer.Step();
    const NerfModel model = trainer.Model();
    const auto values = ModelAccess::Traced(model).field.grid.params().values.span();
    bytes[used].assign(reinterpret_cast<const char*>(values.data()), values.size_bytes());
  }
  EXPECT_TRUE(bytes[0] == bytes[1]);
}

}  // namespace
}  // namespace sanerf::nerf
