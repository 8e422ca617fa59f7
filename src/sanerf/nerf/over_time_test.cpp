// A radiance field over time on the procedural scene in which a ball rolls and a mug turns.
#include "sanerf/nerf/over_time.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>

#include "sanerf/core/error.h"
#include "sanerf/core/events_test_support.h"
#include "sanerf/core/files.h"
#include "sanerf/core/folder_test_support.h"
#include "sanerf/core/job.h"
#include "sanerf/core/parallel.h"
#include "sanerf/nerf/model_access.h"
#include "sanerf/nerf/query.h"
#include "sanerf/nerf/small_field_test_support.h"
#include "sanerf/nerf/trace.h"
#include "sanerf/nerf/train_nerf.h"
#include "sanerf/nerf/trainer.h"
#include "sanerf/nn/gradients_test_support.h"
#include "sanerf/scene/load_scene.h"
#include "sanerf/scene/view_mask_test_support.h"
#include "sanerf/synth/small_scene_test_support.h"
#include "sanerf/synth/synth.h"
#include "sanerf/synth/world.h"

namespace sanerf::nerf {
namespace {

constexpr int kCameras = 6, kMomentsOfScene = 10;

NerfOptions SmallOptionsOverTime() {
  NerfOptions options = SmallOptions();
  options.moving_log2_table = 12;
  options.mask_resolution = 16;
  return options;
}

// One scene, and a field after some hundred steps, for all tests of the file.
class OverTimeTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = new TestFolder;
    synth::WriteSynthScene(*folder_ / "scene", synth::SmallMovingScene(kCameras, kMomentsOfScene, 48), Job());
    scene_ = new scene::Scene(scene::LoadScene(*folder_ / "scene", {}, Job()));
    NerfOptions options = SmallOptionsOverTime();
    options.iters = 400;
    options.log2_table = options.moving_log2_table = 14;
    options.batch_samples = 1 << 14;
    options.occupancy_resolution = 64;
    options.occupancy_every = 16;
    options.step = 0.015f;
    options.mask_resolution = 32;
    options.near_gradients = 0;  // in so few steps the first fog has to go
    NerfTrainer trainer(*scene_, options, Job());
    while (trainer.step() < options.iters) trainer.Step();
    trainer.Save(Path("ever.ckpt"), true);  // without knowing when what is empty
    trainer.FindWhenEmpty(Job());
    trainer.Save(Path("trained.ckpt"), true);
  }
  static void TearDownTestSuite() {
    delete scene_;
    delete folder_;
  }
  void TearDown() override { SetNumThreads(0); }
  static std::filesystem::path Path(const std::string& name) { return folder_->path() / name; }
  static NerfModel Trained() { return NerfModel::Load(Path("trained.ckpt")); }
  static const scene::View& View(const std::string& name) { return scene_->views[size_t(scene_->FindView(name))]; }

  static inline TestFolder* folder_;
  static inline scene::Scene* scene_;
};

double MeanSquaredDifference(const ImageF& a, const ImageF& b) {
  double sum = 0;
  for (size_t i = 0; i < a.data.size(); ++i) sum += std::pow(double(a.data[i]) - b.data[i], 2) / double(a.data.size());
  return sum;
}

TEST_F(OverTimeTest, MomentsOfTheField) {
  NerfOptions options;
  EXPECT_EQ(NumMomentsFor(*scene_, options), kMomentsOfScene);
  options.over_time = OverTime::kNever;
  EXPECT_EQ(NumMomentsFor(*scene_, options), 1);
  scene::Scene still = *scene_;
  still.is_dynamic = false;
  for (scene::View& view : still.views) view.time.reset();
  options.over_time = OverTime::kAuto;
  EXPECT_EQ(NumMomentsFor(still, options), 1);
  options.over_time = OverTime::kAlways;
  EXPECT_EQ(NumMomentsFor(still, options), 2);
}

TEST_F(OverTimeTest, SameBytesWithAnyNumberOfThreads) {
  std::string bytes_of_one;
  for (const int threads : {1, 2, 5}) {
    SetNumThreads(threads);
    NerfOptions options = SmallOptionsOverTime();
    options.iters = 16;  // from the fourth on some rays are drawn where things move
    NerfTrainer trainer(*scene_, options, Job());
    EXPECT_EQ(trainer.num_moments(), kMomentsOfScene);
    for (int i = 0; i < 12; ++i) trainer.Step();
    trainer.FindWhenEmpty(Job());
    trainer.Save(Path("threads.ckpt"), true);
    const std::string bytes = ReadFile(Path("threads.ckpt"));
    if (threads == 1) bytes_of_one = bytes;
    EXPECT_TRUE(bytes == bytes_of_one) << threads << " threads";
  }
}

TEST_F(OverTimeTest, ContinuesBitForBit) {
  NerfOptions options = SmallOptionsOverTime();
  options.iters = 20;
  NerfTrainer straight(*scene_, options, Job());
  for (int i = 0; i < 20; ++i) {
    if (i == 9) straight.Save(Path("half.ckpt"), false);
    straight.Step();
  }
  straight.Save(Path("straight.ckpt"), false);
  NerfTrainer resumed(*scene_, options, Job());
  resumed.Resume(Path("half.ckpt"));
  while (resumed.step() < 20) resumed.Step();
  resumed.Save(Path("resumed.ckpt"), false);
  EXPECT_TRUE(ReadFile(Path("straight.ckpt")) == ReadFile(Path("resumed.ckpt")));

  scene::SceneOptions some;
  some.frames = "0:6";
  const scene::Scene fewer = scene::LoadScene(Path("scene"), some, Job());
  NerfTrainer of_fewer(fewer, options, Job());
  EXPECT_THAT(ErrorTextOf<Error>([&] { of_fewer.Resume(Path("half.ckpt")); }),
              testing::HasSubstr("it was trained on 10 moments, now there are 6"));
}

TEST_F(OverTimeTest, AStoppedTrainingEndsAsOneThatWasNot) {
  NerfOptions options = SmallOptionsOverTime();
  StopSource stop;
  NerfTrainFiles files{Path("run.ckpt"), Path("run.jsonl"), true, [&] { stop.RequestStop(); }};
  EXPECT_THROW(TrainNerf(*scene_, options, files, Job().With(stop.token())), InterruptedError);
  files.on_start = [] {};
  const NerfModel resumed = TrainNerf(*scene_, options, files, Job());
  EXPECT_TRUE(resumed.finished());
  EXPECT_EQ(resumed.num_moments(), kMomentsOfScene);
  const NerfTrainFiles straight{Path("straight2.ckpt"), Path("straight2.jsonl"), false};
  EXPECT_EQ(TrainNerf(*scene_, options, straight, Job()).Fingerprint(), resumed.Fingerprint());
}

// The whole chain of one group against differences of its loss.
TEST_F(OverTimeTest, GroupGradientAgainstDifferences) {
  NerfOptions o = SmallOptionsOverTime();
  o.loss = PhotoLoss::kMse;
  RadianceField field(o, scene_->extent > 1, 5, kMomentsOfScene);
  Random random(3);
  for (nn::HashGrid* grid : {&field.grid, &field.moving->grid, &field.moving->mask})
    for (float& v : grid->params().values.span()) v = random.NextFloat() - 0.5f;
  OccupancyGrid occupancy(o.occupancy_resolution, 1 + int(std::lround(std::log2(scene_->extent))));
  const TraceOptions trace{{0.05f, 0.05f, 0}, 0};
  const RayLossOptions loss{false, 0.1f, 0.01f};
  const TrainingPhotos photos(*scene_, 1, Job());
  RayGroup group;
  for (int i = 0; i < 12; ++i) {
    group.rays.push_back(photos.Draw(&random));
    group.jitter.push_back(random.NextFloat());
    for (int c = 0; c < 3; ++c) group.backgrounds.push_back(random.NextFloat());
  }
  EXPECT_NE(group.rays[0].ray.time, group.rays[1].ray.time);
  GroupGradient out;
  const auto value = [&] {
    GroupGradient other;
    BatchGradient(field, occupancy, trace, loss).Compute(group, {1, 1, 0.01f, 0}, &other);
    return other.field.loss;
  };
  BatchGradient(field, occupancy, trace, loss).Compute(group, {1, 1, 0.01f, 0}, &out);
  ASSERT_EQ(out.field.more_grids.size(), 2u);
  const nn::FieldParameters all = field.trainable();
  all.PrepareTraining();
  const nn::GridGradient* gradients[] = {&out.field.grid, &out.field.more_grids[0], &out.field.more_grids[1]};
  nn::HashGrid* grids[] = {all.grid, all.more_grids[0].grid, all.more_grids[1].grid};
  const nn::DifferenceCheck check{6, 2e-3f, 0.03, 1e-3};
  nn::ExpectGradientsMatchDifferences(field.density.params(), out.field.networks[0], value, check);
  for (int k = 0; k < 3; ++k) {
    for (int l = 0; l < grids[k]->shape().num_levels; ++l) grids[k]->BackwardLevel(l, *gradients[k]);
    nn::ExpectGradientsMatchDifferences(grids[k]->params(), grids[k]->params().grads, value, check);
  }
}

// The mask loss alone pulls towards standing still.
TEST_F(OverTimeTest, TheMaskLossAsksForStillness) {
  RadianceField field(SmallOptionsOverTime(), scene_->extent > 1, 5, kMomentsOfScene);
  OccupancyGrid occupancy(32, 1 + int(std::lround(std::log2(scene_->extent))));
  const TraceOptions trace{{0.05f, 0.05f, 0}, 0};
  const TrainingPhotos photos(*scene_, 1, Job());
  RayGroup group;
  Random random(3);
  group.rays.push_back(photos.Draw(&random));
  group.jitter = {0.5f};
  group.backgrounds = {0, 0, 0};
  GroupGradient with, without;
  BatchGradient gradient(field, occupancy, trace, {});
  gradient.Compute(group, {1, 1, 0, 0}, &without);
  gradient.Compute(group, {1, 1, 0, 1}, &with);
  EXPECT_GT(with.field.loss, without.field.loss);
  const nn::GridGradient &a = with.field.more_grids[1], &b = without.field.more_grids[1];
  double pull = 0;
  for (int64_t i = 0; i < a.grad_features.size(); ++i) pull += double(a.grad_features[i]) - b.grad_features[i];
  EXPECT_LT(pull, 0) << "a step against the gradient raises m";
}

TEST_F(OverTimeTest, ShowsWhatMovesAtItsTime) {
  const NerfModel model = Trained();
  EXPECT_EQ(model.num_moments(), kMomentsOfScene);
  // Better at its own time than at another one, where the ball is.
  for (const char* names : {"train/c0_t00", "train/c2_t09"}) {
    const scene::View& view = View(names);
    const ImageF truth = scene::LoadViewImage(view);
    const ImageU8 mask = scene::LoadViewMask(view);
    Camera other = view.camera;
    other.time = 1 - view.camera.time;
    const ImageF now = model.Render(view.camera, Job()).rgb, then = model.Render(other, Job()).rgb;
    double error_now = 0, error_then = 0;
    for (int y = 0; y < mask.height; ++y)
      for (int x = 0; x < mask.width; ++x) {
        if (mask.At(x, y) != 3) continue;
        for (int c = 0; c < 3; ++c) {
          error_now += std::pow(double(now.At(x, y, c)) - truth.At(x, y, c), 2);
          error_then += std::pow(double(then.At(x, y, c)) - truth.At(x, y, c), 2);
        }
      }
    EXPECT_GT(error_then, 0) << names;
    EXPECT_LT(error_now, 0.7 * error_then) << names;
  }
}

// The mask has begun to tell them apart: the table everywhere stands more still than the ball.
TEST_F(OverTimeTest, TheTableStandsStillerThanTheBall) {
  const NerfModel model = Trained();
  double sum[2] = {0, 0}, light[2] = {0, 0};
  for (const char* name : {"train/c0_t00", "train/c1_t04", "train/c2_t09"}) {
    const scene::View& view = View(name);
    const Camera camera = view.camera.In(model.model_from_file());
    const TracedRays traced = Trace(model, RaysOf(camera, {0, 0, camera.width, camera.height}), {}, Job());
    const std::vector<float> shares = StillShares(model, traced.unit, Job());
    const ImageU8 mask = scene::LoadViewMask(view);
    for (int64_t ray = 0; ray < traced.num_rays(); ++ray) {
      const int id = mask.data[size_t(ray)];
      if (id != 1 && id != 3) continue;
      for (int64_t s = traced.first[size_t(ray)]; s < traced.first[size_t(ray) + 1]; ++s) {
        sum[id == 3] += double(traced.weight[size_t(s)]) * shares[size_t(s)];
        light[id == 3] += double(traced.weight[size_t(s)]);
      }
    }
  }
  ASSERT_GT(light[0], 100);
  ASSERT_GT(light[1], 20);
  EXPECT_GT(sum[0] / light[0], sum[1] / light[1]);
}

TEST_F(OverTimeTest, SlabsLeaveOutOnlyWhatIsEmpty) {
  const NerfModel model = Trained();
  const OccupancyGrid& occupancy = ModelAccess::Traced(model).occupancy;
  // 10 moments are two slabs, and what moves is not in the same cells.
  const size_t num_words = size_t(64) * 64 * 64 * size_t(occupancy.num_cascades()) / 64;
  int64_t count[2] = {0, 0}, differ = 0;
  for (size_t w = 0; w < num_words; ++w) {
    const uint64_t first = occupancy.view(0).bits[w], last = occupancy.view(1).bits[w];
    count[0] += std::popcount(first);
    count[1] += std::popcount(last);
    differ += std::popcount(first ^ last);
  }
  EXPECT_NE(occupancy.view(0).bits, occupancy.view(1).bits);
  EXPECT_GT(std::min(count[0], count[1]), 100);
  EXPECT_GT(differ, 0);
  // A rendering through all that was ever occupied shows the same.
  const NerfModel ever = NerfModel::Load(Path("ever.ckpt"));
  for (const char* name : {"train/c1_t00", "train/c1_t04", "train/c1_t08"}) {
    const Camera camera = View(name).camera;
    EXPECT_LT(MeanSquaredDifference(ever.Render(camera, Job()).rgb, model.Render(camera, Job()).rgb), 1e-3) << name;
  }
}

TEST_F(OverTimeTest, ACopyAndAFileShowTheSame) {
  NerfOptions options = SmallOptionsOverTime();
  NerfTrainer trainer(*scene_, options, Job());
  for (int i = 0; i < 20; ++i) trainer.Step();
  trainer.FindWhenEmpty(Job());
  const Camera camera = View("train/c1_t04").camera;
  const std::vector<float> shared = trainer.Model().Render(camera, Job()).rgb.data;
  EXPECT_EQ(trainer.CopyModel().Render(camera, Job()).rgb.data, shared);
  trainer.Save(Path("copy.ckpt"), true);
  EXPECT_EQ(NerfModel::Load(Path("copy.ckpt")).Render(camera, Job()).rgb.data, shared);
}

TEST_F(OverTimeTest, RaysAndPointsHaveTimes) {
  const NerfModel model = Trained();
  const Camera camera = View("train/c1_t09").camera.In(model.model_from_file());
  const std::vector<Ray> rays = RaysOf(camera, {20, 20, 28, 28});
  EXPECT_EQ(rays[5].time, 1);
  TracedRays traced = Trace(model, rays, {.rays = true}, Job());
  ASSERT_EQ(traced.time.size(), rays.size());
  EXPECT_EQ(traced.time[3], 1);
  traced.Truncate(4);
  EXPECT_EQ(traced.time.size(), 4u);
  const std::vector<float> shares = StillShares(model, traced.unit, Job());
  ASSERT_EQ(shares.size(), traced.unit.size());
  for (const float share : shares) EXPECT_TRUE(share > 0 && share <= 1) << share;

  // Where the ball is at first there is nothing at the end.
  const synth::SynthWorld world(1, true);
  const Vec3 middle = world.objects()[1].position + Vec3(0, 0, 0.2);
  const std::vector<Vec3> points(2, middle);
  const std::vector<double> times = {0, 1};
  const PointValues values = Query(model, {points, {}, times}, Job());
  EXPECT_NE(values.geometry[0], values.geometry[1]);
  EXPECT_EQ(RaysEndingIn(model, points, times, Job()).time, (std::vector<float>{0, 1}));
  EXPECT_EQ(RaysEndingIn(model, points, times, Job()).geometry, values.geometry);
}

TEST_F(OverTimeTest, OneMomentForAllIsAWarning) {
  NerfOptions options = SmallOptionsOverTime();
  options.iters = 2;
  options.over_time = OverTime::kNever;
  EventRecorder events;
  const NerfModel model =
      TrainNerf(*scene_, options, {Path("never.ckpt"), Path("never.jsonl"), false}, Job().With(events));
  EXPECT_EQ(model.num_moments(), 1);
  EXPECT_THAT(events.Texts("warning"), testing::Contains(testing::HasSubstr("what moves becomes a blur")));
}

}  // namespace
}  // namespace sanerf::nerf
