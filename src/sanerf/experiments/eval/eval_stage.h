// Scores (paper 4.2) on the views that no stage has seen, at the photos' resolution.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "sanerf/core/job.h"
#include "sanerf/eval/scores.h"
#include "sanerf/experiments/eval/eval_output.h"
#include "sanerf/experiments/eval/method.h"
#include "sanerf/run/open_run.h"

namespace sanerf::experiments {

struct EvalRequest {
  std::string object;             // empty = every object that has an instance
  int instance = -1;              // instead of the one in the object's prompts
  std::filesystem::path masks;    // ground truth for `object` instead of the scene's: one image per view, by name
  std::vector<Method> baselines;  // to score beside ours
  nerf::HeldOutLook look = nerf::HeldOutLook::kMean;  // in which light the renders of held-out views are scored
};
// run: opened for writing where there are baselines, which encode what they need.
EvalResult Evaluate(const EvalRequest& request, run::OpenRun* run, const Job& job);

}  // namespace sanerf::experiments
