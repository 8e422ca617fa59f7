// The training stage: steps, evaluations of a held-out view, checkpoints, interruption.
#include "sanerf/nerf/train_nerf.h"

#include <fmt/format.h>

#include <cmath>
#include <optional>
#include <utility>

#include "sanerf/core/error.h"
#include "sanerf/core/image_ops.h"
#include "sanerf/core/job.h"
#include "sanerf/core/parallel.h"
#include "sanerf/core/step_log.h"
#include "sanerf/core/stopwatch.h"
#include "sanerf/core/units.h"
#include "sanerf/nerf/held_out_photo.h"
#include "sanerf/nerf/trainer.h"
#include "sanerf/nerf/training_memory.h"
#include "sanerf/nerf/view_residuals.h"
#include "sanerf/nn/training_loop.h"
#include "sanerf/scene/whole_photos.h"

namespace sanerf::nerf {

using scene::Scene;

namespace {

constexpr int kEvalSize = 100;  // longest side of the held-out view's picture

// PSNR of one held-out view (a training view where there is none), at a small size: a sign of life, not a result.
class HeldOutEvaluation {
 public:
  // backdrops: of a turntable; what shows them does not count.
  HeldOutEvaluation(const Scene& scene, const std::vector<Backdrop>& backdrops)
      : what_(scene.TestViews().empty() ? "psnr of a training photo" : "held-out psnr") {
    const std::vector<int> test = scene.TestViews();
    const scene::View& view = scene.views[size_t(test.empty() ? 0 : test[test.size() / 2])];
    camera_ = view.camera.ResizedToLongest(kEvalSize);
    truth_.emplace(view, camera_);
    if (!backdrops.empty()) truth_->Ignore(ShownIn(backdrops, ToU8(truth_->photo)));
  }
  const std::string& what() const { return what_; }
  // None when a request to stop came in between: the training has to be saved first.
  std::optional<double> Psnr(const NerfModel& model, const Job& job) const try {
    SquaredErrors errors;
    errors.Add(model.Render(camera_, job).rgb, *truth_);
    return errors.Psnr();
  } catch (const InterruptedError&) {
    return std::nullopt;
  }

 private:
  std::string what_;
  Camera camera_;
  std::optional<HeldOutPhoto> truth_;
};

void CheckStatic(const Scene& scene) {
  if (!scene.is_dynamic) return;
  throw Error(fmt::format("{}: cannot train on a scene that moves", scene.root.string()),
              "its photos are of several moments (\"time\" in its transforms), and a radiance field holds one",
              "train on the frames of a single moment");
}

// A training with its files: what happens beside the steps.
class NerfTraining {
 public:
  NerfTraining(const Scene& scene, const NerfOptions& options, const NerfTrainFiles& files, const Job& job)
      : scene_(scene),
        options_(options),
        files_(files),
        job_(job),
        trainer_(scene, options, files.inside, job),
        held_out_(scene, trainer_.photos().backdrops().backdrops()) {}

  NerfTrainer& trainer() { return trainer_; }
  // "held-out psnr 28.4"
  std::string Score() const { return fmt::format("{} {:.1f}", held_out_.what(), psnr_); }

  void Step() {
    WeighPhotos();
    last_ = trainer_.Step();
    num_rays_ += last_.num_rays;
    num_samples_ += last_.num_samples;
    const int64_t step = trainer_.step();
    const bool is_last = step == options_.iters;
    const int64_t eval_every = std::max<int64_t>(1, int64_t(options_.eval_fraction * float(options_.iters)));
    if (step % eval_every == 0 || is_last || since_eval_.seconds() > files_.hooks.eval_seconds) {
      if (const auto psnr = held_out_.Psnr(trainer_.Model(), job_)) {
        psnr_ = *psnr;
        scored_step_ = step;
      }
      since_eval_ = Stopwatch();
    }
    if (since_save_.seconds() > options_.save_seconds && !is_last) {
      trainer_.Save(files_.checkpoint, false);
      job_.Saved(files_.checkpoint.string());
      since_save_ = Stopwatch();
    }
    if (files_.hooks.between_steps) files_.hooks.between_steps(trainer_);
  }

  nn::TrainingLoop::Report Report() {
    const double seconds = std::max(1e-6, since_report_.seconds());
    const double rays = double(num_rays_) / seconds, samples = double(num_samples_) / seconds;
    since_report_ = Stopwatch();
    num_rays_ = num_samples_ = 0;
    return {{{"loss", last_.loss},
             {"batch_psnr", last_.psnr},
             {"held_out_psnr", psnr_},
             {"rays_per_second", rays},
             {"samples_per_second", samples}},
            fmt::format("{}loss {:.4f}  {} rays/s  {} samples/s",
                        scored_step_ > 0 ? fmt::format("{} (step {})  ", Score(), scored_step_) : "", last_.loss,
                        FormatCount(rays), FormatCount(samples))};
  }

  [[noreturn]] void SaveAndStop() const {
    trainer_.Save(files_.checkpoint, false);
    throw InterruptedError(fmt::format("training interrupted at step {} of {}", trainer_.step(), options_.iters),
                           "saved to " + files_.checkpoint.string(), "train to the same checkpoint again to continue");
  }

  // What a complete training has to say of its views. A request to stop that comes in between leaves it unsaid.
  void TellOfViews(const NerfModel& model) try {
    std::vector<ComparedPhoto> photos = trainer_.photos().Compared(scene_, ComparedSize(scene_.views.size()));
    const std::vector<Backdrop>& backdrops = trainer_.photos().backdrops().backdrops();
    // Without masks of the thing there is nothing to compare held-out photos with.
    for (const int view_idx : files_.inside.empty() ? scene_.TestViews() : std::vector<int>()) {
      const scene::View& view = scene_.views[size_t(view_idx)];
      const Camera camera = view.camera.ResizedToLongest(ComparedSize(scene_.views.size()));
      HeldOutPhoto truth(view, camera);
      if (!backdrops.empty()) truth.Ignore(ShownIn(backdrops, ToU8(truth.photo)));
      photos.push_back({view_idx, true, camera, std::move(truth.photo), std::move(truth.ignored)});
    }
    Task task(job_, "compare with all photos");
    std::vector<ViewResidual> residuals = MeasureViews(photos, model, options_.exposure, job_);
    task.Finish();
    for (size_t i = 0; i < trainer_.photo_weights().size(); ++i) residuals[i].weight = trainer_.photo_weights()[i];
    WriteViewResiduals(files_.views, residuals, scene_, model.Fingerprint());
    if (const std::string bad = BadViewsText(residuals, scene_); !bad.empty())
      job_.Warn(bad + "\n         Their poses may be wrong, the light another, or something has moved" +
                (options_.bad_views == BadViews::kDrop ? "" : "; --drop-bad-views trains without them"));
  } catch (const InterruptedError&) {
  }

 private:
  // Twice in a training, when its field is what most photos agree on rather than fog that explains each by itself.
  void WeighPhotos() {
    const int64_t step = trainer_.step();
    const bool is_due = step > 0 && (step == options_.iters / 4 || step == options_.iters / 2);
    if (options_.bad_views == BadViews::kKeep || !is_due || trainer_.weighed_step() == step) return;
    if (compared_.empty()) compared_ = trainer_.photos().Compared(scene_, ComparedSize(scene_.views.size()));
    // Not to be stopped half way: the same weights, whenever the training is interrupted.
    const std::vector<ViewResidual> residuals = MeasureViews(compared_, trainer_.Model(), options_.exposure, Job());
    std::vector<float> weights;
    for (const ViewResidual& residual : residuals) weights.push_back(WeightFor(residual, options_.bad_views));
    trainer_.SetPhotoWeights(std::move(weights));
  }

  const Scene& scene_;
  const NerfOptions& options_;
  const NerfTrainFiles& files_;
  const Job& job_;
  NerfTrainer trainer_;
  const HeldOutEvaluation held_out_;
  std::vector<ComparedPhoto> compared_;  // training photos, when they are to be weighed
  NerfStepResult last_;
  double psnr_ = 0;
  int64_t scored_step_ = 0;                 // the score keeps a slower pace than the loss
  int64_t num_rays_ = 0, num_samples_ = 0;  // since the last report
  Stopwatch since_save_, since_report_, since_eval_;
};

}  // namespace

NerfModel TrainNerf(const Scene& scene, const NerfOptions& options, const NerfTrainFiles& files, const Job& job) {
  if (files.resume && std::filesystem::exists(files.checkpoint)) {
    NerfModel model = NerfModel::Load(files.checkpoint);
    if (model.finished()) return model;
  }
  const ThreadLimit limit(job.num_threads());
  CheckStatic(scene);
  CheckTrainingMemory(scene, options, job);
  // Those that are trained on are all read next; without this a broken one that is held out would be noticed by who
  // scores the run.
  scene::RequireWholePhotos(scene, scene.TestViews(), job);
  NerfTraining training(scene, options, files, job);
  NerfTrainer& trainer = training.trainer();
  if (files.resume && std::filesystem::exists(files.checkpoint)) {
    trainer.Resume(files.checkpoint);
    job.Info(fmt::format("resuming at step {} of {}", trainer.step(), options.iters));
  }
  files.on_start();
  if (!files.views.empty()) StoreBackdrops(files.views.parent_path(), trainer.photos().backdrops().backdrops());
  StepLog log(job, files.log, "train", trainer.step());
  nn::TrainingLoop loop;
  loop.title = "train";
  loop.first_step = trainer.step();
  loop.end_step = options.iters;
  loop.report_every = std::max<int64_t>(1, options.iters / 200);
  loop.step = [&](int64_t) { training.Step(); };
  loop.report = [&](int64_t) { return training.Report(); };
  loop.stopped = [&](int64_t) { training.SaveAndStop(); };
  loop.result = [&] { return training.Score(); };
  loop.Run(job.With(log));
  trainer.Save(files.checkpoint, true);
  job.Saved(files.checkpoint.string());
  NerfModel model = NerfModel::Load(files.checkpoint);
  if (!files.views.empty()) training.TellOfViews(model);
  return model;
}

}  // namespace sanerf::nerf
