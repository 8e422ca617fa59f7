// RUN/report.html: scores and pictures in one file that needs no network.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "sanerf/core/job.h"
#include "sanerf/experiments/eval/eval_stage.h"
#include "sanerf/pipeline/settings.h"
#include "sanerf/run/open_run.h"

namespace sanerf::experiments {

struct ReportOptions {
  int views_per_object = 4;                             // evenly spread held-out views, the worst one among them
  int picture_size = 400;                               // longest side
  std::vector<std::pair<std::string, double>> seconds;  // per stage, shown when there are any
  int64_t peak_rss_bytes = 0;
};

// Of each object its prompts on the photos, a cut-out, a turntable, and one row of pictures per view: photo, render,
// depth, SAM's mask, our mask, ground truth, difference. SAM's column stays empty when the model that encoded the run
// is not installed. Objects without scores are shown without ground truth, the first few of them. At the end the
// commands that made the run. run: opened for writing.
std::filesystem::path WriteReport(const EvalResult& result, const pipeline::Settings& settings,
                                  const ReportOptions& options, run::OpenRun* run, const Job& job);

}  // namespace sanerf::experiments
