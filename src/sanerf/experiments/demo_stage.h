// All of it on the procedural scene.
#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "sanerf/core/job.h"
#include "sanerf/core/json_fwd.h"
#include "sanerf/experiments/eval/eval_stage.h"

namespace sanerf::experiments {

struct DemoRequest {
  std::filesystem::path out = "demo_run";
};
struct DemoResult {
  EvalResult eval;
  std::filesystem::path report;
  std::vector<std::pair<std::string, double>> seconds;  // by stage, in order; of the command that computed it
  std::vector<std::string> reused;
  int64_t peak_rss_bytes = 0;
};
void ApplyDemoDefaults(pipeline::Settings& settings);  // before the user's own options
DemoResult Demo(const DemoRequest& request, const pipeline::Settings& settings, const Job& job);
Json ToJson(const DemoResult& result);

}  // namespace sanerf::experiments
