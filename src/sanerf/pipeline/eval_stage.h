// Scores (paper 4.2) on the views that no stage has seen, at the photos' resolution.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sanerf/core/job.h"
#include "sanerf/eval/scores.h"
#include "sanerf/pipeline/eval_output.h"
#include "sanerf/pipeline/method.h"

namespace sanerf {

struct EvalRequest {
  std::filesystem::path run;
  std::optional<std::filesystem::path> scene;
  std::string object;             // empty = every object that has an instance
  int instance = -1;              // instead of the one in the object's prompts
  std::filesystem::path masks;    // ground truth for `object` instead of the scene's: one image per view, by name
  std::vector<Method> baselines;  // to score beside ours
};
EvalResult Evaluate(const EvalRequest& request, const Job& job);

}  // namespace sanerf
