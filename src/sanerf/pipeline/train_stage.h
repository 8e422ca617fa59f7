// Photos to radiance field (paper section A).
#pragma once

#include <filesystem>
#include <string>

#include "sanerf/core/job.h"
#include "sanerf/nerf/train_nerf.h"
#include "sanerf/pipeline/settings.h"
#include "sanerf/run/run_lock.h"
#include "sanerf/scene/scene.h"

namespace sanerf::pipeline {

struct TrainRequest {
  std::filesystem::path scene, run;
  bool restart = false;                // forget an earlier training in `run`
  const run::RunLock* lock = nullptr;  // of `run`, from who has read its options; null = it is taken here
  nerf::NerfTrainHooks hooks = {};
  std::string inside = {};  // with `restart`: an object of `run`, which alone is trained on (inside_masks.h)
};
struct TrainResult {
  std::filesystem::path checkpoint;
  double seconds = 0;   // of all training of this field, resumed or not
  bool reused = false;  // it was complete already
  scene::Scene scene;   // what it was trained on
};
// An unfinished training in `run` is continued when its options are the same; other options are an Error unless
// `restart`.
TrainResult Train(const TrainRequest& request, const Settings& settings, const Job& job);

}  // namespace sanerf::pipeline
