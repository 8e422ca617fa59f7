// The training stage: steps, looks at a held-out view, checkpoints, interruption.
#include "sanerf/nerf/train_nerf.h"

#include <fmt/format.h>

#include <array>
#include <chrono>
#include <cmath>
#include <optional>

#include "sanerf/core/error.h"
#include "sanerf/core/image_ops.h"
#include "sanerf/core/input_file.h"
#include "sanerf/core/job.h"
#include "sanerf/core/parallel.h"
#include "sanerf/core/step_log.h"
#include "sanerf/core/units.h"
#include "sanerf/nerf/trainer.h"
#include "sanerf/nerf/training_memory.h"

namespace sanerf {

namespace {

constexpr int kLookSize = 100;  // longest side of the held-out view's picture

// PSNR of one held-out view (a training view where there is none), at a small size: a sign of life, not a result.
class HeldOutLook {
 public:
  explicit HeldOutLook(const Scene& scene) {
    const std::vector<int> test = scene.TestViews();
    const View& view = scene.views[size_t(test.empty() ? 0 : test[test.size() / 2])];
    camera_ = view.camera.ResizedToLongest(kLookSize);
    const float white[3] = {1, 1, 1};
    truth_ = CompositeOver(LoadViewImage(view, camera_.width, camera_.height), white);
  }
  // None when a request to stop came in between: the training has to be saved first.
  std::optional<double> Psnr(const NerfModel& model, const Job& job) const try {
    const ImageF rgb = model.Render(camera_, job).rgb;
    double squared = 0;
    for (size_t i = 0; i < rgb.data.size(); ++i) squared += std::pow(double(rgb.data[i]) - truth_.data[i], 2);
    return -10 * std::log10(std::max(1e-10, squared / double(rgb.data.size())));
  } catch (const InterruptedError&) {
    return std::nullopt;
  }

 private:
  Camera camera_;
  ImageF truth_;
};

double Now() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

}  // namespace

NerfModel TrainNerf(const Scene& scene, const NerfOptions& options, const NerfTrainFiles& files, const Job& job) {
  if (files.resume && std::filesystem::exists(files.checkpoint)) {
    NerfModel model = NerfModel::Load(files.checkpoint);
    if (model.finished()) return model;
  }
  const ThreadLimit limit(job.num_threads());
  CheckTrainingMemory(scene, options, job);
  NerfTrainer trainer(scene, options, job);
  if (files.resume && std::filesystem::exists(files.checkpoint)) {
    trainer.Resume(files.checkpoint);
    job.Info(fmt::format("resuming at step {} of {}", trainer.step(), options.iters));
  }
  const HeldOutLook look(scene);
  files.on_start();
  StepLog log(job, files.log, "train", trainer.step());

  const int64_t look_every = std::max<int64_t>(1, int64_t(options.eval_fraction * float(options.iters)));
  const int64_t log_every = std::max<int64_t>(1, options.iters / 200);
  const Job logged = job.With(log);
  Task task(logged, "train", options.iters, "steps", trainer.step());
  const double start = Now();
  double last_save = start, last_log = start, psnr = 0;
  int64_t rays = 0, samples = 0;
  while (trainer.step() < options.iters) {
    const NerfStepResult result = trainer.Step();
    const int64_t step = trainer.step();
    rays += result.num_rays;
    samples += result.num_samples;
    if (step % look_every == 0 || step == options.iters) psnr = look.Psnr(trainer.Model(), job).value_or(psnr);
    if (step % log_every == 0 || step == options.iters) {
      const double now = Now(), seconds = std::max(1e-6, now - last_log);
      task.Metrics(step, std::array{Metric{"loss", result.loss}, Metric{"batch_psnr", result.psnr},
                                    Metric{"held_out_psnr", psnr}, Metric{"rays_per_second", double(rays) / seconds},
                                    Metric{"samples_per_second", double(samples) / seconds}});
      task.Update(step, fmt::format("loss {:.4f}  psnr {:.1f}  {} rays/s  {} samples/s", result.loss,
                                    psnr > 0 ? psnr : result.psnr, FormatCount(double(rays) / seconds),
                                    FormatCount(double(samples) / seconds)));
      last_log = now;
      rays = samples = 0;
    }
    if (job.stop_requested()) {
      trainer.Save(files.checkpoint, false);
      throw InterruptedError(fmt::format("training interrupted at step {} of {}", step, options.iters),
                             "saved to " + files.checkpoint.string(), "run the same command with --resume to continue");
    }
    if (Now() - last_save > options.save_seconds && step < options.iters) {
      trainer.Save(files.checkpoint, false);
      last_save = Now();
    }
  }
  task.Finish(fmt::format("held-out psnr {:.1f}", psnr));
  trainer.Save(files.checkpoint, true);
  return NerfModel::Load(files.checkpoint);
}

}  // namespace sanerf
