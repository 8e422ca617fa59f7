// The training on a small procedural scene: gradients, determinism, resume, checkpoints, quality.
#include "sanerf/nerf/trainer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>

#include "sanerf/core/error.h"
#include "sanerf/core/events_test_support.h"
#include "sanerf/core/files.h"
#include "sanerf/core/folder_test_support.h"
#include "sanerf/core/image_io.h"
#include "sanerf/core/job.h"
#include "sanerf/core/json.h"
#include "sanerf/core/parallel.h"
#include "sanerf/core/units.h"
#include "sanerf/nerf/model.h"
#include "sanerf/nerf/small_field_test_support.h"
#include "sanerf/nerf/train_nerf.h"
#include "sanerf/nerf/training_photos.h"
#include "sanerf/nerf/view_residuals.h"
#include "sanerf/nn/gradients_test_support.h"
#include "sanerf/scene/load_scene.h"
#include "sanerf/synth/options.h"
#include "sanerf/synth/render.h"
#include "sanerf/synth/small_scene_test_support.h"
#include "sanerf/synth/synth.h"

namespace sanerf::nerf {

using scene::Scene;

namespace {

// One scene for all tests of the file.
class NerfTrainerTest : public testing::Test {
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
  void TearDown() override { SetNumThreads(0); }
  static std::filesystem::path Path(const std::string& name) { return folder_->path() / name; }

  static TestFolder* folder_;
  static Scene* scene_;
};
TestFolder* NerfTrainerTest::folder_;
Scene* NerfTrainerTest::scene_;

TEST_F(NerfTrainerTest, SameBytesWithAnyNumberOfThreads) {
  std::string bytes_of_one;
  for (const int threads : {1, 2, 5}) {
    SetNumThreads(threads);
    NerfTrainer trainer(*scene_, SmallOptions(), Job());
    for (int i = 0; i < 12; ++i) trainer.Step();
    trainer.Save(Path("threads.ckpt"), false);
    const std::string bytes = ReadFile(Path("threads.ckpt"));
    if (threads == 1) bytes_of_one = bytes;
    EXPECT_TRUE(bytes == bytes_of_one) << threads << " threads";
  }
}

class ResumedTraining : public NerfTrainerTest, public testing::WithParamInterface<bool> {};
INSTANTIATE_TEST_SUITE_P(Exposure, ResumedTraining, testing::Bool());

TEST_P(ResumedTraining, ContinuesBitForBit) {
  NerfOptions options = SmallOptions();
  options.exposure = GetParam();
  NerfTrainer straight(*scene_, options, Job());
  for (int i = 0; i < 20; ++i) {
    if (i == 9) straight.Save(Path("half.ckpt"), false);
    straight.Step();
  }
  straight.Save(Path("straight.ckpt"), false);
  NerfTrainer resumed(*scene_, options, Job());
  resumed.Resume(Path("half.ckpt"));
  EXPECT_EQ(resumed.step(), 9);
  while (resumed.step() < 20) resumed.Step();
  resumed.Save(Path("resumed.ckpt"), false);
  EXPECT_TRUE(ReadFile(Path("straight.ckpt")) == ReadFile(Path("resumed.ckpt")));
}

TEST_F(NerfTrainerTest, ASceneThatMovesIsRefused) {
  Scene moving = *scene_;
  moving.is_dynamic = true;
  bool has_started = false;
  const NerfTrainFiles files{Path("moving.ckpt"), Path("moving.jsonl"), false, [&] { has_started = true; }};
  const std::string text = ErrorTextOf<Error>([&] { TrainNerf(moving, SmallOptions(), files, Job()); });
  EXPECT_THAT(text, testing::HasSubstr("cannot train on a scene that moves: its photos are of several moments"));
  EXPECT_THAT(text, testing::HasSubstr("train on the frames of a single moment"));
  EXPECT_FALSE(has_started);
}

TEST_F(NerfTrainerTest, InterruptSavesAndResumeFinishes) {
  StopSource stop;
  NerfTrainFiles files{Path("run.ckpt"), Path("run.jsonl"), true, [&] { stop.RequestStop(); }};
  EXPECT_THROW(TrainNerf(*scene_, SmallOptions(), files, Job().With(stop.token())), InterruptedError);
  files.on_start = [] {};
  EXPECT_FALSE(NerfModel::Load(files.checkpoint).finished());
  const NerfModel resumed = TrainNerf(*scene_, SmallOptions(), files, Job());
  EXPECT_TRUE(resumed.finished());
  const NerfTrainFiles straight{Path("straight2.ckpt"), Path("straight2.jsonl"), false};
  EXPECT_EQ(TrainNerf(*scene_, SmallOptions(), straight, Job()).Fingerprint(), resumed.Fingerprint());
}

// Photos whose poses are those of others: turned upside down, they fit nothing.
class OneWrongPose : public NerfTrainerTest {
 protected:
  static Scene Made(const std::string& name, size_t wrong) {
    if (!std::filesystem::exists(Path(name)))
      std::filesystem::copy(Path("scene"), Path(name), std::filesystem::copy_options::recursive);
    Scene scene = scene::LoadScene(Path(name), {}, Job());
    const scene::View& view = scene.views[size_t(scene.TrainViews()[wrong])];
    const ImageU8 photo = synth::RenderSynthView(view.camera, synth::SmallScene(36, 64), Job()).rgb;
    ImageU8 turned = photo;
    for (int64_t p = 0; p < photo.num_pixels(); ++p)
      std::copy_n(&photo.data[size_t(3 * p)], 3, &turned.data[size_t(3 * (photo.num_pixels() - 1 - p))]);
    WritePng(view.image_path, turned);
    return scene;
  }
  static NerfOptions Options(BadViews rule) {
    NerfOptions options = SmallOptions();
    options.iters = 240;
    options.batch_samples = 1 << 14;
    options.step = 0.02f;
    options.near_gradients = 0;
    options.bad_views = rule;
    return options;
  }
};

TEST_F(OneWrongPose, IsNamedWeighedOrDropped) {
  const Scene scene = Made("wrong", 7);
  for (const BadViews rule : {BadViews::kKeep, BadViews::kWeigh, BadViews::kDrop}) {
    EventRecorder events;
    NerfTrainFiles files{Path("wrong.ckpt"), Path("wrong.jsonl"), false};
    files.views = Path("views.json");
    const NerfModel model = TrainNerf(scene, Options(rule), files, Job().With(events));
    const auto stored = ReadViewResiduals(files.views, HexFingerprint(model.Fingerprint()));
    ASSERT_TRUE(stored);
    ASSERT_EQ(stored->size(), scene.views.size());
    for (size_t i = 0; i < 36; ++i) {
      EXPECT_EQ((*stored)[i].is_bad, i == 7) << i << ": " << (*stored)[i].psnr << " dB";
      EXPECT_FALSE((*stored)[i].is_held_out);
      if (rule == BadViews::kKeep) {
        EXPECT_EQ((*stored)[i].weight, 1);
      }
    }
    EXPECT_TRUE(stored->back().is_held_out);
    if (rule == BadViews::kWeigh) {
      EXPECT_LT((*stored)[7].weight, 0.7);
      EXPECT_GT((*stored)[7].weight, 0);
    }
    if (rule == BadViews::kDrop) {
      EXPECT_EQ((*stored)[7].weight, 0);
    }
    ASSERT_GE(events.Texts("warning").size(), 1u);
    EXPECT_THAT(events.Texts("warning").back(), testing::HasSubstr("1 training photo that the field cannot explain"));
    EXPECT_THAT(events.Texts("warning").back(), testing::HasSubstr(scene.views[size_t(scene.TrainViews()[7])].name));
  }
}

// Stopped right before the photos are weighed, and some steps later.
TEST_F(OneWrongPose, AnInterruptedTrainingWeighsThemAsAStraightOne) {
  const Scene scene = Made("wrong", 7);
  NerfOptions options = Options(BadViews::kDrop);
  options.iters = 80;
  const NerfTrainFiles straight{Path("straight3.ckpt"), Path("straight3.jsonl"), false};
  const uint64_t fingerprint = TrainNerf(scene, options, straight, Job()).Fingerprint();
  NerfTrainFiles files{Path("pieces.ckpt"), Path("pieces.jsonl"), true};
  for (const int64_t last : {20, 33, 40}) {
    StopSource stop;
    files.hooks.between_steps = [&](const NerfTrainer& trainer) {
      if (trainer.step() == last) stop.RequestStop();
    };
    EXPECT_THROW(TrainNerf(scene, options, files, Job().With(stop.token())), InterruptedError);
  }
  files.hooks = {};
  EXPECT_EQ(TrainNerf(scene, options, files, Job()).Fingerprint(), fingerprint);
}

TEST_F(NerfTrainerTest, ACopyIsAPictureOfTheMoment) {
  NerfTrainer trainer(*scene_, SmallOptions(), Job());
  for (int i = 0; i < 20; ++i) trainer.Step();
  const NerfModel shared = trainer.Model(), copy = trainer.CopyModel();
  const Camera camera = scene_->views[0].camera;
  const std::vector<float> before = shared.Render(camera, Job()).rgb.data;
  EXPECT_EQ(copy.Render(camera, Job()).rgb.data, before);
  EXPECT_FALSE(copy.finished());
  for (int i = 0; i < 5; ++i) trainer.Step();
  EXPECT_EQ(copy.Render(camera, Job()).rgb.data, before);
  EXPECT_NE(shared.Render(camera, Job()).rgb.data, before);
}

TEST_F(NerfTrainerTest, WhoeverLooksOnChangesNothing) {
  const NerfTrainFiles alone{Path("alone.ckpt"), Path("alone.jsonl"), false};
  NerfTrainFiles watched{Path("watched.ckpt"), Path("watched.jsonl"), false};
  int64_t num_steps = 0;
  watched.hooks.eval_seconds = 0;  // after every step
  watched.hooks.between_steps = [&](const NerfTrainer& trainer) {
    EXPECT_EQ(trainer.step(), ++num_steps);
    trainer.CopyModel();
  };
  EXPECT_EQ(TrainNerf(*scene_, SmallOptions(), watched, Job()).Fingerprint(),
            TrainNerf(*scene_, SmallOptions(), alone, Job()).Fingerprint());
  EXPECT_EQ(num_steps, SmallOptions().iters);
}

// A killed training has logged more than it has saved, and half a line.
TEST_F(NerfTrainerTest, TheLogOfAResumedTrainingHasEveryStepOnce) {
  StopSource stop;
  NerfTrainFiles files{Path("log.ckpt"), Path("log.jsonl"), true, [&] { stop.RequestStop(); }};
  EXPECT_THROW(TrainNerf(*scene_, SmallOptions(), files, Job().With(stop.token())), InterruptedError);  // saves first
  std::ofstream(files.log, std::ios::app) << "{\"step\":2,\"loss\":9}\n{\"step\":3,\"loss\":9}\n{\"step\":4,\"lo";
  files.on_start = [] {};
  TrainNerf(*scene_, SmallOptions(), files, Job());
  std::ifstream log(files.log);
  int64_t step = 0;
  double seconds = 0;
  for (std::string line; std::getline(log, line);) {
    const Json json = Json::parse(line);
    EXPECT_EQ(json["step"].get<int64_t>(), ++step);
    EXPECT_NE(json["loss"], 9);
    EXPECT_GE(json["seconds"].get<double>(), seconds);
    seconds = json["seconds"];
  }
  EXPECT_EQ(step, SmallOptions().iters);
}

TEST_F(NerfTrainerTest, AStopWhilePhotosAreLoadedComesBeforeTheNextPhoto) {
  Scene gone = *scene_;
  for (scene::View& view : gone.views) view.image_path = Path("no such photo");  // reading one would be another error
  StopSource stop;
  stop.RequestStop();
  const Job job = Job().With(stop.token());
  EXPECT_THROW(TrainingPhotos(gone, 1, job), InterruptedError);
  EXPECT_THROW(TrainNerf(gone, SmallOptions(), {Path("never.ckpt"), Path("never.jsonl"), true}, job), InterruptedError);
  EXPECT_FALSE(std::filesystem::exists(Path("never.ckpt")));
}

// Every second photo is darker by the same factors: the gains find them, and the scene fits all photos.
TEST_F(NerfTrainerTest, ExposureOfThePhotosIsLearned) {
  const double darker[3] = {0.7, 0.5, 0.6};
  std::filesystem::copy(Path("scene"), Path("uneven"), std::filesystem::copy_options::recursive);
  Scene uneven = scene::LoadScene(Path("uneven"), {}, Job());
  const std::vector<int> train = uneven.TrainViews();
  for (size_t i = 0; i < train.size(); i += 2) {
    const std::filesystem::path path = uneven.views[size_t(train[i])].image_path;
    ImageU8 photo = ReadImage(path);
    for (int64_t p = 0; p < photo.num_pixels(); ++p)
      for (int c = 0; c < 3; ++c) {
        uint8_t& value = photo.data[size_t(p * photo.channels + c)];
        value = uint8_t(std::lround(darker[c] * value));
      }
    WritePng(path, photo);
  }
  double last_loss[2] = {0, 0};
  for (const bool exposure : {false, true}) {
    NerfOptions options = SmallOptions();
    options.iters = 500;
    options.exposure = exposure;
    NerfTrainer trainer(uneven, options, Job());
    for (int i = 0; i < options.iters; ++i) {
      const double loss = trainer.Step().loss;
      if (i >= options.iters - 10) last_loss[exposure] += loss / 10;
    }
    if (!exposure) {
      EXPECT_EQ(trainer.exposure(), nullptr);
      continue;
    }
    for (int c = 0; c < 3; ++c) {
      double log_ratio = 0;
      for (size_t i = 0; i + 1 < train.size(); i += 2)
        log_ratio += std::log(trainer.exposure()->Gain(int(i), c) / trainer.exposure()->Gain(int(i) + 1, c)) /
                     double(train.size() / 2);
      EXPECT_NEAR(std::exp(log_ratio), darker[c], 0.1) << c;
    }
  }
  EXPECT_LT(last_loss[true], 0.85 * last_loss[false]);
}

TEST_F(NerfTrainerTest, OptionsOutOfRangeAreUsageErrors) {
  NerfOptions o = SmallOptions();
  o.occupancy_every = 0;
  EXPECT_EQ(
      ErrorTextOf<UsageError>([&] { NerfTrainer(*scene_, o, Job()); }),
      "option nerf.occupancy_every=0: expected an integer from 1 to 1000000\nsteps between updates of the occupancy "
      "grid");
  o = SmallOptions();
  o.occupancy_resolution = 0;
  EXPECT_THAT(ErrorTextOf<UsageError>([&] { NerfTrainer(*scene_, o, Job()); }),
              testing::HasSubstr("nerf.occupancy_resolution=0"));
  o = SmallOptions();
  o.lr = std::nanf("");
  EXPECT_THAT(ErrorTextOf<UsageError>([&] { NerfTrainer(*scene_, o, Job()); }), testing::HasSubstr("nerf.lr=nan"));
}

TEST_F(NerfTrainerTest, NothingIsTouchedBeforeOptionsAndPhotosHaveProvedGood) {
  NerfOptions o = SmallOptions();
  o.lr = -1;
  int num_starts = 0;
  NerfTrainFiles files{Path("refused.ckpt"), Path("refused.jsonl"), false, [&] { ++num_starts; }};
  EXPECT_THROW(TrainNerf(*scene_, o, files, Job()), UsageError);
  o = SmallOptions();
  o.near_gradients = -1;
  EXPECT_THROW(TrainNerf(*scene_, o, files, Job()), UsageError);
  EXPECT_EQ(num_starts, 0);
  EXPECT_FALSE(std::filesystem::exists(files.log));
  o = SmallOptions();
  o.iters = 2;
  TrainNerf(*scene_, o, files, Job());
  EXPECT_EQ(num_starts, 1);
  EXPECT_TRUE(std::filesystem::exists(files.log));
}

TEST_F(NerfTrainerTest, LearnsTheScene) {
  NerfOptions o = SmallOptions();
  o.iters = 500;
  o.log2_table = 15;
  o.batch_samples = 1 << 14;
  o.occupancy_resolution = 64;
  o.occupancy_every = 16;
  o.step = 0.01f;
  o.near_gradients = 0;  // in so few steps the first fog has to go, and no other has time to form
  NerfTrainer trainer(*scene_, o, Job());
  const double first = trainer.Step().psnr;
  double last = 0;
  while (trainer.step() < o.iters) last = trainer.Step().psnr;
  EXPECT_GT(last, first + 8) << "from " << first;
  EXPECT_GT(last, 20);
  // The rendered depth of the table's center agrees with the truth.
  const scene::View& view = scene_->views[size_t(scene_->TrainViews()[0])];
  synth::SynthOptions synth;
  synth.samples = 1;
  synth.size = 64;
  const synth::SynthView truth = synth::RenderSynthView(view.camera, synth, Job());
  const RenderedView render = trainer.Model().Render(view.camera, Job());
  int good = 0, total = 0;
  for (int y = 16; y < 48; ++y)
    for (int x = 16; x < 48; ++x) {
      const float want = truth.depth.At(x, y);
      if (want <= 0) continue;
      ++total;
      good += std::abs(render.depth.At(x, y) - want) < 0.1 * want;
    }
  EXPECT_GT(good, 0.8 * total) << total;
}

// The whole chain of one group against differences of its loss: a few weights of each network and rows of the grid.
TEST_F(NerfTrainerTest, GroupGradientAgainstDifferences) {
  NerfOptions o = SmallOptions();
  o.loss = PhotoLoss::kMse;
  RadianceField field(o, scene_->extent > 1, 5);
  Random random(3);
  for (float& v : field.grid.params().values.span()) v = random.NextFloat() - 0.5f;
  OccupancyGrid occupancy(o.occupancy_resolution, 1 + int(std::lround(std::log2(scene_->extent))));
  const TraceOptions trace{{0.05f, 0.05f, 0}, 0};
  const RayLossOptions loss{false, 0.1f, 0.01f};
  BatchGradient gradient(field, occupancy, trace, loss);
  const TrainingPhotos photos(*scene_, 1, Job());
  RayGroup group;
  for (int i = 0; i < 12; ++i) {
    group.rays.push_back(photos.Draw(&random));
    group.jitter.push_back(random.NextFloat());
    for (int c = 0; c < 3; ++c) group.backgrounds.push_back(random.NextFloat());
  }
  GroupGradient out;
  const auto value = [&] {
    GroupGradient other;
    BatchGradient(field, occupancy, trace, loss).Compute(group, {1, 1, 0.01f}, &other);
    return other.field.loss;
  };
  gradient.Compute(group, {1, 1, 0.01f}, &out);
  field.grid.params().PrepareTraining();
  for (int l = 0; l < o.levels; ++l) field.grid.BackwardLevel(l, out.field.grid);
  const nn::DifferenceCheck check{6, 2e-3f, 0.03, 1e-3};
  nn::ExpectGradientsMatchDifferences(field.density.params(), out.field.networks[0], value, check);
  nn::ExpectGradientsMatchDifferences(field.color.params(), out.field.networks[1], value, check);
  nn::ExpectGradientsMatchDifferences(field.grid.params(), field.grid.params().grads, value, check);
}

}  // namespace
}  // namespace sanerf::nerf
