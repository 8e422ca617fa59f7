// The whole training of a radiance field: progress, checkpoints, log.
#pragma once

#include <filesystem>
#include <functional>
#include <limits>

#include "sanerf/core/job.h"
#include "sanerf/nerf/model.h"
#include "sanerf/nerf/options.h"
#include "sanerf/scene/scene.h"

namespace sanerf::nerf {

class NerfTrainer;

// For who looks on. Neither changes what is learned.
struct NerfTrainHooks {
  // After every step, from the thread that trains; the training waits for it.
  std::function<void(const NerfTrainer&)> between_steps = {};
  // The held-out view is also looked at when so much time has passed since it was last.
  double eval_seconds = std::numeric_limits<double>::infinity();
};

struct NerfTrainFiles {
  std::filesystem::path checkpoint, log;  // RUN/nerf/model.ckpt, RUN/nerf/log.jsonl
  bool resume = false;
  // Called once before the first step and the first file: options and photos have proved good.
  std::function<void()> on_start = [] {};
  NerfTrainHooks hooks = {};
  // RUN/nerf/views.json, how well each view is explained (view_residuals.h), with the backdrops of a turntable beside
  // it; "" = not wanted.
  std::filesystem::path views = {};
  std::filesystem::path inside = {};  // masks of the one thing that is to be learned (pixel_uses.h); "" = everything
};

// Views that are explained much worse than the others are named by a warning. The whole stage: the task "train" with
// loss, held-out PSNR and rays/s; checkpoints; a stopped job saves and throws InterruptedError. With resume and a
// finished checkpoint it is loaded and returned at once.
NerfModel TrainNerf(const scene::Scene& scene, const NerfOptions& options, const NerfTrainFiles& files, const Job& job);

}  // namespace sanerf::nerf
